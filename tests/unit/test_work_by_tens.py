"""A role that works many small tasks claims ten together, begins each, ends ten as it claims ten others, and gives back
what it never began.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from company.fire.fire import Fire
from company.money.budget import FireBudget
from company.outcomes import Done, Outcome, TaskClose
from company.tasks import HeldTask, work_by_tens
from tests.support.acts import file_task, task_row
from tests.support.brains import TestBrain
from tests.support.fires import Fires
from tests.support.refusals import refused as refuses


def complete(task: HeldTask) -> TaskClose:
    return TaskClose(task.id, "complete")


def work_all(fire: Fire, seconds: list[float], work: Callable[[HeldTask], TaskClose] = complete) -> Outcome:
    """Works by a clock that moves on at each question."""
    timed = replace(fire, budget=FireBudget(ends_at=seconds[-1], tick=lambda: seconds.pop(0)))
    worked = work_by_tens(timed, "data", work, reserve_seconds=30)
    return Done({"tasks": len(worked.closes), "at_the_end": len(worked.to_close)}, closes=worked.to_close)


def statuses(brain: TestBrain, tasks: list[int]) -> list[str]:
    return [task_row(brain, task)["status"] for task in tasks]


def plenty() -> list[float]:
    return [0.0] * 60 + [100.0]


def test_all_that_waits_is_worked_in_its_order(brain: TestBrain, fire: Fires) -> None:
    tasks = [file_task(brain, priority=9 - n % 2) for n in range(12)]
    worked: list[int] = []

    def work(task: HeldTask) -> TaskClose:
        worked.append(task.id)
        return complete(task)

    answer = fire("data_worker", lambda one: work_all(one, plenty(), work))

    assert answer["evidence"] == {"tasks": 12, "at_the_end": 0}
    assert worked == tasks[1::2] + tasks[::2]
    assert set(statuses(brain, tasks)) == {"complete"}
    assert all(task_row(brain, task)["begun_at"] is not None for task in tasks)


def test_what_the_time_does_not_suffice_for_is_given_back_untouched(brain: TestBrain, fire: Fires) -> None:
    tasks = [file_task(brain) for _ in range(5)]

    answer = fire("data_worker", lambda one: work_all(one, [0.0, 60.0, 80.0, 100.0]))

    assert answer["evidence"] == {"tasks": 2, "at_the_end": 2}
    rows = [task_row(brain, task) for task in tasks]
    assert [(row["status"], row["attempts"]) for row in rows] == [("complete", 1)] * 2 + [("pending", 0)] * 3


def test_when_the_time_is_over_no_other_ten_are_claimed(brain: TestBrain, fire: Fires) -> None:
    tasks = [file_task(brain) for _ in range(12)]

    answer = fire("data_worker", lambda one: work_all(one, [*[0.0] * 10, 80.0, 100.0]))

    assert answer["evidence"] == {"tasks": 10, "at_the_end": 10}
    assert statuses(brain, tasks) == ["complete"] * 10 + ["pending"] * 2
    assert task_row(brain, tasks[10])["attempts"] == 0


def test_where_no_time_is_left_nothing_is_claimed(brain: TestBrain, fire: Fires) -> None:
    task = file_task(brain)

    assert fire("data_worker", lambda one: work_all(one, [80.0, 100.0]))["evidence"]["tasks"] == 0
    assert task_row(brain, task)["status"] == "pending"


def test_what_a_rule_refuses_ends_that_task_and_not_the_others(brain: TestBrain, fire: Fires) -> None:
    refused, other = tasks = [file_task(brain) for _ in range(2)]
    spelling = {"kind": "vendor", "spelling": "Nobody's", "name": "Nobody", "reason": "so it is"}

    def work_all_of_them(one: Fire) -> Outcome:
        def work(task: HeldTask) -> TaskClose:
            if task.id == refused:
                one.brain.run("resolve_spelling", **spelling)
            return complete(task)

        return work_all(one, plenty(), work)

    answer = fire("data_worker", work_all_of_them)

    assert (answer["outcome"], statuses(brain, tasks)) == ("done", ["pending", "complete"])
    told = task_row(brain, refused)["result"]["reason"]
    assert "only_a_spelling_that_is_asked_about_is_decided: nobody asks about the vendor Nobody's" in told


def test_a_session_that_was_fenced_works_no_further_task(brain: TestBrain, fire: Fires) -> None:
    tasks = [file_task(brain) for _ in range(2)]
    worked: list[int] = []

    def work_all_of_them(one: Fire) -> Outcome:
        def work(task: HeldTask) -> TaskClose:
            worked.append(task.id)
            brain.admin.execute("UPDATE company.sessions SET finished_at = company.now(), outcome = 'crashed'")
            one.learn("seen", "this comes too late")
            return complete(task)

        return work_all(one, plenty(), work)

    with refuses("a_fenced_session_writes_nothing"):
        fire("data_worker", work_all_of_them)

    assert (worked, "complete" in statuses(brain, tasks)) == (tasks[:1], False)


def test_a_fire_that_dies_leaves_what_it_never_began_as_it_was(brain: TestBrain, fire: Fires) -> None:
    tasks = [file_task(brain) for _ in range(2)]

    def killed(_: HeldTask) -> TaskClose:
        raise RuntimeError("the plug was pulled")

    for _ in range(3):
        with suppress(RuntimeError):
            fire("data_worker", lambda one: work_all(one, plenty(), killed))
        brain.wait(hours=1)
        brain.as_role("heartbeat").all("return_expired_leases")

    assert statuses(brain, tasks) == ["failed", "pending"]
    assert task_row(brain, tasks[1])["attempts"] == 0


def test_a_fire_that_dies_leaves_done_the_tens_that_were_done(brain: TestBrain, fire: Fires) -> None:
    tasks = [file_task(brain) for _ in range(13)]

    def die_at_the_twelfth(task: HeldTask) -> TaskClose:
        if task.id == tasks[11]:
            raise RuntimeError("the plug was pulled")
        return complete(task)

    with suppress(RuntimeError):
        fire("data_worker", lambda one: work_all(one, plenty(), die_at_the_twelfth))

    assert statuses(brain, tasks) == ["complete"] * 10 + ["in_progress"] * 3


def test_what_comes_back_is_not_claimed_again_by_the_same_fire(brain: TestBrain, fire: Fires) -> None:
    again, given_back, *done = tasks = [file_task(brain) for _ in range(11)]
    endings = {
        again: TaskClose(again, "failed", is_permanent=False),
        given_back: TaskClose(given_back, "pending"),
        **{task: TaskClose(task, "complete") for task in done},
    }

    answer = fire("data_worker", lambda one: work_all(one, plenty(), lambda task: endings[task.id]))

    assert answer["evidence"] == {"tasks": 11, "at_the_end": 2}
    assert statuses(brain, tasks) == ["pending", "pending", *["complete"] * 9]


def test_what_cannot_be_worked_ends_itself_alone(brain: TestBrain, fire: Fires) -> None:
    tasks = [file_task(brain) for _ in range(2)]

    def work(task: HeldTask) -> TaskClose:
        return TaskClose(task.payload["number"], "complete") if task.id == tasks[0] else complete(task)

    fire("data_worker", lambda one: work_all(one, plenty(), work))

    assert statuses(brain, tasks) == ["failed", "complete"]
