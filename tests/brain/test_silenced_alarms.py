"""Whom an alarm is about, or who sends it, does not silence it by a word that nobody hears."""

from datetime import timedelta
from typing import Any

import pytest

from tests.support.acts import open_finding, send_message, session_of
from tests.support.brains import TestBrain, run_sql
from tests.support.refusals import refused

DUE = "INSERT INTO company.slots (schedule, due_at, role) VALUES ('ceo', %(at)s, 'ceo')"
BRIEF = {"subject": "s", "body": "b", "html": "h", "facts": "{}", "checklist": "[]"}


def _late_brief(brain: TestBrain) -> list[str]:
    """What the database's clock says of a page that was due fifty minutes ago."""
    brain.owner.run("set_approval", action="brief", level="open")
    run_sql(brain.as_login("migrate"), DUE, at=brain.now() - timedelta(minutes=50))
    return [row["fingerprint"] for row in brain.sql("owner", "SELECT fingerprint FROM company.brief_check()")]


@pytest.mark.parametrize(("level", "is_heard"), [("log", False), ("brief", False), ("ring", True)])
def test_a_brief_that_was_not_sent_is_late_unless_the_ceo_said_so_aloud(
    brain: TestBrain, level: str, is_heard: bool
) -> None:
    day = brain.now().date()
    open_finding(brain, "ceo", fingerprint=f"brief_unsent:{day}", kind="brief_unsent", level=level)

    assert _late_brief(brain) == ([] if is_heard else [f"brief_late:{day}"])


@pytest.mark.parametrize("days", [-1, 1, 2])
def test_a_brief_of_another_day_does_not_stand_for_it(brain: TestBrain, days: int) -> None:
    session_of(brain, "ceo")
    day = brain.now().date() + timedelta(days=days)
    span = {"covers_from": brain.now() - timedelta(days=1), "covers_to": brain.now()}

    with refused("a_brief_is_of_its_own_day"):
        brain.as_role("ceo").value("write_brief", brief_date=day, **span, **BRIEF)


@pytest.mark.parametrize(("level", "is_reported"), [("log", False), ("brief", False), ("today", True)])
def test_a_source_stands_still_until_its_machine_says_so_aloud(brain: TestBrain, level: str, is_reported: bool) -> None:
    brain.wait(days=60)
    finding = {"fingerprint": "stale:kev", "kind": "stale_source", "subject": "kev", "watcher": "scraping_worker"}
    open_finding(brain, "scrape_kev", level=level, **finding)

    alarms = {row["fingerprint"] for row in brain.sql("owner", "SELECT fingerprint FROM company.flow_alarm()")}

    assert ("flow:kev:in force" not in alarms) is is_reported


def _taken(brain: TestBrain, times: int) -> list[dict[str, Any]]:
    taken = []
    for _ in range(times):
        brain.wait(minutes=5)
        taken += brain.as_role("schedule_auditor").all("claim_alerts")
    brain.wait(minutes=5)
    return taken


def test_an_alert_that_is_taken_and_never_confirmed_is_reported_by_the_database(brain: TestBrain) -> None:
    open_finding(brain, level="ring", title="the bucket is public")
    taken = _taken(brain, 12)
    assert (len(taken), brain.as_role("heartbeat").all("claim_alerts")) == (12, [])

    brain.owner.all("run_database_clock")

    [found] = brain.sql("owner", "SELECT title, effect, evidence FROM company.findings WHERE kind = 'alert_unsent'")
    assert found["title"] == "an alert was taken 12 times and nobody says that it was sent"
    assert found["effect"] == "nobody knows that you read: the bucket is public"
    assert found["evidence"]["by"] == ["schedule_auditor"]


def test_an_alert_that_is_still_tried_is_not_reported(brain: TestBrain) -> None:
    open_finding(brain, level="ring")
    _taken(brain, 11)
    brain.owner.all("run_database_clock")

    assert brain.sql("owner", "SELECT id FROM company.findings WHERE kind = 'alert_unsent'") == []


@pytest.mark.parametrize("answer", [None, "", " \t"])
def test_mail_is_answered_with_words(brain: TestBrain, answer: str | None) -> None:
    """An alarm that was answered with nothing would climb no further."""
    message = send_message(brain, "data_auditor", "ceo", "alarm", level="ring")

    with refused("mail_is_answered_with_words"):
        brain.as_role("ceo").run("answer_message", message_id=message, answer=answer)


def test_a_time_zone_that_no_place_has_is_refused(brain: TestBrain) -> None:
    """By it the night is known, so with a wrong one no finding could be opened."""
    with refused("the_owner_lives_in_a_time_zone"):
        brain.owner.run("set_switch", switch="owner_timezone", value="Mars/Phobos")
    brain.owner.run("set_switch", switch="owner_timezone", value="Europe/Berlin")


def claim(brain: TestBrain, role: str) -> list[int]:
    return [row["id"] for row in brain.as_role(role).all("claim_alerts")]


@pytest.mark.parametrize(
    ("who", "other", "finding"),
    [
        ("ceo", "schedule_auditor", {"subject": "ceo", "kind": "held_up"}),
        ("ceo", "heartbeat", {"accused": "ceo", "watcher": "data_manager"}),
        ("schedule_auditor", "ceo", {"accused": "schedule_auditor"}),
    ],
)
def test_whom_an_alert_is_about_does_not_take_it(
    brain: TestBrain, who: str, other: str, finding: dict[str, Any]
) -> None:
    open_finding(brain, "heartbeat", level="ring", **finding)

    assert claim(brain, who) == []
    assert len(claim(brain, other)) == 1


def test_who_answered_nothing_does_not_take_the_alert_that_says_so(brain: TestBrain) -> None:
    open_finding(brain, "heartbeat", level="today", watcher="schedule_auditor")
    for _ in range(2):
        brain.wait(hours=1)
        brain.as_role("heartbeat").all("escalate_findings")

    assert (claim(brain, "ceo"), claim(brain, "schedule_auditor")) == ([], [])
    assert len(claim(brain, "heartbeat")) == 1
