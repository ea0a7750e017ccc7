"""`why X`: one timeline of anything that the brain keeps, oldest first, and what one can do now."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from company.brain import Brain
from company.errors import NothingKnown
from company.owner.decisions import Decision
from company.pages.slots import SlotWithGrace
from company.pages.subjects import (
    BatchSubject,
    ChangeSubject,
    DeliverySubject,
    FindingSubject,
    ProposalSubject,
    RoleSubject,
    SessionSubject,
    SourceSubject,
    TaskSubject,
)
from company.pages.why_events import Event, EventFacts, describe_events, fill_in
from company.pipeline.rows.put_aside import RowPutAside
from company.text.suggesting import nearest
from company.text.wording import duration_text
from company.vertical import Entity, Vertical
from company.vertical.explanations import ExplainedNumber

R = TypeVar("R")
A_MINUTE, A_WEEK = timedelta(minutes=1), timedelta(days=7)
LETTERS = {
    "finding": "F", "decision": "D", "question": "D", "task": "T", "root cause": "T", "change": "C", "proposal": "P",
    "batch": "B", "delivery": "L", "session": "S",
}  # fmt: skip
"""How pages and messages name a thing beside its letter: task 13, root cause 17."""
WORDS = "|".join(LETTERS)
NUMBERED = re.compile(rf"(?:(?:(?:{WORDS}) )?([FDTSBLCP])[- ]?|({WORDS})[- ]?)?([0-9]{{1,18}})", re.IGNORECASE)


@dataclass(frozen=True)
class Story:
    """What X is, what happened to it, and what is still open."""

    subject: str
    title: str
    events: tuple[Event, ...]
    still_open: tuple[str, ...]
    numbers: tuple[ExplainedNumber, ...] = ()
    """Of an entity of the product: its numbers, each as the sum of its parts."""


def why(brain: Brain, x: str, *, vertical: Vertical | None = None) -> Story:
    """The story of F-1, D-1, T-1 (or 1), C-1, P-1, S-1, B-1, L-1, a slot (schedule@moment, schedule HH:MM), a thing."""
    wanted = x.strip()
    numbered = NUMBERED.fullmatch(wanted)
    if numbered:
        letter, word, number = numbered.groups()
        return STORIES[(letter or LETTERS[(word or "task").lower()]).upper()](brain, int(number))
    entity = vertical.entity if vertical else None
    if entity and (name := entity.read(wanted) or _named(brain, entity, wanted)):
        return _of_entity(brain, entity, name)
    if wanted in brain.value("names_of_roles"):
        return _of_role(brain, wanted)
    if wanted.lower() in (sources := brain.value("names_of_sources")):
        return _of_source(brain, wanted.lower())
    slot = re.fullmatch(r"([a-z][\w-]*)[@ ](\S+)", wanted)
    if slot:
        return _of_slot(brain, slot[1], slot[2])
    near = nearest(wanted, [*brain.value("names_of_roles"), *sources])
    meant = f" Did you mean {near}?" if near else ""
    raise NothingKnown(f"nothing here is called {wanted!r}.{meant} {_examples(entity)}", is_miswritten=True)


def _named(brain: Brain, entity: Entity, wanted: str) -> str | None:
    """The entity that another id names. Where it names several, the owner chooses."""
    other = entity.read_other(wanted) if entity.names_of else None
    if entity.names_of is None or other is None:
        return None
    found = [str(row["entity"]) for row in brain.all(entity.names_of, name=other)]
    if len(found) > 1:
        raise NothingKnown(f"{other} names more than one {entity.word}: {', '.join(found)}. Ask for one of them.")
    return next(iter(found), None)


def _examples(entity: Entity | None) -> str:
    thing = f", or a {entity.word}" if entity else ""
    return (
        "Try F-1 (finding), D-1 (decision), T-1 (task), C-1 (change), P-1 (proposal), B-1 (batch), L-1 (delivery), "
        f"S-1 (session), ceo (role), a source, heartbeat@2026-03-11T07:00 or 'heartbeat 07:00' (slot){thing}."
    )


def _of_finding(brain: Brain, number: int) -> Story:
    row = _found(brain, brain.row(FindingSubject, "subject_of_finding", id=number), f"F-{number}")
    events = describe_events(brain.rows(EventFacts, "why_finding", id=number))
    still = _still_open(number, row, events, brain.now()) if row.closed_at is None else ()
    return Story(f"F-{number}", row.title, events, still)


def _still_open(number: int, row: FindingSubject, events: tuple[Event, ...], now: datetime) -> tuple[str, ...]:
    is_shown = row.answer is None or any(row.answer == event.what for event in events)
    answer = () if is_shown else (f"{row.answered_by}'s last answer: {row.answer}",)
    waits = "answered; it stays open until it is over" if row.answered_by else f"waits for {row.watcher}"
    decide = (_answer_it(row.decision_id),) if row.decision_id else ()
    if row.muted_until and row.muted_until > now:
        until = f"{row.muted_until.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
        return (*answer, f"{waits}; muted until {until}: the brief repeats it from then on", *decide)
    mute = f"to mute it for a while: watchbill findings mute F-{number} --until {now + A_WEEK:%Y-%m-%d}"
    return (*answer, f"{waits}; the brief repeats it", *decide, mute)


def _answer_it(decision_id: int) -> str:
    return f"your answer to D-{decision_id}: watchbill decide D-{decision_id}"


def _of_decision(brain: Brain, number: int) -> Story:
    row = _found(brain, brain.row(Decision, "subject_of_decision", id=number), f"D-{number}")
    still: tuple[str, ...] = ()
    if row.answered_at is None:
        options = " | ".join(row.options_recommended_first())
        still = (f'answer it: watchbill decide D-{number} {options} | "your words"',)
    elif row.acted_at is None:
        still = (f"{row.asked_by} acts on it at its next fire: watchbill invoke {row.asked_by}",)
    return Story(f"D-{number}", row.question, describe_events(brain.rows(EventFacts, "why_decision", id=number)), still)


def _of_task(brain: Brain, number: int) -> Story:
    row = _found(brain, brain.row(TaskSubject, "subject_of_task", id=number), f"T-{number}")
    still = {
        "pending": f"waits for a worker of mode {row.mode}",
        "in_progress": f"held by {row.claimed_by} until {row.lease_until}",
        "blocked": f"blocked on {row.blocked_on}: {row.blocked_action}",
        "superseded": f"go on with task {row.superseded_by}: watchbill why T-{row.superseded_by}",
    }.get(row.status)
    events = describe_events(brain.rows(EventFacts, "why_task", id=number))
    return Story(f"T-{number}", f"{row.title} ({row.status})", events, (still,) if still else ())


def _of_change(brain: Brain, number: int) -> Story:
    row = _found(brain, brain.row(ChangeSubject, "subject_of_change", id=number), f"C-{number}")
    still = {
        "proposed": "waits for an auditor's verdict",
        "proved": f"not deployed yet: the approval of deploy decides, or watchbill changes approve C-{number}",
        "started": "its deployment is under way, and goes on at the auditor's next fire",
        "withdrawn": f"waits until deploy is opened again, or for watchbill changes approve C-{number}",
        "live": "its functions are watched; it is kept when they have worked, and rolled back when one fails",
    }.get(row.status)
    events = describe_events(brain.rows(EventFacts, "why_change", id=number))
    return Story(f"C-{number}", f"{row.title} ({row.status.replace('_', ' ')})", events, (still,) if still else ())


def _of_proposal(brain: Brain, number: int) -> Story:
    row = _found(brain, brain.row(ProposalSubject, "subject_of_proposal", id=number), f"P-{number}")
    still: tuple[str, ...] = ()
    if row.status == "proposed":
        still = ("waits for the manager of research",)
    elif row.task_id:
        still = (f"measured again from {row.not_before:%-d %b}: watchbill why T-{row.task_id}",)
    elif row.decision_id:
        still = (_answer_it(row.decision_id),)
    events = describe_events(brain.rows(EventFacts, "why_proposal", id=number))
    return Story(f"P-{number}", f"{row.title} ({row.status})", events, still)


def _of_session(brain: Brain, number: int) -> Story:
    row = _found(brain, brain.row(SessionSubject, "subject_of_session", id=number), f"S-{number}")
    still = (f"still running; counts as crashed after {row.deadline_at:%H:%M}",) if row.outcome is None else ()
    return Story(
        f"S-{number}",
        f"a session of {row.role}",
        describe_events(brain.rows(EventFacts, "why_session", id=number)),
        still,
    )


def _of_role(brain: Brain, role: str) -> Story:
    """Its last fires, and what was found about it; then what is open and how to fire it."""
    row = brain.row(RoleSubject, "subject_of_role", role=role)
    assert row is not None, "its name is in the roster"
    rhythm = f"; fires {row.schedule_expression}, watched by {row.watched_by}" if row.schedule_expression else ""
    kind = f"{'an' if row.kind[0] in 'aeiou' else 'a'} {row.kind}"
    state = "; left the company" if row.left_at else "; paused by you" if row.is_paused else ""
    still = [f"F-{number}: watchbill why F-{number}" for number in row.findings]
    still += [_answer_it(number) for number in row.decisions]
    events = describe_events(brain.rows(EventFacts, "why_role", role=role))
    return Story(role, f"{kind} that reports to {row.reports_to}{rhythm}{state}", events, tuple(still))


def _of_source(brain: Brain, source: str) -> Story:
    """Its last editions and the requests that brought none; then what is open about it."""
    row = brain.row(SourceSubject, "subject_of_source", source=source)
    assert row is not None, "its name is among the sources"
    limit = f"the limit is {duration_text(row.fresh_within)}"
    age = f"its edition is {duration_text(row.age)} old; {limit}" if row.age else f"no edition yet; {limit}"
    state = f"off: {row.off_because}" if row.off_because else f"{age}{', which is passed' if row.is_stale else ''}"
    still = tuple(f"F-{number}: watchbill why F-{number}" for number in row.findings)
    events = describe_events(brain.rows(EventFacts, "why_source", source=source))
    return Story(source, f"a source; {state}", events, still)


def _of_batch(brain: Brain, number: int) -> Story:
    row = _found(brain, brain.row(BatchSubject, "subject_of_batch", id=number), f"B-{number}")
    still = {
        "staged": "waits for check",
        "checked": "waits for promote",
        "held": f"held for data_auditor: {row.reason}",
    }.get(row.status)
    title = f"{row.source}, edition {row.edition_at:%Y-%m-%d %H:%M} ({row.status})"
    return Story(
        f"B-{number}", title, describe_events(brain.rows(EventFacts, "why_batch", id=number)), (still,) if still else ()
    )


def _of_delivery(brain: Brain, number: int) -> Story:
    row = _found(brain, brain.row(DeliverySubject, "subject_of_delivery", id=number), f"L-{number}")
    still = ("not sent yet: the owner has to open deliver, or answer its question",)
    events = describe_events(brain.rows(EventFacts, "why_delivery", id=number))
    is_unsent = row.status in ("waiting", "recorded")
    return Story(f"L-{number}", f"to {row.customer}: {row.subject}", events, still if is_unsent else ())


STORIES: dict[str, Callable[[Brain, int], Story]] = {
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
    events = describe_events(brain.rows(EventFacts, "why_slot", schedule=schedule, due_at=slot.due_at))
    is_wrong = slot.status in ("missed", "failed", "timed_out")
    still = (f"fire it by hand: watchbill invoke {slot.role}",) if is_wrong else ()
    title = f"a slot of {slot.role} ({slot.status})"
    return Story(f"{schedule}@{slot.due_at:%Y-%m-%dT%H:%M}", title, events, still)


def find_slot(brain: Brain, schedule: str, moment: str) -> SlotWithGrace:
    """A slot by its moment, or the last one due at a time of day; NothingKnown when there is none. Times are UTC."""
    if re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", moment):
        slot = brain.row(SlotWithGrace, "slot_at_time_of_day", schedule=schedule, clock=moment)
    else:
        at = _minute(schedule, moment)
        slot = brain.row(SlotWithGrace, "nearest_slot", schedule=schedule, since=at, until=at + A_MINUTE)
    if slot is None:
        raise NothingKnown(f"no slot of {schedule} was due {moment}: see watchbill slots {schedule}")
    return slot


def _minute(schedule: str, moment: str) -> datetime:
    try:
        at = datetime.fromisoformat(moment)
        _ = at + A_MINUTE  # the last minute of the calendar has no end
    except (ValueError, OverflowError):
        example = f"{schedule}@2026-03-11T07:00, or '{schedule} 07:00'"
        raise NothingKnown(f"{moment!r} is no time: write {example}", is_miswritten=True) from None
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).replace(second=0, microsecond=0)


def _of_entity(brain: Brain, entity: Entity, name: str) -> Story:
    rows = brain.rows(EventFacts, entity.timeline, entity=name)
    read = [Event(row.at, row.who, _of_product(entity, row)) for row in rows]
    aside = describe_events(brain.rows(EventFacts, "why_put_aside", entity=name))
    events = tuple(sorted([*read, *aside], key=lambda event: event.at))
    if not events:
        raise NothingKnown(f"no {entity.word} {name} is known: no source of ours has named it yet")
    still = [row for row in brain.rows(RowPutAside, "rows_put_aside") if row.entity == name]
    return Story(name, f"a {entity.word}", events, tuple(map(_until_read, still)), tuple(entity.explain(brain, name)))


def _until_read(row: RowPutAside) -> str:
    served = "what an earlier edition said of it is served" if row.is_in_force else "no customer reads of it"
    return f"{row.source}: put aside until an edition is read with it; {served}"


def _of_product(entity: Entity, row: EventFacts) -> str:
    return fill_in(entity.sentences[row.event], row.facts, where_empty=entity.where_empty.get(row.event, {}))


def _found(brain: Brain, row: R | None, name: str) -> R:
    """The row; NothingKnown says of a number among others that it was never kept, so that nothing looks deleted."""
    if row is not None:
        return row
    letter, number = name.split("-")
    if int(number) == 0:
        raise NothingKnown(f"there is no {name}: the first is {letter}-1")
    last = brain.value("highest_numbers")[letter]
    if last is None or int(number) > last:
        raise NothingKnown(f"there is no {name}; the last is {letter}-{last}" if last else f"there is no {name} yet")
    raise NothingKnown(f"there is no {name}, and there never was: its number was given to a row that was not stored")
