"""Roles and tasks that nobody is responsible for, and schedules that differ from their record; rows for two pages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from company.json_values import JsonObject

DETAILS: Mapping[str, str] = {
    "no manager": "reports to nobody",
    "removed manager": "reports to {who}, who left",
    "paused manager": "reports to {who}, who is paused",
    "no watcher": "nobody watches its schedule",
    "absent watcher": "is watched by {who}, who {state}",
    "watches itself": "watches itself",
    "role without function": "is published with {expression}, and nothing is deployed that fires it",
    "function without role": "fires {who}, which is not on the roster",
    "fires who left": "still fires {who}, who left",
    "deployed, not published": "fires {who}, whose record states no schedule",
    "not in the ledger": "is deployed and enabled, and the ledger expects nothing of it",
    "task nobody works": "{tasks} open tasks wait and nobody works this mode",
    "mode without worker": "manages mode {mode}, which no worker works",
    "mode without manager": "works mode {mode}, which no manager owns",
    "task blocked on nobody": "is blocked on {who}, who is not here",
    "finding nobody answers": "waits for {who}, who is not here",
    "ring of watchers": "is watched only by {who}, whom no clock outside watches",
    "no failure queue": "has no failure queue: a fire that cannot be delivered would leave no trace",
    "unreadable schedule": "is deployed with a schedule that cannot be read: {why}",
}
"""What each check says of a thing that it caught; the brain gives the facts."""
OF_A_ROLE = ("mode without worker", "mode without manager")
"""Their subject is a role and a mode, and what is said is said of the role."""


@dataclass(frozen=True)
class Orphan:
    """A role, schedule or task that a check caught, and who must see to it. named: of whom the detail is said."""

    check: str
    subject: str
    named: str
    detail: str
    owner: str

    @property
    def sentence(self) -> str:
        return f"{self.named} {self.detail}"


@dataclass(frozen=True)
class OrphanCheck:
    """One check of responsibility, with what it caught; a check that caught nothing is a row too."""

    check_name: str
    caught: Sequence[JsonObject]

    def orphans(self) -> list[Orphan]:
        return [self._orphan(caught) for caught in self.caught]

    def _orphan(self, caught: JsonObject) -> Orphan:
        facts = {**caught["facts"], "state": "left" if caught["facts"].get("has_left") else "is paused"}
        detail, subject = DETAILS[self.check_name].format(**facts), caught["subject"]
        named = facts["who"] if self.check_name in OF_A_ROLE else subject
        return Orphan(check=self.check_name, subject=subject, named=named, detail=detail, owner=caught["owner"])


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
