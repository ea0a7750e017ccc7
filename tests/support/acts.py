"""What roles of the company do, as short calls: each runs the same named query as their code."""

from datetime import datetime
from typing import Any

from company.brain import Brain
from company.owner.approvals import content_digest
from tests.support.brains import TestBrain

SESSION_SECONDS = 75
LEASE_SECONDS = 135


def open_session(
    brain: TestBrain,
    role: str,
    *,
    schedule: str | None = None,
    due_at: datetime | None = None,
    request_id: str = "request-1",
    seconds: int = SESSION_SECONDS,
    via: Brain | None = None,
) -> dict[str, Any]:
    """Takes the attempt of a slot that is due now; the row that open_session returns."""
    row = (via or brain.as_role(role)).one(
        "open_session",
        schedule=schedule or role,
        due_at=due_at or brain.now(),
        request_id=request_id,
        lasts_seconds=seconds,
    )
    assert row is not None
    return row


def session_of(brain: TestBrain, role: str, **how: Any) -> int:
    """An open session of this role."""
    row = open_session(brain, role, **how)
    assert row["verdict"] == "work"
    return int(row["session_id"])


def note_schedule(brain: TestBrain, schedule: str, *, expression: str = "rate(1 hour)", **more: Any) -> bool:
    """heartbeat has read a deployed schedule, switched on and without an end; whether it differs from what it knew."""
    usual = {"timezone": "UTC", "state": "ENABLED", "starts_at": None, "ends_at": None, "failure_queue": None}
    given = {"role": schedule, "modified_at": brain.now(), **usual, **more}
    return bool(brain.as_role("heartbeat").value("note_schedule", schedule=schedule, expression=expression, **given))


def expect_slots(brain: TestBrain, schedule: str, *due: datetime) -> None:
    """heartbeat writes these slots of a schedule into the ledger."""
    row = {"schedule": schedule, "due": list(due), "until": max(due), "is_wake": False}
    brain.as_role("heartbeat").run("expect_slots", **row)


def close_session(
    brain: TestBrain,
    role: str,
    session: int,
    outcome: str = "done",
    *,
    evidence: dict[str, Any] | None = None,
    reason: str | None = None,
    via: Brain | None = None,
) -> None:
    given = {"rows": 1} if evidence is None and outcome == "done" else evidence
    if outcome == "done" and role.endswith("_manager"):
        send_note(brain, role, session)
    (via or brain.as_role(role)).run(
        "close_session", session_id=session, outcome=outcome, evidence=given, reason=reason
    )


def send_note(brain: TestBrain, role: str, session: int, body: str = "4 tasks open, 1 filed.", to: str = "ceo") -> None:
    """The note that a manager's fire needs before it may close."""
    given = {"to_role": to, "kind": "note", "level": "log", "subject": "", "body": body, "evidence": {}}
    brain.as_role(role).run("send_message", session_id=session, finding_id=None, decision_id=None, **given)


def file_task(
    brain: TestBrain,
    role: str = "data_manager",
    *,
    mode: str = "data",
    title: str = "look",
    via: Brain | None = None,
    **more: Any,
) -> int:
    row = (via or brain.as_role(role)).one("file_task", mode=mode, title=title, **task_fields(**more))
    assert row is not None
    return int(row["task_id"])


def task_fields(**given: Any) -> dict[str, Any]:
    """The values of file_task's query that a test does not care about."""
    return {"payload": {}, "priority": 5, "dedupe_key": None, "not_before": None, **given}


def claim(
    brain: TestBrain,
    role: str,
    session: int,
    *,
    mode: str = "data",
    lease_seconds: int = LEASE_SECONDS,
    via: Brain | None = None,
) -> int | None:
    """The id of the claimed task, if there was one."""
    login = via or brain.as_role(role)
    row = login.one("claim_task", mode=mode, session_id=session, lease_seconds=lease_seconds)
    return int(row["id"]) if row else None


def close_task(
    brain: TestBrain,
    role: str,
    task: int,
    session: int,
    status: str = "complete",
    *,
    via: Brain | None = None,
    **more: Any,
) -> str:
    fields = {"result": {}, "is_permanent": True, "blocked_on": None, "blocked_action": None, "wait_seconds": 0}
    login = via or brain.as_role(role)
    row = login.one("close_task", task_id=task, session_id=session, status=status, **{**fields, **more})
    assert row is not None
    return str(row["status"])


def sort_task(brain: TestBrain, role: str, task: int, status: str, **more: Any) -> None:
    fields = {"reason": "as the manager sees it", "successor": None, "priority": None}
    brain.as_role(role).run("sort_task", task_id=task, status=status, **{**fields, **more})


def held_task(brain: TestBrain, role: str = "data_worker", **more: Any) -> tuple[int, int]:
    """A task that this role holds in an open session: (task, session)."""
    task, session = file_task(brain, **more), session_of(brain, role)
    assert claim(brain, role, session) == task
    return task, session


def task_row(brain: TestBrain, task: int) -> dict[str, Any]:
    [row] = brain.sql("owner", "SELECT * FROM company.task_queue WHERE id = %(id)s", id=task)
    return row


def slot_row(brain: TestBrain, schedule: str) -> dict[str, Any]:
    [row] = brain.sql("owner", "SELECT * FROM company.slots WHERE schedule = %(s)s", s=schedule)
    return row


def open_finding(brain: TestBrain, role: str = "data_auditor", **more: Any) -> int:
    fields: dict[str, Any] = {
        "fingerprint": "stale:a_feed",
        "kind": "stale",
        "subject": "a_feed",
        "level": "brief",
        "title": "a_feed is stale",
        "effect": "",
        "evidence": {},
        "accused": None,
        "watcher": "data_manager",
    }
    row = brain.as_role(role).one("open_finding", **{**fields, **more})
    assert row is not None
    return int(row["finding_id"])


def send_message(brain: TestBrain, role: str, to_role: str, kind: str = "note", **more: Any) -> int:
    fields: dict[str, Any] = {
        "level": "log",
        "subject": "",
        "body": "4 things seen",
        "evidence": {},
        "finding_id": None,
        "decision_id": None,
        "session_id": None,
    }
    given = {"to_role": to_role, "kind": kind, **fields, **more}
    return int(brain.as_role(role).value("send_message", **given))


def ask_decision(brain: TestBrain, role: str = "data_manager", **more: Any) -> int:
    fields: dict[str, Any] = {
        "fingerprint": "mute:a_feed",
        "question": "Go on without a_feed?",
        "background": "",
        "unknown": "",
        "options": {"yes": "go on", "no": "wait"},
        "recommendation": "yes",
        "default_option": "no",
        "answer_by": brain.now(),
        "finding_id": None,
        "subject": {},
    }
    row = brain.as_role(role).one("ask_decision", **{**fields, **more})
    assert row is not None
    return int(row["decision_id"])


def record_outbox_entry(
    brain: TestBrain,
    role: str,
    session: int,
    *,
    act: str = "deliver",
    dedupe_key: str = "brief to a customer, 11 March",
    via: Brain | None = None,
    subject: str = "",
    content: bytes | None = content_digest("what is sent"),
) -> dict[str, Any]:
    row = (via or brain.as_role(role)).one(
        "record_outbox_entry",
        action=act,
        dedupe_key=dedupe_key,
        to_whom="customer@example.invalid",
        subject=subject,
        payload={},
        content_sha256=content,
        session_id=session,
    )
    assert row is not None
    return row
