"""scraping_worker by the book: the scrape tasks, one after another, each closed with what it showed."""

from collections import Counter
from collections.abc import Callable
from datetime import date
from functools import partial

from company.errors import ToolError
from company.fire.fire import Fire
from company.fire.role import RoleCode
from company.json_values import JsonObject
from company.outcomes import Done, Outcome, TaskClose
from company.pipeline.rows.evidence import evidence_of
from company.tasks import HeldTask, last_note, waiting_for, work_by_tens
from company.text.wording import counted, join_with_and
from company.tools.tasks import file_task
from company.watch.watching import answer_findings, answer_remaining
from scraping_worker.tools import (
    RouteComparison,
    RouteProbe,
    bench_routes,
    fetch_edition,
    look_at_document,
    probe_routes,
)

RESERVE_SECONDS = 40.0
SHOWED = "scrape_showed"
"""The kind of the note that says what a task showed; earlier releases wrote it under this name."""


def preflight(fire: Fire) -> str | None:
    """A reason to skip: no task, no finding and no mail waits."""
    waiting = waiting_for(fire)
    return None if waiting.is_any else "no scrape task waits"


def work(fire: Fire) -> Outcome:
    """Claims and works tasks until none is left or the time is nearly spent."""
    watched = answer_findings(fire)
    done: Counter[str] = Counter(probes=0, benches=0, editions=0, build_tasks=0, taken_up=0)
    run = partial(run_scrape_task, fire, done=done)
    worked = work_by_tens(fire, "scrape", run, reserve_seconds=RESERVE_SECONDS)
    closes = worked.closes
    showed = [str(close.result.get("showed", "")) for close in closes]
    note = f"{counted(len(closes), 'scrape task')} done: {join_with_and(showed)}" if closes else ""
    return Done({**done, "tasks": len(closes), **watched.evidence}, note=note, closes=worked.to_close)


def duties(fire: Fire, _: Done) -> dict[str, int]:
    """What is done after a run by the model too: findings that still wait are answered."""
    return answer_remaining(fire)


def run_scrape_task(fire: Fire, task: HeldTask, done: Counter[str]) -> TaskClose:
    """One task by its kind. A task of an unknown kind is blocked on the manager, with the question as its action."""
    work_kind = WORK_BY_KIND.get(task.payload.get("kind", ""))
    if work_kind is None:
        action = f"say what a scrape task of kind {task.payload.get('kind')} asks for; the book does not know it"
        return TaskClose(task.id, "blocked", blocked_on=fire.record.reports_to, blocked_action=action)
    if showed := showed_before(fire, task):
        done["taken_up"] += 1
        return TaskClose(task.id, "complete", {"showed": showed})
    try:
        showed = work_kind(fire, task.payload, done)
    except ToolError as error:
        return TaskClose(task.id, "failed", {"reason": str(error), "showed": str(error)})
    fire.learn(SHOWED, showed, task_id=task.id, showed=showed)
    return TaskClose(task.id, "complete", {"showed": showed})


def showed_before(fire: Fire, task: HeldTask) -> str | None:
    """What a session showed that crashed before it closed: its result counts, and the source is not asked again.

    None when that session asked the source nothing: its note alone proves no work.
    """
    noted, source = last_note(task, SHOWED), task.payload.get("source")
    if noted is None:
        return None
    asked = {"source": source, "session_id": noted.session_id, "since": task.created_at}
    return str(noted.facts["showed"]) if fire.brain.value("requests_of_session", **asked) else None


def probe(fire: Fire, payload: JsonObject, done: Counter[str]) -> str:
    """Every route once: does it still serve the edition that we have, and a newer one?"""
    probes = fire.use(probe_routes, source=payload["source"])
    done["probes"] += len(probes)
    return describe_probes(probes)


def describe_probes(probes: list[RouteProbe]) -> str:
    """'10 Mar 200, 11 Mar 403 from our address: not blocked'. Routes are named where there are several."""
    has_several = len({probe.route for probe in probes}) > 1
    ends = [
        " ".join(
            [
                _edition(probe.edition),
                *([f"by {probe.route}"] if has_several else []),
                str(probe.status or "no answer"),
            ]
        )
        for probe in probes
    ]
    is_served = any(probe.status == 200 for probe in probes)
    return f"{', '.join(ends)} from our address: {'not blocked' if is_served else 'nothing is served to us'}"


def _edition(name: str | None) -> str:
    """A day as people write it, a release by its file's name."""
    if name is None:
        return "the file"
    try:
        return f"{date.fromisoformat(name):%-d %b}"
    except ValueError:
        return name.rsplit("/", 1)[-1]


def bench(fire: Fire, payload: JsonObject, done: Counter[str]) -> str:
    """The routes side by side, so that the better one is known before the next trouble."""
    routes = fire.use(bench_routes, source=payload["source"], times=3)
    done["probes"] += sum(route.asked for route in routes)
    done["benches"] += 1
    ends = [f"{route.route} {route.ok} of {route.asked}, {_speed(route)}" for route in routes]
    return f"{payload['source']}: {'; '.join(ends)}"


def _speed(route: RouteComparison) -> str:
    if route.median_ms is None:
        return f"status {join_with_and([str(status) for status in route.statuses], 'none')}"
    return f"{route.median_ms} ms, {counted(route.bytes, 'byte')}"


def read_again(fire: Fire, payload: JsonObject, done: Counter[str]) -> str:
    """A malformed document is read again; when it still cannot be read, the builders get it as a sample."""
    return _read_document(fire, payload["source"], payload["raw_id"], done)


def _read_document(fire: Fire, source: str, raw_id: int, done: Counter[str]) -> str:
    document = fire.use(look_at_document, raw_id=raw_id)
    if document.verdict != "malformed":
        return f"raw document {raw_id} can be read now: {document.verdict}"
    filed = fire.use(
        file_task,
        mode="build",
        title=f"The reader of {source} does not understand raw document {raw_id}",
        payload={
            "kind": "format_changed",
            "source": source,
            "raw_id": raw_id,
            "reason": document.reason,
            "evidence": evidence_of(fire, raw_id),
        },
        dedupe_key=f"format:{source}",
    )
    done["build_tasks"] += int(filed.is_new)
    return f"{counted(document.bytes, 'byte')}, {document.reason}; build task {filed.task_id} has the sample"


def fetch(fire: Fire, payload: JsonObject, done: Counter[str]) -> str:
    """An edition that nobody fetched on its day: stored now, and staged only where a late one may still be."""
    source, day = payload["source"], payload["day"]
    fetched = fire.use(fetch_edition, source=source, day=day)
    edition = f"{source}, edition of {_edition(day)}"
    if fetched.result == "not_yet":
        return f"{edition}: no route has it"
    done["editions"] += 1
    if fetched.result == "malformed" and fetched.raw_id is not None:
        return f"{edition}: {_read_document(fire, source, fetched.raw_id, done)}"
    is_new = fetched.result == "new"
    fate = f"{counted(fetched.rows, 'row')} staged" if is_new else "not staged, a newer one is here"
    return f"{edition}: stored as raw document {fetched.raw_id}, {fate}"


WORK_BY_KIND: dict[str, Callable[[Fire, JsonObject, Counter[str]], str]] = {
    "probe": probe,
    "bench": bench,
    "malformed": read_again,
    "edition": fetch,
}


ROLE = RoleCode(work=work, preflight=preflight, duties=duties)
