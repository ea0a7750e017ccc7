"""Answers of scraping_manager about a source: nothing newer, nothing that can be read, a stamp that cannot be,
or no whole list."""

from datetime import datetime, timedelta

from company.fire.fire import Fire
from company.pipeline.asking.routes import expected_from
from company.text.wording import counted, day_and_time, join_with_and
from company.tools.tasks import file_task
from company.watch.finding_records import Finding
from scraping_manager.tools import RequestsSinceNew, last_task_about, requests_since_new

SERVED = ("unchanged", "not_modified", "older")
PROBED_AGAIN_AFTER = timedelta(hours=11)
ASKED_ON = "Asked again on schedule."


def answer_stale(fire: Fire, finding: Finding) -> str:
    """What was asked since the last edition came, with which results; whether we are refused; what a probe showed."""
    requests = fire.use(requests_since_new, source=finding.subject)
    zone = fire.settings.owner_timezone
    asked = _describe_requests(requests, zone, fire.now) if requests else _not_asked(fire, finding)
    return " ".join(filter(None, [asked, _blocked(requests), _probed(fire, finding, zone)]))


def answer_malformed(fire: Fire, finding: Finding) -> str:
    """The bytes are stored; scraping_worker reads them and files a changed format's sample for the builders."""
    source, raw_id = finding.subject, finding.evidence["raw_document"]
    stored = f"Stored as raw document {raw_id}: {finding.evidence.get('reason')}. Nothing of it was staged."
    read = fire.use(last_task_about, dedupe_key=f"malformed:{source}:{raw_id}")
    if read is None or read.status != "complete":
        return f"{stored} Task {_file_malformed(fire, source, raw_id)} reads it again."
    showed = [read.showed or ""]
    built = fire.use(last_task_about, dedupe_key=f"format:{source}", filed_by="scraping_worker")
    if built and built.status == "complete":
        showed.append(f"the builders: {built.showed or 'nothing'}")
    again = day_and_time(read.closed_at, fire.settings.owner_timezone, fire.now)
    return f"{stored} Read again {again}: {'; '.join(showed)}."


def answer_stamp(fire: Fire, finding: Finding) -> str:
    """The rows are taken in any case; only the moment for which they count is ours."""
    counts_as = day_and_time(finding.evidence["counts_as"], fire.settings.owner_timezone, fire.now)
    return f"Raw document {finding.evidence['raw_document']} was read and counts as of {counts_as}. {ASKED_ON}"


def answer_missing_release(_: Fire, finding: Finding) -> str:
    """Under which names it was asked for, and that nothing else is late."""
    names = [name.rsplit("/", 1)[-1] for name in finding.evidence["asked_for"]]
    asked = " nor under ".join(names)
    return f"Not there under {asked}. Each hour's changes are read; the whole list is asked for every hour."


def file_probe(fire: Fire, source: str) -> int:
    """Asks scraping_worker to try every route; one live task per source."""
    filed = fire.use(
        file_task,
        mode="scrape",
        title=f"Probe the routes of {source}",
        payload={"kind": "probe", "source": source},
        priority=3,
        dedupe_key=f"probe:{source}",
    )
    return filed.task_id


def _file_malformed(fire: Fire, source: str, raw_id: int) -> int:
    filed = fire.use(
        file_task,
        mode="scrape",
        title=f"Read again what {source} sent: raw document {raw_id}",
        payload={"kind": "malformed", "source": source, "raw_id": raw_id},
        priority=3,
        dedupe_key=f"malformed:{source}:{raw_id}",
    )
    return filed.task_id


def _describe_requests(requests: list[RequestsSinceNew], zone: str, now: datetime) -> str:
    """'14 requests since Wed 13:08: 12 not yet (403) and 2 failed (500).'"""
    total, since = sum(row.requests for row in requests), min(row.first_at for row in requests)
    ends = [f"{'all' if len(requests) == 1 else row.requests} {_result(row)}" for row in requests]
    return f"{counted(total, 'request')} since {day_and_time(since, zone, now)}: {join_with_and(ends)}."


def _not_asked(fire: Fire, finding: Finding) -> str:
    """A dated source is not asked for a day's edition before the hour from which it can be there."""
    source = fire.vertical.source(finding.subject)
    why = f": the next is not expected before {expected_from(fire, source)}" if source.is_dated else ""
    return f"It was not asked since its last edition{why}."


def _result(row: RequestsSinceNew) -> str:
    return f"{row.result.replace('_', ' ')} ({row.status_code or 'no answer'})"


def _blocked(requests: list[RequestsSinceNew]) -> str:
    """Says that we are refused only when a request was refused, and that we are not only when one was answered."""
    results = {row.result for row in requests}
    if "blocked" in results:
        return "It refuses us."
    if results & set(SERVED):
        return "It serves us the edition that we have, so we are not blocked: it has nothing newer."
    return ""


def _probed(fire: Fire, finding: Finding, zone: str) -> str:
    """What the last probe since this finding was opened showed; twice a day another one is filed."""
    source = finding.subject
    probe = fire.use(last_task_about, dedupe_key=f"probe:{source}")
    if probe is None or probe.status != "complete" or probe.closed_at is None or probe.created_at < finding.found_at:
        task = f"task {file_probe(fire, source)} tries every route, also for the edition we have"
        return f"This alone does not show whether it is late or we are blocked: {task}. {ASKED_ON}"
    if fire.now - probe.closed_at > PROBED_AGAIN_AFTER:
        file_probe(fire, source)
    showed = probe.showed or "nothing"
    return f"Probe {day_and_time(probe.closed_at, zone, fire.now)} (task {probe.id}): {showed}. {ASKED_ON}"
