"""scraping_worker by the book: the errands of scraping_manager, one after another, each ended with what it showed."""

from collections import Counter
from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

from company.errors import ToolError
from company.fire.fire import Fire
from company.fire.role import RoleCode
from company.outcomes import Done, Outcome, TaskClose
from company.tasks import HeldTask, attempt_task, last_note
from company.tools.tasks import claim_task, file_task
from company.watch.watching import answer_findings, answer_remaining
from company.wording import counted, join_with_and
from scraping_worker.tools import bench_routes, fetch_edition, look_at_document, probe_routes

RESERVE_SECONDS = 40.0
SHOWED = "errand_showed"


def preflight(fire: Fire) -> str | None:
    """A reason to rest: no errand, no finding and no mail waits."""
    waiting = fire.brain.one("waiting_for_me") or {}
    return None if any(waiting.values()) else "no scrape task waits"


def work(fire: Fire) -> Outcome:
    """Claims, works and ends errands until none is left or the time is nearly spent."""
    watched = answer_findings(fire)
    closes: list[TaskClose] = []
    done: Counter[str] = Counter(probes=0, benches=0, editions=0, build_tasks=0, taken_up=0)
    while fire.budget.seconds_left() > RESERVE_SECONDS:
        task = fire.use(claim_task, mode="scrape")
        if task is None:
            break
        closes.append(attempt_task(task, partial(run_errand, fire, task, done)))
    note = f"{counted(len(closes), 'errand')} done: " + join_with_and(
        [str(close.result.get("showed", "")) for close in closes]
    )
    return Done({**done, "tasks": len(closes), **watched.evidence}, note=note if closes else "", closes=tuple(closes))


def duties(fire: Fire, _: Done) -> dict[str, int]:
    """What must not depend on whoever thinks: findings that still wait are answered."""
    return answer_remaining(fire)


def run_errand(fire: Fire, task: HeldTask, done: Counter[str]) -> TaskClose:
    """One errand by its kind. What cannot be done is blocked on the manager with the reason as its action."""
    errand = ERRANDS.get(task.payload.get("kind", ""))
    if errand is None:
        action = f"tell what an errand of kind {task.payload.get('kind')} asks for; the book does not know it"
        return TaskClose(task.id, "blocked", blocked_on=fire.record.reports_to, blocked_action=action)
    if noted := last_note(task, SHOWED):
        # Run by a session that died before it closed: what it showed stands, and the source is not asked twice.
        done["taken_up"] += 1
        return TaskClose(task.id, "complete", {"showed": noted["showed"]})
    try:
        showed = errand(fire, task, done)
    except ToolError as error:
        return TaskClose(task.id, "failed", {"reason": str(error), "showed": str(error)})
    fire.learn(SHOWED, showed, task_id=task.id, showed=showed)
    return TaskClose(task.id, "complete", {"showed": showed})


def probe(fire: Fire, task: HeldTask, done: Counter[str]) -> str:
    """Every route once: does it still serve what it had, and has it anything newer?"""
    rows = fire.use(probe_routes, source=task.payload["source"])
    done["probes"] += len(rows)
    return describe_probes(rows)


def describe_probes(rows: list[dict[str, Any]]) -> str:
    """'10 Mar 200, 11 Mar 403 from our address: not blocked'. Routes are named where there are several."""
    several = len({row["route"] for row in rows}) > 1
    ends = [
        " ".join(
            [_edition(row["edition"]), *([f"by {row['route']}"] if several else []), str(row["status"] or "no answer")]
        )
        for row in rows
    ]
    served = any(row["status"] == 200 for row in rows)
    return f"{', '.join(ends)} from our address: {'not blocked' if served else 'nothing is served to us'}"


def _edition(name: str | None) -> str:
    """A day as people write it, a release by its file's name."""
    if name is None:
        return "the file"
    try:
        return f"{date.fromisoformat(name):%-d %b}"
    except ValueError:
        return name.rsplit("/", 1)[-1]


def bench(fire: Fire, task: HeldTask, done: Counter[str]) -> str:
    """The routes side by side, so that the next trouble finds the better one known."""
    rows = fire.use(bench_routes, source=task.payload["source"], times=3)
    done["probes"] += sum(row["asked"] for row in rows)
    done["benches"] += 1
    ends = [f"{row['route']} {row['ok']} of {row['asked']}, {_speed(row)}" for row in rows]
    return f"{task.payload['source']}: {'; '.join(ends)}"


def _speed(row: dict[str, Any]) -> str:
    if row["median_ms"] is None:
        return f"status {join_with_and([str(status) for status in row['statuses']], 'none')}"
    return f"{row['median_ms']} ms, {counted(row['bytes'], 'byte')}"


def look(fire: Fire, task: HeldTask, done: Counter[str]) -> str:
    """Bytes that made no sense: if they still make none, the builders get them as a sample."""
    return look_at(fire, task.payload["source"], task.payload["raw_id"], done)


def look_at(fire: Fire, source: str, raw_id: int, done: Counter[str]) -> str:
    seen = fire.use(look_at_document, raw_id=raw_id)
    if seen["verdict"] != "malformed":
        return f"raw document {raw_id} can be read now: {seen['verdict']}"
    filed = fire.use(
        file_task,
        mode="build",
        title=f"The reader of {source} does not understand raw document {raw_id}",
        payload={"kind": "format_changed", "source": source, "raw_id": raw_id, "reason": seen["reason"]},
        dedupe_key=f"format:{source}",
    )
    done["build_tasks"] += int(filed["is_new"])
    return f"{counted(seen['bytes'], 'byte')}, {seen['reason']}; build task {filed['task_id']} has the sample"


def fetch(fire: Fire, task: HeldTask, done: Counter[str]) -> str:
    """An edition that nobody fetched on its day: kept now, and staged only where a late one may still be."""
    source, day = task.payload["source"], task.payload["day"]
    came = fire.use(fetch_edition, source=source, day=day)
    what = f"{source}, edition of {_edition(day)}"
    if came["result"] == "not_yet":
        return f"{what}: no route has it"
    done["editions"] += 1
    if came["result"] == "malformed":
        return f"{what}: {look_at(fire, source, came['raw_id'], done)}"
    fate = f"{counted(came['rows'], 'row')} staged" if came["result"] == "new" else "not staged, a newer one is here"
    return f"{what}: kept as raw document {came['raw_id']}, {fate}"


ERRANDS: dict[str, Callable[[Fire, HeldTask, Counter[str]], str]] = {
    "probe": probe,
    "bench": bench,
    "malformed": look,
    "edition": fetch,
}


ROLE = RoleCode(work=work, preflight=preflight, duties=duties)
