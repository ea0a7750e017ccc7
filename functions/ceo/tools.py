"""What only the CEO does: look at the whole company at once, let silence answer, and write to the owner."""

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from ceo.posting import keep_pages, send
from company.brief import Facts, Teller, gather, html, status, text, write
from company.errors import ToolError
from company.plain import plain
from company.session import Fire
from company.tools import reading_tool, tool


@reading_tool
def company_today(fire: Fire) -> dict[str, Any]:
    """Gives the company's state since the last brief: the facts that a brief may say, and a status written from them.

    Example: company_today() gives {"status": "...", "facts": {"findings": [...], "sources": [...]}}.
    """
    facts = _facts(fire)
    return {"status": status.tell(facts), "facts": facts.as_json()}


@tool
def let_silence_answer(fire: Fire) -> list[int]:
    """Gives questions whose hour has passed their safe default; lists their numbers.

    Example: let_silence_answer() gives [4].
    """
    silent = [int(row["decision_id"]) for row in fire.brain.all("let_silence_answer")]
    for decision in silent:
        fire.learn("silence", f"D-{decision} took its default: nobody answered", decision_id=decision)
    return silent


@tool
def write_brief(fire: Fire) -> dict[str, Any]:
    """Writes today's brief, keeps it as text and HTML, and mails it to the owner; once a day, however often called.

    Example: write_brief() gives {"brief_lines": 44, "checks_passed": 14, "sent": 1}.
    """
    facts = _facts(fire)
    brief = write(facts)
    body, page = text.render(brief.page), html.render(brief.page, brief.subject)
    passed = sum(brief.checklist.values())
    fire.brain.run(
        "write_brief",
        brief_date=facts.brief_date,
        covers_from=facts.since,
        covers_to=facts.until,
        subject=brief.subject,
        body=body,
        html=page,
        facts={"facts": plain(facts.as_json()), "page": brief.page.as_json()},
        checklist={"points": dict(brief.checklist), "passed": passed, "of": len(brief.checklist)},
    )
    return {"brief_lines": body.count("\n"), "checks_passed": passed, "sent": int(_post(fire, facts.brief_date))}


@tool
def send_back(fire: Fire, message_id: int, missing: str) -> dict[str, int]:
    """Sends an escalation back that shows no investigation: answers it, and tells its sender what is missing.

    Example: send_back(message_id=4, missing="what was looked at: 'it' names nothing").
    """
    message = next((row for row in fire.brain.all("unanswered_messages") if row["id"] == message_id), None)
    if message is None:
        raise ToolError(f"message {message_id} is not one to you that waits for an answer")
    answer = f"Sent back. Missing is {missing}. Look, then escalate again with what you looked at and what it showed."
    with fire.brain.transaction():
        fire.brain.run("answer_message", message_id=message_id, answer=answer)
        fire.brain.run(
            "send_message",
            to_role=message["from_role"],
            kind="note",
            level="brief",
            subject=f"Sent back: {message['subject']}",
            body=answer,
            evidence={"message_id": message_id},
            finding_id=message["finding_id"],
            decision_id=None,
            session_id=fire.session_id,
        )
    fire.learn("sent_back", f"{message['from_role']}: {message['subject']}: {missing}", message_id=message_id)
    return {"message_id": message_id}


def _post(fire: Fire, day: date) -> bool:
    """Keeps and mails the page as the brain has it: once sent, that is the one which the owner read."""
    kept = fire.brain.one("read_brief", brief_date=day)
    assert kept is not None, "it was just written"
    keep_pages(fire, kept)
    return kept["sent_at"] is None and send(fire, kept)


def _facts(fire: Fire) -> Facts:
    zone = ZoneInfo(fire.settings.owner_timezone)
    teller = Teller(
        title=fire.vertical.title,
        zone=zone,
        slot=fire.event.schedule,
        due_at=fire.event.due_at,
        desk=fire.settings.desk,
    )
    return gather(fire.brain, teller=teller, brief_date=fire.event.due_at.astimezone(zone).date(), until=fire.now)
