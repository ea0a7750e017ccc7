"""scraping_manager by the book: each source's edition, age and routes; what is stale or senseless is looked into."""

from typing import Any

from company.outcomes import Done, Outcome
from company.session import Fire
from company.watching import Answer, Finding, Watched, answer_findings
from company.words import count, hours
from scraping_manager.stale import answer_malformed, answer_stale

TROUBLE = ("failed", "blocked", "malformed")
BEAT_IS_STALE_AFTER_MINUTES = 15
OWN: dict[str, Answer] = {"stale_source": answer_stale, "malformed_source": answer_malformed}


def work(fire: Fire) -> Outcome:
    """Never skips: sources that are all fresh are reported as such."""
    watched = answer_findings(fire, OWN)
    refreshed = sum(refresh(fire, finding) for finding in fire.use("my_findings"))
    restaged = sum(file_restage(fire, document) for document in fire.use("documents_without_batch"))
    watch_heartbeat(fire)
    given_up = len(fire.use("failed_fires"))
    figures = measure(fire) | {"filed": restaged, "answers_refreshed": refreshed, "given_up": given_up}
    return Done(figures | watched.evidence, note=write_note(fire, figures, watched))


def refresh(fire: Fire, finding: Finding) -> int:
    """What a source is up to is told again with today's figures for as long as it is."""
    if finding["kind"] not in OWN:
        return 0
    answer = OWN[finding["kind"]](fire, finding)
    if answer == finding["answer"]:
        return 0
    fire.use("answer_finding", finding_id=finding["id"], answer=answer)
    return 1


def file_restage(fire: Fire, document: dict[str, Any]) -> int:
    """Bytes that came and were never staged are staged from the bucket; nobody asks the source again for them."""
    filed = fire.use(
        "file_task",
        mode="scrape",
        title=f"Stage what {document['source']} sent: raw document {document['id']}",
        payload={"kind": "restage", "source": document["source"], "raw_id": document["id"]},
        priority=2,
        dedupe_key=f"restage:{document['id']}",
    )
    return int(filed["is_new"])


def watch_heartbeat(fire: Fire) -> None:
    """Who watches the watcher: a beat that is late is a finding for the CEO, and closes when it beats again."""
    minutes, fingerprint = fire.use("minutes_since_beat"), "beat:heartbeat"
    if minutes is not None and minutes <= BEAT_IS_STALE_AFTER_MINUTES:
        for finding in fire.use("list_findings", limit=200):
            if finding["fingerprint"] == fingerprint:
                fire.use("close_finding", finding_id=finding["id"], resolution=f"it beats again, {minutes:.0f} min ago")
        return
    since = "never" if minutes is None else f"{minutes:.0f} min ago"
    fire.use(
        "open_finding",
        fingerprint=fingerprint,
        kind="stale_beat",
        subject="heartbeat",
        title=f"heartbeat last beat {since} (limit {BEAT_IS_STALE_AFTER_MINUTES} min)",
        watcher=fire.record.reports_to,
        level="ring",
        effect="a schedule that falls silent now is not noticed",
        evidence={"minutes": minutes},
        accused="heartbeat",
    )


def measure(fire: Fire) -> dict[str, int]:
    """The domain in numbers."""
    sources, requests, tasks = fire.use("source_freshness"), fire.use("request_figures"), fire.use("task_figures")
    return {
        "sources": len(sources),
        "stale": sum(bool(source["is_stale"]) for source in sources),
        "requests": sum(row["requests"] for row in requests),
        "in_trouble": sum(row["requests"] for row in requests if row["result"] in TROUBLE),
        "tasks_open": tasks["open"],
        "tasks_completed": tasks["completed"],
    }


def write_note(fire: Fire, figures: dict[str, int], watched: Watched) -> str:
    """The closing note: each source's age beside its limit, and by which route it came."""
    sources = [
        f"{s['source']} {hours(s['age'])} of {hours(s['fresh_within'])}{' STALE' if s['is_stale'] else ''}"
        for s in fire.use("source_freshness")
    ]
    parts = [
        f"{figures['sources'] - figures['stale']} of {figures['sources']} sources fresh ({', '.join(sources)})",
        f"{count(figures['requests'], 'request')} in 24 h, {figures['in_trouble']} in trouble",
        f"{count(figures['tasks_open'], 'errand')} open, {figures['tasks_completed']} done",
    ]
    if figures["given_up"]:
        parts.append(f"{count(figures['given_up'], 'fire')} given up by Lambda")
    if watched.asked:
        parts.append(f"{count(watched.asked, 'question')} to the owner")
    return "; ".join(parts) + "."
