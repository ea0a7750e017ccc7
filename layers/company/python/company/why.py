"""`why X`: one timeline of anything the house keeps, oldest first, from rows already there; and what one can do now."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from company.brain import Brain
from company.errors import CompanyError
from company.vertical import Entity, Vertical
from company.why_events import describe_events

Row = Mapping[str, Any]
A_MINUTE = timedelta(minutes=1)


class NothingKnown(CompanyError):
    """Nothing of that name is kept; the message shows names that would be."""


@dataclass(frozen=True)
class Story:
    """What X is, what happened to it, and what is still open."""

    subject: str
    title: str
    events: tuple[Row, ...]
    """Each with `at`, `who` and `what`."""
    still_open: tuple[str, ...]


Teller = Callable[[Brain, int], Story]


def why(brain: Brain, x: str, *, vertical: Vertical | None = None) -> Story:
    """The story of F-1, D-1, T-1 (or 1), C-1, P-1, S-1, B-1, L-1, a slot (schedule@moment, schedule HH:MM), a thing."""
    wanted = x.strip()
    numbered = re.fullmatch(r"(?:([FDTSBLCP])-?)?(\d+)", wanted, re.IGNORECASE)
    if numbered:
        return TELLERS[(numbered[1] or "T").upper()](brain, int(numbered[2]))
    entity = vertical.entity if vertical else None
    if entity and re.fullmatch(entity.pattern, wanted, re.IGNORECASE):
        return _of_entity(brain, entity, wanted)
    slot = re.fullmatch(r"([a-z][\w-]*)[@ ](\S+)", wanted)
    if slot:
        return _of_slot(brain, slot[1], slot[2])
    raise NothingKnown(f"{wanted!r} is no name that is kept here. {_examples(entity)}")


def _examples(entity: Entity | None) -> str:
    thing = f", or a {entity.word}" if entity else ""
    return (
        "Try F-1 (finding), D-1 (decision), T-1 (task), C-1 (change), P-1 (proposal), B-1 (batch), L-1 (delivery), "
        f"S-1 (session), heartbeat@2026-03-11T07:00 or 'heartbeat 07:00' (slot){thing}."
    )


def _of_finding(brain: Brain, number: int) -> Story:
    row = _subject(brain, "subject_of_finding", number, "F")
    events = _events(brain, "why_finding", number)
    still: tuple[str, ...] = ()
    if row["closed_at"] is None:
        told = row["answer"] is None or any(row["answer"] == event["what"] for event in events)
        last_word = () if told else (f"{row['answered_by']}'s last word: {row['answer']}",)
        waits = "answered; it stays open until it is over" if row["answered_by"] else f"waits for {row['watcher']}"
        mute = f"to hear no more of it for a while: watchbill findings mute F-{number} --until 2026-03-20"
        decide = (
            (f"your answer to D-{row['decision_id']}: watchbill decide D-{row['decision_id']}",)
            if row["decision_id"]
            else ()
        )
        still = (*last_word, f"{waits}; the brief repeats it", *decide, mute)
    return Story(f"F-{number}", row["title"], events, still)


def _of_decision(brain: Brain, number: int) -> Story:
    row = _subject(brain, "subject_of_decision", number, "D")
    still: tuple[str, ...] = ()
    if row["answered_at"] is None:
        options = sorted(row["options"], key=lambda name: bool(name != row["recommendation"]))
        still = (f'answer it: watchbill decide D-{number} {" | ".join(options)} | "your words"',)
    elif row["acted_at"] is None:
        still = (f"{row['asked_by']} acts on it at its next fire: watchbill invoke {row['asked_by']}",)
    return Story(f"D-{number}", row["question"], _events(brain, "why_decision", number), still)


def _of_task(brain: Brain, number: int) -> Story:
    row = _subject(brain, "subject_of_task", number, "T")
    still = {
        "pending": f"waits for a worker of mode {row['mode']}",
        "in_progress": f"held by {row['claimed_by']} until {row['lease_until']}",
        "blocked": f"blocked on {row['blocked_on']}: {row['blocked_action']}",
        "superseded": f"go on with task {row['superseded_by']}: watchbill why T-{row['superseded_by']}",
    }.get(row["status"])
    return Story(
        f"T-{number}",
        f"{row['title']} ({row['status']})",
        _events(brain, "why_task", number),
        (still,) if still else (),
    )


def _of_change(brain: Brain, number: int) -> Story:
    row = _subject(brain, "subject_of_change", number, "C")
    still = {
        "proposed": "waits for an auditor's verdict",
        "proved": "not deployed: nobody of the company may do that yet",
    }
    words = still.get(row["status"])
    title = f"{row['title']} ({row['status']})"
    return Story(f"C-{number}", title, _events(brain, "why_change", number), (words,) if words else ())


def _of_proposal(brain: Brain, number: int) -> Story:
    row = _subject(brain, "subject_of_proposal", number, "P")
    still: tuple[str, ...] = ()
    if row["status"] == "proposed":
        still = ("waits for the manager of research",)
    elif row["task_id"]:
        still = (f"measured again from {row['not_before']:%-d %b}: watchbill why T-{row['task_id']}",)
    elif row["decision_id"]:
        still = (f"your answer to D-{row['decision_id']}: watchbill decide D-{row['decision_id']}",)
    return Story(f"P-{number}", f"{row['title']} ({row['status']})", _events(brain, "why_proposal", number), still)


def _of_session(brain: Brain, number: int) -> Story:
    row = _subject(brain, "subject_of_session", number, "S")
    still = (f"still running; dead after {row['deadline_at']:%H:%M}",) if row["outcome"] is None else ()
    return Story(f"S-{number}", f"a session of {row['role']}", _events(brain, "why_session", number), still)


def _of_batch(brain: Brain, number: int) -> Story:
    row = _subject(brain, "subject_of_batch", number, "B")
    still = {
        "staged": "waits for check",
        "checked": "waits for promote",
        "held": f"held for data_auditor: {row['reason']}",
    }.get(row["status"])
    title = f"{row['source']}, edition {row['edition_at']:%Y-%m-%d %H:%M} ({row['status']})"
    return Story(f"B-{number}", title, _events(brain, "why_batch", number), (still,) if still else ())


def _of_delivery(brain: Brain, number: int) -> Story:
    row = _subject(brain, "subject_of_delivery", number, "L")
    still = ("not sent yet: the act deliver must stand at open",) if row["status"] in ("waiting", "recorded") else ()
    return Story(
        f"L-{number}", f"to {row['customer']}: {row['subject']}", _events(brain, "why_delivery", number), still
    )


TELLERS: dict[str, Teller] = {
    "F": _of_finding,
    "D": _of_decision,
    "T": _of_task,
    "C": _of_change,
    "P": _of_proposal,
    "S": _of_session,
    "B": _of_batch,
    "L": _of_delivery,
}


def _of_slot(brain: Brain, schedule: str, moment: str) -> Story:
    slot = find_slot(brain, schedule, moment)
    due_at = slot["due_at"]
    events = describe_events(brain.all("why_slot", schedule=schedule, due_at=due_at))
    wrong = slot["status"] in ("missed", "failed", "timed_out")
    still = (f"fire it by hand: watchbill invoke {slot['role']}",) if wrong else ()
    return Story(f"{schedule}@{due_at:%Y-%m-%dT%H:%M}", f"a slot of {slot['role']} ({slot['status']})", events, still)


def find_slot(brain: Brain, schedule: str, moment: str) -> Row:
    """A slot by its moment, or the last one due at a time of day; NothingKnown when there is none. Times are UTC."""
    if re.fullmatch(r"\d\d:\d\d", moment):
        slot = brain.one("slot_at_time_of_day", schedule=schedule, clock=moment)
    else:
        at = _minute(schedule, moment)
        slot = brain.one("nearest_slot", schedule=schedule, since=at, until=at + A_MINUTE)
    if slot is None:
        raise NothingKnown(f"no slot of {schedule} was due {moment}: see watchbill slots {schedule}")
    return slot


def _minute(schedule: str, moment: str) -> datetime:
    try:
        at = datetime.fromisoformat(moment)
    except ValueError:
        example = f"{schedule}@2026-03-11T07:00, or '{schedule} 07:00'"
        raise NothingKnown(f"{moment!r} is no time: write {example}") from None
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).replace(second=0, microsecond=0)


def _of_entity(brain: Brain, entity: Entity, name: str) -> Story:
    events = tuple(brain.all(entity.timeline, entity=name.upper()))
    if not events:
        raise NothingKnown(f"no {entity.word} {name} is known: no source of ours has named it yet")
    return Story(name.upper(), f"a {entity.word}", events, ())


def _events(brain: Brain, query: str, number: int) -> tuple[Row, ...]:
    return describe_events(brain.all(query, id=number))


def _subject(brain: Brain, query: str, number: int, letter: str) -> Row:
    row = brain.one(query, id=number)
    if row is None:
        raise NothingKnown(f"there is no {letter}-{number}")
    return row
