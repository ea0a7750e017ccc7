"""Tools on the inbox: escalate to your manager what you cannot settle, and answer what your people escalate.

The closing note is no tool: the session sends it with the outcome.
"""

from typing import Literal

from company.fire.fire import Fire
from company.fire.messages import Message
from company.json_values import JsonObject
from company.tools import by_need, reading_tool, tool


@by_need
@tool
def escalate(
    fire: Fire,
    subject: str,
    body: str,
    checked: str,
    showed: str,
    level: Literal["today", "brief"] = "today",
    finding_id: int | None = None,
    facts: JsonObject | None = None,
) -> dict[str, int | None]:
    """Escalates a matter to your manager, with what you checked first. Without evidence it is refused.

    Ten a day: message_id null says that this one was set aside, and your watcher sees only how many there were.
    checked: what you looked at. showed: what it showed. facts: further plain facts for the role that acts on it.
    Example: escalate(subject="x is muted", body="Needs the owner's word.", checked="EventBridge and the last 5 slots",
    showed="DISABLED since 22:14, no error before", finding_id=7).
    """
    message_id = fire.brain.value(
        "send_message",
        to_role=fire.record.reports_to,
        kind="escalation",
        level=level,
        subject=subject,
        body=body,
        evidence={**(facts or {}), "checked": checked, "showed": showed},
        finding_id=finding_id,
        decision_id=None,
        session_id=fire.session_id,
    )
    return {"message_id": message_id}


@reading_tool
def unanswered_messages(fire: Fire) -> list[Message]:
    """Lists escalations and alarms to you that wait for an answer, oldest first.

    Example: unanswered_messages() gives [{"id": 4, "from_role": "...", "subject": "...", "evidence": {...}}].
    """
    return fire.brain.rows(Message, "unanswered_messages")


@by_need
@tool
def answer_message(fire: Fire, message_id: int, answer: str) -> dict[str, int]:
    """Answers an escalation or an alarm to you, once: what you decided, or whom you asked.

    Example: answer_message(message_id=4, answer="Asked the owner: D-2, answer by today 12:00").
    """
    fire.brain.run("answer_message", message_id=message_id, answer=answer)
    return {"message_id": message_id}
