"""scraping_manager by the book: each source's edition, age and routes; what is stale or senseless is looked into."""

from datetime import datetime, timedelta
from typing import Any

from company.fire.fire import Fire
from company.fire.role import RoleCode
from company.outcomes import Done, Outcome
from company.tools.findings import answer_finding, close_finding, list_findings, my_findings, open_finding
from company.tools.pipeline import request_figures, source_freshness
from company.tools.tasks import file_task, task_figures
from company.watch.findings import Finding
from company.watch.verifying import verify_one, with_doubt
from company.watch.watching import AnswerRule, WatchResult, answer_findings, answer_remaining
from company.wording import counted, day_and_time, hours_text
from scraping_manager.stale import answer_malformed, answer_stale
from scraping_manager.tools import failed_fires, last_task_about, minutes_since_beat, missed_editions, route_figures

TROUBLE = ("failed", "blocked", "malformed")
BEAT_IS_STALE_AFTER_MINUTES = 15
FILED_AGAIN_AFTER = timedelta(hours=20)
OWN: dict[str, AnswerRule] = {"stale_source": answer_stale, "malformed_source": answer_malformed}


def work(fire: Fire) -> Outcome:
    """Never skips: sources that are all fresh are reported as such."""
    watched = answer_findings(fire, OWN)
    refreshed = sum(refresh(fire, finding) for finding in fire.use(my_findings))
    routes = fire.use(route_figures)
    benches = sum(bench(fire, source) for source in sorted({r["source"] for r in routes if r["failures"]}))
    missed = sum(ask_for(fire, **missing) for missing in fire.use(missed_editions))
    watch_heartbeat(fire)
    given_up = len(fire.use(failed_fires))
    figures = measure(fire) | {
        "filed": benches + missed,
        "missed_editions": missed,
        "answers_refreshed": refreshed,
        "given_up": given_up,
    }
    figures |= measure_routes(routes)
    verified = verify_one(fire)
    note = with_doubt(write_note(fire, figures, watched, routes), verified)
    return Done(figures | verified | watched.evidence, note=note)


def duties(fire: Fire, _: Done) -> dict[str, int]:
    """What must not depend on whoever thinks: the beat, the queue of fires given up, findings and mail that wait."""
    watch_heartbeat(fire)
    return answer_remaining(fire, OWN) | {"duty_given_up": len(fire.use(failed_fires))}


def refresh(fire: Fire, finding: Finding) -> int:
    """What a source is up to is told again with today's figures for as long as it is."""
    if finding.kind not in OWN:
        return 0
    answer = OWN[finding.kind](fire, finding)
    if answer == finding.answer:
        return 0
    fire.use(answer_finding, finding_id=finding.id, answer=answer)
    return 1


def bench(fire: Fire, source: str) -> int:
    """The routes of a source in trouble side by side."""
    return _once_a_day(fire, f"Compare the routes of {source}", {"kind": "bench", "source": source}, f"bench:{source}")


def ask_for(fire: Fire, source: str, day: str) -> int:
    """A day's edition that never came, by its date."""
    payload = {"kind": "edition", "source": source, "day": day}
    return _once_a_day(fire, f"Fetch the edition of {day} of {source}", payload, f"edition:{source}:{day}")


def _once_a_day(fire: Fire, title: str, payload: dict[str, str], key: str) -> int:
    """Files an errand, and the same one not again for a day, however long its cause lasts."""
    last = fire.use(last_task_about, dedupe_key=key)
    if last is not None and fire.now - datetime.fromisoformat(last["created_at"]) < FILED_AGAIN_AFTER:
        return 0
    filed = fire.use(file_task, mode="scrape", title=title, payload=payload, priority=4, dedupe_key=key)
    return int(filed["is_new"])


def watch_heartbeat(fire: Fire) -> None:
    """Who watches the watcher: a beat that is late is a finding for the CEO, and closes when it beats again."""
    minutes, fingerprint = fire.use(minutes_since_beat), "beat:heartbeat"
    if minutes is not None and minutes <= BEAT_IS_STALE_AFTER_MINUTES:
        for finding in fire.use(list_findings, limit=200):
            if finding.fingerprint == fingerprint:
                fire.use(close_finding, finding_id=finding.id, resolution=f"it beats again, {minutes:.0f} min ago")
        return
    since = "never" if minutes is None else f"{minutes:.0f} min ago"
    fire.use(
        open_finding,
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
    sources, requests, tasks = fire.use(source_freshness), fire.use(request_figures), fire.use(task_figures)
    return {
        "sources": len(sources),
        "stale": sum(bool(source["is_stale"]) for source in sources),
        "requests": sum(row["requests"] for row in requests),
        "in_trouble": sum(row["requests"] for row in requests if row["result"] in TROUBLE),
        "tasks_open": tasks["open"],
        "tasks_completed": tasks["completed"],
    }


def measure_routes(routes: list[dict[str, Any]]) -> dict[str, int]:
    return {
        "routes": len(routes),
        "routes_resting": sum(route["state"] != "closed" for route in routes),
        "probes": sum(route["probes"] for route in routes),
    }


def describe_routes(routes: list[dict[str, Any]], zone: str) -> str:
    """'6 routes, 1 resting: x primary until Wed 14:05 (3 failures, 403)'."""
    told = [
        f"{r['source']} {r['route']} until {day_and_time(r['open_until'], zone)}"
        f" ({r['failures']} failures, {r['last_status'] or 'no answer'})"
        for r in routes
        if r["state"] != "closed"
    ]
    return f"{counted(len(routes), 'route')}, {len(told)} resting" + (f": {', '.join(told)}" if told else "")


def write_note(fire: Fire, figures: dict[str, int], watched: WatchResult, routes: list[dict[str, Any]]) -> str:
    """The closing note: each source's age beside its limit, and by which route it came."""
    sources = [
        f"{s['source']} {hours_text(s['age'])} of {hours_text(s['fresh_within'])}{' STALE' if s['is_stale'] else ''}"
        for s in fire.use(source_freshness)
    ]
    parts = [
        f"{figures['sources'] - figures['stale']} of {figures['sources']} sources fresh ({', '.join(sources)})",
        f"{counted(figures['requests'], 'request')} in 24 h, {figures['in_trouble']} in trouble",
        describe_routes(routes, fire.settings.owner_timezone),
        f"{counted(figures['tasks_open'], 'errand')} open, {figures['tasks_completed']} done",
    ]
    if figures["missed_editions"]:
        parts.append(f"{counted(figures['missed_editions'], 'missed edition')} sent for")
    if figures["given_up"]:
        parts.append(f"{counted(figures['given_up'], 'fire')} given up by Lambda")
    if watched.asked:
        parts.append(f"{counted(watched.asked, 'question')} to the owner")
    return "; ".join(parts) + "."


ROLE = RoleCode(work=work, duties=duties)
