"""What only the CEO does: see the whole company at once, end what nobody answered, write to the owner, send back."""

from dataclasses import dataclass
from functools import partial

from ceo import status
from ceo.brief_time import writes_a_brief
from ceo.writing import facts_of, todays_brief
from company.brief import Sentences, places_for_sentences
from company.errors import ToolError
from company.fire.apart import each
from company.fire.fire import Fire
from company.fire.messages import Message
from company.json_values import JsonObject
from company.tools import reading_tool, tool


@dataclass(frozen=True)
class SilentDecision:
    """A question that nobody answered in time."""

    decision_id: int


@reading_tool
def company_today(fire: Fire) -> JsonObject:
    """Gives the company's state since the last brief: a status written from it, the facts, and the places of the brief.

    places: where today's brief may have a sentence of yours, each with the book's own and the most characters of
    another; null when this fire writes no brief. A sentence takes its figures from what it is about, as facts has it.
    Example: company_today() gives {"status": "...", "places": {"verdict": {"book": "...", "most_characters": 224}},
    "facts": {"findings": [...], "sources": [...]}}.
    """
    facts = facts_of(fire)
    places = places_for_sentences(facts) if writes_a_brief(fire) else None
    return {"status": status.write_status(facts), "places": places, "facts": facts.as_json()}


@tool
def let_silence_answer(fire: Fire) -> list[int]:
    """Ends questions that are past their time: they expire, and nothing is done; lists their numbers.

    Example: let_silence_answer() gives [4].
    """
    silent = [row.decision_id for row in fire.brain.rows(SilentDecision, "let_silence_answer")]
    each(fire, "notes of silence", silent, partial(_note_silence, fire))
    return silent


def _note_silence(fire: Fire, decision: int) -> None:
    fire.learn("silence", f"D-{decision} expired: nobody answered", decision_id=decision)


@tool
def write_brief(fire: Fire, sentences: Sentences | None = None) -> dict[str, int | str]:
    """Writes today's brief, keeps it as text and HTML, and mails it to the owner; once a day, however often called.

    Tables, sums, labels, ages, commands and questions are the book's. sentences: yours, in the places of company_today:
    verdict (customers, "2 open" or "Nothing is broken", "1 decision" with its minutes or "Nothing for you to decide"),
    findings (done, effect), domains, and cant_say, which adds to what the book does not know. One line each, ASCII.
    A figure, in digits or letters, that is not among the facts of its place rejects the page; you may try once more,
    then the book writes. Without sentences the book writes. by: whose sentences it has, model or book.
    Example: write_brief(sentences={"verdict": "All two customers served. 1 open: one feed is stale. Nothing for you to
    decide.", "findings": {"F-1": {"effect": "scores use the edition before"}}}) gives {"brief_lines": 44,
    "checks_passed": 14, "by": "model", "sent": 1}.
    """
    if not writes_a_brief(fire):
        raise ToolError("only the fire of the owner's morning writes the brief, and this is another one")
    return todays_brief(fire, sentences)


@tool
def send_back(fire: Fire, message_id: int, missing: str) -> dict[str, int]:
    """Sends an escalation back that shows no investigation: answers it, and sends its sender a note of what is missing.

    Example: send_back(message_id=4, missing="what was looked at: 'it' names nothing").
    """
    message = next((row for row in fire.brain.rows(Message, "unanswered_messages") if row.id == message_id), None)
    if message is None:
        raise ToolError(f"message {message_id} is not a message to you that waits for an answer")
    answer = f"Sent back. Missing is {missing}. Look, then escalate again with what you looked at and what it showed."
    with fire.brain.transaction():
        fire.brain.run("answer_message", message_id=message_id, answer=answer)
        fire.brain.run(
            "send_message",
            to_role=message.from_role,
            kind="note",
            level="brief",
            subject=f"Sent back: {message.subject}",
            body=answer,
            evidence={"message_id": message_id},
            finding_id=message.finding_id,
            decision_id=None,
            session_id=fire.session_id,
        )
    fire.learn("sent_back", f"{message.from_role}: {message.subject}: {missing}", message_id=message_id)
    return {"message_id": message_id}
