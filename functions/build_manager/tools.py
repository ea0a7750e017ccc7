"""What only build_manager reads: what fails, what is settled, what was refused, and whether the deployment runs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from company.fire.fire import Fire
from company.sandbox.changes import Change
from company.tools import by_need, reading_tool

CRASHES = 3
PAGES = 2


@dataclass(frozen=True)
class FailingCheck:
    """A check that stopped the last two editions of a source, with the last one's detail and raw document."""

    source: str
    check_name: str
    editions: int
    detail: str
    raw_id: int


@dataclass(frozen=True)
class UndoneEdition:
    """An edition that passed every check, came into force, and had to be taken back. rows: that it had brought."""

    source: str
    batch_id: int
    raw_id: int
    reason: str
    undone_by: str
    rows: int


@dataclass(frozen=True)
class FailingDelivery:
    """A customer whose last pages were refused, one after the other. items: of those pages."""

    customer_id: int
    customer: str
    times: int
    delivery_id: int
    reason: str | None
    items: int
    last_good_at: datetime | None


@dataclass(frozen=True)
class UnwrittenPage:
    """A place in the product's code at which pages of customers could not be written, at several fires in a row.

    error: its type. customer_ids: their numbers. since: of the first page; last_good_at: of these customers' last one.
    """

    file: str
    function: str
    error: str
    customers: int
    customer_ids: Sequence[int]
    since: datetime
    last_good_at: datetime | None


@dataclass(frozen=True)
class CrashingRole:
    """A role whose attempts crashed several times, with the last attempt's reason."""

    role: str
    crashes: int
    reason: str | None
    session_id: int


@dataclass(frozen=True)
class SettledTask:
    """An open build task whose trouble is over. subject: the source or the role; over_at: when it worked again."""

    id: int
    kind: str
    subject: str
    over_at: datetime


@dataclass(frozen=True)
class DuplicateTask:
    """A build task about a document for which an earlier task, the successor, is open already."""

    id: int
    successor: int
    source: str
    raw_id: int


@dataclass(frozen=True)
class ChangeFigures:
    """Changes now (waiting, undeployed) and in a span of time (proposed, proved, refused, put live, rolled back)."""

    waiting: int
    waiting_hours: float
    proposed: int
    proved: int
    refused: int
    undeployed: int
    put_live: int
    rolled_back: int


@dataclass(frozen=True)
class RefusedChange(Change):
    """A refused change, and whether this manager has escalated it."""

    is_escalated: bool


@dataclass(frozen=True)
class DeploymentHealth:
    """Numbers of schedules, and the names of those that are not deployed as published."""

    published: int
    deployed: int
    running: int
    differing: Sequence[str]


@reading_tool
def failing_checks(fire: Fire) -> list[FailingCheck]:
    """Lists checks that stopped the last two editions of a source, and those that found the newest in another form.

    Example: failing_checks() gives [{"source": "x", "check_name": "in_range", "editions": 2, "detail": "..."}].
    """
    return fire.brain.rows(FailingCheck, "checks_failing_again")


@by_need
@reading_tool
def undone_editions(fire: Fire) -> list[UndoneEdition]:
    """Lists editions that passed every check and had to be taken back, while their staged rows can still be looked at.

    Example: undone_editions() gives [{"source": "x", "batch_id": 12, "reason": "...", "rows": 300}].
    """
    return fire.brain.rows(UndoneEdition, "undone_editions")


@by_need
@reading_tool
def failing_deliveries(fire: Fire) -> list[FailingDelivery]:
    """Lists customers whose last two pages or more were refused, one after the other, with the last one's reason.

    Example: failing_deliveries() gives [{"customer": "x", "times": 2, "reason": "..."}].
    """
    return fire.brain.rows(FailingDelivery, "failing_deliveries", least=PAGES)


@by_need
@reading_tool
def unwritten_pages(fire: Fire) -> list[UnwrittenPage]:
    """Lists what keeps customers' pages from being written, at two fires or more: the place in the code, and how many.

    Example: unwritten_pages() gives [{"file": "a/b.py", "function": "c", "error": "KeyError", "customers": 3, ...}].
    """
    return fire.brain.rows(UnwrittenPage, "unwritten_pages", least=PAGES)


@reading_tool
def crashing_roles(fire: Fire, hours: int = 24) -> list[CrashingRole]:
    """Lists roles whose attempts crashed three times or more in the last hours, with the reason of the last crash.

    Example: crashing_roles(hours=24) gives [{"role": "x", "crashes": 3, "reason": "KeyError: 'a'"}].
    """
    since = fire.now - timedelta(hours=hours)
    return fire.brain.rows(CrashingRole, "crashing_roles", since=since, least=CRASHES)


@by_need
@reading_tool
def settled_tasks(fire: Fire) -> list[SettledTask]:
    """Lists open build tasks whose trouble is over: the source, the check or the role has worked since they were filed.

    Example: settled_tasks() gives [{"id": 12, "kind": "format_changed", "subject": "x", "over_at": "..."}].
    """
    return fire.brain.rows(SettledTask, "obsolete_build_tasks")


@by_need
@reading_tool
def tasks_of_one_cause(fire: Fire) -> list[DuplicateTask]:
    """Lists build tasks about a document that an earlier open task is about already.

    Example: tasks_of_one_cause() gives [{"id": 13, "successor": 12, "source": "x", "raw_id": 41}].
    """
    return fire.brain.rows(DuplicateTask, "build_tasks_of_one_cause")


@reading_tool
def change_figures(fire: Fire, hours: int = 24) -> ChangeFigures:
    """Counts changes: waiting and for how long, proved and not deployed, and what the last hours brought.

    Example: change_figures(hours=24) gives {"waiting": 1, "waiting_hours": 2.5, "proved": 1, "refused": 0, ...}.
    """
    figures = fire.brain.row(ChangeFigures, "change_figures", since=fire.now - timedelta(hours=hours))
    assert figures is not None, "a count always answers"
    return figures


@by_need
@reading_tool
def refused_changes(fire: Fire) -> list[RefusedChange]:
    """Lists refused changes with the verdict, and whether you have escalated each.

    Example: refused_changes() gives [{"id": 3, "title": "...", "verdict": "...", "is_escalated": false}].
    """
    return [
        RefusedChange(**vars(change), is_escalated=fire.brain.value("is_change_escalated", change_id=change.id))
        for change in fire.brain.rows(Change, "changes_by_status", status="refused")
    ]


@reading_tool
def deployment_health(fire: Fire) -> DeploymentHealth:
    """Counts the schedules published, deployed as published, and really run since the last deploy; names what differs.

    Example: deployment_health() gives {"published": 34, "deployed": 33, "running": 34, "differing": ["x"]}.
    """
    health = fire.brain.row(DeploymentHealth, "deployment_health")
    assert health is not None, "a count always answers"
    return health
