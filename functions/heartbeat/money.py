"""Reports when the company's budget of the day is spent, and closes it when there is room."""

from dataclasses import dataclass
from datetime import datetime

from company.fire.fire import Fire
from company.watch.findings import close_by_fingerprint, my_open_finding, open_finding

SPENT = "budget_spent:company"


@dataclass(frozen=True)
class SpentBudget:
    """Why a call was refused today by the company's limit, to whom and when."""

    because: str
    role: str
    at: datetime


def report_spent_budget(fire: Fire) -> bool:
    """Opens the finding, or closes it when the limit was raised or a new day began; whether it is new."""
    spent = fire.brain.row(SpentBudget, "company_budget_spent")
    if spent is None:
        close_by_fingerprint(fire.brain, SPENT, "the budget has room again")
        return False
    if my_open_finding(fire.brain, SPENT) is not None:
        return False
    opened = open_finding(
        fire.brain,
        fingerprint=SPENT,
        kind="budget_spent",
        subject="company",
        level="ring",
        title="the company's budget of the day is spent",
        effect="everybody works by the book until it opens again",
        evidence={"because": spent.because, "refused": spent.role, "at": spent.at.isoformat()},
        watcher="ceo",
    )
    return opened.is_new


def end_model_trouble(fire: Fire) -> bool:
    """Closes the finding about the model's endpoint when nobody asks one any more; whether it did."""
    return fire.settings.company_model == "book" and bool(fire.brain.value("end_model_trouble"))
