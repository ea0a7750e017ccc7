"""What came while a fire was missed, or before it came late, is read by the next one: nothing of it is lost."""

from datetime import timedelta

import pytest

from company.fire.fire import Fire
from company.outcomes import Done, Outcome
from tests.functions.mistakes import end_cause, fail, work_well
from tests.functions.office import Office

LESSONS = "SELECT times, days FROM company.lesson_recurrence ORDER BY lesson_id"
NOTE = "SELECT body FROM company.inbox WHERE from_role = %(who)s ORDER BY id DESC LIMIT 1"


@pytest.mark.parametrize(("quiet", "later"), [({"hours": 1}, 47), ({"minutes": 2}, 24), ({"hours": 1}, 7 * 24 - 1)])
def test_failures_of_a_missed_night_are_read_by_the_next_one(office: Office, quiet: dict[str, int], later: int) -> None:
    office.run("memory_worker")
    office.works.brain.wait(**quiet)
    fail(office, 3)

    night = office.run("memory_worker", hours=later, minutes=5 if "minutes" in quiet else 0)

    assert (night["evidence"]["failures"], night["evidence"]["root_causes"]) == (3, 1)


def test_a_night_that_did_not_end_well_is_read_again(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.run("memory_worker")
    fail(office, 3)
    with monkeypatch.context() as patched:
        patched.setattr("memory_worker.book.live_lessons", None)
        with pytest.raises(AttributeError):
            office.run("memory_worker", hours=20)

    night = office.run("memory_worker", hours=28)

    assert (night["evidence"]["failures"], night["evidence"]["root_causes"]) == (4, 1), "three, and the night's own"


def test_the_first_night_reads_a_week_and_no_night_reads_more(office: Office) -> None:
    fail(office, 1)
    office.works.brain.wait(days=5)
    fail(office, 2)

    first = office.run("memory_worker", hours=47)
    fail(office, 1)
    late = office.run("memory_worker", days=8)

    assert (first["evidence"]["failures"], late["evidence"]["failures"]) == (3, 0)


def test_what_is_read_in_two_nights_is_counted_once(office: Office) -> None:
    fail(office, 2)
    first = office.run("memory_worker")

    second = office.run("memory_worker", hours=30)

    assert (first["evidence"]["failures"], second["evidence"]["failures"]) == (2, 2)
    assert office.rows(LESSONS) == [{"times": 2, "days": 1}]
    assert second["evidence"]["root_causes"] == 0


def test_a_lesson_whose_mistake_stopped_is_retired_by_a_night_that_reads_of_it_again(office: Office) -> None:
    fail(office, 3)
    office.run("memory_worker")
    end_cause(office)
    work_well(office, 3)

    late = office.run("memory_worker", days=3)

    assert late["evidence"]["retired"] == 1
    assert office.run("memory_auditor")["evidence"]["differing"] == 0


def test_the_note_of_a_night_names_from_when_on_it_read(office: Office) -> None:
    office.run("memory_worker")
    read_from = office.works.brain.now() - timedelta(minutes=5)

    office.run("memory_worker", days=2)

    assert f" since {read_from:%a %H:%M} read; " in office.value(NOTE, who="memory_worker")


def test_a_managers_fire_without_a_note_is_found_after_a_missed_audit(office: Office) -> None:
    office.run("schedule_auditor")
    office.run("data_manager")
    office.works.brain.admin.execute("DELETE FROM company.inbox")

    answer = office.run("schedule_auditor", hours=6)

    assert answer["evidence"]["without_note"] == 1
    assert office.finding("no_note")["accused"] == "data_manager"


def test_a_gap_in_the_beats_is_found_after_a_missed_audit(office: Office) -> None:
    office.deploy("heartbeat", "schedule_auditor")
    office.run("heartbeat")
    office.run("schedule_auditor")
    office.run("heartbeat", minutes=44)
    for _ in range(36):
        office.run("heartbeat", minutes=5)

    answer = office.run("schedule_auditor")

    assert answer["evidence"]["longest_gap_minutes"] == 45
    assert "heartbeat sent no beat for 45 min" in office.finding("stale_beat")["title"]


def test_an_auditor_who_recorded_nothing_is_named_after_a_missed_week(office: Office) -> None:
    def boasting(fire: Fire) -> Outcome:
        return Done({"sampled": 200, "differing": 0})

    office.run("audit_auditor")
    office.works.brain.wait(minutes=1)
    office.works.fire("data_auditor", boasting, request_id="boasting")

    office.run("audit_auditor", days=14)

    titles = office.rows("SELECT title FROM company.findings WHERE accused = 'data_auditor'")
    assert any("recorded nothing: said 200, recorded 0" in row["title"] for row in titles)


def test_what_was_measured_again_is_noted_after_a_missed_day(office: Office) -> None:
    payload = {"kind": "measure_again", "study": "rising_vendors", "subject": "Vellmora", "numbers": {"recent": 3}}
    filed = {"mode": "research", "title": "again", "payload": payload, "priority": 5, "dedupe_key": None}
    office.run("research_manager")
    office.works.brain.as_role("research_manager").one("file_task", **filed, not_before=None)
    office.run("research_worker")

    office.run("research_manager", hours=47)

    assert office.value(NOTE, who="research_manager").endswith("measured again: Vellmora: recent 3 then, 0 now.")
