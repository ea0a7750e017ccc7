"""The work of the machines that scrape: is there anything to ask, and one run of requests for each source."""

from collections.abc import Callable
from datetime import date
from functools import partial
from zoneinfo import ZoneInfo

from company.fire.apart import each
from company.fire.fire import Fire
from company.outcomes import Outcome
from company.pipeline.asking.access import switched_on
from company.pipeline.asking.fetch import SourceRequest
from company.pipeline.asking.freshness import report_freshness
from company.pipeline.asking.missing_release import report_missing_release
from company.pipeline.asking.moved_report import report_moves
from company.pipeline.asking.paging import ask_pages
from company.pipeline.asking.requests import ANSWERED, ask_in_turn
from company.pipeline.asking.routes import (
    describe_resting_routes,
    expected_from,
    open_routes,
    planned_requests,
    requests_for_day,
)
from company.pipeline.asking.scrape_run import Pull, ScrapeRun, outcome_of
from company.text.wording import time_of_day
from company.vertical.feeds import Source


def nothing_to_ask(fire: Fire, *names: str) -> str | None:
    """A reason to ask nothing: no next edition can be there yet, it is too early, or every route rests."""
    on = switched_on(fire, names)
    if not on:
        return f"{' and '.join(names)}: off until their owner gives an address or a key"
    reasons = {name: _reason_to_wait(fire, fire.vertical.source(name)) for name in on}
    if not all(reasons.values()):
        return None
    each(fire, "ages of sources", on, partial(_report_age, fire))
    return "; ".join(f"{name}: {reason}" if len(on) > 1 else str(reason) for name, reason in reasons.items())


def scraper(*names: str) -> Callable[[Fire], Outcome]:
    """The whole work of a machine that scrapes these sources and does nothing else."""
    return lambda fire: scrape(fire, *names)


def scrape(fire: Fire, *names: str) -> Outcome:
    """One run for each source that is on. A source in trouble does not keep the others from being asked."""
    names = tuple(switched_on(fire, names))
    total, rows = ScrapeRun(), {}
    for name, run in each(fire, "sources", names, partial(_scrape_one, fire)):
        if len(names) > 1:
            run.reasons = [f"{name}: {reason}" for reason in run.reasons]
            rows[f"rows_{name}"] = run.read
        total.add(run)
    each(fire, "ages of sources", names, partial(_report_age, fire))
    return outcome_of(total, rows)


def _report_age(fire: Fire, name: str) -> None:
    report_freshness(fire, name)
    report_missing_release(fire, name)
    report_moves(fire, name)


def _scrape_one(fire: Fire, name: str) -> tuple[str, ScrapeRun]:
    source = fire.vertical.source(name)
    why = _reason_to_wait(fire, source)
    return name, ScrapeRun(reasons=[why]) if why else run_scrape(fire, source)


def run_scrape(fire: Fire, source: Source) -> ScrapeRun:
    """Asks for each edition that is missing, by one route after another. Every request and every body is recorded."""
    run = ScrapeRun()
    planned = planned_requests(fire, source, open_routes(fire, source))
    each(fire, f"editions of {source.name}", planned, partial(_ask, fire, source, run), name=_edition)
    return run


def _ask(fire: Fire, source: Source, run: ScrapeRun, requests: list[SourceRequest]) -> None:
    fire.budget.require_time()
    run.pull = Pull()
    answered = ask_in_turn(fire, source, requests, run)
    if answered is not None and source.pages is not None:
        ask_pages(fire, source, source.pages, answered, run)


def _edition(requests: list[SourceRequest]) -> str:
    """What is asked for: the day, or the address by the first route."""
    return next((str(request.day or request.url) for request in requests), "nothing")


def fetch_day(fire: Fire, source: Source, day: date) -> ScrapeRun:
    """Asks a dated source for one day's edition, also when newer ones are here. The body is classified as any other.

    Older than the edition in force it is stored and never staged, except where editions hold changes.
    """
    run = ScrapeRun()
    routes = open_routes(fire, source)
    if not routes:
        run.reasons.append(describe_resting_routes(fire, source))
    ask_in_turn(fire, source, list(requests_for_day(routes, day)), run, enough=(*ANSWERED, "older"))
    return run


def _reason_to_wait(fire: Fire, source: Source) -> str | None:
    routes = open_routes(fire, source)
    if not routes:
        return describe_resting_routes(fire, source)
    if source.asked_every is not None:
        last = fire.brain.value("last_asked", source=source.name)
        if last is not None and fire.now - last < source.asked_every:
            at = time_of_day(last, ZoneInfo(fire.settings.owner_timezone))
            return f"asked at {at}, and at most every {source.asked_every.total_seconds() / 3600:g} h"
    if not next(planned_requests(fire, source, routes), None):
        return _nothing_missing(fire, source)
    return None


def _nothing_missing(fire: Fire, source: Source) -> str:
    if source.is_dated:
        return f"the edition of {fire.now:%Y-%m-%d} is not expected before {expected_from(fire, source)}"
    return "no hour is missing"
