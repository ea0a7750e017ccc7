"""Each watcher, woken for a slot that its schedule missed, answers within the time that its record states."""

import json
from datetime import datetime, timedelta

import pytest

from heartbeat import waking
from tests.functions.office import Office
from tests.functions.release import HOLDS, open_deploy, release
from tests.functions.workshop import edition
from tests.support.acts import open_finding, open_session
from tests.support.refusals import refused
from tests.support.staff import staff

WATCHED = {record.watched_by: role for role, record in sorted(staff().items()) if record.watched_by}
"""One schedule for each watcher."""
NEXT = "SELECT min(due_at) FROM company.slots WHERE schedule = 'data_worker' AND status = 'expected'"
SCHEDULED = [role for role, record in staff().items() if record.schedule]


@pytest.mark.parametrize("watcher", sorted(filter(None, WATCHED)))
def test_a_watcher_answers_within_its_stated_time(office: Office, watcher: str) -> None:
    office.deploy(*SCHEDULED)
    office.run("heartbeat")
    brain, schedule = office.works.brain, WATCHED[watcher]
    finding = open_finding(
        brain, "heartbeat", fingerprint=f"missed:{schedule}", kind="missed", subject=schedule, level="today",
        title=f"{schedule} missed", watcher=watcher,
    )  # fmt: skip
    office.run("heartbeat", minutes=5)
    office.run(watcher)

    [row] = office.rows("SELECT * FROM company.findings WHERE id = %(id)s", id=finding)
    assert row["answered_by"] == watcher
    assert row["woken_at"] is not None
    assert row["answered_at"] - row["found_at"] <= office.value(LIMIT, watcher=watcher)


LIMIT = "SELECT answers_within FROM company.roster WHERE role = %(watcher)s"


@pytest.mark.parametrize("watcher", sorted(filter(None, WATCHED)))
def test_a_watcher_states_its_time(watcher: str) -> None:
    assert 5 <= staff()[watcher].answers_within_minutes <= 30


def test_a_missed_slot_is_answered_fired_again_and_its_finding_closed(office: Office) -> None:
    office.deploy("data_worker", "data_auditor")
    office.run("heartbeat")
    office.run("heartbeat", hours=1)
    office.run("data_auditor")
    beat = office.run("heartbeat")
    [asked] = office.rows("SELECT * FROM company.slot_retries")

    again = office.works.cloud.client("scheduler").get_schedule(GroupName=office.GROUP, Name=_retry(asked["due_at"]))
    event = json.loads(again["Target"]["Input"])
    office.works.brain.wait(minutes=1)
    office.works.fire("data_worker", due_at=datetime.fromisoformat(event["due_at"]), request_id="again")
    office.run("heartbeat")
    after_the_retry = office.finding("missed")["closed_at"]
    office.works.brain.set_now(office.value(NEXT))
    office.works.fire("data_worker", request_id="in time")
    office.run("heartbeat")

    assert (beat["evidence"]["fired_again"], asked["asked_by"]) == (1, "data_auditor")
    assert (event["role"], event["schedule"]) == ("data_worker", "data_worker")
    [finding] = office.rows("SELECT * FROM company.findings WHERE fingerprint = 'missed:data_worker'")
    assert "Fired again for" in finding["answer"]
    assert after_the_retry is None, "a retry does not prove that the schedule fires"
    assert "worked again after" in finding["resolution"]


def test_a_retry_that_never_starts_is_reported_to_the_manager(office: Office) -> None:
    office.deploy("data_worker", "data_auditor")
    office.run("heartbeat")
    office.run("heartbeat", hours=1)
    office.run("data_auditor")
    office.run("heartbeat")

    office.run("heartbeat", minutes=22)

    lost = office.finding("lost_retry")
    assert (lost["subject"], lost["watcher"]) == ("data_worker", "data_manager")


def test_a_watcher_who_is_woken_and_does_not_start_is_reported_to_its_own_watcher(office: Office) -> None:
    office.deploy("data_worker", "data_auditor", "data_manager")
    office.run("heartbeat")
    office.run("heartbeat", hours=1)

    office.run("heartbeat", minutes=25)

    finding = office.finding("deaf")
    assert (finding["subject"], finding["watcher"]) == ("data_auditor", "data_manager")


def test_an_escalation_wakes_the_role_it_waits_for(office: Office) -> None:
    office.deploy("heartbeat", "data_auditor", "check", "data_manager")
    office.mute("check")
    office.run("data_auditor")

    beat = office.run("heartbeat")

    assert beat["evidence"]["woken"] == 1
    assert office.value("SELECT count(*) FROM company.slots WHERE is_wake AND role = 'data_manager'") == 1


def test_a_role_is_woken_a_limited_number_of_times_a_day(office: Office) -> None:
    office.deploy("data_manager")
    brain = office.works.brain
    for number in range(waking.MOST_A_DAY + 2):
        open_finding(brain, "heartbeat", fingerprint=f"f{number}", level="today")
        office.run("heartbeat", minutes=2)

    wakes = office.value("SELECT count(*) FROM company.slots WHERE is_wake AND role = 'data_manager'")
    assert wakes == waking.MOST_A_DAY


def _retry(due_at: datetime) -> str:
    return f"wake-retry-data_worker-{due_at:%y%m%d%H%M}"


def test_the_ceo_is_called_whatever_sessions_others_tried_to_open(office: Office) -> None:
    office.deploy("data_worker", "ceo")
    office.run("heartbeat")
    finding = open_finding(office.works.brain, "heartbeat", level="today", watcher="ceo")
    wake = f"wake-ceo-{finding}"

    with refused("nobody_fires_as_another"):
        open_session(office.works.brain, "data_auditor", schedule=wake)
    office.run("heartbeat")

    [slot] = office.rows("SELECT * FROM company.slots WHERE is_wake")
    assert (slot["schedule"], slot["role"]) == (wake, "ceo")
    called = open_session(office.works.brain, "ceo", schedule=wake, due_at=slot["due_at"])
    assert called["verdict"] == "work"


def test_a_document_that_cannot_be_read_is_live_again_within_the_hour_by_wakes_alone(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each beat wakes who has something new to do; nobody waits for a regular fire."""
    monkeypatch.setattr("build_auditor.tools.try_change", lambda *_: HOLDS)
    office.product_layer = release(office)
    office.deploy("scraping_manager", "scraping_worker", "build_worker", "build_auditor")
    open_deploy(office)
    office.works.take_in("kev", edition(17))
    office.works.serve_only("kev", edition(18).replace(b"dateAdded", b"date_added"), at="2026-03-10T18:00:00Z")
    office.works.run("scrape_kev")
    failed_at = office.works.brain.owner.now()

    woken: list[str] = []
    while not office.rows("SELECT 1 FROM company.deployments WHERE status = 'live'") and len(woken) < 9:
        office.run("heartbeat", minutes=4)
        woken += [role for name in office.take_wakes() for role in [name.split("-")[1]]]
        for role in woken[-1:]:
            office.run(role)

    assert woken[-1] == "build_auditor", woken
    assert office.works.brain.owner.now() - failed_at < timedelta(hours=1)
