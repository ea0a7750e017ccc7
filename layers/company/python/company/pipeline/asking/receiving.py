"""Takes in a body that came: stores it, stages it when it is a new edition, reports it when it is none."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from company.fire.fire import Fire
from company.pipeline.asking.fetch import SourceRequest, SourceResponse
from company.pipeline.asking.raw import StoredBody, store_body
from company.pipeline.asking.scrape_run import RequestResult, ScrapeRun
from company.pipeline.delivering.effects import missed_of_source
from company.pipeline.rows.staging import stage
from company.text.wording import counted
from company.vertical.feeds import NothingNew, Source
from company.vertical.paged import Pages
from company.watch.findings import close_by_fingerprint, open_finding

FALSE_STAMP_EFFECT = "its rows are read as those of any edition; its age counts from when it came"
OLDER_EDITION_EFFECT = "it is read as the newest, for its publisher has served nothing else for hours"


def receive(
    fire: Fire, source: Source, request: SourceRequest, response: SourceResponse, run: ScrapeRun
) -> RequestResult:
    """Stores the body of a response, and stages its rows when it is a new edition."""
    mark = _take_page(source.pages, request, response, run) if source.pages else None
    try:
        stored = store_body(fire, source, request, response, mark)
    except NothingNew as nothing:
        return RequestResult("not_yet", response.status, str(nothing))
    if stored.parsed is not None:
        staged = stage(fire, source, stored.raw_id, stored.parsed, is_whole=source.is_whole(request.url))
        run.read += staged.read
        run.rejected += staged.rejected
        fire.learn(
            "staged",
            f"{source.name}: batch {staged.batch_id} with {counted(staged.read, 'row')}",
            batch=staged.batch_id,
        )
    if fire.record.kind != "worker":
        _report_malformed(fire, source, request, stored)
        _report_stamp(fire, source, stored)
    return RequestResult(stored.verdict, response.status, stored.reason, stored.raw_id)


def _take_page(
    pages: Pages, request: SourceRequest, response: SourceResponse, run: ScrapeRun
) -> Callable[[datetime], datetime] | None:
    """Keeps a page for the address of the next one; gives what makes its mark of its stamp, where it can be read."""
    run.body = response.body.read() if response.body else b""
    run.pull.add(pages, run.body)
    return partial(run.pull.mark, pages, request.url) if run.pull.is_readable else None


def _report_malformed(fire: Fire, source: Source, request: SourceRequest, stored: StoredBody) -> None:
    """Opens one finding for the manager while a source sends what is no edition, and closes it when it sends one.

    A worker opens and closes none, of this kind and the next: its manager reads the result of its task.
    """
    if stored.verdict == "malformed":
        open_finding(
            fire.brain,
            fingerprint=f"malformed:{source.name}",
            kind="malformed_source",
            subject=source.name,
            level="today",
            title=f"{source.name} sent something that is not an edition: {stored.reason}",
            effect=missed_of_source(fire.brain, source.name, fire.settings.owner_timezone),
            evidence={"url": request.url, "raw_document": stored.raw_id, "reason": stored.reason},
            watcher=fire.record.reports_to,
        )
    elif stored.verdict in ("new", "unchanged"):
        close_malformed(fire, source, f"sends editions again: raw document {stored.raw_id}")


def close_malformed(fire: Fire, source: Source, what_it_does: str) -> None:
    """What a source sent is read again, or is known: a worker, which opens no such finding, closes none."""
    if fire.record.kind != "worker":
        close_by_fingerprint(fire.brain, f"malformed:{source.name}", f"{source.name} {what_it_does}")


def _report_stamp(fire: Fire, source: Source, stored: StoredBody) -> None:
    """Opens one finding while the newest edition has a stamp that cannot be, and one while it is an older edition."""
    false = f"{source.name} sent an edition with a stamp that cannot be: {stored.doubt}" if stored.doubt else ""
    older = f"{source.name} went back to an earlier edition: {stored.returned}" if stored.returned else ""
    _report_edition(fire, source, stored, "false_stamp", false, FALSE_STAMP_EFFECT)
    _report_edition(fire, source, stored, "older_edition", older, OLDER_EDITION_EFFECT)


def _report_edition(fire: Fire, source: Source, stored: StoredBody, kind: str, title: str, effect: str) -> None:
    """Opens the finding of a kind about the newest edition, or closes it when there is nothing to say."""
    if stored.parsed is None:
        return
    if not title:
        close_by_fingerprint(fire.brain, f"{kind}:{source.name}", "the newest edition has a stamp that can be")
        return
    open_finding(
        fire.brain,
        fingerprint=f"{kind}:{source.name}",
        kind=kind,
        subject=source.name,
        level="today",
        title=title,
        effect=effect,
        evidence={"raw_document": stored.raw_id, "counts_as": stored.parsed.edition_at.isoformat()},
        watcher=fire.record.reports_to,
    )
