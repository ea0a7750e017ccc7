"""One source's run: ask for what is new, keep what came, stage what is good, and tell when it is late."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from zoneinfo import ZoneInfo

from company.fire.fire import Fire
from company.outcomes import Done, Failed, Outcome, Skipped
from company.pipeline.fetch import FeedResponse, FeedUnreachable, get
from company.pipeline.freshness import report_freshness
from company.pipeline.raw import ClassifiedBody, FeedRequest, keep_body, request_conditions
from company.pipeline.routes import expected_from, no_open_route, open_routes, proxy_of, requests_for_day, steps
from company.pipeline.staging import stage
from company.vertical.feeds import NothingNew, Source
from company.watch.findings import close_by_fingerprint, open_finding
from company.wording import time_of_day

REFUSED = (401, 403, 451)
ANSWERED = ("new", "unchanged", "not_modified")
IN_TROUBLE = ("failed", "blocked")


@dataclass
class ScrapeRun:
    """What one run came to, in numbers."""

    results: Counter[str] = field(default_factory=Counter)
    read: int = 0
    rejected: int = 0
    reasons: list[str] = field(default_factory=list)
    failing: set[str] = field(default_factory=set)
    """Routes that failed during this run: nobody is asked twice after a no."""
    body: bytes = b""
    """The last body that came, for who reads on from it."""
    raw_id: int | None = None
    """The last document that was kept, or was known already."""

    @property
    def evidence(self) -> dict[str, int]:
        return {"requests": self.results.total(), "rows": self.read, "rejected": self.rejected, **self.results}

    def add(self, other: "ScrapeRun") -> None:
        self.results += other.results
        self.read += other.read
        self.rejected += other.rejected
        self.reasons += other.reasons


def nothing_to_ask(fire: Fire, *names: str) -> str | None:
    """A reason not to ask at all: no next edition can be there yet, it is too early, or every route rests."""
    reasons = {name: _rests(fire, fire.vertical.source(name)) for name in names}
    if not all(reasons.values()):
        return None
    for name in names:
        report_freshness(fire, name)
    return "; ".join(f"{name}: {reason}" if len(names) > 1 else str(reason) for name, reason in reasons.items())


def scraper(*names: str) -> Callable[[Fire], Outcome]:
    """The whole work of a machine that scrapes these sources and does nothing else."""
    return lambda fire: scrape(fire, *names)


def scrape(fire: Fire, *names: str) -> Outcome:
    """The runs of a machine, one source after another; each is a stream of its own and hinders no other."""
    total, rows = ScrapeRun(), {}
    for name in names:
        source = fire.vertical.source(name)
        why = _rests(fire, source)
        run = ScrapeRun(reasons=[why]) if why else run_scrape(fire, source)
        report_freshness(fire, name)
        if len(names) > 1:
            run.reasons = [f"{name}: {reason}" for reason in run.reasons]
            rows[f"rows_{name}"] = run.read
        total.add(run)
    return _outcome(total, rows)


def run_scrape(fire: Fire, source: Source) -> ScrapeRun:
    """Asks for each edition that is wanted, by one way after another; every request and every body is recorded."""
    run = ScrapeRun()
    for step in steps(fire, source, open_routes(fire, source)):
        fire.budget.require_time()
        answered = _ask_in_turn(fire, source, step, run)
        if answered is not None and source.pages is not None:
            _turn_pages(fire, source, answered, run)
    return run


def fetch_day(fire: Fire, source: Source, day: date) -> ScrapeRun:
    """Asks for one day's edition of a dated source, whatever came after it; what came is judged as any other body.

    Behind the one in force it is kept and never staged, except where editions hold changes and rows decide.
    """
    run = ScrapeRun()
    ways = open_routes(fire, source)
    if not ways:
        run.reasons.append(no_open_route(fire, source))
    _ask_in_turn(fire, source, list(requests_for_day(ways, day)), run, enough=(*ANSWERED, "older"))
    return run


def _rests(fire: Fire, source: Source) -> str | None:
    ways = open_routes(fire, source)
    if not ways:
        return no_open_route(fire, source)
    if source.asked_every is not None:
        last = fire.brain.value("last_asked", source=source.name)
        if last is not None and fire.now - last < source.asked_every:
            at = time_of_day(last, ZoneInfo(fire.settings.owner_timezone))
            return f"asked at {at}, and at most every {source.asked_every.total_seconds() / 3600:g} h"
    if not next(steps(fire, source, ways), None):
        return _nothing_wanted(fire, source)
    return None


def _nothing_wanted(fire: Fire, source: Source) -> str:
    if source.is_dated:
        return f"the edition of {fire.now:%Y-%m-%d} is not expected before {expected_from(fire, source)}"
    return "no hour is missing"


def _ask_in_turn(
    fire: Fire, source: Source, step: Sequence[FeedRequest], run: ScrapeRun, enough: Sequence[str] = ANSWERED
) -> FeedRequest | None:
    """One edition by every way, until one answers: that one is returned."""
    for asked in step:
        if asked.route in run.failing:
            continue
        result = _ask(fire, source, asked, run)
        if result in enough:
            return asked
        if result in IN_TROUBLE:
            run.failing.add(asked.route)
    return None


def _turn_pages(fire: Fire, source: Source, first: FeedRequest, run: ScrapeRun) -> None:
    """The pages after the first. When the answer grew meanwhile they may have shifted: once more from the start."""
    pages = source.pages
    assert pages is not None, "who has no pages turns none"
    for _ in range(2):
        if not run.body:
            return
        began_with = pages.total(run.body)
        for _ in range(pages.most):
            url = pages.following(first.url, run.body)
            if url is None or _ask_page(fire, source, first, url, run) != "new":
                break
        if pages.total(run.body) == began_with or _ask_page(fire, source, first, first.url, run) != "new":
            return


def _ask_page(fire: Fire, source: Source, first: FeedRequest, url: str, run: ScrapeRun) -> str:
    fire.budget.require_time()
    if source.pause_seconds and source.name not in fire.settings.feeds:
        time.sleep(source.pause_seconds)
    return _ask(fire, source, FeedRequest(url, first.route, choice="the next page"), run)


def _ask(fire: Fire, source: Source, asked: FeedRequest, run: ScrapeRun) -> str:
    """One request, its record, and the batch that comes of it."""
    began = time.monotonic()
    conditions = request_conditions(fire, source, asked.url)
    left, proxy = fire.budget.seconds_left(), proxy_of(fire, asked.route)
    try:
        answer = get(asked.url, source, validators=conditions, seconds_left=left, proxy=proxy)
    except FeedUnreachable as error:
        return _Note(fire, source, asked, run, began).take("failed", None, str(error))
    note = _Note(fire, source, asked, run, began)
    if answer.status == 200:
        return _take(fire, source, asked, answer, run, note)
    result, reason = _refusal(fire, source, asked, answer)
    return note.take(result, answer.status, reason)


def _refusal(fire: Fire, source: Source, asked: FeedRequest, answer: FeedResponse) -> tuple[str, str | None]:
    """What a status other than 200 means. An edition that is asked for by its name and is not there yet: no error."""
    if answer.status == 304:
        return "not_modified", None
    missing = {source.route.missing_status, 404}
    if asked.names_edition and answer.status in missing:
        what = f"the edition of {asked.day}" if asked.day else asked.url.rsplit("/", 1)[-1]
        return "not_yet", f"{what} is not there yet (status {answer.status})"
    if answer.status in missing and fire.brain.value("newest_edition", source=source.name) is None:
        return "not_yet", f"nothing has been published there yet (status {answer.status})"
    told = f": {answer.headers['message'][:200]}" if answer.headers.get("message") else ""
    if answer.status in REFUSED:
        return "blocked", f"{asked.route}: refused with status {answer.status}{told}"
    return "failed", f"{asked.route}: status {answer.status}{told}"


def _take(fire: Fire, source: Source, asked: FeedRequest, answer: FeedResponse, run: ScrapeRun, note: "_Note") -> str:
    run.body = (answer.body or b"") if source.pages is not None else b""
    try:
        body = keep_body(fire, source, asked, answer)
    except NothingNew as nothing:
        return note.take("not_yet", answer.status, str(nothing))
    if body.parsed is not None:
        staged = stage(fire, source, body.raw_id, body.parsed)
        run.read += staged.read
        run.rejected += staged.rejected
        fire.learn("staged", f"{source.name}: batch {staged.batch_id} with {staged.read} rows", batch=staged.batch_id)
    _tell_malformed(fire, source, asked, body)
    return note.take(body.verdict, answer.status, body.reason, body.raw_id)


@dataclass
class _Note:
    """Writes down what one request came to; the clock stops when the answer is here."""

    fire: Fire
    source: Source
    asked: FeedRequest
    run: ScrapeRun
    began: float

    def __post_init__(self) -> None:
        self.ms = round(1000 * (time.monotonic() - self.began))

    def take(self, result: str, status: int | None, reason: str | None, raw_id: int | None = None) -> str:
        self.fire.brain.run(
            "record_fetch",
            source=self.source.name,
            url=self.asked.url,
            route=self.asked.route,
            choice=self.asked.choice,
            result=result,
            status_code=status,
            ms=self.ms,
            raw_id=raw_id,
            reason=reason,
            session_id=self.fire.session_id,
        )
        self.run.results[result] += 1
        self.run.raw_id = raw_id or self.run.raw_id
        if reason:
            self.run.reasons.append(reason)
        return result


def _tell_malformed(fire: Fire, source: Source, asked: FeedRequest, body: ClassifiedBody) -> None:
    """A body that is no edition is a finding for the manager, once; it closes when the source speaks sense again.

    A worker opens and closes none: it hands the document on, and its manager reads what the run showed.
    """
    if fire.record.kind == "worker":
        return
    fingerprint = f"malformed:{source.name}"
    if body.verdict == "malformed":
        open_finding(
            fire.brain,
            fingerprint=fingerprint,
            kind="malformed_source",
            subject=source.name,
            level="today",
            title=f"{source.name} sent something that is not an edition: {body.reason}",
            effect="nothing of it was staged; what was in force stays in force",
            evidence={"url": asked.url, "raw_document": body.raw_id, "reason": body.reason},
            watcher=fire.record.reports_to,
        )
    elif body.verdict == "new":
        close_by_fingerprint(fire.brain, fingerprint, f"{source.name} sends editions again: raw document {body.raw_id}")


def _outcome(run: ScrapeRun, rows: dict[str, int]) -> Outcome:
    """Work was done when bytes came; an run without any says why, and failed only when it was refused or unheard."""
    why = "; ".join(dict.fromkeys(run.reasons)) or "nothing new since the last request"
    trouble = any(run.results[result] for result in IN_TROUBLE)
    if run.results["new"]:
        return Done({**run.evidence, **rows}, note=why if run.rejected or trouble else "")
    if run.results["malformed"] or run.results["older"]:
        return Done({**run.evidence, **rows}, note=why)
    if trouble:
        return Failed(why, evidence=run.evidence)
    return Skipped(why)
