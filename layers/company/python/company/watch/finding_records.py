"""A finding as the brain has it. Those who only report need none of it: company.watch.findings."""

from dataclasses import dataclass
from datetime import datetime

from company.json_values import JsonObject
from company.watch.findings import Level


def waits_for(role: str) -> str:
    """How a watcher's answer ends when the book has no rule, so that somebody else must see to it."""
    return f"so this waits for {role}."


@dataclass(frozen=True)
class FindingRecord:
    """What every full record of a finding has. Times are UTC."""

    id: int
    kind: str
    subject: str
    level: Level
    title: str
    effect: str
    evidence: JsonObject
    accused: str | None
    watcher: str
    found_by: str
    found_at: datetime
    last_seen_at: datetime
    times_seen: int
    woken_at: datetime | None
    answered_at: datetime | None
    answered_by: str | None
    answer: str | None
    closed_at: datetime | None
    closed_by: str | None
    resolution: str | None

    @property
    def waits_for_owner(self) -> bool:
        """Whether its watcher's book has answered that the owner must see to it."""
        return (self.answer or "").endswith(waits_for("owner"))


@dataclass(frozen=True)
class Finding(FindingRecord):
    """Something that is wrong, as the brain has it: each finder has one open row of a fingerprint."""

    fingerprint: str
    muted_until: datetime | None


@dataclass(frozen=True)
class OwnersFinding(Finding):
    """The same as the owner reads it: whether it is about something planted."""

    planted: bool
