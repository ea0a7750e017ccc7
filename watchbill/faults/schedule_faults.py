"""Faults of schedules, planted on the desk's day: each is a way in which scheduled work has stopped unnoticed.

Each action gets the desk, the feeds, its target and the simulated now, and returns a sentence about what it did.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from company.errors import Refused
from company.json_values import JsonObject
from watchbill.cloud.feeds import FeedServer
from watchbill.cloud.loader import DeployedFunction
from watchbill.desk.desk import Desk
from watchbill.desk.fault_overrides import Replacement
from watchbill.faults import cloud_faults

MOST_MUTED = 30
WATCHED_SCHEDULE = "data_worker"
NEVER_MUTED = ("heartbeat", "schedule_auditor", "ceo", "audit_auditor")
MORNING_HOURS = range(4, 10)
Action = Callable[[Desk, FeedServer, str, datetime], str]


def _eventbridge(desk: Desk, _: FeedServer, __: str, ___: datetime) -> str:
    desk.overrides.all_blocked = True
    return "EventBridge Scheduler fires nothing any more; every schedule stays ENABLED"


def _brain(desk: Desk, _: FeedServer, __: str, ___: datetime) -> str:
    for function in desk.deployed.functions:
        desk.runtime.define(cloud_faults.unreachable_brain(function.spec))
    return "no function reaches the brain: every connection is refused"


def _silent(desk: Desk, _: FeedServer, role: str, __: datetime) -> str:
    desk.overrides.blocked.add(role)
    return f"the schedule {role} is ENABLED and never fires"


def _crashes(desk: Desk, _: FeedServer, role: str, __: datetime) -> str:
    function = desk.deployed.function(role)
    desk.overrides.replacements[function.name] = cloud_faults.crashes_always(function)
    return f"{role} crashes at each fire"


def no_brief(desk: Desk, _: FeedServer, role: str, __: datetime) -> str:
    """Its alarm comes after the day's end: 40 minutes after the brief was due."""
    function = desk.deployed.function(role)
    desk.overrides.replacements[function.name] = cloud_faults.crashes_when(function, _is_morning_fire)
    return f"{role} crashes each morning"


def _is_morning_fire(event: JsonObject) -> bool:
    due_at = datetime.fromisoformat(str(event["due_at"]).replace("Z", "+00:00"))
    return due_at.astimezone(UTC).hour in MORNING_HOURS  # the owner's zone on the desk is UTC


def _idle(desk: Desk, _: FeedServer, role: str, __: datetime) -> str:
    _replace(desk, role, lambda event, request_id: _close(desk, role, event, request_id, {}))
    return f"{role} closes each fire with ok and no evidence"


def _no_answer(desk: Desk, _: FeedServer, role: str, __: datetime) -> str:
    """The watcher works its slots and answers no finding, while a schedule that it watches stops firing."""
    with desk.brain() as brain:
        brain.run("plant", fault="deaf", subject=WATCHED_SCHEDULE, note="silent, so that its watcher is called")
    desk.overrides.blocked.add(WATCHED_SCHEDULE)
    _replace(desk, role, lambda event, request_id: _close(desk, role, event, request_id, {"sampled": 1}))
    return f"{WATCHED_SCHEDULE} never fires, and its watcher {role} answers nothing"


def _many(desk: Desk, _: FeedServer, __: str, ___: datetime) -> str:
    listed = desk.cloud.client("scheduler").list_schedules(GroupName=desk.deployed.schedule_group, MaxResults=100)
    muted = sorted({item["Name"] for item in listed["Schedules"]} - set(NEVER_MUTED))[:MOST_MUTED]
    with desk.brain() as brain:
        for role in muted:
            brain.run("plant", fault="many", subject=role, note="one of many schedules set to DISABLED")
            cloud_faults.plant_mute(desk.cloud, desk.deployed.schedule_group, role)
    return f"{len(muted)} schedules set to DISABLED at once"


def _replace(desk: Desk, role: str, answer: Callable[[JsonObject, str], JsonObject]) -> None:
    function: DeployedFunction = desk.deployed.function(role)
    replacement: Replacement = cloud_faults.claims_success(function, answer)
    desk.overrides.replacements[function.name] = replacement


def _close(desk: Desk, role: str, event: JsonObject, request_id: str, evidence: JsonObject) -> JsonObject:
    """Opens the slot and closes it with ok, as the role and under the database's rules."""
    with desk.brain(role) as brain:
        opened = brain.one(
            "open_session", schedule=event["schedule"], due_at=event["due_at"], request_id=request_id, lasts_seconds=60
        )
        assert opened is not None, "open_session always returns a row"
        session = opened["session_id"]
        try:
            brain.run("close_session", session_id=session, outcome="done", evidence=evidence, reason=None)
        except Refused as refused:
            why = f"closing refused: {refused}"
            brain.run("close_session", session_id=session, outcome="failed", evidence=None, reason=why)
    return {"session_id": session, "outcome": "done", "evidence": evidence}


MORNING = timedelta(hours=3, minutes=2)
SCHEDULE_FAULTS: tuple[tuple[str, timedelta, str, Action, str], ...] = (
    ("eventbridge", MORNING, "EventBridge fires nothing any more", _eventbridge, "heartbeat"),
    ("brain", MORNING, "no function reaches the brain", _brain, "heartbeat"),
    ("heartbeat", MORNING, "heartbeat crashes at each fire", _crashes, "heartbeat"),
    ("silent", MORNING, "a schedule is ENABLED and never fires", _silent, "data_worker"),
    ("idle", MORNING, "a role reports ok and did nothing", _idle, "data_worker"),
    ("deaf", MORNING, "a watcher never answers", _no_answer, "data_auditor"),
    ("many", MORNING, "30 schedules are DISABLED at once", _many, "data_worker"),
)
