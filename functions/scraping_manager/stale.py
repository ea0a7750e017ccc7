"""A source that gives nothing newer, or no sense: what was asked, what that showed, who finds out more."""

from datetime import datetime, timedelta
from typing import Any

from company.fire.fire import Fire
from company.pipeline.routes import expected_from
from company.tools.tasks import file_task
from company.watch.findings import Finding
from company.wording import counted, day_and_time, join_with_and
from scraping_manager.tools import last_task_about, requests_since_new

SERVED = ("unchanged", "not_modified", "older")
PROBED_AGAIN_AFTER = timedelta(hours=11)
ASKED_ON = "Asked again on schedule."


def file_probe(fire: Fire, source: str) -> int:
    """Asks scraping_worker to try every route; one live errand per source."""
    filed = fire.use(
        file_task,
        mode="scrape",
        title=f"Probe the routes of {source}",
        payload={"kind": "probe", "source": source},
        priority=3,
        dedupe_key=f"probe:{source}",
    )
    return int(filed["task_id"])


def answer_stale(fire: Fire, finding: Finding) -> str:
    """What was asked since the last edition came, how often, with which status; are we refused; what a probe showed."""
    asked = fire.use(requests_since_new, source=finding.subject)
    zone = fire.settings.owner_timezone
    return " ".join(
        filter(
            None,
            [
                _asked(asked, zone) if asked else _not_asked(fire, finding),
                _blocked(asked),
                _probed(fire, finding, zone),
            ],
        )
    )


def answer_malformed(fire: Fire, finding: Finding) -> str:
    """The bytes are kept; scraping_worker looks at them and hands a changed format's sample to the builders."""
    source, raw_id = finding.subject, finding.evidence["raw_document"]
    kept = f"Kept as raw document {raw_id}: {finding.evidence.get('reason')}. Nothing of it was staged."
    looked = fire.use(last_task_about, dedupe_key=f"malformed:{source}:{raw_id}")
    if looked is None or looked["status"] != "complete":
        return f"{kept} Task {_file_look(fire, source, raw_id)} looks at the bytes."
    shown = [str((looked["result"] or {}).get("showed", ""))]
    built = fire.use(last_task_about, dedupe_key=f"format:{source}")
    if built and built["status"] == "complete":
        shown.append(f"the builders: {(built['result'] or {}).get('showed', 'nothing')}")
    return f"{kept} Looked at {day_and_time(looked['closed_at'], fire.settings.owner_timezone)}: {'; '.join(shown)}."


def _file_look(fire: Fire, source: str, raw_id: int) -> int:
    filed = fire.use(
        file_task,
        mode="scrape",
        title=f"Look at what {source} sent: raw document {raw_id}",
        payload={"kind": "malformed", "source": source, "raw_id": raw_id},
        priority=3,
        dedupe_key=f"malformed:{source}:{raw_id}",
    )
    return int(filed["task_id"])


def _asked(asked: list[dict[str, Any]], zone: str) -> str:
    """'14 requests since Wed 13:08: 12 not yet (403) and 2 failed (500).'"""
    total, since = sum(row["requests"] for row in asked), min(row["first_at"] for row in asked)
    ends = [f"{'all' if len(asked) == 1 else row['requests']} {_result(row)}" for row in asked]
    return f"{counted(total, 'request')} since {day_and_time(since, zone)}: {join_with_and(ends)}."


def _not_asked(fire: Fire, finding: Finding) -> str:
    """Nobody asks for a day's edition before the hour from which it can be there at all."""
    source = fire.vertical.source(finding.subject)
    why = f": the next is not expected before {expected_from(fire, source)}" if source.is_dated else ""
    return f"Nothing was asked of it since its last edition{why}."


def _result(row: dict[str, Any]) -> str:
    return f"{row['result'].replace('_', ' ')} ({row['status_code'] or 'no answer'})"


def _blocked(asked: list[dict[str, Any]]) -> str:
    """Refusal is only said of what refused us, and health only of what answered."""
    results = {row["result"] for row in asked}
    if "blocked" in results:
        return "It refuses us."
    if results & set(SERVED):
        return "It answers us with what we have, so we are not blocked: it has nothing newer."
    return ""


def _probed(fire: Fire, finding: Finding, zone: str) -> str:
    """What the last probe of this very trouble showed; twice a day it is asked for again."""
    source = finding.subject
    probe = fire.use(last_task_about, dedupe_key=f"probe:{source}")
    if probe is None or probe["status"] != "complete" or datetime.fromisoformat(probe["created_at"]) < finding.found_at:
        errand = f"task {file_probe(fire, source)} tries every route, also for the edition we have"
        return f"By this alone nobody can tell late from blocked: {errand}. {ASKED_ON}"
    if fire.now - datetime.fromisoformat(probe["closed_at"]) > PROBED_AGAIN_AFTER:
        file_probe(fire, source)
    shown = (probe["result"] or {}).get("showed", "nothing")
    return f"Probe {day_and_time(probe['closed_at'], zone)} (task {probe['id']}): {shown}. {ASKED_ON}"
