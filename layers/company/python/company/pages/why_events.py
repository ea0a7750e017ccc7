"""For `why`: the events of a story as sentences. The brain gives each event with its facts; here they are worded."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from company.json_values import JsonObject

FIELD = re.compile(r"\{(\w+)\}")
OPTIONAL = re.compile(r"\[([^\]]*)\]")
"""Text in brackets is left out when one of its fields is empty."""
STATUS = "{status}[: {reason}]"
ENDED = "{outcome}[, {reason}][; {evidence}]"
SENTENCES: Mapping[str, str] = {
    "answered": "answered: {answer}",
    "answered_by_owner": 'answered:[ {answer}][ "{text}"]',
    "approval_answered": "D-{id}:[ {answer}][ {plain_text}]",
    "asked": 'asked: {question} (recommends "{recommendation}"; silence is "{default}"). {background}',
    "asked_approval": "asked the owner: D-{id}",
    "asked_owner": "asked the owner D-{id}: {question}",
    "began_on_slot": "began on slot {schedule}@{due}, attempt {attempt}",
    "change_ordered": "ordered: {order}[, because {reason}][; {outcome}]",
    "change_lines": "the change: {lines}",
    "change_proposed": "proposed for {files}: {reason}",
    "change_tried": "tried on a copy: test without it {without}, with it {with}; {rows} rows, {rows_before} before; "
    "{others} others, {others_differing} differing",
    "checked": "{checks} checks, {failed} not ok[: {which}]",
    "closed": "closed: {resolution}",
    "decided": "decided: {reason}",
    "decision_answered": 'D-{id}:[ {answer}][ "{text}"]',
    "delivery_ended": "{status}: {reason}",
    "correction_written": "L-{id}: a correction for {name}: {subject} ({status})",
    "delivery_written": "wrote to {name}: {subject} ({occasion}, covers {from} to {to})",
    "deployment_step": "deployment: {step}[ {functions}][, {bytes} bytes][: {reason}]",
    "did": "did: {outcome}",
    "does_not_hold": "does not hold: looked at {looked_at}: {showed}",
    "edition": "B-{id}, edition {edition}, {status}[: read {read} = promoted {promoted} + unchanged {unchanged} + "
    "quarantined {quarantined} + held {held}][; {reason}]",
    "ended": ENDED,
    "entry_confirmed": STATUS,
    "entry_recorded": "recorded before sending",
    "expired": "D-{id} expired: nobody answered, nothing was done",
    "fetched": "{size} bytes of {source}, edition {edition}, by {route}",
    "filed": "filed: {title}[: {reason}]",
    "filed_task": "filed T-{id}: {title}",
    "found": "found: {title}[ ({planted})]; handed to {watcher}",
    "found_finding": "found F-{id}: {title}",
    "holds": "holds: looked at {looked_at}: {showed}",
    "in_brief": "in the brief of {date}",
    "judged": "{status}: {verdict}",
    "mail_status": STATUS,
    "message": "{kind} to {to}: {body}",
    "promoted": "read {read} = promoted {promoted} + unchanged {unchanged} + quarantined {quarantined} + held {held}",
    "proposed": "proposed, of {looked_at} looked at: {numbers}; before: {past}[. {remark}]",
    "put_aside": "{source}: row put aside (B-{batch}[, {earlier} before]): {reason}",
    "request": "asked by {route}: {result}[ ({code})][: {reason}]",
    "row_closed": "{source}: row {status}: {resolution}",
    "seen_again": "seen {times} times by now",
    "session_began": "session {id}, attempt {attempt} began",
    "session_ended": "session {id}: " + ENDED,
    "slot_due": "due[, {unforeseen}]; grace {grace} min, watched by {watcher}",
    "slot_ended": STATUS,
    "slot_finding": "F-{id}: {title} (seen {times} times) -> {watcher}",
    "staged": "{rows} rows read, {staged} staged",
    "status": "{was} -> {is}[: {reason}]",
    "task_closed": STATUS,
    "text": "{text}",
    "undone": "undone: {reason}",
    "watched_fire": "watched fire {outcome}[: {reason}][; {evidence}]",
    "woke": "woke {watcher}",
}
WHERE_EMPTY = {"did": {"outcome": "nothing"}, "proposed": {"past": "not looked at"}}


@dataclass(frozen=True)
class EventFacts:
    """One event as the brain keeps it: which kind it is, and its facts."""

    at: datetime
    who: str
    event: str
    facts: JsonObject


@dataclass(frozen=True)
class Event:
    """One thing that happened to the subject of a story, as a sentence."""

    at: datetime
    who: str
    what: str


def describe_events(rows: Iterable[EventFacts]) -> tuple[Event, ...]:
    """The same events, each as a sentence."""
    return tuple(Event(row.at, row.who, describe(row.event, row.facts)) for row in rows)


def describe(event: str, facts: JsonObject) -> str:
    """One event as a sentence."""
    return fill_in(SENTENCES[event], facts, where_empty=WHERE_EMPTY.get(event, {}))


def fill_in(sentence: str, facts: JsonObject, where_empty: Mapping[str, str]) -> str:
    """A sentence with its fields filled in, and without the optional parts of which a field is empty."""
    known = {name: str(value) for name, value in facts.items() if value not in (None, "")}
    known = {**where_empty, **known}
    kept = OPTIONAL.sub(lambda part: part[1] if known.keys() >= set(FIELD.findall(part[1])) else "", sentence)
    return FIELD.sub(lambda field: known.get(field[1], ""), kept)
