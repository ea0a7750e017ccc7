"""How a fire ends: one transaction that closes its tasks, sends its note and ends its slot."""

from collections.abc import Sequence
from typing import Any

from company.brain import Brain
from company.errors import Refused, ToolError
from company.fire.closing_note import fit_note
from company.fire.fire import Fire
from company.outcomes import Done, Evidence, Failed, Outcome, Skipped, TaskClose, Worked
from company.text.cleaning import json_text
from company.text.wording import counted


def close(fire: Fire, outcome: Outcome) -> dict[str, Any]:
    """Ends the session with its outcome; where the brain refuses that, as failed, with the rule as the reason."""
    try:
        return _write_close(fire, outcome)
    except Refused as refused:
        # The closing broke a rule (no evidence, a task no longer ours): it was rolled back, and the slot says why.
        fire.log.warning("closing refused", rule=refused.rule, message_of_rule=str(refused))
        return _write_close(fire, Failed(f"closing refused: {refused}"))


def try_closing(fire: Fire, outcome: Worked) -> None:
    """Tries the closing and rolls it back. Raises Refused or ToolError where it would be refused."""
    with fire.brain.dry_run():
        _close_tasks_and_send_note(fire, outcome)
        if held := [row["id"] for row in fire.brain.all("tasks_still_held", session_id=fire.session_id)]:
            raise ToolError(f"you claimed {', '.join(f'task {n}' for n in held)} and closes do not say how it ends")
        _close_session(fire, outcome)


def _write_close(fire: Fire, outcome: Outcome) -> dict[str, Any]:
    if _ends_only_the_session(fire, outcome):
        ended = _close_session(fire, outcome)  # one statement is a transaction by itself: two round trips less
    else:
        with fire.brain.transaction():
            _close_tasks_and_send_note(fire, outcome)
            ended = _close_session(fire, outcome)
    fire.log.info("closed", **ended)
    return {"session_id": fire.session_id, **ended}


def _close_session(fire: Fire, outcome: Outcome) -> dict[str, Any]:
    ending, evidence, reason = _as_row(outcome)
    ended = {"outcome": ending, "evidence": evidence, "reason": reason}
    fire.brain.run("close_session", session_id=fire.session_id, **ended)
    return ended


def _as_row(outcome: Outcome) -> tuple[str, Evidence | None, str | None]:
    match outcome:
        case Done(evidence=evidence):
            return "done", dict(evidence), None
        case Skipped(reason=reason):
            return "skipped", None, reason
        case Failed(reason=reason, evidence=evidence, waits_for=waits_for):
            return (
                "failed",
                dict(evidence) or None,
                f"blocked, waits for {waits_for}: {reason}" if waits_for else reason,
            )


def _ends_only_the_session(fire: Fire, outcome: Outcome) -> bool:
    return isinstance(outcome, Skipped) or not (outcome.closes or _sends_note(fire, outcome))


def _sends_note(fire: Fire, outcome: Worked) -> bool:
    return bool(outcome.note) and fire.record.reports_to != "owner"


def _close_tasks_and_send_note(fire: Fire, outcome: Outcome) -> None:
    if isinstance(outcome, Skipped):
        return
    close_tasks(fire.brain, fire.session_id, outcome.closes)
    if _sends_note(fire, outcome):
        _send_note(fire, outcome)


def close_tasks(brain: Brain, session_id: int, closes: Sequence[TaskClose]) -> None:
    """Ends tasks that this session holds, in one statement: all of them, or none and Refused."""
    if not closes:
        return
    brain.run("close_tasks", session_id=session_id, closings=as_closings(closes))


def as_closings(closes: Sequence[TaskClose]) -> str:
    """What the brain's close_tasks reads, as JSON."""
    return json_text([_as_closing(task) for task in closes])


def _as_closing(task: TaskClose) -> dict[str, object]:
    """What is not said is left out: the brain reads each word of each task."""
    words = {
        "task_id": task.task_id,
        "status": task.status,
        "result": dict(task.result),
        "is_permanent": None if task.is_permanent else False,
        "blocked_on": task.blocked_on,
        "blocked_action": task.blocked_action,
        "wait": counted(task.wait_seconds, "second") if task.wait_seconds else None,
    }
    return {name: value for name, value in words.items() if value is not None}


def _send_note(fire: Fire, outcome: Worked) -> None:
    fire.brain.run(
        "send_message",
        to_role=fire.record.reports_to,
        kind="note",
        level="log",
        subject="",
        body=fit_note(outcome.note),
        evidence=dict(outcome.evidence),
        finding_id=None,
        decision_id=None,
        session_id=fire.session_id,
    )
