"""Roles and tasks that nobody is responsible for, and schedules that differ from their record; rows for two pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from company.json_values import JsonObject


@dataclass(frozen=True)
class Orphan:
    """A role, schedule or task that a check caught, and who must see to it."""

    check: str
    subject: str
    detail: str
    owner: str


@dataclass(frozen=True)
class OrphanCheck:
    """One check of responsibility, with what it caught; a check that caught nothing is a row too."""

    check_name: str
    caught: Sequence[JsonObject]

    def orphans(self) -> list[Orphan]:
        return [Orphan(check=self.check_name, **caught) for caught in self.caught]


@dataclass(frozen=True)
class OrphanFinding:
    """An open finding of an orphan."""

    id: int
    fingerprint: str


@dataclass(frozen=True)
class DifferingSchedule:
    """A schedule whose deployed expression, zone or state is not the published one."""

    schedule: str
    role: str
    expression: str
    timezone: str
    state: str
    modified_at: datetime | None
    published_expression: str | None
    published_timezone: str | None
    is_paused: bool
    finding_id: int | None


def all_orphans(checks: Sequence[OrphanCheck]) -> list[Orphan]:
    """What all checks caught, in the order of the checks."""
    return [orphan for check in checks for orphan in check.orphans()]
