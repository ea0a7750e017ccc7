"""One source's errand: ask for what is new, keep what came, stage what is good, and tell when it is late."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date

from company.fire.fire import Fire
from company.outcomes import Done, Failed, Outcome, Skipped
from company.pipeline.fetch import Answer, FeedUnreachable, get
from company.pipeline.freshness import tell_freshness
from company.pipeline.raw import Asked, Body, keep, validators
from company.pipeline.routes import expected_from, nothing_open, of_day, open_ways, proxy_of, steps
from company.pipeline.staging import stage
from company.vertical.feeds import NothingNew, Source
from company.watch.findings import close_by_fingerprint, open_finding
from company.wording import clock

REFUSED = (401, 403, 451)
ANSWERED = ("new", "unchanged", "not_modified")
IN_TROUBLE = ("failed", "blocked")


@dataclass
class Errand:
    """What one errand came to, in numbers."""

    results: Counter[str] = field(default_factory=Counter)
    read: int = 0
    rejected: int = 0
    reasons: list[str] = field(default_factory=list)
    failing: set[str] = field(default_factory=set)
    """Routes that failed during this errand: nobody is asked twice after a no."""
    body: bytes = b""
    """The last body that came, for who reads on from it."""
    raw_id: int | None = None
    """The last document that was kept, or was known already."""

    @property
    def evidence(self) -> dict[str, int]:
        return {"requests": self.results.total(), "rows": self.read, "rejected": self.rejected, **self.results}

    def add(self, other: "Errand") -> None:
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
        tell_freshness(fire, name)
    return "; ".join(f"{name}: {reason}" if len(names) > 1 else str(reason) for name, reason in reasons.items())


def scraper(*names: str) -> Callable[[Fire], Outcome]:
    """The whole work of a machine that scrapes these sources and does nothing else."""
    return lambda fire: scrape(fire, *names)


def scrape(fire: Fire, *names: str) -> Outcome:
    """The errands of a machine, one source after another; each is a stream of its own and hinders no other."""
    total, rows = Errand(), {}
    for name in names:
        source = fire.vertical.source(name)
        why = _rests(fire, source)
        errand = Errand(reasons=[why]) if why else run_errand(fire, source)
        tell_freshness(fire, name)
        if len(names) > 1:
            errand.reasons = [f"{name}: {reason}" for reason in errand.reasons]
            rows[f"rows_{name}"] = errand.read
        total.add(errand)
    return _outcome(total, rows)


def run_errand(fire: Fire, source: Source) -> Errand:
    """Asks for each edition that is wanted, by one way after another; every request and every body is recorded."""
    errand = Errand()
    for step in steps(fire, source, open_ways(fire, source)):
        fire.budget.require_time()
        answered = _ask_in_turn(fire, source, step, errand)
        if answered is not None and source.pages is not None:
            _turn_pages(fire, source, answered, errand)
    return errand


def fetch_day(fire: Fire, source: Source, day: date) -> Errand:
    """Asks for one day's edition of a dated source, whatever came after it; what came is judged as any other body.

    Behind the one in force it is kept and never staged, except where editions hold changes and rows decide.
    """
    errand = Errand()
    ways = open_ways(fire, source)
    if not ways:
        errand.reasons.append(nothing_open(fire, source))
    _ask_in_turn(fire, source, list(of_day(ways, day)), errand, enough=(*ANSWERED, "older"))
    return errand


def _rests(fire: Fire, source: Source) -> str | None:
    ways = open_ways(fire, source)
    if not ways:
        return nothing_open(fire, source)
    if source.asked_every is not None:
        last = fire.brain.value("last_asked", source=source.name)
        if last is not None and fire.now - last < source.asked_every:
            at = clock(last, fire.settings.owner_timezone)
            return f"asked {at}, and at most every {source.asked_every.total_seconds() / 3600:g} h"
    if not next(steps(fire, source, ways), None):
        return _nothing_wanted(fire, source)
    return None


def _nothing_wanted(fire: Fire, source: Source) -> str:
    if source.is_dated:
        return f"the edition of {fire.now:%Y-%m-%d} is not expected before {expected_from(fire, source)}"
    return "no hour is missing"


def _ask_in_turn(
    fire: Fire, source: Source, step: Sequence[Asked], errand: Errand, enough: Sequence[str] = ANSWERED
) -> Asked | None:
    """One edition by every way, until one answers: that one is returned."""
    for asked in step:
        if asked.route in errand.failing:
            continue
        result = _ask(fire, source, asked, errand)
        if result in enough:
            return asked
        if result in IN_TROUBLE:
            errand.failing.add(asked.route)
    return None


def _turn_pages(fire: Fire, source: Source, first: Asked, errand: Errand) -> None:
    """The pages after the first. When the answer grew meanwhile they may have shifted: once more from the start."""
    pages = source.pages
    assert pages is not None, "who has no pages turns none"
    for _ in range(2):
        if not errand.body:
            return
        began_with = pages.total(errand.body)
        for _ in range(pages.most):
            url = pages.following(first.url, errand.body)
            if url is None or _ask_page(fire, source, first, url, errand) != "new":
                break
        if pages.total(errand.body) == began_with or _ask_page(fire, source, first, first.url, errand) != "new":
            return


def _ask_page(fire: Fire, source: Source, first: Asked, url: str, errand: Errand) -> str:
    fire.budget.require_time()
    if source.pause_seconds and source.name not in fire.settings.feeds:
        time.sleep(source.pause_seconds)
    return _ask(fire, source, Asked(url, first.route, choice="the next page"), errand)


def _ask(fire: Fire, source: Source, asked: Asked, errand: Errand) -> str:
    """One request, its record, and the batch that comes of it."""
    began = time.monotonic()
    conditions = validators(fire, source, asked.url)
    left, proxy = fire.budget.seconds_left(), proxy_of(fire, asked.route)
    try:
        answer = get(asked.url, source, validators=conditions, seconds_left=left, proxy=proxy)
    except FeedUnreachable as error:
        return _Note(fire, source, asked, errand, began).take("failed", None, str(error))
    note = _Note(fire, source, asked, errand, began)
    if answer.status == 200:
        return _take(fire, source, asked, answer, errand, note)
    result, reason = _refusal(fire, source, asked, answer)
    return note.take(result, answer.status, reason)


def _refusal(fire: Fire, source: Source, asked: Asked, answer: Answer) -> tuple[str, str | None]:
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


def _take(fire: Fire, source: Source, asked: Asked, answer: Answer, errand: Errand, note: "_Note") -> str:
    errand.body = (answer.body or b"") if source.pages is not None else b""
    try:
        body = keep(fire, source, asked, answer)
    except NothingNew as nothing:
        return note.take("not_yet", answer.status, str(nothing))
    if body.parsed is not None:
        staged = stage(fire, source, body.raw_id, body.parsed)
        errand.read += staged.read
        errand.rejected += staged.rejected
        fire.learn("staged", f"{source.name}: batch {staged.batch_id} with {staged.read} rows", batch=staged.batch_id)
    _tell_malformed(fire, source, asked, body)
    return note.take(body.verdict, answer.status, body.reason, body.raw_id)


@dataclass
class _Note:
    """Writes down what one request came to; the clock stops when the answer is here."""

    fire: Fire
    source: Source
    asked: Asked
    errand: Errand
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
        self.errand.results[result] += 1
        self.errand.raw_id = raw_id or self.errand.raw_id
        if reason:
            self.errand.reasons.append(reason)
        return result


def _tell_malformed(fire: Fire, source: Source, asked: Asked, body: Body) -> None:
    """A body that is no edition is a finding for the manager, once; it closes when the source speaks sense again.

    A worker opens and closes none: it hands the document on, and its manager reads what the errand showed.
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


def _outcome(errand: Errand, rows: dict[str, int]) -> Outcome:
    """Work was done when bytes came; an errand without any says why, and failed only when it was refused or unheard."""
    why = "; ".join(dict.fromkeys(errand.reasons)) or "nothing new since the last request"
    trouble = any(errand.results[result] for result in IN_TROUBLE)
    if errand.results["new"]:
        return Done({**errand.evidence, **rows}, note=why if errand.rejected or trouble else "")
    if errand.results["malformed"] or errand.results["older"]:
        return Done({**errand.evidence, **rows}, note=why)
    if trouble:
        return Failed(why, evidence=errand.evidence)
    return Skipped(why)
