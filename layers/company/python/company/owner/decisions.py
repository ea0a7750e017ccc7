"""Questions to the owner: what the brain holds of one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from company.json_values import JsonObject

ASKED_AGAIN_AFTER_DAYS = 7
"""Of a question without news; the brain says the same (was_asked_lately)."""


@dataclass(frozen=True)
class OwnersQuestion:
    """One question to the owner, as it was asked."""

    id: int
    question: str
    background: str
    unknown: str
    options: Mapping[str, str]
    recommendation: str
    default_option: str
    asked_by: str
    asked_at: datetime
    answer_by: datetime
    minutes: int
    finding_id: int | None

    def options_recommended_first(self) -> list[str]:
        return sorted(self.options, key=lambda name: name != self.recommendation)


@dataclass(frozen=True)
class Decision(OwnersQuestion):
    """A question with its answer. answer is one of the options, answer_text the owner's own text; used: schedules that
    the answer switched on. One that expired has answered_at, answered_by silence, and no answer."""

    subject: JsonObject
    answer: str | None
    answer_text: str | None
    answered_by: str | None
    answered_at: datetime | None
    acted_at: datetime | None
    used: Sequence[str]
    outcome: str | None


@dataclass(frozen=True)
class Asked:
    """A question's number, and whether it was asked now; no number where it was set aside."""

    decision_id: int | None
    is_new: bool


@dataclass(frozen=True)
class AskedDecision(Asked):
    """The same, and by when the owner is to answer it."""

    answer_by: datetime
