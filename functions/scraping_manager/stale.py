"""A source that gives nothing newer, or no sense: what was asked, what that showed, who finds out more."""

from typing import Any

from company.session import Fire
from company.watching import Finding
from company.words import clock, count, sentence

SERVED = ("new", "unchanged", "not_modified", "older")


def file_probe(fire: Fire, source: str) -> int:
    """Asks scraping_worker to try every route; one live errand per source."""
    filed = fire.use(
        "file_task",
        mode="scrape",
        title=f"Probe the routes of {source}",
        payload={"kind": "probe", "source": source},
        priority=3,
        dedupe_key=f"probe:{source}",
    )
    return int(filed["task_id"])


def answer_stale(fire: Fire, finding: Finding) -> str:
    """What was asked since the last edition, how often, with which status; are we refused; what a probe showed."""
    source = finding["subject"]
    since = finding["evidence"].get("last_edition") or finding["found_at"]
    asked = fire.use("requests_since", source=source, since=since)
    return " ".join([_asked(asked, since, fire.settings.owner_timezone), _blocked(asked), _probed(fire, source)])


def answer_malformed(fire: Fire, finding: Finding) -> str:
    """The bytes are kept; scraping_worker looks at them and hands a changed format's sample to the builders."""
    raw_id = finding["evidence"].get("raw_document")
    filed = fire.use(
        "file_task",
        mode="scrape",
        title=f"Look at what {finding['subject']} sent: raw document {raw_id}",
        payload={"kind": "malformed", "source": finding["subject"], "raw_id": raw_id},
        priority=3,
        dedupe_key=f"malformed:{finding['subject']}:{raw_id}",
    )
    why = finding["evidence"].get("reason")
    return (
        f"Kept as raw document {raw_id}: {why}. Nothing of it was staged. Task {filed['task_id']} looks at the bytes."
    )


def _asked(asked: list[dict[str, Any]], since: str, zone: str) -> str:
    total = sum(row["requests"] for row in asked)
    if not total:
        return f"Nothing was asked of it since {clock(since, zone)}."
    ends = [f"{row['requests']} {row['result'].replace('_', ' ')}{_status(row)}" for row in asked]
    return f"Asked {count(total, 'time')} since {clock(since, zone)}: {sentence(ends)}."


def _status(row: dict[str, Any]) -> str:
    return f" ({row['status_code']})" if row["status_code"] else ""


def _blocked(asked: list[dict[str, Any]]) -> str:
    """Refusal is only said of what refused us, and health only of what answered."""
    results = {row["result"] for row in asked}
    if "blocked" in results:
        return "It refuses us."
    if results & set(SERVED):
        return "It still answers us with what it has, so we are not blocked: nothing newer is published."
    return "Whether it would serve us anything is not shown by this."


def _probed(fire: Fire, source: str) -> str:
    probe = fire.use("last_task_about", dedupe_key=f"probe:{source}")
    if probe is None or probe["status"] != "complete":
        return f"Task {file_probe(fire, source)} tries every route, yesterday's edition too. Asking again on schedule."
    shown = (probe["result"] or {}).get("showed", "nothing")
    return f"Probe of {clock(probe['closed_at'], fire.settings.owner_timezone)} (task {probe['id']}): {shown}."
