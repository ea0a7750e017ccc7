"""The page of an id: F-1, D-1, T-1 and so on, each its whole story, with what can be done about it."""

from collections.abc import Callable, Mapping
from typing import Any

from aws_lambda_powertools.event_handler import Response

from company.brain import Brain
from company.console.pages.changes import ORDERS
from company.console.pages.findings import SPANS
from company.console.rendering import page
from company.console.routing import new_routes
from company.console.rows import WaitingEntry
from company.console.visit import visit_of
from company.errors import NothingKnown
from company.owner.decisions import Decision
from company.pages.subjects import FindingSubject
from company.pages.why import why

Parts = Mapping[str, object]

routes = new_routes()
PARTS = ("finding", "decision", "task", "delivery", "change", "batch")
LONGEST = 15
"""Digits; no id of the brain has more."""


@routes.get("/F-<number>")
def _finding(number: str) -> Response[str]:
    return _show("F", number, lambda brain, id: {"finding": brain.row(FindingSubject, "subject_of_finding", id=id)})


@routes.get("/D-<number>")
def _decision(number: str) -> Response[str]:
    return _show("D", number, _of_decision)


def _of_decision(brain: Brain, id: int) -> Parts:
    entries = brain.rows(WaitingEntry, "entries_waiting", decision_id=id)
    return {"decision": brain.row(Decision, "subject_of_decision", id=id), "entries": entries}


@routes.get("/T-<number>")
def _task(number: str) -> Response[str]:
    return _show("T", number, lambda brain, id: {"task": brain.one("console_task", id=id)})


@routes.get("/L-<number>")
def _delivery(number: str) -> Response[str]:
    return _show("L", number, lambda brain, id: {"delivery": brain.one("console_delivery", id=id)})


@routes.get("/C-<number>")
def _change(number: str) -> Response[str]:
    return _show("C", number, lambda brain, id: {"change": brain.one("console_change", id=id), "orders": ORDERS})


@routes.get("/B-<number>")
def _batch(number: str) -> Response[str]:
    return _show("B", number, _of_batch)


def _of_batch(brain: Brain, id: int) -> Parts:
    rejects = brain.all("console_batch_rejects", batch_id=id, limit=50)
    return {"batch": brain.one("console_batch", id=id), "rejects": rejects}


@routes.get("/P-<number>")
def _proposal(number: str) -> Response[str]:
    return _show("P", number, lambda _brain, _id: {})


def _show(letter: str, number: str, of: Callable[[Brain, int], Parts]) -> Response[str]:
    visit = visit_of(routes)
    if len(number) > LONGEST:
        raise NothingKnown(f"there is no {letter}-{number[:LONGEST]}...")
    story = why(visit.brain, f"{letter}-{number}")
    parts: dict[str, Any] = {**dict.fromkeys(PARTS), **of(visit.brain, int(number))}
    return page(visit, "story.html.j2", story=story, spans=SPANS, **parts)
