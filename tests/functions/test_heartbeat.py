"""heartbeat: the ledger written ahead, what did not fire, and who is woken."""

from datetime import timedelta

from company.outcomes import Done
from tests.functions.office import Office
from tests.support.acts import held_task, open_finding, session_of


def _slots(office: Office, schedule: str, status: str) -> int:
    statement = "SELECT count(*) FROM company.slots WHERE schedule = %(schedule)s AND status = %(status)s"
    return int(office.value(statement, schedule=schedule, status=status))


def test_the_ledger_is_written_a_day_ahead_from_what_is_deployed(office: Office) -> None:
    office.deploy("data_worker", "heartbeat")

    answer = office.run("heartbeat")

    assert answer["evidence"]["schedules"] == 2
    assert _slots(office, "data_worker", "expected") == 26
    assert _slots(office, "heartbeat", "expected") == 26 * 12


def test_a_schedule_with_a_flexible_window_is_missed_only_after_it(office: Office) -> None:
    office.deploy("data_worker")
    office.run("heartbeat")
    office.loosen("data_worker", minutes=30)
    office.run("heartbeat", minutes=5)

    in_the_window, after_it = office.run("heartbeat", minutes=40), office.run("heartbeat", minutes=25)

    assert (in_the_window["evidence"]["missed"], after_it["evidence"]["missed"]) == (0, 1)


def test_a_second_beat_writes_nothing_twice(office: Office) -> None:
    office.deploy("data_worker")
    office.run("heartbeat")

    again = office.run("heartbeat", minutes=5)

    assert again["evidence"]["written_ahead"] == 0


def test_a_slot_that_nobody_fired_is_missed_after_its_grace_and_its_watcher_is_woken(office: Office) -> None:
    office.deploy("data_worker", "data_auditor")
    office.run("heartbeat")

    answer = office.run("heartbeat", hours=1)

    assert answer["evidence"]["missed"] == 1
    missed = office.finding("missed")
    assert (missed["subject"], missed["watcher"], missed["times_seen"]) == ("data_worker", "data_auditor", 1)
    wake = office.deployed(f"wake-data_auditor-{missed['id']}")
    assert wake["ScheduleExpression"].startswith("at(")
    assert wake["ActionAfterCompletion"] == "DELETE"


def test_a_finding_wakes_its_watcher_once(office: Office) -> None:
    office.deploy("data_worker", "data_auditor")
    office.run("heartbeat")
    office.run("heartbeat", hours=1)

    again = office.run("heartbeat", minutes=5)

    assert again["evidence"]["woken"] == 0


def test_a_wake_is_itself_a_slot(office: Office) -> None:
    office.deploy("data_worker", "data_auditor")
    office.run("heartbeat")
    office.run("heartbeat", hours=1)

    [slot] = office.rows("SELECT * FROM company.slots WHERE is_wake")

    assert (slot["role"], slot["status"]) == ("data_auditor", "expected")
    assert slot["due_at"] > office.works.brain.now()


def test_a_schedule_switched_off_is_found_at_the_next_beat_and_closed_when_it_is_on_again(office: Office) -> None:
    office.deploy("data_auditor", "data_manager")
    office.run("heartbeat")
    office.mute("data_auditor")
    muted = office.finding("muted")

    office.unmute("data_auditor")

    assert muted["watcher"] == "data_manager"
    assert office.finding("muted")["closed_at"] is not None


def test_missed_slots_of_a_muted_schedule_are_the_same_finding_seen_again(office: Office) -> None:
    office.deploy("data_worker", "data_auditor")
    office.run("heartbeat")
    office.mute("data_worker")

    office.run("heartbeat", hours=3)

    assert office.finding("muted")["times_seen"] > 1
    assert office.value("SELECT count(*) FROM company.findings WHERE fingerprint = 'missed:data_worker'") == 0


def test_a_schedule_that_works_again_closes_its_finding_with_the_time_without_a_fire(office: Office) -> None:
    office.deploy("data_worker", "data_auditor")
    office.run("heartbeat")
    office.run("heartbeat", hours=1)
    office.run("data_worker", schedule="data_worker")

    office.run("heartbeat", minutes=5)

    assert "worked again after" in office.finding("missed")["resolution"]


def test_a_fire_by_hand_that_hung_and_a_schedule_that_was_deleted_are_over_too(office: Office) -> None:
    """Neither will ever fire again as what it was."""
    office.deploy("data_worker", "data_auditor")
    session_of(office.works.brain, "link", schedule="by-hand-link")
    office.run("heartbeat")
    office.run("heartbeat", hours=1)
    open_before = office.rows("SELECT subject FROM company.findings WHERE closed_at IS NULL ORDER BY subject")
    office.works.cloud.client("scheduler").delete_schedule(GroupName=office.GROUP, Name="data_worker")
    office.run("link", schedule="link")

    office.run("heartbeat", minutes=5)

    assert {"subject": "by-hand-link"} in open_before and {"subject": "data_worker"} in open_before
    assert "by-hand-link worked again after" in office.finding("failed")["resolution"]
    assert office.finding("missed")["resolution"] == "data_worker: not deployed any more"


def test_a_changed_expression_withdraws_the_slots_of_the_old_one(office: Office) -> None:
    office.deploy("data_worker")
    office.run("heartbeat")
    office.change("data_worker", "cron(45 * * * ? *)")

    office.run("heartbeat")

    assert _slots(office, "data_worker", "withdrawn") == 26
    assert _slots(office, "data_worker", "expected") == 26


def test_tasks_of_a_crashed_session_are_returned(office: Office) -> None:
    task, _ = held_task(office.works.brain)

    answer = office.run("heartbeat", minutes=10)

    assert answer["evidence"]["returned_tasks"] == 1
    assert answer["evidence"]["ended_sessions"] == 1
    assert office.value("SELECT status FROM company.task_queue WHERE id = %(task)s", task=task) == "pending"


def test_the_beat_is_recorded_last_of_all(office: Office) -> None:
    office.deploy("heartbeat")

    answer = office.run("heartbeat")

    [beat] = office.rows("SELECT * FROM company.beats")
    assert beat["slots_looked_at"] == answer["evidence"]["slots_looked_at"]
    assert office.works.brain.now() - beat["at"] < timedelta(seconds=1)


def test_a_fire_that_ends_well_without_evidence_is_reported_to_its_watcher(office: Office) -> None:
    office.deploy("data_worker", "data_auditor")
    office.run("heartbeat")
    due_at = office.value("SELECT min(due_at) FROM company.slots WHERE schedule = 'data_worker'")
    office.works.brain.set_now(due_at)
    closed = office.works.fire("data_worker", lambda _: Done({}), due_at=due_at)

    office.run("heartbeat")

    found = office.finding("failed")
    assert closed["outcome"] == "failed"
    assert (found["subject"], found["watcher"]) == ("data_worker", "data_auditor")
    assert "there is no number in" in found["title"]


def test_a_login_that_changed_its_own_settings_is_named(office: Office) -> None:
    brain = office.works.brain
    brain.sql("data_worker", f'ALTER ROLE "{brain.company.name}_data_worker" SET statement_timeout = 1')

    answer = office.run("heartbeat")

    found = office.finding("changed_login")
    assert answer["evidence"]["logins_restored"] == 1
    assert (found["accused"], found["watcher"]) == ("data_worker", "data_auditor")
    assert found["evidence"] == {"settings": "statement_timeout=1"}
    assert office.run("heartbeat", minutes=5)["evidence"]["logins_restored"] == 0


def test_a_beat_with_all_its_names_taken_reports_what_it_sees(office: Office) -> None:
    office.deploy("data_worker", "data_auditor")
    office.run("heartbeat")
    for name in ("missed:data_worker", "many:missed", "budget_spent:company", "beat:heartbeat"):
        open_finding(office.works.brain, "data_auditor", fingerprint=name, kind="odd", subject="data_worker")

    missing, healed = office.run("heartbeat", hours=1), office.run("heartbeat", minutes=5)

    assert (missing["outcome"], healed["outcome"]) == ("done", "done")
    missed = office.finding("missed")
    assert (missed["fingerprint"], missed["found_by"]) == ("missed:data_worker", "heartbeat")
