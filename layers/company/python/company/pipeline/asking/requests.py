"""Makes the requests of a scrape run: one edition by one route after another, each one recorded."""

import time
from collections.abc import Sequence

from company.fire.fire import Fire
from company.pipeline.asking import redirects
from company.pipeline.asking.access import ask_source, what_to_do
from company.pipeline.asking.fetch import FeedUnreachable, SourceRequest, SourceResponse
from company.pipeline.asking.raw import request_conditions
from company.pipeline.asking.receiving import close_malformed, receive
from company.pipeline.asking.routes import proxy_of
from company.pipeline.asking.scrape_run import FAULTS, RequestResult, ScrapeRun
from company.vertical.feeds import Source

REFUSED = (401, 403, 451)
ANSWERED = ("new", "unchanged", "not_modified")


def ask_in_turn(
    fire: Fire, source: Source, requests: Sequence[SourceRequest], run: ScrapeRun, enough: Sequence[str] = ANSWERED
) -> SourceRequest | None:
    """Asks for one edition by every route until one answers; gives the request that was answered.

    A route is asked only while there is time: it would fail at once, and rest for what another route had taken.
    """
    for request in requests:
        if request.route in run.failing:
            continue
        fire.budget.require_time()
        result = ask(fire, source, request, run)
        if result in enough:
            return request
        if result in FAULTS:
            run.failing.add(request.route)
    return None


def ask(fire: Fire, source: Source, request: SourceRequest, run: ScrapeRun) -> str:
    """Makes one request, takes in what came, records the request, and gives its result."""
    began = time.monotonic()
    response = _get(fire, source, request)
    run.ended_at = time.monotonic()
    run.seconds = run.ended_at - began
    ms = round(1000 * run.seconds)
    if isinstance(response, FeedUnreachable):
        ended = RequestResult("failed", None, str(response))
    elif response.status == 200:
        ended = receive(fire, source, request, response, run)
    else:
        ended = _explain_status(fire, source, request, response)
    _record(fire, source, request, ended, ms, redirects.shown(request.url, response.home) if response.home else None)
    run.count(ended)
    return ended.result


def _get(fire: Fire, source: Source, request: SourceRequest) -> SourceResponse | FeedUnreachable:
    # Every page of an answer is counted, so none of them is left out because it is known.
    conditions = {} if source.pages else request_conditions(fire, source, request.url)
    left, proxy = fire.budget.seconds_left(), proxy_of(fire, request.route)
    try:
        return ask_source(fire, source, request.url, validators=conditions, seconds_left=left, proxy=proxy)
    except FeedUnreachable as error:
        return error


def _explain_status(fire: Fire, source: Source, request: SourceRequest, response: SourceResponse) -> RequestResult:
    """What a status other than 200 means. A named edition that is not there yet is no error."""
    status = response.status
    if status == 304:
        close_malformed(fire, source, "answers again that its newest edition is the one we have")
        return RequestResult("not_modified", status, None)
    missing = {source.route.missing_status, 404}
    if request.names_edition and status in missing:
        edition = f"the edition of {request.day}" if request.day else request.url.rsplit("/", 1)[-1]
        return RequestResult("not_yet", status, f"{edition} is not there yet (status {status})")
    # A 404 that states a reason is a wrong key or parameter, and no feed that is still to come.
    message = f": {response.headers['message'][:200]}" if response.headers.get("message") else ""
    if status in missing and not message and fire.brain.value("newest_edition", source=source.name) is None:
        return RequestResult("not_yet", status, f"nothing has been published there yet (status {status})")
    if status in REFUSED:
        message += f"; {what_to_do(fire, source)}" if source.takes_key else ""
        return RequestResult("blocked", status, f"{request.route}: refused with status {status}{message}")
    return RequestResult("failed", status, f"{request.route}: status {status}{message}")


def _record(
    fire: Fire, source: Source, request: SourceRequest, ended: RequestResult, ms: int, moved_to: str | None
) -> None:
    fire.brain.run(
        "record_fetch",
        source=source.name,
        url=request.url,
        route=request.route,
        choice=request.choice,
        result=ended.result,
        status_code=ended.status,
        ms=ms,
        raw_id=ended.raw_id,
        reason=ended.reason,
        session_id=fire.session_id,
        moved_to=moved_to,
    )
