"""One fire, from its event to its closing. The only place where a fire's state is written.

After a kill at any point: what was learned is kept, the lease expires, and heartbeat returns the task.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from company.brain import Brain
from company.brain.connection import statement_limit
from company.errors import BrainError
from company.fire.beside import Beside
from company.fire.closing import close
from company.fire.events import FireEvent, read_event
from company.fire.failed_items import settle_items
from company.fire.fire import Fire, session_seconds
from company.fire.messages import EarlierNote, Message
from company.fire.role import RoleCode
from company.fire.wiring import Container, wire
from company.fire.working import do_the_work
from company.injection.scan import scan_for_injection
from company.log import Log
from company.money.budget import FireBudget
from company.outcomes import Outcome, Skipped
from company.owner.pings import run_with_pings
from company.records import Record
from company.text.cleaning import visible_json

Handler = Callable[[object, object], dict[str, Any]]


def handler_for(file: str, code: RoleCode) -> Handler:
    """The Lambda handler of the role whose folder holds this file."""
    folder = Path(file).resolve().parent

    def handler(event: object, context: object) -> dict[str, Any]:
        container = wire(folder, code)
        answer = run_with_pings(container.settings, container.ping_url, lambda: run_fire(container, event, context))
        return {name: visible_json(part) for name, part in answer.items()}

    return handler


def run_fire(container: Container, event: object, context: object) -> dict[str, Any]:
    """Runs one fire. An error of the work is raised again, so that Lambda retries."""
    fire_event = read_event(event, role=container.record.role)
    brain = container.brain()
    opened = _open(brain, container.record, fire_event, context)
    log = container.log.bound(
        schedule=fire_event.schedule, due_at=fire_event.due_at.isoformat(), session_id=opened["session_id"]
    )
    if opened["verdict"] == "duplicate":
        log.info("duplicate fire: this slot was worked already or is being worked")
        return {"session_id": opened["session_id"], "outcome": "duplicate"}
    try:
        return _work(container, brain, fire_event, opened, log, context)
    except Exception as error:
        log.exception("the work stopped with an error")
        _record_crash(brain, opened["session_id"], error)
        raise


def _open(brain: Brain, record: Record, event: FireEvent, context: object) -> dict[str, Any]:
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
    container: Container, brain: Brain, event: FireEvent, opened: Mapping[str, Any], log: Log, context: object
) -> dict[str, Any]:
    boot = _boot(brain, opened["session_id"], container.record)
    if boot["beat_is_wrong"] and container.record.role != "heartbeat":
        _notice_stale_beat(brain, log)
    fire = Fire(
        role=container.record.role,
        record=container.record,
        event=event,
        session_id=opened["session_id"],
        continues=opened["continues"],
        now=boot["now"],
        brain=brain,
        settings=container.settings,
        cloud=container.cloud,
        budget=FireBudget.start(container.record.budget, _remaining_seconds(context)),
        log=log.bound(company_time=boot["now"].isoformat()),
        load_vertical=container.vertical,
        tools=container.tools,
        scan=scan_for_injection,
        kept=container.kept,
        beside=Beside(container.threads),
    )
    with fire.beside:
        return close(fire, _outcome(container, fire, boot))


def _outcome(container: Container, fire: Fire, boot: Mapping[str, Any]) -> Outcome:
    if reason := _reason_to_skip(fire, boot):
        return Skipped(reason)
    reason = _after_a_cut(fire, container.code.preflight(fire))
    outcome = Skipped(reason) if reason else _do_the_work(container, fire, boot)
    return settle_items(fire, outcome, some_failed_before=boot["has_failed_items"])


def _after_a_cut(fire: Fire, reason: str | None) -> str | None:
    """Nothing is left to do, perhaps because the attempt before did it all and was cut off before it could say so."""
    if reason is None or fire.continues is None:
        return reason
    return f"{reason}; session {fire.continues}, which this one continues, was cut off"


def _notice_stale_beat(brain: Brain, log: Log) -> None:
    """What is refused here stops no role: the database's own clock and the alarms outside notice too."""
    try:
        brain.run("notice_stale_beat")
    except BrainError:
        if not brain.is_usable():
            raise
        log.exception("the stale beat could not be reported")


def _boot(brain: Brain, session_id: int, record: Record) -> dict[str, Any]:
    boot = brain.one("boot", session_id=session_id, statement_timeout=statement_limit(record.budget.seconds))
    assert boot is not None, "a login that opened a session is on the roster"
    if not boot["has_our_settings"]:
        raise BrainError(
            "BRAIN_DSN is the address of a pooler, which dropped our time limits: give the server's own address"
        )
    return boot


def _reason_to_skip(fire: Fire, boot: Mapping[str, Any]) -> str | None:
    if boot["company_is"] == "stopped" and not fire.record.watches:
        return "the company is stopped by its owner"
    if boot["is_paused"]:
        return f"{fire.role} is paused by the owner"
    if boot["held_up_by"]:
        return f"another fire of {fire.role} is still at work"
    return None


def _do_the_work(container: Container, fire: Fire, boot: Mapping[str, Any]) -> Outcome:
    if fire.record.is_employee:
        fire = _read_first(fire, has_mail=boot["unread"] > 0)
    try:
        return do_the_work(container, fire)
    finally:
        _note_refusals(fire)


def _note_refusals(fire: Fire) -> None:
    """Counts the refused calls of this fire, the most frequent last; no fire fails because of that."""
    try:
        for rule, times in reversed(fire.journal.refusals):
            fire.brain.run("note_refusals", session_id=fire.session_id, times=times, rule=rule)
    except BrainError as error:
        fire.log.warning("refused calls were not counted", error=repr(error))


def _read_first(fire: Fire, *, has_mail: bool) -> Fire:
    """An employee's first act: its skill, the status, its memory, the product, its mail, notes of crashed sessions."""
    keys = [f"SKILL_{fire.role.upper()}", "PROJECT_STATUS", f"MEMORY_{fire.role.upper()}", "PRODUCT"]
    pages = {row["file_key"]: row["content"] for row in fire.brain.all("read_brain_pages", keys=keys)}
    inbox = fire.brain.rows(Message, "read_inbox") if has_mail else []
    slot = {"schedule": fire.event.schedule, "due_at": fire.event.due_at}
    earlier = fire.brain.rows(EarlierNote, "notes_left_behind", session_id=fire.session_id, **slot)
    # Its own SKILL page was published by the company; everything else was written by others.
    for place, value in {**pages, "inbox": inbox, "earlier notes": earlier}.items():
        if place != keys[0]:
            fire.scan(fire, place, value)
    return replace(fire, pages=pages, inbox=tuple(inbox), earlier=tuple(earlier))


def _record_crash(brain: Brain, session_id: int, error: Exception) -> None:
    """Records that this attempt crashed; Lambda's retry or heartbeat continues from there."""
    if not brain.is_usable():
        return
    reason = f"{type(error).__name__}: {error}"[:500]
    try:
        brain.run("close_session", session_id=session_id, outcome="crashed", evidence=None, reason=reason)
    except BrainError:
        # Fenced meanwhile, or no brain: then another session or heartbeat writes the row. Closing the connection ends
        # the lease that would hold up this role's next fire. The caller raises the error that matters.
        brain.close()


def _remaining_seconds(context: object) -> float | None:
    remaining = getattr(context, "get_remaining_time_in_millis", None)
    return remaining() / 1000 if remaining else None
