"""Scores that moved for a customer, up and down, each with its cause; and when EPSS changed its model."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from company.brain import Brain
from patchfirst.reason_words import day_text
from patchfirst.reasons import reasons_of


@dataclass(frozen=True)
class MovedScore:
    """One score from the first of a span to the last. cause: the part of the score that moved it most."""

    cve: str
    at: datetime
    old_score: Decimal
    new_score: Decimal
    cause: str
    cause_points: Decimal
    vendor: str | None
    product: str | None


@dataclass(frozen=True)
class Mover:
    """The same, with what that part says now: a sentence without a full stop."""

    moved: MovedScore
    says: str

    @property
    def is_up(self) -> bool:
        return self.moved.new_score > self.moved.old_score


@dataclass(frozen=True)
class ModelChange:
    """EPSS's numbers of before and after it are not compared."""

    at: datetime
    old_model: str
    new_model: str

    @property
    def says(self) -> str:
        """For a customer: why no move by EPSS is reported."""
        day = day_text(self.at.date())
        return f"EPSS changed its model on {day} ({self.old_model} to {self.new_model}): no move across it is reported"


def movers_for(brain: Brain, customer_id: int, since: datetime, until: datetime) -> list[Mover]:
    """The largest move first. A move across two models of EPSS, or by our own first reading, is none."""
    moved = brain.rows(MovedScore, "movers_for", customer_id=customer_id, since=since, until=until)
    reasons = reasons_of(brain, [row.cve for row in moved])
    said = {(cve, reason.part): reason.says for cve, given in reasons.items() for reason in given}
    return [Mover(row, said.get((row.cve, row.cause), "")) for row in moved]


def model_changes(brain: Brain, since: datetime, until: datetime) -> Sequence[ModelChange]:
    """The changes of EPSS's model in a span, the oldest first."""
    return brain.rows(ModelChange, "epss_model_changes", since=since, until=until)
