"""Takes in a body that came: stores it, stages it when it is a new edition, reports it when it is none."""

from company.fire.fire import Fire
from company.pipeline.fetch import SourceRequest, SourceResponse
from company.pipeline.raw import StoredBody, store_body
from company.pipeline.scrape_run import RequestResult, ScrapeRun
from company.pipeline.staging import stage
from company.vertical.feeds import NothingNew, Source
from company.watch.findings import close_by_fingerprint, open_finding


def receive(
    fire: Fire, source: Source, request: SourceRequest, response: SourceResponse, run: ScrapeRun
) -> RequestResult:
    """Stores the body of a response, and stages its rows when it is a new edition."""
    run.body = response.body.read() if response.body and source.pages is not None else b""
    try:
        stored = store_body(fire, source, request, response)
    except NothingNew as nothing:
        return RequestResult("not_yet", response.status, str(nothing))
    if stored.parsed is not None:
        staged = stage(fire, source, stored.raw_id, stored.parsed)
        run.read += staged.read
        run.rejected += staged.rejected
        fire.learn("staged", f"{source.name}: batch {staged.batch_id} with {staged.read} rows", batch=staged.batch_id)
    _report_malformed(fire, source, request, stored)
    return RequestResult(stored.verdict, response.status, stored.reason, stored.raw_id)


def _report_malformed(fire: Fire, source: Source, request: SourceRequest, stored: StoredBody) -> None:
    """Opens one finding for the manager while a source sends what is no edition, and closes it at the next edition.

    A worker opens and closes none: its manager reads the result of its task.
    """
    if fire.record.kind == "worker":
        return
    fingerprint = f"malformed:{source.name}"
    if stored.verdict == "malformed":
        open_finding(
            fire.brain,
            fingerprint=fingerprint,
            kind="malformed_source",
            subject=source.name,
            level="today",
            title=f"{source.name} sent something that is not an edition: {stored.reason}",
            effect="nothing of it was staged; the earlier edition stays in force",
            evidence={"url": request.url, "raw_document": stored.raw_id, "reason": stored.reason},
            watcher=fire.record.reports_to,
        )
    elif stored.verdict == "new":
        resolution = f"{source.name} sends editions again: raw document {stored.raw_id}"
        close_by_fingerprint(fire.brain, fingerprint, resolution)
