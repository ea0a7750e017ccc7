"""One fire, from its event to its closing transaction. The only place where a fire's state is written.

Killed anywhere: what was learned stays, the lease runs out, heartbeat returns the task.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from company.aws import Cloud
from company.brain import Brain
from company.errors import BrainError, Refused, ToolError
from company.fire.events import FireEvent, read_event
from company.fire.notes import fitted
from company.fire.wiring import House, wire
from company.fire.working import do_the_work
from company.injection.scan import heed
from company.log import Log
from company.money.budget import FireBudget
from company.outcomes import Done, Failed, Outcome, Skipped, TaskClose
from company.owner.approvals import Worker
from company.owner.pings import pinged
from company.records import Record
from company.settings import Settings
from company.tools import Tool, call
from company.vertical import Vertical

Handler = Callable[[Any, Any], dict[str, Any]]
LEASE_MARGIN_SECONDS = 60


@dataclass(frozen=True)
class Fire:
    """What one fire works with. now is frozen when the slot is taken and is UTC."""

    role: str
    record: Record
    event: FireEvent
    session_id: int
    continues: int | None
    now: datetime
    brain: Brain
    settings: Settings
    cloud: Cloud
    budget: FireBudget
    log: Log
    house: House
    tools: dict[str, Tool] = field(default_factory=dict)
    inbox: list[dict[str, Any]] = field(default_factory=list)
    pages: dict[str, str] = field(default_factory=dict)
    earlier: list[dict[str, Any]] = field(default_factory=list)
    """What sessions of mine noted that died before they closed, oldest first: go on from there."""
    acts: list[str] = field(default_factory=list)
    """The tools used so far, in order."""
    worker: Worker = "book"
    """Who acts in this fire, once that is known: company.owner.approvals says it."""
    heeded: set[str] = field(default_factory=set)
    """Places in which this fire has read text that gives orders, and told of it."""

    @property
    def vertical(self) -> Vertical:
        """The product that this company sells."""
        return self.house.vertical

    @property
    def lease_seconds(self) -> int:
        """How long a claimed task is held: longer than this session can live."""
        return session_seconds(self.record) + LEASE_MARGIN_SECONDS

    def learn(self, kind: str, body: str, *, task_id: int | None = None, **facts: Any) -> None:
        """Keeps a discovery at once, in a commit of its own: whatever happens next, the next session finds it."""
        self.brain.run("log_learned", session_id=self.session_id, kind=kind, body=body, facts=facts, task_id=task_id)
        self.log.info(body, kind=kind, task_id=task_id, **facts)

    def use(self, name: str, /, **arguments: Any) -> Any:
        """Calls a tool of this employee's list; the same way for the book and for a model."""
        result = call(self.tools, name, self, arguments)
        self.acts.append(name)
        heed(self, name, result)
        self.log.debug("tool", tool=name, arguments=arguments)
        return result

    def rehearse(self, outcome: Done) -> None:
        """Tries the closing and undoes it. Raises Refused or ToolError where it would not stand in earnest."""
        with self.brain.rehearsal():
            _hand_over(self, outcome)
            if held := [row["id"] for row in self.brain.all("tasks_still_held", session_id=self.session_id)]:
                raise ToolError(f"you claimed {', '.join(f'task {n}' for n in held)} and closes do not say how it ends")
            self.brain.run("rehearse_close", session_id=self.session_id, evidence=dict(outcome.evidence))


def handler_for(file: str) -> Handler:
    """The Lambda handler of the role in whose folder file stands."""
    folder = Path(file).resolve().parent

    def handler(event: Any, context: Any) -> dict[str, Any]:
        house = wire(folder)
        return pinged(house, lambda: run_fire(house, event, context))

    return handler


def session_seconds(record: Record) -> int:
    """How long a session may live, in the company's time: its budget, and a margin for boot and closing."""
    return record.budget.seconds + 15


def run_fire(house: House, event: Any, context: Any) -> dict[str, Any]:
    """Runs one fire; raises whatever the work raised, so that Lambda tries again."""
    fire_event = read_event(event, role=house.record.role)
    brain = house.brain()
    opened = _open(brain, house.record, fire_event, context)
    log = house.log.bound(
        schedule=fire_event.schedule, due_at=fire_event.due_at.isoformat(), session_id=opened["session_id"]
    )
    if opened["verdict"] == "duplicate":
        log.info("duplicate fire: this slot is already worked or being worked")
        return {"session_id": opened["session_id"], "outcome": "duplicate"}
    try:
        return _work(house, brain, fire_event, opened, log, context)
    except Exception as error:
        log.exception("the work stopped with an error")
        _note_crash(brain, opened["session_id"], error)
        raise


def _open(brain: Brain, record: Record, event: FireEvent, context: Any) -> dict[str, Any]:
    request_id = getattr(context, "aws_request_id", None) or f"by-hand-{event.due_at.isoformat()}"
    opened = brain.one(
        "open_session",
        schedule=event.schedule,
        due_at=event.due_at,
        request_id=request_id,
        lasts_seconds=session_seconds(record),
    )
    assert opened is not None, "open_session always answers"
    return opened


def _work(
    house: House, brain: Brain, event: FireEvent, opened: Mapping[str, Any], log: Log, context: Any
) -> dict[str, Any]:
    boot = brain.one("boot")
    assert boot is not None, "a login that opened a session is on the roster"
    if boot["beat_is_stale"] and house.record.role != "heartbeat":
        brain.run("notice_stale_beat")
    fire = Fire(
        role=house.record.role,
        record=house.record,
        event=event,
        session_id=opened["session_id"],
        continues=opened["continues"],
        now=boot["now"],
        brain=brain,
        settings=house.settings,
        cloud=house.cloud,
        budget=FireBudget.start(house.record.budget, _remaining_seconds(context)),
        log=log.bound(company_time=boot["now"].isoformat()),
        house=house,
        tools=house.tools,
    )
    reason = _reason_to_rest(fire, boot) or house.preflight(fire)
    return _close(fire, Skipped(reason) if reason else _do_the_work(fire, boot))


def _reason_to_rest(fire: Fire, boot: Mapping[str, Any]) -> str | None:
    if boot["company_is"] == "stopped" and not fire.record.watches:
        return "the company is stopped by its owner"
    if boot["is_paused"]:
        return f"{fire.role} is paused by the owner"
    if not boot["is_alone"]:
        return f"another fire of {fire.role} is still at work"
    return None


def _do_the_work(fire: Fire, boot: Mapping[str, Any]) -> Outcome:
    if fire.record.is_employee:
        _read_in(fire, has_mail=boot["unread"] > 0)
    return do_the_work(fire)


def _read_in(fire: Fire, *, has_mail: bool) -> None:
    """An employee's first act: its skill, the status, its memory, the product, its mail, what its dead noted."""
    keys = [f"SKILL_{fire.role.upper()}", "PROJECT_STATUS", f"MEMORY_{fire.role.upper()}", "PRODUCT"]
    fire.pages.update({row["file_key"]: row["content"] for row in fire.brain.all("read_brain_pages", keys=keys)})
    if has_mail:
        fire.inbox.extend(fire.brain.all("read_inbox"))
    slot = {"schedule": fire.event.schedule, "due_at": fire.event.due_at}
    fire.earlier.extend(fire.brain.all("notes_left_behind", session_id=fire.session_id, **slot))
    # Its own SKILL page is the house's word; all else was written by others.
    read = {key: page for key, page in fire.pages.items() if key != keys[0]}
    for place, value in {**read, "inbox": fire.inbox, "earlier notes": fire.earlier}.items():
        heed(fire, place, value)


def _close(fire: Fire, outcome: Outcome) -> dict[str, Any]:
    try:
        return _write_close(fire, outcome)
    except Refused as refused:
        # The closing broke a rule (no evidence, a task no longer ours): nothing of it stands, and the slot says why.
        fire.log.warning("closing refused", rule=refused.rule, message_of_rule=str(refused))
        return _write_close(fire, Failed(f"closing refused: {refused}"))


def _write_close(fire: Fire, outcome: Outcome) -> dict[str, Any]:
    word, evidence, reason = _as_row(outcome)
    with fire.brain.transaction():
        _hand_over(fire, outcome)
        fire.brain.run("close_session", session_id=fire.session_id, outcome=word, evidence=evidence, reason=reason)
    fire.log.info("closed", outcome=word, evidence=evidence, reason=reason)
    return {"session_id": fire.session_id, "outcome": word, "evidence": evidence, "reason": reason}


def _as_row(outcome: Outcome) -> tuple[str, dict[str, Any] | None, str | None]:
    match outcome:
        case Done(evidence=evidence):
            return "done", dict(evidence), None
        case Skipped(reason=reason):
            return "skipped", None, reason
        case Failed(reason=reason, evidence=evidence):
            return "failed", dict(evidence) or None, reason


def _hand_over(fire: Fire, outcome: Outcome) -> None:
    for task in getattr(outcome, "closes", ()):
        _close_task(fire, task)
    if isinstance(outcome, Done) and outcome.note and fire.record.reports_to != "owner":
        _send_note(fire, outcome)


def _close_task(fire: Fire, task: TaskClose) -> None:
    fire.brain.run(
        "close_task",
        task_id=task.task_id,
        session_id=fire.session_id,
        status=task.status,
        result=dict(task.result),
        is_permanent=task.is_permanent,
        blocked_on=task.blocked_on,
        blocked_action=task.blocked_action,
        wait_seconds=task.wait_seconds,
    )


def _send_note(fire: Fire, outcome: Done) -> None:
    fire.brain.run(
        "send_message",
        to_role=fire.record.reports_to,
        kind="note",
        level="log",
        subject="",
        body=fitted(outcome.note),
        evidence=dict(outcome.evidence),
        finding_id=None,
        decision_id=None,
        session_id=fire.session_id,
    )


def _note_crash(brain: Brain, session_id: int, error: Exception) -> None:
    """Says in the ledger that this attempt died; Lambda's retry or heartbeat goes on from there."""
    if not brain.is_usable():
        return
    reason = f"{type(error).__name__}: {error}"[:500]
    try:
        brain.run("close_session", session_id=session_id, outcome="crashed", evidence=None, reason=reason)
    except BrainError:
        # Fenced meanwhile, or out of reach: the ledger has or gets its row from others. The connection goes, and with
        # it the lock that would keep this role's next fire from working; the error that counts is the caller's.
        brain.connection.close()


def _remaining_seconds(context: Any) -> float | None:
    remaining = getattr(context, "get_remaining_time_in_millis", None)
    return remaining() / 1000 if remaining else None
