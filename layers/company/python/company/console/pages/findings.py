"""Findings: what is open, who is on it, and how long it is not reported; closed ones by pages."""

from datetime import UTC, datetime, timedelta
from functools import partial

from aws_lambda_powertools.event_handler import Response

from company.aws.function_url import BadRequest
from company.brain import Brain
from company.console.paging import paged
from company.console.rendering import page, see_other
from company.console.routing import new_routes
from company.console.visit import visit_of
from company.watch.finding_records import OwnersFinding

SPANS = {"a day": timedelta(days=1), "3 days": timedelta(days=3), "a week": timedelta(days=7)}
routes = new_routes()


@routes.get("/findings")
def _findings() -> Response[str]:
    visit = visit_of(routes)
    is_all = visit.asked("show") == "closed"
    rows = paged(visit, partial(_closed if is_all else _open, visit.brain))
    return page(visit, "findings.html.j2", shows_closed=is_all, spans=SPANS, **rows)


def _open(brain: Brain, **part: object) -> list[OwnersFinding]:
    return brain.rows(OwnersFinding, "console_open_findings", **part)


def _closed(brain: Brain, **part: object) -> list[OwnersFinding]:
    return brain.rows(OwnersFinding, "console_closed_findings", **part)


@routes.post("/findings/mute")
def _mute() -> Response[str]:
    """Not reported until then; it stays open and watched."""
    visit = visit_of(routes)
    number, until = visit.field("finding", 12), _until(visit.field("until", 30), visit.now)
    if not (number.isascii() and number.isdecimal()):
        raise BadRequest(400, "This form names no finding.")

    def do() -> str:
        visit.brain.run("mute_finding", finding_id=int(number), until=until)
        return f"F-{number} is not reported until {until:%Y-%m-%d %H:%M} UTC. It stays open and watched."

    return see_other(f"/F-{number}?done={visit.act(f'muted F-{number}', do)}")


def _until(text: str, now: datetime) -> datetime:
    """A span by its name, or a day."""
    if text in SPANS:
        return now + SPANS[text]
    try:
        until = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadRequest(422, "Until when? Choose a span, or write a day like 2026-03-20.") from error
    return until if until.tzinfo else until.replace(tzinfo=UTC)
