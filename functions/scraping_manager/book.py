"""scraping_manager by the book: each source's edition, age and routes; what is stale or malformed is investigated."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from company.fire.apart import attempt, each
from company.fire.fire import Fire
from company.fire.role import RoleCode
from company.outcomes import Done, Outcome
from company.owner.decisions import Decision
from company.pipeline.asking.freshness import SourceFreshness
from company.text.manager_notes import closing_note, some
from company.text.wording import counted, day_and_time, hours_text, join_with_and
from company.tools.decisions import my_answered_decisions
from company.tools.findings import answer_finding, my_findings, open_finding
from company.tools.pipeline import request_figures, source_freshness
from company.tools.tasks import file_task, task_figures
from company.watch.audit_findings import close_mine
from company.watch.finding_records import Finding
from company.watch.findings import my_open_findings
from company.watch.verifying import verify_one, with_doubt
from company.watch.watching import AnswerRule, WatchResult, answer_findings, answer_remaining
from scraping_manager.moved import act_on_address, answer_moved
from scraping_manager.stale import answer_malformed, answer_missing_release, answer_stale, answer_stamp
from scraping_manager.tools import (
    MissedEdition,
    RouteFigures,
    failed_fires,
    last_task_about,
    minutes_since_beat,
    missed_editions,
    route_figures,
)

TROUBLE = ("failed", "blocked", "malformed")
BEAT_IS_STALE_AFTER_MINUTES = 15
A_DAY = timedelta(days=1)
MANY = 3
FILED_AGAIN_AFTER = timedelta(hours=20)
ANSWERS: dict[str, AnswerRule] = {
    "stale_source": answer_stale,
    "malformed_source": answer_malformed,
    "false_stamp": answer_stamp,
    "older_edition": answer_stamp,
    "missing_release": answer_missing_release,
    "address_moved": answer_moved,
}


def work(fire: Fire) -> Outcome:
    """Never skips: sources that are all fresh are reported as such."""
    answered = fire.use(my_answered_decisions)
    moved = sum(each(fire, "answers about addresses", answered, partial(act_on_address, fire), name=_question))
    watched = answer_findings(fire, ANSWERS)
    mine = fire.use(my_findings)
    refreshed = sum(each(fire, "answers", mine, partial(refresh_answer, fire), name=lambda finding: f"F-{finding.id}"))
    routes, editions = fire.use(route_figures), fire.use(missed_editions)
    failing = sorted({r.source for r in routes if r.failures})
    benches = sum(each(fire, "benches", failing, partial(file_bench, fire)))
    missed = sum(
        each(fire, "missed editions", editions, partial(file_edition, fire), name=lambda m: f"{m.source} {m.day}")
    )
    attempt(fire, "the beat", partial(watch_heartbeat, fire), None)
    given_up = Counter(failed.given_up_by for failed in fire.use(failed_fires))
    figures = domain_figures(fire) | {
        "filed": benches + missed + moved,
        "missed_editions": missed,
        "answers_refreshed": refreshed,
        "given_up": given_up["Lambda"],
        "not_handed_over": given_up["Scheduler"],
    }
    figures |= count_routes(routes)
    verified = verify_one(fire)
    note = with_doubt(write_note(fire, figures, watched, routes), verified)
    return Done(figures | verified | watched.evidence, note=note)


def _question(decision: Decision) -> str:
    return f"D-{decision.id}"


def duties(fire: Fire, _: Done) -> dict[str, int]:
    """What is done after a run by the model too: the beat, the queues of failed fires, findings and mail that wait."""
    attempt(fire, "the beat", partial(watch_heartbeat, fire), None)
    return answer_remaining(fire, ANSWERS) | {"duty_given_up": len(fire.use(failed_fires))}


def refresh_answer(fire: Fire, finding: Finding) -> int:
    """An open finding about a source is answered again with today's figures."""
    if finding.kind not in ANSWERS:
        return 0
    answer = ANSWERS[finding.kind](fire, finding)
    if answer == finding.answer:
        return 0
    fire.use(answer_finding, finding_id=finding.id, answer=answer)
    return 1


def file_bench(fire: Fire, source: str) -> int:
    """Has the routes of a source in trouble compared side by side."""
    return _once_a_day(fire, f"Compare the routes of {source}", {"kind": "bench", "source": source}, f"bench:{source}")


def file_edition(fire: Fire, missed: MissedEdition) -> int:
    """Has a day's edition that never came fetched by its date."""
    source, day = missed.source, missed.day.isoformat()
    payload = {"kind": "edition", "source": source, "day": day}
    return _once_a_day(fire, f"Fetch the edition of {day} of {source}", payload, f"edition:{source}:{day}")


def _once_a_day(fire: Fire, title: str, payload: dict[str, str], key: str) -> int:
    """Files a scrape task, and the same one not again for a day, however long its cause lasts."""
    last = fire.use(last_task_about, dedupe_key=key)
    if last is not None and fire.now - last.created_at < FILED_AGAIN_AFTER:
        return 0
    filed = fire.use(file_task, mode="scrape", title=title, payload=payload, priority=4, dedupe_key=key)
    return int(filed.is_new)


def watch_heartbeat(fire: Fire) -> None:
    """A late beat of heartbeat is a finding for the CEO; it is closed when heartbeat beats again."""
    minutes, fingerprint = fire.use(minutes_since_beat), "beat:heartbeat"
    if minutes is not None and minutes <= BEAT_IS_STALE_AFTER_MINUTES:
        close_mine(fire, my_open_findings(fire.brain, fingerprint), f"it beats again, {minutes:.0f} min ago")
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
        effect="a schedule that does not fire now is not noticed",
        evidence={"minutes": minutes},
        accused="heartbeat",
    )


def domain_figures(fire: Fire) -> dict[str, int]:
    """The domain in numbers."""
    sources, requests, tasks = fire.use(source_freshness), fire.use(request_figures), fire.use(task_figures)
    return {
        "sources": len(sources),
        "stale": sum(source.is_stale for source in sources),
        "requests": sum(row.requests for row in requests),
        "in_trouble": sum(row.requests for row in requests if row.result in TROUBLE),
        "tasks_open": tasks.open,
        "tasks_completed": tasks.completed,
    }


def count_routes(routes: list[RouteFigures]) -> dict[str, int]:
    return {
        "routes": len(routes),
        "routes_resting": sum(route.state != "closed" for route in routes),
        "probes": sum(route.probes for route in routes),
    }


def describe_routes(routes: list[RouteFigures], zone: str, now: datetime) -> str:
    """'6 routes, 1 resting: x primary until Wed 14:05 (3 failures, 403)'."""
    resting = [
        f"{r.source} {r.route} until {day_and_time(r.open_until, zone, now)}"
        f" ({counted(r.failures, 'failure')}, {r.last_status or 'no answer'})"
        for r in routes
        if r.state != "closed"
    ]
    return f"{counted(len(routes), 'route')}, {len(resting)} resting" + (f": {', '.join(resting)}" if resting else "")


def write_note(fire: Fire, figures: dict[str, int], watched: WatchResult, routes: list[RouteFigures]) -> str:
    """The closing note: which sources became stale, what is next, then requests, routes and each age by its limit."""
    sources = list(fire.use(source_freshness))
    stale = [source for source in sources if source.is_stale]
    new = [source.source for source in stale if _is_newly_stale(source)]
    changed = [f"{names_or_number(new)} became stale"] if new else []
    changed += [f"{tasks} done" for tasks in some(figures["tasks_completed"], "task")]
    coming = [
        *([f"{names_or_number([source.source for source in stale])} asked again on schedule"] if stale else []),
        *(f"{editions} fetched" for editions in some(figures["missed_editions"], "missed edition")),
        *(f"scraping_worker takes {tasks}" for tasks in some(figures["tasks_open"], "task")),
    ]
    numbers = [
        f"{len(sources) - len(stale)} of {counted(len(sources), 'source')} fresh"
        + (f", STALE: {', '.join(map(_age, stale))}" if stale else ""),
        f"{counted(figures['requests'], 'request')} in 24 h, {figures['in_trouble']} in trouble",
        describe_routes(routes, fire.settings.owner_timezone, fire.now),
        *(f"{fires} given up by Lambda" for fires in some(figures["given_up"], "fire")),
        *(f"{fires} that Scheduler could not hand over" for fires in some(figures["not_handed_over"], "fire")),
        *(f"{asked} to the owner" for asked in some(watched.asked, "question")),
    ]
    fresh = [_age(source) for source in sources if not source.is_stale]
    return closing_note(changed, coming, [*numbers, *([f"fresh: {', '.join(fresh)}"] if fresh else [])])


def _is_newly_stale(source: SourceFreshness) -> bool:
    return source.age - source.fresh_within < A_DAY


def names_or_number(names: Sequence[str]) -> str:
    """Without a comma, at which the brief's line may end: of three or more how many."""
    return join_with_and(names) if len(names) < MANY else counted(len(names), "source")


def _age(source: SourceFreshness) -> str:
    return f"{source.source} {hours_text(source.age)} of {hours_text(source.fresh_within)}"


ROLE = RoleCode(work=work, duties=duties)
