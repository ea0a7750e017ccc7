"""A model's finish is checked before it is used: a close that would be refused is returned to the model once."""

from typing import Any

from company.fire.closing import try_closing
from company.fire.fire import Fire
from company.outcomes import Done
from tests.model.conftest import RunByModel
from tests.support.brains import TestBrain
from tests.support.fires import Fires
from tests.support.messages_api import Body, Says, finishes, uses

FILED = "SELECT (company.file_task('data', 'names', '{}', 5::smallint, NULL, NULL)).task_id AS id"
LEASES = "SELECT role FROM company.role_leases"
CLAIM = uses(("claim_task", {"mode": "data"}))


def ends(*closes: Body) -> Says:
    return uses(("finish", {"evidence": {"tasks": len(closes)}, "closes": list(closes)}))


def a_task(brain: TestBrain) -> int:
    return int(brain.sql("data_manager", FILED)[0]["id"])


def tasks(brain: TestBrain) -> list[Any]:
    return [tuple(row.values()) for row in brain.sql("owner", "SELECT id, status FROM company.task_queue ORDER BY id")]


def test_a_task_that_was_never_claimed_is_not_closed_and_the_model_reads_why(
    run_by_model: RunByModel, brain: TestBrain
) -> None:
    first, second = a_task(brain), a_task(brain)
    theirs, own = {"task_id": second, "status": "complete"}, {"task_id": first, "status": "complete"}

    ran = run_by_model([CLAIM, ends(own, theirs), ends(own)], role="data_worker")

    assert f"task {second}" in ran.api.results()[0]["content"]
    assert (ran.answer["outcome"], ran.session["worked_by"]) == ("done", "model")
    assert tasks(brain) == [(first, "complete"), (second, "pending")]


def test_a_model_that_twice_closes_anothers_task_is_replaced_by_the_book(
    run_by_model: RunByModel, brain: TestBrain
) -> None:
    mine = a_task(brain)
    false_close = ends({"task_id": mine + 90, "status": "complete"})

    ran = run_by_model([false_close, false_close], role="data_worker")

    assert (ran.answer["outcome"], ran.session["worked_by"]) == ("done", "book")
    assert f"task {mine + 90}" in ran.session["by_book_because"]
    assert tasks(brain) == [(mine, "blocked")]


def test_a_claimed_task_that_no_close_names_is_asked_for(run_by_model: RunByModel, brain: TestBrain) -> None:
    mine = a_task(brain)

    ran = run_by_model([CLAIM, finishes(tasks=1), ends({"task_id": mine, "status": "complete"})], role="data_worker")

    assert f"task {mine}" in ran.api.results()[0]["content"]
    assert tasks(brain) == [(mine, "complete")]


def test_a_closing_that_breaks_a_constraint_is_refused_like_any_other(
    run_by_model: RunByModel, brain: TestBrain
) -> None:
    mine = a_task(brain)
    nameless = ends({"task_id": mine, "status": "blocked"})
    twice = {"task_id": mine, "status": "complete"}

    ran = run_by_model([CLAIM, nameless, ends(twice, twice)], role="data_worker")

    assert ran.api.results()[0]["is_error"] is True
    assert (ran.answer["outcome"], ran.session["worked_by"]) == ("done", "book")
    assert tasks(brain) == [(mine, "blocked")]


def test_a_rehearsal_leaves_nothing_and_keeps_the_roles_lease(fire: Fires, brain: TestBrain) -> None:
    seen: list[Any] = []

    def work(at_work: Fire) -> Done:
        try_closing(at_work, Done({"tasks": 0}, note="nothing to do"))
        seen.append(brain.sql("owner", LEASES))
        seen.append(brain.sql("owner", "SELECT outcome FROM company.sessions"))
        return Done({"tasks": 1}, note="1 task")

    fire("data_worker", work)

    assert seen == [[{"role": "data_worker"}], [{"outcome": None}]]
    assert brain.sql("data_manager", "SELECT body FROM company.inbox") == [{"body": "1 task"}]
