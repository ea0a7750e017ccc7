"""Long tasks are worked one after another: each is ended when it is done, whatever becomes of the fire later."""

from contextlib import suppress
from dataclasses import replace

from company.fire.fire import Fire
from company.money.budget import FireBudget
from company.outcomes import Done, Outcome, TaskClose
from company.tasks import HeldTask, work_in_turn
from tests.support.acts import file_task, task_row
from tests.support.brains import TestBrain
from tests.support.fires import Fires


def complete(task: HeldTask) -> TaskClose:
    return TaskClose(task.id, "complete")


def work_all(fire: Fire, seconds: list[float]) -> Outcome:
    """Works by a clock that moves on at each question."""
    timed = replace(fire, budget=FireBudget(ends_at=seconds[-1], tick=lambda: seconds.pop(0)))
    worked = work_in_turn(timed, "data", complete, reserve_seconds=30)
    return Done({"tasks": len(worked.closes), "at_the_end": len(worked.to_close)}, closes=worked.to_close)


def statuses(brain: TestBrain, tasks: list[int]) -> list[str]:
    return [task_row(brain, task)["status"] for task in tasks]


def test_all_that_waits_is_worked(brain: TestBrain, fire: Fires) -> None:
    tasks = [file_task(brain) for _ in range(3)]

    answer = fire("data_worker", lambda one: work_all(one, [0.0] * 9 + [100.0]))

    assert answer["evidence"] == {"tasks": 3, "at_the_end": 0}
    assert statuses(brain, tasks) == ["complete"] * 3


def test_what_the_time_does_not_suffice_for_is_never_claimed(brain: TestBrain, fire: Fires) -> None:
    tasks = [file_task(brain) for _ in range(4)]

    answer = fire("data_worker", lambda one: work_all(one, [0.0, 60.0, 80.0, 100.0]))

    assert answer["evidence"] == {"tasks": 2, "at_the_end": 1}
    assert statuses(brain, tasks) == ["complete"] * 2 + ["pending"] * 2
    assert task_row(brain, tasks[2])["attempts"] == 0


def test_a_fire_that_dies_leaves_done_what_was_done(brain: TestBrain, fire: Fires) -> None:
    tasks = [file_task(brain) for _ in range(3)]

    def die_at_the_second(task: HeldTask) -> TaskClose:
        if task.id == tasks[1]:
            raise RuntimeError("the plug was pulled")
        return complete(task)

    def work(one: Fire) -> Outcome:
        return Done({"tasks": len(work_in_turn(one, "data", die_at_the_second, reserve_seconds=1).closes)})

    with suppress(RuntimeError):
        fire("data_worker", work)

    assert statuses(brain, tasks) == ["complete", "in_progress", "pending"]


def test_what_comes_back_is_not_claimed_again_by_the_same_fire(brain: TestBrain, fire: Fires) -> None:
    again, given_back, done = tasks = [file_task(brain) for _ in range(3)]
    endings = {
        again: TaskClose(again, "failed", is_permanent=False),
        given_back: TaskClose(given_back, "pending"),
        done: TaskClose(done, "complete"),
    }

    def work(one: Fire) -> Outcome:
        worked = work_in_turn(one, "data", lambda task: endings[task.id], reserve_seconds=1)
        return Done({"tasks": len(worked.closes)}, closes=worked.to_close)

    assert fire("data_worker", work)["evidence"] == {"tasks": 3}
    assert statuses(brain, tasks) == ["pending", "pending", "complete"]
