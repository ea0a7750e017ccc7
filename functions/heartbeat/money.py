"""When thinking stopped for everybody: rings when the company's day is spent, and tells when the model is back."""

from company.fire.fire import Fire
from company.watch.findings import close_by_fingerprint, open_finding

SPENT = "budget_spent:company"


def report_spent_budget(fire: Fire) -> bool:
    """Opens the finding, or closes it when the limit was raised or a new day began; whether it is new."""
    spent = fire.brain.one("company_budget_spent")
    if spent is None:
        if fire.brain.one("open_finding_of", fingerprint=SPENT) is not None:
            close_by_fingerprint(fire.brain, SPENT, f"there is room again at {fire.now:%a %H:%M}")
        return False
    if fire.brain.one("open_finding_of", fingerprint=SPENT) is not None:
        return False
    opened = open_finding(
        fire.brain,
        fingerprint=SPENT,
        kind="budget_spent",
        subject="company",
        level="ring",
        title="the company's budget of the day is spent",
        effect="everybody works by the book until it opens again",
        evidence={"because": spent["because"], "refused": spent["role"], "at": spent["at"].isoformat()},
        watcher="ceo",
    )
    return opened.is_new


def end_model_trouble(fire: Fire) -> bool:
    """Closes the finding that the model refuses us, when it answers again or nobody asks it; whether it did."""
    return bool(fire.brain.value("end_model_trouble", is_asked=fire.settings.company_model != "book"))
