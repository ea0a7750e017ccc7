"""One fire, from its event to its closing transaction: if killed, it keeps what it learned and no half row."""

from typing import Any

import pytest

from company.errors import BrainError, EventError, ToolError
from company.fire.fire import Fire
from company.fire.role import RoleCode
from company.fire.session import run_fire
from company.money.budget import BudgetSpent
from company.outcomes import Done, Failed, Outcome, Skipped, TaskClose
from company.tasks import Task, claim_task
from company.tools.tasks import list_tasks
from tests.support.acts import file_task, slot_row, task_row
from tests.support.brains import TestBrain
from tests.support.fires import Fires, context


def one_row(_: Fire) -> Outcome:
    return Done({"rows": 1})


def never(_: Fire) -> Outcome:
    raise AssertionError("this fire should not have come to its work")


def claimed(fire: Fire) -> Task:
    task = claim_task(fire, "data")
    assert task is not None
    return task


def slots(brain: TestBrain) -> list[str]:
    return [row["status"] for row in brain.sql("owner", "SELECT status FROM company.slots ORDER BY due_at")]


def test_a_fire_with_evidence_ends_its_slot_as_succeeded(brain: TestBrain, fire: Fires) -> None:
    answer = fire("data_worker", lambda _: Done({"rows": 3}))

    assert answer["outcome"] == "done"
    slot = slot_row(brain, "data_worker")
    assert (slot["status"], slot["evidence"]) == ("succeeded", {"rows": 3})


def test_an_employee_reads_its_pages_and_its_mail_before_it_works(brain: TestBrain, fire: Fires) -> None:
    seen: dict[str, Any] = {}
    brain.as_role("ceo").run("write_brain", key="PROJECT_STATUS", content="All hands on the backlog.")

    def work(one: Fire) -> Outcome:
        seen.update(one.pages)
        return Done({"pages": len(one.pages)})

    fire("data_worker", work)

    assert seen["PROJECT_STATUS"] == "All hands on the backlog."
    assert {"SKILL_DATA_WORKER", "PRODUCT"} < set(seen)


def test_a_fire_with_nothing_to_do_is_skipped_before_it_reads_anything(brain: TestBrain, fire: Fires) -> None:
    brain.sql("ceo", "SELECT company.send_message('data_worker', 'note', 'log', '', 'hello', '{}', NULL, NULL, NULL)")

    answer = fire("data_worker", never, preflight=lambda _: "no data task waits")

    assert (answer["outcome"], answer["reason"]) == ("skipped", "no data task waits")
    assert brain.sql("owner", "SELECT read_at FROM company.inbox") == [{"read_at": None}]


def test_an_error_in_the_work_is_noted_and_raised_so_that_lambda_tries_again(brain: TestBrain, fire: Fires) -> None:
    def work(_: Fire) -> Outcome:
        raise ZeroDivisionError("seven by nothing")

    with pytest.raises(ZeroDivisionError):
        fire("data_worker", work)

    [row] = brain.sql("owner", "SELECT outcome, reason FROM company.sessions")
    assert row == {"outcome": "crashed", "reason": "ZeroDivisionError: seven by nothing"}
    assert slots(brain) == ["running"]
    assert fire("data_worker", one_row)["outcome"] == "done"


@pytest.mark.parametrize("evidence", [{}, {"all": "ok"}])
def test_a_success_without_evidence_is_a_failure_with_the_reason(
    brain: TestBrain, fire: Fires, evidence: dict[str, Any]
) -> None:
    answer = fire("data_worker", lambda _: Done(evidence))

    assert answer["outcome"] == "failed"
    assert "success_has_evidence_in_numbers" in slot_row(brain, "data_worker")["reason"]


def test_a_closing_that_breaks_a_rule_closes_nothing(brain: TestBrain, fire: Fires) -> None:
    task, stale = file_task(brain), file_task(brain)

    def work(one: Fire) -> Outcome:
        closes = (TaskClose(claimed(one).id, "complete"), TaskClose(stale, "complete"))
        return Done({"rows": 1}, note="both done", closes=closes)

    answer = fire("data_worker", work)

    assert answer["outcome"] == "failed"
    assert "one_closes_only_what_is_still_ones_own" in answer["reason"]
    assert task_row(brain, task)["status"] == "in_progress"
    assert brain.sql("ceo", "SELECT body FROM company.inbox") == []


def test_tasks_note_and_slot_close_together(brain: TestBrain, fire: Fires) -> None:
    task = file_task(brain)

    fire(
        "data_worker",
        lambda one: Done(
            {"rows": 1}, note="one row put right", closes=(TaskClose(claimed(one).id, "complete", {"row": 7}),)
        ),
    )

    [mail] = brain.as_role("data_manager").all("read_inbox")
    assert (mail["from_role"], mail["body"], mail["evidence"]) == ("data_worker", "one row put right", {"rows": 1})
    assert (task_row(brain, task)["status"], task_row(brain, task)["result"]) == ("complete", {"row": 7})


def test_work_that_returns_failed_is_not_tried_again(brain: TestBrain, fire: Fires) -> None:
    fire("data_worker", lambda _: Failed("the feed is gone"))

    assert slots(brain) == ["failed"]


def test_a_spent_budget_ends_one_fire_and_not_the_company(brain: TestBrain, fire: Fires) -> None:
    def work(_: Fire) -> Outcome:
        raise BudgetSpent("the seconds of this fire are spent")

    assert fire("data_worker", work)["reason"] == "the seconds of this fire are spent"


def test_a_stopped_company_rests_at_the_next_boot(brain: TestBrain, fire: Fires) -> None:
    brain.sql("owner", "SELECT company.set_switch('company', 'stopped')")

    answer = fire("data_worker", never)

    assert (answer["outcome"], answer["reason"]) == ("skipped", "the company is stopped by its owner")


def test_watchers_go_on_while_the_company_is_stopped(brain: TestBrain, fire: Fires) -> None:
    brain.sql("owner", "SELECT company.set_switch('company', 'stopped')")
    container = fire.container("heartbeat", one_row)
    container.record = container.record.model_copy(update={"watches": True})

    assert fire("heartbeat", container=container)["outcome"] == "done"


def test_a_paused_role_rests(brain: TestBrain, fire: Fires) -> None:
    brain.admin.execute("UPDATE company.roster SET is_paused = true WHERE role = 'data_worker'")

    assert fire("data_worker", never)["reason"] == "data_worker is paused by the owner"


def test_two_fires_of_one_role_never_overlap(brain: TestBrain, fire: Fires) -> None:
    inner: list[dict[str, Any]] = []

    def work(_: Fire) -> Outcome:
        inner.append(fire("data_worker", never, schedule="wake-data_worker-1", request_id="request-2"))
        return Done({"rows": 1})

    outer = fire("data_worker", work)

    assert (inner[0]["outcome"], inner[0]["reason"]) == ("skipped", "another fire of data_worker is still at work")
    assert outer["outcome"] == "done"


def test_a_fenced_fire_leaves_no_lease_for_the_next_one(brain: TestBrain, fire: Fires) -> None:
    first_container = fire.container("data_worker", one_row)

    def work(_: Fire) -> Outcome:
        brain.admin.execute("UPDATE company.sessions SET finished_at = company.now(), outcome = 'timed_out'")
        return Done({"rows": 1})

    first_container.code = RoleCode(work=work)
    with pytest.raises(BrainError):
        fire("data_worker", container=first_container)
    brain.wait(minutes=1)

    assert fire("data_worker", one_row, request_id="request-2")["outcome"] == "done"


def test_a_duplicate_fire_does_nothing(brain: TestBrain, fire: Fires) -> None:
    fire("data_worker", one_row)

    again = fire("data_worker", never, request_id="request-2")

    assert again["outcome"] == "duplicate"
    assert slot_row(brain, "data_worker")["attempts"] == 1


def test_a_retry_knows_that_it_continues_a_crashed_attempt(brain: TestBrain, fire: Fires) -> None:
    continued: list[int | None] = []

    def work(one: Fire) -> Outcome:
        continued.append(one.continues)
        if len(continued) == 1:
            raise MemoryError
        return Done({"rows": 1})

    with pytest.raises(MemoryError):
        fire("data_worker", work)
    fire("data_worker", work)

    [first, _] = brain.sql("owner", "SELECT id FROM company.sessions ORDER BY id")
    assert continued == [None, first["id"]]


def test_what_was_learned_survives_a_kill_in_the_middle_of_the_work(brain: TestBrain, fire: Fires) -> None:
    task = file_task(brain)

    def work(one: Fire) -> Outcome:
        one.learn("odd", "row 7 has no id", task_id=claimed(one).id, row=7)
        pid = one.brain.connection.info.backend_pid
        brain.admin.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))
        return Done({"rows": 1})

    with pytest.raises(BrainError):
        fire("data_worker", work)

    [note] = brain.sql("owner", "SELECT body, facts FROM company.session_log")
    assert note == {"body": "row 7 has no id", "facts": {"row": 7}}
    assert task_row(brain, task)["status"] == "in_progress"
    brain.wait(minutes=30)
    [returned] = brain.as_role("heartbeat").all("return_expired_leases")
    assert (returned["task_id"], returned["becomes"]) == (task, "pending")


def test_a_lost_connection_does_not_hide_the_error_that_counts(brain: TestBrain, fire: Fires) -> None:
    def work(one: Fire) -> Outcome:
        brain.admin.execute("SELECT pg_terminate_backend(%s, 5000)", (one.brain.connection.info.backend_pid,))
        raise ZeroDivisionError("the error that counts")

    with pytest.raises(ZeroDivisionError):
        fire("data_worker", work)


def test_a_warm_container_connects_anew_after_its_connection_broke(brain: TestBrain, fire: Fires) -> None:
    container = fire.container("data_worker", one_row)
    container.brain().connection.close()

    assert fire("data_worker", container=container)["outcome"] == "done"


@pytest.mark.parametrize("field", ["due_at", "attempt", "schedule"])
def test_a_literal_placeholder_is_a_clear_error_and_leaves_no_row(brain: TestBrain, fire: Fires, field: str) -> None:
    event = {"role": "data_worker", "schedule": "data_worker", "due_at": "2026-03-11T07:00:00Z", "attempt": "1"}

    with pytest.raises(EventError, match=rf"<aws\.scheduler\.x> literally in {field}"):
        run_fire(fire.container("data_worker", never), {**event, field: "<aws.scheduler.x>"}, context("r"))
    assert slots(brain) == []


def test_a_tool_that_is_not_on_the_list_does_not_exist(brain: TestBrain, fire: Fires) -> None:
    def work(one: Fire) -> Outcome:
        with pytest.raises(ToolError, match="open_the_safe is not a tool of data_worker"):
            one.use_named("open_the_safe", {})
        return Skipped("nothing else to do")

    assert fire("data_worker", work)["outcome"] == "skipped"


def test_a_tool_takes_its_arguments_by_name(brain: TestBrain, fire: Fires) -> None:
    def work(one: Fire) -> Outcome:
        with pytest.raises(TypeError, match="list_tasks takes its arguments by name"):
            one.use(list_tasks, "data")
        return Skipped("nothing else to do")

    assert fire("data_worker", work)["outcome"] == "skipped"


def test_a_fire_has_one_now_in_utc(brain: TestBrain, fire: Fires) -> None:
    seen = []

    def work(one: Fire) -> Outcome:
        seen.append(one.now)
        brain.wait(hours=1)
        seen.append(one.now)
        return Done({"rows": 1})

    before = brain.now()
    fire("data_worker", work)

    assert seen == [before, before]
    assert str(seen[0].tzinfo) == "UTC"
