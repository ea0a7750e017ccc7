"""data_worker by the book: one data task after another, until none is left or the time is nearly spent."""

from collections import Counter
from collections.abc import Sequence
from functools import partial

from company.fire.fire import Fire
from company.fire.role import RoleCode
from company.json_values import JsonObject
from company.outcomes import Done, Outcome, TaskClose
from company.tasks import HeldTask, waiting_for, work_by_tens
from company.text.wording import counted
from company.watch.watching import answer_findings, answer_remaining
from data_worker.rows import RESERVE_SECONDS, work_rows
from data_worker.tools import decide_spelling


def preflight(fire: Fire) -> str | None:
    """A reason to skip: no task, no finding and no message waits."""
    waiting = waiting_for(fire)
    return None if waiting.is_any else "no data task waits"


def work(fire: Fire) -> Outcome:
    """Claims, works and ends tasks; what could not be settled is blocked on the manager with an action."""
    watched = answer_findings(fire)
    worked = work_by_tens(fire, "data", partial(work_task, fire), reserve_seconds=RESERVE_SECONDS)
    closes = worked.closes
    rows = sum(settled(close) for close in closes)
    statuses = Counter(close.status for close in closes)
    waiting = counted(statuses["blocked"], "waits", "wait")
    note = f"{counted(len(closes), 'task')} worked, {counted(rows, 'row')} settled, {waiting} for you."
    note += f" {statuses['failed']} failed." if statuses["failed"] else ""
    evidence = {"tasks": len(closes), "rows": rows, "blocked": statuses["blocked"], **watched.evidence}
    return Done(evidence, note=note if closes else "", closes=worked.to_close)


def duties(fire: Fire, _: Done) -> dict[str, int]:
    """What must be done whatever the model did: findings that still wait are answered."""
    return answer_remaining(fire)


def settled(close: TaskClose) -> int:
    """How many rows or spellings a task settled."""
    numbers = [close.result.get(end, 0) for end in ("resolved", "discarded", "decided")]
    return sum(number for number in numbers if isinstance(number, int))


def work_task(fire: Fire, task: HeldTask) -> TaskClose:
    """One task by its kind; a kind that the book does not know is blocked on the manager."""
    match task.payload.get("kind"):
        case "quarantine":
            return work_rows(fire, task)
        case "spelling":
            return work_spelling(fire, task)
        case kind:
            action = f"say what a task of kind {kind} asks for; the book does not know it"
            return TaskClose(task.id, "blocked", blocked_on=fire.record.reports_to, blocked_action=action)


def work_spelling(fire: Fire, task: HeldTask) -> TaskClose:
    """Two spellings are one name when exactly one candidate is seen with the same things; else the manager decides.

    The candidates are those of now: since the task was filed, other editions have come into force.
    """
    kind, spelling = task.payload["of"], task.payload["spelling"]
    asked = fire.brain.one("asked_spelling", kind=kind, spelling=spelling)
    if asked is None:
        return TaskClose(task.id, "complete", {"decided": 0, "reason": f"nobody asks about {spelling!r} any more"})
    verdict = judge_spelling(spelling, asked["candidates"], task.payload["evidence"])
    if verdict is None:
        action = f"say whether {spelling!r} is {' or '.join(map(repr, asked['candidates']))}"
        return TaskClose(task.id, "blocked", blocked_on=fire.record.reports_to, blocked_action=action)
    name, reason = verdict
    fire.use(decide_spelling, kind=kind, spelling=spelling, name=name, reason=reason)
    return TaskClose(task.id, "complete", {"decided": 1, "name": name, "reason": reason})


def judge_spelling(spelling: str, candidates: Sequence[str], evidence: JsonObject) -> tuple[str, str] | None:
    """The name and the reason, where exactly one candidate is seen with the same things; else None."""
    own = set(evidence.get(spelling, {}).get("seen_with", ()))
    shared = {name: own & set(evidence.get(name, {}).get("seen_with", ())) for name in candidates}
    fitting = [name for name in candidates if shared[name]]
    if len(fitting) == 1:
        return fitting[0], f"both are seen with {', '.join(sorted(shared[fitting[0]])[:3])}"
    return None


ROLE = RoleCode(work=work, preflight=preflight, duties=duties)
