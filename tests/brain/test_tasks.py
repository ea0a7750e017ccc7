"""The task queue: one vocabulary, few transitions, and nobody writes a status by hand."""

import json
from typing import Any

import pytest

from tests.support.acts import (
    claim,
    close_task,
    file_task,
    held_task,
    session_of,
    sort_task,
    task_fields,
    task_row,
)
from tests.support.brains import TestBrain, run_sql
from tests.support.drafts import SCORE, THING, fact, scored
from tests.support.refusals import refused


@pytest.mark.parametrize("ending", ["superseded", "stale", "failed", "blocked", "complete"])
def test_only_pending_work_is_ever_claimed(brain: TestBrain, ending: str) -> None:
    task, session = held_task(brain)
    by_manager = ending in ("superseded", "stale")
    blocked: dict[str, Any] = {"blocked_on": "owner", "blocked_action": "say yes"} if ending == "blocked" else {}
    close_task(brain, "data_worker", task, session, "pending" if by_manager else ending, **blocked)
    if by_manager:
        successor = file_task(brain, mode="scrape", role="scraping_manager") if ending == "superseded" else None
        sort_task(brain, "data_manager", task, ending, successor=successor)

    claimed = claim(brain, "data_worker", session)

    assert task_row(brain, task)["status"] == ending
    assert claimed is None


@pytest.mark.parametrize("role", ["data_worker", "scraping_worker", "data_manager", "data_auditor", "heartbeat"])
def test_a_note_on_a_task_is_taken_only_from_who_holds_it(brain: TestBrain, role: str) -> None:
    task, session = held_task(brain)
    close_task(brain, "data_worker", task, session, "pending")
    other = session_of(brain, role, request_id="request-2") if role != "data_worker" else session
    note = {"session_id": other, "kind": "rows_looked_at", "body": "all done", "facts": {"after": 10**9}}

    with refused("a_note_on_a_task_is_its_holders"):
        brain.as_role(role).run("log_learned", task_id=task, **note)

    brain.as_role(role).run("log_learned", task_id=None, **note)
    assert brain.as_role("data_worker").all("notes_of_a_task", task_id=task, session_id=0) == []


def test_a_note_that_an_earlier_release_took_from_another_is_not_read(brain: TestBrain) -> None:
    task, session = held_task(brain)
    stranger = session_of(brain, "data_manager")
    line = "INSERT INTO company.session_log (session_id, role, kind, body, task_id) VALUES (%s, %s, 'noted', 'x', %s)"
    for writer, role in ((session, "data_worker"), (stranger, "data_manager")):
        brain.as_login("migrate").execute(line, (writer, role, task))

    read = brain.as_role("data_worker").all("notes_of_a_task", task_id=task, session_id=0)

    assert [note["session_id"] for note in read] == [session]


def test_a_draft_is_not_kept_under_a_task_that_another_holds(brain: TestBrain) -> None:
    scored(brain)
    task, _ = held_task(brain)

    with refused("a_note_on_a_task_is_its_holders"):
        brain.as_role("content_worker").value(
            "write_draft", session_id=session_of(brain, "content_worker"), kind="post", topic="t", title="t",
            body=f"{THING} scores {SCORE}.", facts=json.dumps([fact()]), task_id=task,
        )  # fmt: skip


def test_the_most_urgent_and_then_the_oldest_task_is_claimed_first(brain: TestBrain) -> None:
    later, first = file_task(brain, priority=5), file_task(brain, priority=2)
    last = file_task(brain, priority=5)
    session = session_of(brain, "data_worker")

    order = [claim(brain, "data_worker", session) for _ in range(3)]

    assert order == [first, later, last]


def test_a_task_waits_until_its_time(brain: TestBrain) -> None:
    task = file_task(brain, not_before=brain.now().replace(hour=9))
    session = session_of(brain, "data_worker", seconds=900)

    early = claim(brain, "data_worker", session, lease_seconds=960)
    brain.wait(hours=2)
    at_last = claim(brain, "data_worker", session_of(brain, "data_worker", request_id="request-2"))

    assert (early, at_last) == (None, task)


def test_a_task_ended_as_superseded_names_its_successor(brain: TestBrain) -> None:
    task = file_task(brain)

    with refused("superseded_names_its_successor"):
        sort_task(brain, "data_manager", task, "superseded")
    with refused("nothing_supersedes_itself"):
        sort_task(brain, "data_manager", task, "superseded", successor=task)


def test_two_tasks_cannot_supersede_each_other(brain: TestBrain) -> None:
    one, other = file_task(brain), file_task(brain)
    sort_task(brain, "data_manager", one, "superseded", successor=other)

    with refused("a_successor_is_done_or_still_to_do"):
        sort_task(brain, "data_manager", other, "superseded", successor=one)


def test_a_blocked_task_names_whom_it_waits_for_and_what_they_must_do(brain: TestBrain) -> None:
    task, session = held_task(brain)

    halves: list[dict[str, Any]] = [{}, {"blocked_on": "owner"}, {"blocked_action": "say yes"}]
    for half in halves:
        with refused("blocked_names_an_owner_and_an_action"):
            close_task(brain, "data_worker", task, session, "blocked", **half)


@pytest.mark.parametrize("status", ["done", "superseded", "stale", "in_progress", "Complete", ""])
def test_a_worker_cannot_invent_a_status(brain: TestBrain, status: str) -> None:
    task, session = held_task(brain)

    with refused("a_worker_ends_a_task_as_complete_failed_blocked_or_pending"):
        close_task(brain, "data_worker", task, session, status)


@pytest.mark.parametrize("status", ["complete", "failed", "blocked", "in_progress"])
def test_a_manager_cannot_claim_that_work_was_done(brain: TestBrain, status: str) -> None:
    task = file_task(brain)

    with refused("a_manager_ends_a_task_as_superseded_or_stale"):
        sort_task(brain, "data_manager", task, status)


def test_a_failure_that_may_pass_is_tried_again_until_its_attempts_are_spent(brain: TestBrain) -> None:
    task, session = held_task(brain)

    became = [close_task(brain, "data_worker", task, session, "failed", is_permanent=False)]
    for _ in range(2):
        assert claim(brain, "data_worker", session) == task
        became.append(close_task(brain, "data_worker", task, session, "failed", is_permanent=False))

    assert became == ["pending", "pending", "failed"]


def test_a_task_that_waited_has_all_its_attempts_again(brain: TestBrain) -> None:
    task, session = held_task(brain)
    for _ in range(2):
        close_task(brain, "data_worker", task, session, "blocked", blocked_on="data_manager", blocked_action="look")
        sort_task(brain, "data_manager", task, "pending")
        assert claim(brain, "data_worker", session) == task

    became = close_task(brain, "data_worker", task, session, "failed", is_permanent=False)

    assert (became, task_row(brain, task)["attempts"]) == ("pending", 1)


def test_another_priority_gives_no_new_attempts(brain: TestBrain) -> None:
    task, session = held_task(brain)
    close_task(brain, "data_worker", task, session, "failed", is_permanent=False)

    sort_task(brain, "data_manager", task, "pending", priority=1)

    assert task_row(brain, task)["attempts"] == 1


def test_the_result_of_an_earlier_attempt_is_kept_for_the_next(brain: TestBrain) -> None:
    task, session = held_task(brain)
    close_task(brain, "data_worker", task, session, "pending", result={"rows": 7})

    sort_task(brain, "data_manager", task, "pending", priority=1)

    row = task_row(brain, task)
    assert (row["result"], row["priority"]) == ({"rows": 7}, 1)


@pytest.mark.parametrize("statement", ["UPDATE company.task_queue SET title = 'x'", "DELETE FROM company.task_queue"])
def test_what_ended_stays_ended_even_for_the_owner_of_the_table(brain: TestBrain, statement: str) -> None:
    task, session = held_task(brain)
    close_task(brain, "data_worker", task, session)

    for login in (brain.migrator, brain.admin):
        with refused("terminal_is_for_ever"):
            run_sql(login, statement)


def test_a_terminal_task_is_not_sorted_back_to_work(brain: TestBrain) -> None:
    task, session = held_task(brain)
    close_task(brain, "data_worker", task, session)

    with refused("terminal_is_for_ever"):
        sort_task(brain, "data_manager", task, "pending")


def test_every_transition_is_recorded_with_who_and_why(brain: TestBrain) -> None:
    task, session = held_task(brain)
    close_task(brain, "data_worker", task, session, "pending", result={"reason": "the feed is late"})
    sort_task(brain, "data_manager", task, "stale", reason="nobody needs it")

    events = brain.sql("owner", "SELECT by_role, from_status, to_status, reason FROM company.task_events ORDER BY id")

    assert [tuple(e.values()) for e in events] == [
        ("data_manager", None, "pending", None),
        ("data_worker", "pending", "in_progress", None),
        ("data_worker", "in_progress", "pending", "the feed is late"),
        ("data_manager", "pending", "stale", "nobody needs it"),
    ]


def test_asking_twice_for_the_same_thing_is_one_task(brain: TestBrain) -> None:
    first = file_task(brain, dedupe_key="row 7", title="look at row 7")

    again = file_task(brain, dedupe_key="row 7", title="row 7 is odd")

    assert again == first


def test_a_key_may_be_used_again_once_its_task_ended(brain: TestBrain) -> None:
    task, session = held_task(brain, dedupe_key="row 7")
    close_task(brain, "data_worker", task, session)

    assert file_task(brain, dedupe_key="row 7") != task


def test_nobody_works_another_domains_tasks(brain: TestBrain) -> None:
    file_task(brain, mode="scrape", role="scraping_manager")
    session = session_of(brain, "data_worker")

    with refused("one_works_only_ones_own_modes"):
        claim(brain, "data_worker", session, mode="scrape")


@pytest.mark.parametrize("role", ["data_worker", "data_auditor", "check", "scraping_manager"])
def test_only_the_manager_of_a_mode_sorts_its_tasks(brain: TestBrain, role: str) -> None:
    task = file_task(brain)

    with refused("only_a_manager_of_the_mode_sorts_its_tasks"):
        sort_task(brain, role, task, "stale")


def test_a_manager_cannot_take_a_task_that_a_worker_holds(brain: TestBrain) -> None:
    task, _ = held_task(brain)

    with refused("nobody_closes_anothers_task"):
        sort_task(brain, "data_manager", task, "stale")


def test_a_task_that_does_not_exist_is_not_sorted(brain: TestBrain) -> None:
    with refused("one_sorts_only_tasks_that_exist"):
        sort_task(brain, "ceo", 4711, "stale")


def test_an_auditor_files_no_work(brain: TestBrain) -> None:
    with refused("an_auditor_files_no_work"):
        file_task(brain, role="data_auditor")


@pytest.mark.parametrize(
    ("fields", "rule"),
    [
        ({"mode": "sales"}, "a_mode_is_known"),
        ({"title": ""}, "a_task_has_a_title"),
        ({"priority": 0}, "priority_is_one_to_nine"),
        ({"priority": 10}, "priority_is_one_to_nine"),
    ],
)
def test_a_malformed_task_is_refused_by_name(brain: TestBrain, fields: dict[str, object], rule: str) -> None:
    given = {"mode": "data", "title": "look", **task_fields(), **fields}

    with refused(rule):
        brain.as_role("data_manager").one("file_task", **given)
