"""heartbeat: what is refused or fails for one thing stops neither the others nor the beat."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from heartbeat.work import STEPS
from tests.functions.office import Office
from tests.support.acts import held_task, open_finding, session_of
from tests.support.poison import left_out, open_items, poisoned, refused_query

ASKS = {
    "reading the schedules": "known_stamps",
    "open transactions": "end_open_transactions",
    "writing the ledger": "short_schedules",
    "ending sessions": "end_overdue_sessions",
    "ending slots": "end_overdue_slots",
    "returning leases": "return_expired_leases",
    "idle work": "end_work_nobody_does",
    "logins": "restore_logins",
    "the budget": "company_budget_spent",
    "healed schedules": "healed_schedules",
    "stuck sources": "source_troubles",
    "the model": "end_model_trouble",
    "retries": "retries_waiting",
    "escalating": "escalate_findings",
    "waking": "wakes_due",
    "waking builders": "build_wakes_due",
    "old slots": "retire_old_slots",
    "old sessions": "retire_old_sessions",
}
"""A statement of each step. "reporting" and "mail" are attacked below: they ask several, each apart; the mark asks the
bucket (functions/test_going_back)."""

QUESTIONS_ASKED = [
    "slots_to_report",
    "schedule_troubles",
    "lost_retries",
    "unexpected_fires",
    "held_up_roles",
]


def test_every_step_is_attacked_here() -> None:
    assert set(STEPS) == {*ASKS, "reporting", "mail", "the mark outside the brain"}


@pytest.mark.parametrize("step", ASKS)
def test_a_refused_step_is_a_finding_and_the_beat_is_recorded(
    office: Office, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    office.deploy("heartbeat", "data_worker", "data_auditor")
    with refused_query(monkeypatch, ASKS[step]):
        beat = office.run("heartbeat")
    during, without = open_items(office.works.brain), left_out(office.works.brain)

    office.run("heartbeat", minutes=5)

    assert beat["outcome"] == "done"
    assert (during, without) == ([step], [f"steps: 1 of {len(STEPS)} ({step})"])
    assert office.finding("item_failed")["watcher"] == "schedule_auditor"
    assert office.finding("item_failed")["accused"] is None
    assert (open_items(office.works.brain), left_out(office.works.brain)) == ([], [])
    assert office.finding("item_failed")["resolution"] == "it works again"


@pytest.mark.parametrize("question", QUESTIONS_ASKED)
def test_a_refused_question_leaves_the_other_reports(
    office: Office, monkeypatch: pytest.MonkeyPatch, question: str
) -> None:
    office.deploy("heartbeat", "data_worker", "data_auditor")
    office.run("heartbeat")
    with refused_query(monkeypatch, question):
        office.run("heartbeat", hours=1)
    at_first, during = _found(office), open_items(office.works.brain)

    office.run("heartbeat", minutes=20)

    both = {"missed:data_worker", "many:gone"}
    late = {"slots_to_report": {"missed:data_worker"}, "schedule_troubles": {"many:gone"}}.get(question, set())
    assert at_first & both == both - late
    assert (_found(office) & both, len(during), open_items(office.works.brain)) == (both, 1, [])


def _found(office: Office) -> set[str]:
    return {row["fingerprint"] for row in office.rows("SELECT fingerprint FROM company.findings")}


def test_a_poisoned_slot_leaves_the_others_ended(office: Office) -> None:
    office.deploy("data_worker", "check", "data_auditor")
    office.run("heartbeat")
    with poisoned(office.works.brain, "slots", "OLD.schedule = 'data_worker' AND NEW.status = 'missed'"):
        office.run("heartbeat", hours=1)
        during, missed = open_items(office.works.brain), office.finding("missed")["subject"]
    office.run("heartbeat", minutes=5)

    assert (len(during), during[0].split()[0], missed) == (1, "data_worker", "check")
    assert open_items(office.works.brain) == []
    assert office.finding("missed")["subject"] == "data_worker"


def test_a_poisoned_task_leaves_the_others_returned(office: Office) -> None:
    tasks = [held_task(office.works.brain, request_id=f"request-{n}")[0] for n in range(2)]
    with poisoned(office.works.brain, "task_queue", f"OLD.id = {tasks[0]}"):
        beat = office.run("heartbeat", minutes=10)

    assert beat["evidence"]["returned_tasks"] == 1
    assert open_items(office.works.brain) == [f"task {tasks[0]}"]


def test_a_poisoned_session_leaves_the_others_ended(office: Office) -> None:
    session = session_of(office.works.brain, "data_worker")
    session_of(office.works.brain, "check")
    with poisoned(office.works.brain, "sessions", f"OLD.id = {session}"):
        beat = office.run("heartbeat", minutes=10)

    assert beat["evidence"]["ended_sessions"] == 1
    assert open_items(office.works.brain) == [f"session {session}"]


def test_a_poisoned_finding_leaves_the_others_escalated(office: Office) -> None:
    office.deploy("heartbeat")
    brain = office.works.brain
    first, _ = (open_finding(brain, "heartbeat", fingerprint=f"f{n}", level="today") for n in range(2))
    with poisoned(office.works.brain, "findings", f"OLD.id = {first} AND NEW.escalated > 0"):
        beat = office.run("heartbeat", hours=2)

    assert beat["evidence"]["escalated"] == 1
    assert open_items(office.works.brain) == [f"F-{first}"]


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
        known, during = _known(office), open_items(office.works.brain)
    office.run("heartbeat", minutes=5)

    assert (known, during) == (["data_worker", "heartbeat"], ["check"])
    assert (_known(office), open_items(office.works.brain)) == (["check", "data_worker", "heartbeat"], [])


def _known(office: Office) -> list[str]:
    return [row["schedule"] for row in office.rows("SELECT schedule FROM company.schedules ORDER BY schedule")]


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
