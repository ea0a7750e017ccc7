"""What did not work is fired again: also after an outage of many schedules, and where another fire was at work."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.functions.office import Office
from tests.support.acts import close_session, open_session

MORNING = datetime(2026, 3, 12, 6, 20, tzinfo=UTC)
MANY = ("ceo", "data_worker", "check", "promote", "link", "score", "deliver")


@pytest.fixture
def outage(office: Office) -> Office:
    """From 06:20 to 08:00 no schedule fired: the ceo's of 06:50 and some of each hour."""
    office.works.brain.set_now(MORNING)
    office.deploy("heartbeat", "schedule_auditor", *MANY)
    office.run("heartbeat")
    office.run("heartbeat", minutes=100)
    return office


def _asked(office: Office) -> list[str]:
    return [row["schedule"] for row in office.rows("SELECT schedule FROM company.slot_retries ORDER BY schedule")]


def test_after_an_outage_of_many_what_does_not_come_soon_is_fired_again(outage: Office) -> None:
    outage.run("schedule_auditor")

    many = outage.finding("missed")
    assert many["fingerprint"].startswith("many:")
    assert _asked(outage) == ["ceo"], "the others fire within the hour"
    assert many["answer"].endswith("Fired again at the next beats: ceo.")
    outage.run("heartbeat")
    due = outage.value("SELECT due_at FROM company.slot_retries WHERE fired_at IS NOT NULL")
    assert due == MORNING.replace(minute=50)


def test_what_joins_the_many_after_their_answer_is_fired_again_too(outage: Office) -> None:
    """The watcher answered at eight; the ceo is missed once more at ten to one."""
    outage.run("schedule_auditor")
    outage.run("heartbeat", hours=6)
    outage.run("schedule_auditor")

    noon = "SELECT due_at FROM company.slot_retries WHERE schedule = 'ceo' ORDER BY due_at DESC LIMIT 1"
    assert outage.value(noon) == MORNING.replace(hour=12, minute=50)
    outage.run("schedule_auditor")
    assert len([name for name in _asked(outage) if name == "ceo"]) == 2, "each slot once"


def _held_up(office: Office, role: str, due_at: datetime) -> int:
    """A scheduled fire of a role while a wake of it is at work; the wake's session."""
    brain = office.works.brain
    brain.set_now(due_at - timedelta(minutes=2))
    wake = open_session(brain, role, schedule=f"wake-{role}-7", due_at=brain.now(), request_id="wake")["session_id"]
    brain.as_role(role).run("boot", session_id=wake, statement_timeout="2min")
    held = brain.connect(role)
    fired = open_session(brain, role, due_at=due_at, request_id="scheduled", via=held)["session_id"]
    held.run("boot", session_id=fired, statement_timeout="2min")
    held.run("close_session", session_id=fired, outcome="skipped", evidence=None, reason="another fire is at work")
    return int(wake)


def test_a_fire_that_found_another_at_work_is_fired_again_when_that_has_ended(office: Office) -> None:
    """A wake of the ceo at 06:48 costs the day no brief."""
    office.works.brain.set_now(MORNING)
    office.deploy("heartbeat", "ceo")
    office.run("heartbeat")
    wake = _held_up(office, "ceo", MORNING.replace(minute=50))
    office.run("heartbeat")
    at_work = _asked(office)
    close_session(office.works.brain, "ceo", wake)
    office.run("heartbeat")

    assert (at_work, _asked(office)) == ([], ["ceo"])
    again = open_session(office.works.brain, "ceo", due_at=MORNING.replace(minute=50), request_id="again")
    assert again["verdict"] == "work"
    slot = "SELECT status FROM company.slots WHERE schedule = 'ceo' AND due_at = %(due)s"
    assert office.value(slot, due=MORNING.replace(minute=50)) == "skipped", "it stays what it was"


def test_what_comes_again_within_the_hour_is_not_fired_again(office: Office) -> None:
    office.works.brain.set_now(MORNING)
    office.deploy("heartbeat", "check")
    office.run("heartbeat")
    due_at = office.value("SELECT min(due_at) FROM company.slots WHERE schedule = 'check'")
    wake = _held_up(office, "check", due_at)
    close_session(office.works.brain, "check", wake)
    office.run("heartbeat")

    assert _asked(office) == []
