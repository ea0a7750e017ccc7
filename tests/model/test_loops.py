"""A model that repeats itself is stopped by its calls; one that works a queue, or looks again, is not."""

from typing import Any

import pytest

from company.model.loop_detection import MOST_READS, LoopDetector
from company.model.port import LoopStopped
from company.tools import Effect
from tests.model.conftest import RunByModel
from tests.support.brains import TestBrain
from tests.support.messages_api import Body, Reply, Says, finishes, uses

SAME: Body = {"subject": "x is muted", "body": "It needs a word.", "checked": "the schedule", "showed": "DISABLED"}
FILED = "SELECT company.file_task('data', 'n' || g, '{}', 5::smallint, NULL, NULL) FROM generate_series(1, 8) AS g"


def stopped_at(effect: Effect, answers: list[Any]) -> int | None:
    """At which call with the same arguments the detector stops, by the answers in their order."""
    loops = LoopDetector()
    for number, answer in enumerate(answers, start=1):
        try:
            loops.record("a_tool", {"x": 1}, str(answer), effect)
        except LoopStopped:
            return number
    return None


@pytest.mark.parametrize(
    ("effect", "answers", "at"),
    [
        ("writes", range(12), 3),
        ("writes", [7, 7, 7], 3),
        ("reads", [7, 7, 7], 3),
        ("reads", range(12), MOST_READS),
        ("reads", [1, 2, 1, 2], 4),
        ("takes_next", range(12), None),
        ("takes_next", ["task 1", "task 2", "null", "task 3", "null", "task 4"], None),
        ("takes_next", ["task 1", "null", "null", "null"], 4),
    ],
    ids=str,
)
def test_repetition_is_counted_by_what_a_call_does(effect: Effect, answers: list[Any], at: int | None) -> None:
    assert stopped_at(effect, list(answers)) == at


def test_what_the_session_itself_changed_may_be_looked_at_again() -> None:
    loops = LoopDetector()

    for task in range(9):
        loops.record("list_tasks", {}, f"{9 - task} open", "reads")
        loops.record("sort_task", {"task_id": task}, "sorted", "writes")

    with pytest.raises(LoopStopped, match="list_tasks"):
        for look in range(MOST_READS):
            loops.record("list_tasks", {}, f"look {look}", "reads")


def test_a_message_that_is_sent_again_and_again_is_one_message_and_a_loop(
    run_by_model: RunByModel, brain: TestBrain
) -> None:
    ran = run_by_model([uses(("escalate", SAME))] * 12)

    assert len(ran.api.asked) == 3
    assert ran.session["by_book_because"] == "escalate with the same arguments 3 times"
    sent = brain.sql("ceo", "SELECT subject FROM company.inbox WHERE kind = 'escalation'")
    assert sent == [{"subject": "x is muted"}]


def test_a_write_whose_every_answer_is_new_is_a_loop(run_by_model: RunByModel, brain: TestBrain) -> None:
    filing = {"mode": "data", "title": "again", "payload": {}}

    ran = run_by_model([uses(("file_task", filing))] * 12)

    assert ran.session["by_book_because"] == "file_task with the same arguments 3 times"
    assert len(brain.sql("owner", "SELECT id FROM company.task_queue")) == 3


def test_a_queue_may_be_claimed_from_until_it_is_empty(run_by_model: RunByModel, brain: TestBrain) -> None:
    brain.sql("data_manager", FILED)
    filed = [row["id"] for row in brain.sql("owner", "SELECT id FROM company.task_queue ORDER BY id")]
    closes = [{"task_id": task, "status": "complete"} for task in filed]
    claims: list[Reply] = [uses(("claim_task", {"mode": "data"}))] * 9
    ending: Says = uses(("finish", {"evidence": {"tasks": 8}, "closes": closes}))

    ran = run_by_model([*claims, ending, finishes()], role="data_worker")

    assert (ran.session["worked_by"], ran.session["by_book_because"]) == ("model", None)
    assert {row["status"] for row in brain.sql("owner", "SELECT status FROM company.task_queue")} == {"complete"}


def test_an_empty_queue_that_is_asked_on_and_on_is_a_loop(run_by_model: RunByModel, brain: TestBrain) -> None:
    brain.sql("data_manager", "SELECT company.file_task('data', 't', '{}', 5::smallint, NULL, NULL)")

    ran = run_by_model([uses(("claim_task", {"mode": "data"}))] * 9, role="data_worker")

    assert ran.session["by_book_because"] == "claim_task with the same arguments 4 times"
