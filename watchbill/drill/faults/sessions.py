"""Faults of fires and of work: sessions that die or hang, leases of the dead, acts that the rules forbid."""

from contextlib import ExitStack
from datetime import timedelta
from functools import partial

from company.brain import Brain
from company.brain.connection import statement_limit
from company.json_values import JsonObject
from watchbill.cloud.runtime import Invocation
from watchbill.drill import mechanics
from watchbill.drill.fault import HOUR, Fault, Plant, Planted, at_hour
from watchbill.drill.faults.schedules import AN_HOURLY_FIRE, HOURLY
from watchbill.drill.room import Act, Room, open_by_hand, open_slot

LEASE_SECONDS = 600
WORK = {"kind": "quarantine", "check": "no_such_check"}
"""Of a task that a worker looks at and finds nothing for."""
BY_RULE = timedelta(minutes=1)
BEATS_AFTER = timedelta(minutes=12)
"""The time of what froze, and two beats."""
A_QUIET_DAY = 30 * HOUR
"""Until a watcher closes what was not seen again for a day, at its next fire."""


def dies(room: Room) -> Planted:
    """It dies in the middle of its work, at each attempt: what it learned is there, and nothing is closed."""
    role = room.one_of(HOURLY)
    room.mark("dies", role, note="it dies in the middle of its work")
    crash = mechanics.crashes_always(room.function(role))

    def die(event: JsonObject, request_id: str) -> Invocation | None:
        with room.desk.brain(role) as brain:
            session, verdict = open_slot(brain, event, request_id)
            if verdict == "work":
                brain.run("log_learned", session_id=session, kind="learned", body="half of it", facts={}, task_id=None)
        return crash(event, request_id)

    says = f"{role} dies in the middle of its work, at each attempt"
    return Planted(says, frozenset({role}), room.replace(role, die), role)


def hangs(room: Room) -> Planted:
    """A fire freezes with its role in its hands: every later one finds another at work.

    Of a role whose next fire is after the next beats: it would end what froze by itself, and say nothing.
    """
    later = [role for role in HOURLY if (room.next_due(role) or room.now) - room.now > BEATS_AFTER]
    role = room.one_of(later or HOURLY)
    room.mark("hangs", role, note="a fire of it froze")
    stack = ExitStack()
    brain = stack.enter_context(room.desk.brain(role))
    session = open_by_hand(brain, role, room.now, seconds=120)
    brain.one("boot", session_id=session, statement_timeout=statement_limit())
    return Planted(f"a fire of {role} froze in the middle of its work", frozenset({role}), stack.close, role, room.now)


def dead_lease(room: Room) -> Planted:
    """A worker claimed a task and was never seen again."""
    with room.desk.brain("data_manager") as manager:
        filed = manager.one(
            "file_task", mode="data", title="look at what was put aside", priority=1, dedupe_key=None, not_before=None,
            payload={**WORK, "source": room.desk.vertical.sources[0].name},
        )  # fmt: skip
    assert filed is not None, "file_task always returns a row"
    task = f"task {filed['task_id']}"
    room.mark("dead_lease", task, note="its holder is dead")
    with room.session("data_worker") as (worker, session):
        worker.one("claim_task", mode="data", session_id=session, lease_seconds=LEASE_SECONDS)
        worker.run("close_session", session_id=session, outcome="skipped", evidence=None, reason="it forgot its task")
    return Planted(f"data_worker claimed {task} and forgot it", frozenset({task}), _nothing, "data_worker", room.now)


def superseded(room: Room) -> Planted:
    """A worker goes on with a task that another one has taken the place of."""
    with room.desk.brain("data_manager") as manager:
        filed = [
            manager.one(
                "file_task",
                mode="data",
                title=title,
                priority=9,
                dedupe_key=None,
                not_before=None,
                payload={**WORK, "source": room.desk.vertical.sources[0].name},
            )  # fmt: skip
            for title in ("the first wording", "the second wording")
        ]
        old, new = (int(row["task_id"]) for row in filed if row)
        manager.run("sort_task", task_id=old, status="superseded", reason="worded anew", successor=new, priority=None)
    return _forbidden(
        room, "superseded", "data_worker", f"closes task {old}, which is superseded", partial(_close, old)
    )


def malformed_status(room: Room) -> Planted:
    """A worker ends its task with a word that nobody else understands."""
    with room.desk.brain("scraping_manager") as manager:
        filed = manager.one(
            "file_task", mode="scrape", title="look at a route", priority=9, dedupe_key=None, not_before=None,
            payload={"kind": "bench", "source": room.desk.vertical.sources[-1].name},
        )  # fmt: skip
    assert filed is not None, "file_task always returns a row"
    held: list[int] = []

    def misspell(brain: Brain, session: int) -> None:
        if not held:
            task = brain.one("claim_task", mode="scrape", session_id=session, lease_seconds=LEASE_SECONDS)
            assert task is not None, "one was filed"
            held.append(int(task["id"]))
        _close(held[0], brain, session, status="done!!")

    return _forbidden(room, "malformed_status", "scraping_worker", 'ends its task as "done!!"', misspell)


def own_work(room: Room) -> Planted:
    """A worker approves what it wrote itself."""

    def approve(brain: Brain, session: int) -> None:
        drafts = brain.all("drafts_to_judge", limit=1)
        brain.run(
            "judge_draft", session_id=session, draft_id=drafts[0]["id"] if drafts else 1, verdict="audited", reason=""
        )

    return _forbidden(room, "own_work", "content_worker", "approves drafts that it wrote", approve)


def bad_rows(room: Room) -> Planted:
    """A role that may not moves a batch into canonical, past its checks."""

    def move(brain: Brain, _: int) -> None:
        brain.run("promote_batch", batch=1)

    return _forbidden(room, "bad_rows", "ingest_worker", "moves a batch into canonical", move)


def _forbidden(room: Room, fault: str, role: str, what: str, act: Act) -> Planted:
    room.mark(fault, role, note=f"it {what}")
    rule = room.try_in_vain(role, act)
    return Planted(f"{role} {what}: the brain refuses it by {rule}", frozenset({role}), _nothing, role, room.now)


def _close(task: int, brain: Brain, session: int, status: str = "complete") -> None:
    brain.run(
        "close_task", task_id=task, session_id=session, status=status, result={}, is_permanent=True, blocked_on=None,
        blocked_action=None, wait_seconds=0,
    )  # fmt: skip


def _nothing() -> None:
    """It heals by itself."""


def _act(name: str, outage: str, plant: Plant, day: int, hour: int, role: str) -> Fault:
    """Something that the brain refuses: it is over at once, and names the role for a day."""
    return Fault(
        name, outage, plant, ("set_aside",), day, at_hour(hour), BY_RULE, BY_RULE, by=("brain",),
        aftermath=A_QUIET_DAY, closes_within=A_QUIET_DAY, takes=frozenset({role}),
    )  # fmt: skip


FAULTS = (
    Fault("dies", "a session dies in mid-work", dies, ("failed",), 0, at_hour(13), 90 * BY_RULE, AN_HOURLY_FIRE,
          by=("heartbeat",)),
    Fault("hangs", "a fire freezes and holds its role", hangs, ("held_up",), 4, at_hour(16), 2 * HOUR, HOUR / 2,
          by=("heartbeat",), holds_connection=True),
    Fault("dead_lease", "a worker keeps a dead lease", dead_lease, ("lease",), 4, at_hour(18), HOUR, HOUR / 2,
          by=("heartbeat",), is_quiet=True, takes=frozenset({"data_worker"})),
    _act("superseded", "superseded rows look claimable", superseded, 0, 9, "data_worker"),
    _act("malformed_status", "a malformed status write", malformed_status, 1, 8, "scraping_worker"),
    _act("own_work", "a worker approves its own work", own_work, 2, 15, "content_worker"),
    _act("bad_rows", "bad rows try to reach canonical", bad_rows, 3, 17, "ingest_worker"),
)  # fmt: skip
