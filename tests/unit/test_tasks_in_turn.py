"""A role that works many small tasks claims them together, begins each, and gives back what it never began."""

from dataclasses import replace

from company.fire.fire import Fire
from company.money.budget import FireBudget
from company.outcomes import Done, Outcome, TaskClose
from company.tasks import tasks_in_turn
from tests.support.acts import file_task, task_row
from tests.support.brains import TestBrain
from tests.support.fires import Fires


def work_all(fire: Fire, seconds: list[float]) -> Outcome:
    """Works by a clock that moves on at each question."""
    timed = replace(fire, budget=FireBudget(ends_at=seconds[-1], tick=lambda: seconds.pop(0)))
    closes = [TaskClose(task.id, "complete") for task in tasks_in_turn(timed, "data", reserve_seconds=30)]
    return Done({"tasks": len(closes)}, closes=tuple(closes))


def test_all_that_waits_is_worked_in_its_order(brain: TestBrain, fire: Fires) -> None:
    tasks = [file_task(brain, priority=9 - n % 2) for n in range(12)]

    answer = fire("data_worker", lambda one: work_all(one, [0.0] * 40 + [100.0]))

    assert answer["evidence"] == {"tasks": 12}
    assert {task_row(brain, task)["status"] for task in tasks} == {"complete"}
    assert all(task_row(brain, task)["begun_at"] is not None for task in tasks)


def test_what_the_time_does_not_suffice_for_is_given_back_untouched(brain: TestBrain, fire: Fires) -> None:
    tasks = [file_task(brain) for _ in range(5)]

    answer = fire("data_worker", lambda one: work_all(one, [0.0, 60.0, 80.0, 100.0]))

    assert answer["evidence"] == {"tasks": 2}
    rows = [task_row(brain, task) for task in tasks]
    assert [(row["status"], row["attempts"]) for row in rows] == [("complete", 1)] * 2 + [("pending", 0)] * 3


def test_a_fire_that_dies_leaves_what_it_never_began_as_it_was(brain: TestBrain, fire: Fires) -> None:
    first, second = file_task(brain), file_task(brain)

    def killed(one: Fire) -> Outcome:
        next(tasks_in_turn(one, "data", reserve_seconds=30))
        raise RuntimeError("the plug was pulled")

    for _ in range(3):
        try:
            fire("data_worker", killed)
        except RuntimeError:
            brain.wait(hours=1)
        brain.as_role("heartbeat").all("return_expired_leases")

    assert [task_row(brain, task)["status"] for task in (first, second)] == ["failed", "pending"]
    assert task_row(brain, second)["attempts"] == 0
