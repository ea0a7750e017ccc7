"""What every manager does by the book with one finished task of its people: check that its result shows work."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from company.fire.fire import Fire
from company.tasks import CompletedTask
from company.tools.inbox import escalate
from company.tools.tasks import file_task
from company.tools.verifying import draw_complete_task, verify_task

TEXTS = ("showed", "reason", "name")
"""Keys under which a worker writes the result of a task as text."""


@dataclass(frozen=True)
class Inspection:
    """Whether a finished task holds, what was looked at, and what that showed."""

    holds: bool
    looked_at: str
    showed: str


Inspect = Callable[[Fire, CompletedTask], Inspection]


def verify_one(fire: Fire, inspect: Inspect | None = None) -> dict[str, int]:
    """Draws and inspects one task; what does not hold is asked for again. Evidence: verified, doubtful."""
    task = fire.use(draw_complete_task)
    if task is None:
        return {"verified": 0, "doubtful": 0}
    found = (inspect or inspect_result)(fire, task)
    fire.use(verify_task, task_id=task.id, holds=found.holds, looked_at=found.looked_at, showed=found.showed)
    if not found.holds:
        ask_again(fire, task, found.showed)
    return {"verified": 1, "doubtful": int(not found.holds)}


def inspect_result(_: Fire, task: CompletedTask) -> Inspection:
    """A result without a number and without a text is a task that was only closed."""
    result = task.result or {}
    numbers = {name: part for name, part in result.items() if isinstance(part, int | float)}
    texts = [str(result[name]) for name in TEXTS if result.get(name)]
    if numbers or texts:
        shown = ", ".join([*texts[:1], *(f"{name} {part}" for name, part in numbers.items())])
        return Inspection(True, "its result", shown[:300])
    return Inspection(False, "its result", "it does not say what was done")


def ask_again(fire: Fire, task: CompletedTask, showed: str) -> None:
    """New work with the old payload: what is closed stays closed. What did not hold twice is escalated."""
    if "again_of" in task.payload:
        escalate_second_failure(fire, task, showed)
        return
    fire.use(
        file_task,
        mode=task.mode,
        title=f"Again: {task.title}"[:200],
        payload={**task.payload, "again_of": task.id, "because": showed},
        priority=4,
        dedupe_key=f"again:{task.id}",
    )


def escalate_second_failure(fire: Fire, task: CompletedTask, showed: str) -> None:
    fire.use(
        escalate,
        subject=f"T-{task.id} did not hold a second time: {task.title}"[:200],
        body=f"{task.worked_by} closed it as complete, and it shows no work. It is not asked for again.",
        checked=f"the results of T-{task.payload['again_of']} and T-{task.id}",
        showed=showed,
        level="brief",
        facts={"task_id": task.id},
    )


def with_doubt(note: str, verified: Mapping[str, int]) -> str:
    """The note, and before it what did not hold: a long note loses its end. A task that holds is no news."""
    return f"1 finished task did not hold; {note}" if verified["doubtful"] else note
