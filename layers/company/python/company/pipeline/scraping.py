"""One source's hourly errand: ask for what is new, keep what came, stage what is good, and tell when it is late."""

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from company.findings import close_by_fingerprint, open_finding
from company.outcomes import Done, Failed, Outcome, Skipped
from company.pipeline.fetch import Answer, FeedUnreachable, get
from company.pipeline.freshness import tell_freshness
from company.pipeline.raw import Asked, Body, keep, validators
from company.pipeline.staging import stage
from company.vertical import DATE, NEWEST, Source, dates_wanted

if TYPE_CHECKING:
    from company.session import Fire

REFUSED = (401, 403, 451)


@dataclass
class Errand:
    """What one errand came to, in numbers."""

    results: Counter[str] = field(default_factory=Counter)
    read: int = 0
    rejected: int = 0
    reasons: list[str] = field(default_factory=list)

    @property
    def evidence(self) -> dict[str, int]:
        return {"requests": self.results.total(), "rows": self.read, "rejected": self.rejected, **self.results}


def nothing_to_ask(fire: "Fire", name: str) -> str | None:
    """A reason not to ask at all: the next dated edition cannot be there yet."""
    source = fire.vertical.source(name)
    if addresses(fire, source):
        return None
    tell_freshness(fire, name)
    return f"the edition of {fire.now:%Y-%m-%d} is not expected before {source.published_from:%H:%M}Z"


def scrape(fire: "Fire", name: str) -> Outcome:
    """Asks a source's addresses in order until one gives an edition; every request and every body is recorded."""
    source = fire.vertical.source(name)
    errand = Errand()
    for asked in addresses(fire, source):
        if _ask(fire, source, asked, errand) in ("new", "unchanged", "not_modified"):
            break
    tell_freshness(fire, name)
    return _outcome(errand)


def addresses(fire: "Fire", source: Source) -> list[Asked]:
    """Where to ask now, best first. An address set by FEED_<SOURCE>_URL stands alone: nothing outside it is asked."""
    override = fire.settings.feeds.get(source.name)
    urls = [("primary", override)] if override else list(zip(_route_names(source), source.urls, strict=True))
    if not source.is_dated:
        return [Asked(url, route) for route, url in urls]
    newest = fire.brain.value("newest_edition", source=source.name)
    if newest is None:
        return [Asked(url.replace(DATE, NEWEST), route) for route, url in urls]
    days = dates_wanted(source, fire.now, newest)
    return [Asked(url.replace(DATE, day.isoformat()), route, day) for day in days for route, url in urls]


def _route_names(source: Source) -> list[str]:
    return ["primary", *(f"fallback {n}" for n in range(1, len(source.urls)))]


def _ask(fire: "Fire", source: Source, asked: Asked, errand: Errand) -> str:
    """One request, its record, and the batch that comes of it."""
    try:
        answer = get(
            asked.url,
            source,
            validators=validators(fire, source, asked.url),
            seconds_left=fire.budget.seconds_left(),
        )
    except FeedUnreachable as error:
        return _note(fire, source, asked, errand, "failed", None, str(error))
    if answer.status == 200:
        return _take(fire, source, asked, answer, errand)
    result, reason = _refusal(source, asked, answer)
    return _note(fire, source, asked, errand, result, answer.status, reason)


def _refusal(source: Source, asked: Asked, answer: Answer) -> tuple[str, str | None]:
    """What a status other than 200 means. A dated edition that is refused is not there yet: no error."""
    if answer.status == 304:
        return "not_modified", None
    if asked.day is not None and answer.status in {source.route.missing_status, 403, 404}:
        return "not_yet", f"the edition of {asked.day} is not there yet (status {answer.status})"
    if answer.status in REFUSED:
        return "blocked", f"{asked.route}: refused with status {answer.status}"
    return "failed", f"{asked.route}: status {answer.status}"


def _take(fire: "Fire", source: Source, asked: Asked, answer: Answer, errand: Errand) -> str:
    body = keep(fire, source, asked, answer)
    if body.parsed is not None:
        staged = stage(fire, source, body.raw_id, body.parsed)
        errand.read += staged.read
        errand.rejected += staged.rejected
        fire.learn("staged", f"{source.name}: batch {staged.batch_id} with {staged.read} rows", batch=staged.batch_id)
    _tell_malformed(fire, source, asked, body)
    return _note(fire, source, asked, errand, body.verdict, answer.status, body.reason, body.raw_id)


def _note(
    fire: "Fire",
    source: Source,
    asked: Asked,
    errand: Errand,
    result: str,
    status: int | None,
    reason: str | None,
    raw_id: int | None = None,
) -> str:
    fire.brain.run(
        "record_fetch",
        source=source.name,
        url=asked.url,
        route=asked.route,
        result=result,
        status_code=status,
        raw_id=raw_id,
        reason=reason,
        session_id=fire.session_id,
    )
    errand.results[result] += 1
    if reason:
        errand.reasons.append(reason)
    return result


def _tell_malformed(fire: "Fire", source: Source, asked: Asked, body: Body) -> None:
    """A body that is no edition is a finding for the manager, once; it closes when the source speaks sense again."""
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


def _outcome(errand: Errand) -> Outcome:
    """Work was done when bytes came; an errand without any says why, and failed only when it was refused or unheard."""
    why = "; ".join(dict.fromkeys(errand.reasons)) or "nothing new since the last request"
    if errand.results["new"]:
        return Done(errand.evidence, note=why if errand.rejected else "")
    if errand.results["malformed"] or errand.results["older"]:
        return Done(errand.evidence, note=why)
    if errand.results["failed"] or errand.results["blocked"]:
        return Failed(why, evidence=errand.evidence)
    return Skipped(why)
