"""schedule_auditor: the watch is watched. Beats, ledger, notes, and whether a woken watcher answers."""

import pytest

from tests.functions.office import Office
from tests.support.acts import send_message
from tests.support.poison import refused_query


def _beat(office: Office, times: int) -> None:
    for _ in range(times):
        office.run("heartbeat", minutes=5)


def test_a_healthy_watch_is_recorded_with_what_was_looked_at(office: Office) -> None:
    office.deploy("heartbeat", "data_manager", "schedule_auditor")
    _beat(office, 25)

    answer = office.run("schedule_auditor")

    seen = answer["evidence"]
    assert (seen["schedules"], seen["beats"], seen["differing"]) == (3, 25, 0)
    assert (seen["longest_gap_minutes"], seen["short_ledgers"]) == (5, 0)
    assert office.value("SELECT looked_at FROM company.audits WHERE auditor = 'schedule_auditor'") == 4


def test_a_gap_in_the_beats_rings_and_ends_when_it_beats_again(office: Office) -> None:
    office.deploy("heartbeat", "schedule_auditor")
    _beat(office, 2)
    office.works.brain.wait(minutes=40)

    office.run("schedule_auditor")
    late = office.finding("stale_beat")
    _beat(office, 30)
    office.run("schedule_auditor")

    assert (late["level"], late["watcher"], late["accused"]) == ("ring", "ceo", "heartbeat")
    assert "has sent no beat for 15 min" in late["title"] and late["found_by"] == "any_boot"
    assert "sent no beat for 0 h 4" in office.finding("stale_beat")["resolution"]


def test_beats_that_leave_something_out_ring_until_one_does_all(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.deploy("heartbeat", "schedule_auditor")
    with refused_query(monkeypatch, "lost_retries"):
        _beat(office, 2)
        office.run("schedule_auditor")
        too_early = office.value("SELECT count(*) FROM company.findings WHERE kind = 'incomplete_beat'")
        _beat(office, 1)
        office.run("schedule_auditor")
    found = office.finding("incomplete_beat")
    _beat(office, 1)

    assert too_early == 0
    assert (found["level"], found["watcher"], found["accused"]) == ("ring", "ceo", "heartbeat")
    assert "which retries did not start" in found["evidence"]["left_out"]
    assert office.finding("incomplete_beat")["resolution"] == "heartbeat does all again"


def test_a_ledger_that_is_not_written_ahead_is_found(office: Office) -> None:
    office.deploy("heartbeat", "data_manager", "schedule_auditor")
    _beat(office, 2)
    office.works.brain.wait(minutes=15)
    office.works.brain.admin.execute(
        "UPDATE company.schedules SET filled_until = company.now() + interval '3 hours' WHERE schedule = 'data_manager'"
    )

    answer = office.run("schedule_auditor")

    assert answer["evidence"]["short_ledgers"] == 1
    assert office.finding("short_ledger")["subject"] == "data_manager"


def test_a_ledger_is_not_short_between_the_end_of_a_pause_and_the_next_beat(office: Office) -> None:
    office.deploy("heartbeat", "data_manager", "schedule_auditor")
    _beat(office, 5)
    owner = office.works.brain.owner
    owner.run("pause_role", role="data_manager", rests=True, why="rest")
    _beat(office, 4)
    owner.run("pause_role", role="data_manager", rests=False, why="back")

    at_once = owner.all("run_database_clock"), office.run("schedule_auditor")["evidence"]["short_ledgers"]
    short = "UPDATE company.schedules SET filled_until = %s - interval '20 minutes' WHERE schedule = 'data_manager'"
    office.works.brain.admin.execute(short, (office.works.brain.now(),))
    later = owner.all("run_database_clock"), office.run("schedule_auditor")["evidence"]["short_ledgers"]

    assert at_once == ([], 0)
    assert ([row["alarm"] for row in later[0]], later[1]) == (["ledger:short"], 1)


def test_a_managers_fire_without_a_note_is_found_and_over_at_its_next_note(office: Office) -> None:
    # The brain refuses such a close; this is the second check, of a brain that was restored without its mail.
    office.run("data_manager")
    office.works.brain.admin.execute("DELETE FROM company.inbox")

    answer = office.run("schedule_auditor")
    found = office.finding("no_note")
    office.run("data_manager")
    office.run("schedule_auditor")

    assert answer["evidence"]["without_note"] == 1
    assert (found["accused"], found["watcher"]) == ("data_manager", "ceo")
    assert office.finding("no_note")["resolution"] == "its last fire was closed with a note"


@pytest.mark.parametrize("role", ["data_manager", "scraping_manager", "content_manager"])
def test_each_manager_closes_its_fire_with_a_note_in_figures(office: Office, role: str) -> None:
    office.run(role)

    answer = office.run("schedule_auditor")

    assert (answer["evidence"]["notes"], answer["evidence"]["without_note"]) == (1, 0)
    [note] = office.rows("SELECT body FROM company.inbox WHERE from_role = %(who)s AND kind = 'note'", who=role)
    assert any(sign.isdigit() for sign in note["body"])


def test_a_watcher_who_is_woken_and_does_not_answer_is_escalated_to_the_ceo_once(office: Office) -> None:
    office.deploy("heartbeat", "data_manager", "data_auditor")
    office.mute("data_auditor")
    office.works.brain.wait(hours=3)

    first, again = office.run("schedule_auditor"), office.run("schedule_auditor")

    assert (first["evidence"]["late_answers"], again["evidence"]["late_answers"]) == (1, 0)
    [message] = office.rows("SELECT to_role, subject, evidence FROM company.inbox WHERE kind = 'escalation'")
    assert (message["to_role"], message["subject"]) == ("ceo", "F-1 has no answer: data_manager")
    assert "no answer" in message["evidence"]["showed"]


def test_an_escalation_that_waits_is_raised_again(office: Office) -> None:
    looked = {"checked": "ten rows", "showed": "ten odd rows"}
    send_message(office.works.brain, "data_worker", "data_manager", "escalation", evidence=looked)

    answer = office.run("schedule_auditor", hours=7)

    assert answer["evidence"]["raised_again"] == 1
    assert office.value("SELECT raised FROM company.inbox WHERE from_role = 'data_worker'") == 1


def test_a_muted_manager_is_answered_for_by_its_watcher(office: Office) -> None:
    office.deploy("heartbeat", "data_manager", "schedule_auditor")
    office.mute("data_manager")

    office.run("schedule_auditor")

    assert "deployed DISABLED" in office.finding("muted")["answer"]
    assert office.value("SELECT to_role FROM company.inbox WHERE kind = 'escalation'") == "ceo"
