"""heartbeat: what is refused or fails for one thing stops neither the others nor the beat."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from botocore.exceptions import ClientError

from company.brain.sql import load_queries
from heartbeat.work import STEPS
from tests.functions.office import Office
from tests.support.acts import held_task, open_finding, session_of
from tests.support.brains import run_sql

QUERIES = "company.brain.connection.load_queries"
REFUSAL = b"SELECT company.refuse('poisoned', 'this statement is refused in a test')"
ASKS = {
    "reading the schedules": "known_stamps",
    "writing the ledger": "short_schedules",
    "ending sessions": "end_overdue_sessions",
    "ending slots": "end_overdue_slots",
    "returning leases": "return_expired_leases",
    "the budget": "company_budget_spent",
    "healed schedules": "healed_schedules",
    "the model": "end_model_trouble",
    "retries": "retries_waiting",
    "escalating": "escalate_findings",
    "waking": "wakes_due",
    "old slots": "retire_old_slots",
}
"""A statement of each step. "reporting" and "mail" are attacked below: they ask several, each apart."""
OPEN_ITEMS = """
SELECT coalesce(evidence ->> 'item', subject) AS item FROM company.findings
WHERE kind = 'item_failed' AND closed_at IS NULL ORDER BY item
"""
POISON = """
CREATE FUNCTION company.poison() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'poisoned row'; END $$;
"""


@pytest.fixture
def refuse(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Has the database refuse one named query in every fire inside the with block."""

    @contextmanager
    def refused(query: str) -> Iterator[None]:
        with monkeypatch.context() as patch:
            patch.setattr(QUERIES, lambda *where: {**load_queries(*where), query: REFUSAL})
            yield

    return refused


@contextmanager
def poisoned(office: Office, table: str, when: str) -> Iterator[None]:
    """One row of a table that takes no change."""
    admin = office.works.brain.as_login("superuser")
    run_sql(admin, POISON)
    run_sql(
        admin,
        f"CREATE TRIGGER a_poison BEFORE UPDATE ON company.{table} FOR EACH ROW WHEN ({when})"
        " EXECUTE FUNCTION company.poison()",
    )
    yield
    run_sql(admin, "DROP FUNCTION company.poison() CASCADE")


def left_out(office: Office) -> list[str]:
    """What the last beat did not do."""
    [beat] = office.rows("SELECT left_out FROM company.beats ORDER BY at DESC LIMIT 1")
    return list(beat["left_out"])


def open_items(office: Office) -> list[str]:
    return [row["item"] for row in office.rows(OPEN_ITEMS)]


def test_every_step_is_attacked_here() -> None:
    assert set(STEPS) == {*ASKS, "reporting", "mail"}


@pytest.mark.parametrize("step", ASKS)
def test_a_refused_step_is_a_finding_and_the_beat_is_recorded(
    office: Office, refuse: Callable[..., Any], step: str
) -> None:
    office.deploy("heartbeat", "data_worker", "data_auditor")
    with refuse(ASKS[step]):
        beat = office.run("heartbeat")
    during, without = open_items(office), left_out(office)

    office.run("heartbeat", minutes=5)

    assert beat["outcome"] == "done"
    assert (during, without) == ([step], [f"steps: 1 of {len(STEPS)} ({step})"])
    assert office.finding("item_failed")["watcher"] == "schedule_auditor"
    assert office.finding("item_failed")["accused"] is None
    assert (open_items(office), left_out(office)) == ([], [])
    assert office.finding("item_failed")["resolution"] == "it works again"


@pytest.mark.parametrize("question", ["slots_to_report", "schedule_troubles", "lost_retries", "unexpected_fires"])
def test_a_refused_question_leaves_the_other_reports(office: Office, refuse: Callable[..., Any], question: str) -> None:
    office.deploy("heartbeat", "data_worker", "data_auditor")
    office.run("heartbeat")
    with refuse(question):
        office.run("heartbeat", hours=1)
    at_first, during = _found(office), open_items(office)

    office.run("heartbeat", minutes=20)

    both = {"missed:data_worker", "many:gone"}
    late = {"slots_to_report": {"missed:data_worker"}, "schedule_troubles": {"many:gone"}}.get(question, set())
    assert at_first & both == both - late
    assert (_found(office) & both, len(during), open_items(office)) == (both, 1, [])


def _found(office: Office) -> set[str]:
    return {row["fingerprint"] for row in office.rows("SELECT fingerprint FROM company.findings")}


def test_a_poisoned_slot_leaves_the_others_ended(office: Office) -> None:
    office.deploy("data_worker", "check", "data_auditor")
    office.run("heartbeat")
    with poisoned(office, "slots", "OLD.schedule = 'data_worker' AND NEW.status = 'missed'"):
        office.run("heartbeat", hours=1)
        during, missed = open_items(office), office.finding("missed")["subject"]
    office.run("heartbeat", minutes=5)

    assert (len(during), during[0].split()[0], missed) == (1, "data_worker", "check")
    assert open_items(office) == []
    assert office.finding("missed")["subject"] == "data_worker"


def test_a_poisoned_task_leaves_the_others_returned(office: Office) -> None:
    tasks = [held_task(office.works.brain, request_id=f"request-{n}")[0] for n in range(2)]
    with poisoned(office, "task_queue", f"OLD.id = {tasks[0]}"):
        beat = office.run("heartbeat", minutes=10)

    assert beat["evidence"]["returned_tasks"] == 1
    assert open_items(office) == [f"task {tasks[0]}"]


def test_a_poisoned_session_leaves_the_others_ended(office: Office) -> None:
    session = session_of(office.works.brain, "data_worker")
    session_of(office.works.brain, "check")
    with poisoned(office, "sessions", f"OLD.id = {session}"):
        beat = office.run("heartbeat", minutes=10)

    assert beat["evidence"]["ended_sessions"] == 1
    assert open_items(office) == [f"session {session}"]


def test_a_poisoned_finding_leaves_the_others_escalated(office: Office) -> None:
    office.deploy("heartbeat")
    brain = office.works.brain
    first, _ = (open_finding(brain, "heartbeat", fingerprint=f"f{n}", level="today") for n in range(2))
    with poisoned(office, "findings", f"OLD.id = {first} AND NEW.escalated > 0"):
        beat = office.run("heartbeat", hours=2)

    assert beat["evidence"]["escalated"] == 1
    assert open_items(office) == [f"F-{first}"]


def refuse_to_create(office: Office, monkeypatch: pytest.MonkeyPatch, name: str, code: str, *, times: int = 99) -> None:
    """EventBridge refuses schedules whose name begins so, a number of times."""
    scheduler = office.works.cloud.client("scheduler")
    create, left = scheduler.create_schedule, [times]

    def create_schedule(**how: Any) -> Any:
        if how["Name"].startswith(name) and left[0]:
            left[0] -= 1
            error = {"Error": {"Code": code, "Message": "refused in a test"}}
            raise _error(scheduler, code)(error, "CreateSchedule")
        return create(**how)

    monkeypatch.setattr(scheduler, "create_schedule", create_schedule)


def _error(scheduler: Any, code: str) -> type[Exception]:
    """The client's own class for a code, where it has one."""
    found: type[Exception] = getattr(scheduler.exceptions, code, ClientError)
    return found


@pytest.mark.parametrize("code", ["ValidationException", "AccessDeniedException", "ThrottlingException"])
def test_a_wake_that_eventbridge_refuses_keeps_no_other_from_being_woken(
    office: Office, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    office.deploy("heartbeat", "data_manager", "build_manager")
    brain = office.works.brain
    for watcher in ("data_manager", "build_manager"):
        open_finding(brain, "heartbeat", fingerprint=f"f:{watcher}", level="today", watcher=watcher)
    with monkeypatch.context() as patch:
        refuse_to_create(office, patch, "wake-build_manager", code)
        beat = office.run("heartbeat")
        during = (open_items(office), left_out(office))

    after = office.run("heartbeat", minutes=5)

    assert beat["evidence"]["woken"] == 1
    assert during == (["build_manager"], ["wakes: 1 of 2 (build_manager)"])
    assert after["evidence"]["woken"] >= 1
    assert office.value("SELECT count(*) FROM company.slots WHERE is_wake AND role = 'build_manager'") == 1
    assert (open_items(office), left_out(office)) == ([], [])


def test_a_moment_that_eventbridge_calls_past_is_asked_once_more_a_minute_later(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.deploy("heartbeat", "data_manager")
    finding = open_finding(office.works.brain, "heartbeat", level="today", watcher="data_manager")
    refuse_to_create(office, monkeypatch, "wake-", "ValidationException", times=1)

    beat = office.run("heartbeat")

    wake, [slot] = (
        office.deployed(f"wake-data_manager-{finding}"),
        office.rows("SELECT * FROM company.slots WHERE is_wake"),
    )
    assert beat["evidence"]["woken"] == 1
    assert wake["ScheduleExpression"] == f"at({slot['due_at']:%Y-%m-%dT%H:%M:%S})"
    assert (slot["due_at"] - office.works.brain.now()).total_seconds() >= 120


def test_a_one_off_lies_ahead_also_when_the_beat_took_long(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.deploy("heartbeat", "data_manager")
    finding = open_finding(office.works.brain, "heartbeat", level="today", watcher="data_manager")
    scheduler = office.works.cloud.client("scheduler")
    listed = scheduler.get_paginator
    office.works.brain.wait(seconds=30)

    def slow(*what: str) -> Any:
        office.works.brain.wait(seconds=50)
        return listed(*what)

    monkeypatch.setattr(scheduler, "get_paginator", slow)
    office.run("heartbeat")

    wake = office.deployed(f"wake-data_manager-{finding}")["ScheduleExpression"]
    assert wake > f"at({office.works.brain.now():%Y-%m-%dT%H:%M:%S})"


def test_a_throttled_schedule_is_read_at_the_next_beat_and_the_others_now(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.deploy("heartbeat", "data_worker", "check")
    scheduler = office.works.cloud.client("scheduler")
    get = scheduler.get_schedule

    def throttled(**which: str) -> Any:
        if which["Name"] == "check":
            raise ClientError({"Error": {"Code": "ThrottlingException", "Message": "slow down"}}, "GetSchedule")
        return get(**which)

    with monkeypatch.context() as patch:
        patch.setattr(scheduler, "get_schedule", throttled)
        office.run("heartbeat")
        known, during = _known(office), open_items(office)
    office.run("heartbeat", minutes=5)

    assert (known, during) == (["data_worker", "heartbeat"], ["check"])
    assert (_known(office), open_items(office)) == (["check", "data_worker", "heartbeat"], [])


def _known(office: Office) -> list[str]:
    return [row["schedule"] for row in office.rows("SELECT schedule FROM company.schedules ORDER BY schedule")]


def test_many_items_that_fail_for_one_cause_are_one_finding(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    managers = ("data_manager", "build_manager", "content_manager", "research_manager", "scraping_manager")
    office.deploy("heartbeat", *managers)
    for watcher in managers:
        open_finding(office.works.brain, "heartbeat", fingerprint=f"f:{watcher}", level="today", watcher=watcher)
    refuse_to_create(office, monkeypatch, "wake-", "AccessDeniedException")

    office.run("heartbeat")

    assert open_items(office) == ["wakes"]
    assert set(office.finding("item_failed")["evidence"]["errors"]) == set(managers)


def test_an_accusation_of_heartbeat_is_closed_by_its_watcher_and_stops_no_beat(office: Office) -> None:
    office.deploy("heartbeat", "schedule_auditor")
    office.run("heartbeat")
    due_at = office.value("SELECT min(due_at) FROM company.slots WHERE schedule = 'heartbeat' AND status = 'expected'")
    office.works.brain.set_now(due_at)
    for _ in range(3):
        with pytest.raises(RuntimeError):
            office.works.fire("heartbeat", _crash, due_at=due_at)
    beats = [office.run("heartbeat", minutes=5, schedule="heartbeat") for _ in range(3)]
    accused = office.finding("failed")
    office.run("schedule_auditor")

    assert [beat["outcome"] for beat in beats] == ["done"] * 3
    assert (accused["accused"], accused["closed_at"]) == ("heartbeat", None)
    assert office.finding("failed")["closed_by"] == "schedule_auditor"


def _crash(_fire: Any) -> Any:
    raise RuntimeError("killed in a test")
