"""What cannot wait is sent at once, once, by a role that may; only level ring is sent at night."""

from datetime import timedelta
from typing import Any

import pytest

from company.owner.alert_wording import AlertFacts, body_of, subject_of, unsent_text
from company.pages.org import UnsentAlert
from tests.support.acts import open_finding
from tests.support.brains import MORNING, TestBrain, run_sql
from tests.support.days import decision
from tests.support.refusals import NO_RIGHT, refused

MOST_TRIES = 12


def ring(brain: TestBrain, role: str = "data_auditor", **more: Any) -> int:
    return open_finding(brain, role, level="ring", **more)


def alerts(brain: TestBrain) -> list[dict[str, Any]]:
    return list(brain.sql("owner", "SELECT * FROM company.alerts ORDER BY id"))


def claim(brain: TestBrain, role: str = "heartbeat") -> list[int]:
    return [row["id"] for row in brain.as_role(role).all("claim_alerts")]


def confirm(brain: TestBrain, alert: int, refusal: str | None = None, **took: str) -> bool:
    title, effect = unsent_text(waiting(brain)[0], took)
    given = {"alert_id": alert, "took": took, "refusal": refusal, "unsent_title": title, "unsent_effect": effect}
    return bool(brain.as_role("heartbeat").value("confirm_alert", **given))


def waiting(brain: TestBrain) -> list[UnsentAlert]:
    return list(brain.owner.rows(UnsentAlert, "alerts_on_the_way"))


def text(alert: AlertFacts, zone: str = "UTC") -> tuple[str, list[str]]:
    return subject_of(alert), body_of(alert, zone).splitlines()


def test_an_urgent_finding_is_an_alert_by_itself_and_says_when_it_is_planted(brain: TestBrain) -> None:
    brain.owner.run("plant", fault="stale", subject="a_feed", note="for the drill")

    finding = ring(brain, subject="a_feed")
    ring(brain, subject="a_feed")

    [alert] = alerts(brain)
    assert (alert["finding_id"], alert["level"], alert["not_before"]) == (finding, "ring", MORNING)
    assert subject_of(waiting(brain)[0]).endswith("(planted)")


@pytest.mark.parametrize("level", ["today", "brief", "log"])
def test_what_can_wait_for_the_brief_is_never_pushed(brain: TestBrain, level: str) -> None:
    open_finding(brain, level=level)

    assert alerts(brain) == []


def test_what_another_clock_reported_a_while_ago_is_not_reported_twice(brain: TestBrain) -> None:
    brain.wait(hours=2)
    brain.owner.all("run_database_clock")
    [alert] = alerts(brain)
    brain.owner.run("close_finding", finding_id=alert["finding_id"], resolution="over")
    brain.wait(hours=1)

    brain.as_role("check").run("notice_stale_beat")

    standing = brain.sql("owner", "SELECT found_by FROM company.findings WHERE closed_at IS NULL")
    assert [finding["found_by"] for finding in standing] == ["any_boot"]
    assert len(alerts(brain)) == 1


def test_what_a_role_reported_under_its_name_keeps_no_clock_from_ringing(brain: TestBrain) -> None:
    open_finding(brain, "data_auditor", fingerprint="beat:heartbeat", kind="odd", level="ring")
    brain.wait(hours=2)

    brain.owner.all("run_database_clock")

    assert [alert["raised_by"] for alert in alerts(brain)] == ["data_auditor", "database_clock"]


def test_the_same_alarm_of_the_same_clock_is_sent_again(brain: TestBrain) -> None:
    first = ring(brain)
    brain.as_role("data_auditor").run("close_finding", finding_id=first, resolution="over")

    ring(brain)

    assert len(alerts(brain)) == 2


def test_a_question_whose_default_applies_before_the_brief_is_sent_today(brain: TestBrain) -> None:
    brain.set_now(MORNING + timedelta(hours=1))

    brain.as_role("data_manager").one(
        "ask_decision", fingerprint="q", question="Go on?", background="", unknown="", options={"yes": "", "no": ""},
        recommendation="yes", default_option="no", answer_by=MORNING + timedelta(hours=5), finding_id=None, subject={},
    )  # fmt: skip
    decision(brain, open_finding(brain))

    assert [(a["level"], a["decision_id"]) for a in alerts(brain)] == [("today", 1)]


def test_what_is_for_today_waits_for_the_end_of_the_owners_night(brain: TestBrain) -> None:
    run_sql(brain.as_login("migrate"), "INSERT INTO company.switches VALUES ('owner_timezone', 'Europe/Lisbon')"
            " ON CONFLICT (switch) DO UPDATE SET value = 'Europe/Lisbon'")  # fmt: skip
    late, summer = MORNING + timedelta(hours=16), "2026-07-11T22:30:00Z"

    [row] = run_sql(
        brain.as_login("migrate"),
        "SELECT company.alert_not_before('today', %(late)s) AS wait,"
        " company.alert_not_before('ring', %(late)s) AS ring,"
        " company.alert_not_before('today', %(summer)s::timestamptz) AS summer",
        late=late,
        summer=summer,
    )

    assert (row["wait"], row["ring"]) == (MORNING + timedelta(days=1), late)
    assert row["summer"].isoformat() == "2026-07-12T06:00:00+00:00"


@pytest.mark.parametrize("role", ["data_worker", "data_manager", "check", "owner"])
def test_only_heartbeat_and_its_seconds_alert_the_owner(brain: TestBrain, role: str) -> None:
    ring(brain)

    with refused("alerts_are_sent_by_heartbeat_ceo_or_schedule_auditor"):
        claim(brain, role)
    with refused(NO_RIGHT):
        brain.sql(role, "SELECT company.raise_alert('finding', 1, 'ring', '{\"title\": \"t\"}', 'me')")


def test_two_beats_at_once_send_once(brain: TestBrain) -> None:
    ring(brain)
    first, second = brain.connect("heartbeat"), brain.connect("schedule_auditor")

    with first.transaction():
        mine = first.all("claim_alerts")
        theirs = second.all("claim_alerts")
    after = second.all("claim_alerts")

    assert (len(mine), theirs, after) == (1, [], [])


def test_alerts_taken_by_a_beat_that_crashed_are_taken_again(brain: TestBrain) -> None:
    ring(brain)
    [alert] = claim(brain)

    brain.wait(minutes=5)

    assert claim(brain, "ceo") == [alert]


def test_a_refused_alert_is_tried_again_and_then_the_brief_says_so(brain: TestBrain) -> None:
    ring(brain)
    for _ in range(MOST_TRIES):
        [alert] = claim(brain)
        assert confirm(brain, alert, "webhook: the webhook answered 500", mail="m-1") is False

    [row] = alerts(brain)
    [unsent] = brain.sql("owner", "SELECT * FROM company.findings WHERE kind = 'alert_unsent'")
    assert (claim(brain), row["sent_at"], row["receipts"]) == ([], None, {"mail": "m-1"})
    assert (unsent["level"], unsent["watcher"]) == ("brief", "ceo")
    assert (unsent["title"], unsent["effect"]) == (
        "an alert did not reach you: a_feed is stale",
        "12 tries; taken by: mail",
    )


def test_an_alert_that_was_taken_is_sent_once(brain: TestBrain) -> None:
    ring(brain)
    [alert] = claim(brain)

    assert confirm(brain, alert, mail="m-1") is True
    brain.wait(hours=1)
    assert claim(brain) == []


@pytest.mark.parametrize("role", ["ceo", "schedule_auditor", "heartbeat"])
def test_an_alert_is_confirmed_only_by_who_took_it(brain: TestBrain, role: str) -> None:
    ring(brain)
    given = {"alert_id": 1, "took": {"mail": "m-1"}, "refusal": None, "unsent_title": "t", "unsent_effect": "e"}
    if role != "heartbeat":
        claim(brain)

    for alert in (1, 4711, None):
        with refused("one_confirms_the_alert_that_one_took"):
            brain.as_role(role).value("confirm_alert", **{**given, "alert_id": alert})

    assert alerts(brain)[0]["sent_at"] is None


@pytest.mark.parametrize(
    ("took", "refusal"),
    [
        ({}, None),
        ({}, ""),
        ({"mail": ""}, None),
        ({"mail": "two words"}, None),
        ({"mail": None}, None),
        ({"mail": 1}, None),
        ({"webhook": "500"}, None),
        ({"webhook": "it went well"}, None),
        ({"smoke": "m-1"}, None),
    ],
)
def test_a_sent_alert_has_its_receipts(brain: TestBrain, took: dict[str, Any], refusal: str | None) -> None:
    ring(brain)
    [alert] = claim(brain)
    given = {"alert_id": alert, "took": took, "refusal": refusal, "unsent_title": "t", "unsent_effect": "e"}

    with refused("a_sent_alert_has_its_receipts"):
        brain.as_role("heartbeat").value("confirm_alert", **given)

    assert alerts(brain)[0]["sent_at"] is None


def test_two_senders_of_one_alert_each_confirm_their_own_try(brain: TestBrain) -> None:
    ring(brain)
    claim(brain)
    brain.wait(minutes=5)
    [alert] = claim(brain, "ceo")
    given = {"alert_id": alert, "refusal": None, "unsent_title": "t", "unsent_effect": "e"}

    brain.as_role("heartbeat").value("confirm_alert", took={"mail": "m-1"}, **given)
    brain.as_role("ceo").value("confirm_alert", took={"mail": "m-2"}, **given)

    assert alerts(brain)[0]["receipts"] == {"mail": "m-1"}


@pytest.mark.parametrize("role", ["ceo", "heartbeat", "data_auditor"])
def test_only_the_owner_tests_the_alarms(brain: TestBrain, role: str) -> None:
    with refused("only_the_owner_tests_the_alarms"):
        brain.as_role(role).run("record_alarm_test", alarm="mail", is_ok=True, result="taken")


@pytest.mark.parametrize(
    ("level", "kind", "title", "rule"),
    [
        ("brief", "finding", "x", "an_alert_rings_or_comes_today"),
        ("ring", "finding", "", "an_alert_says_something"),
        ("ring", "rumour", "x", "an_alert_says_something"),
        ("ring", "finding", "x", "an_alert_is_raised_once"),
    ],
)
def test_an_alert_is_urgent_not_empty_and_written_once(
    brain: TestBrain, level: str, kind: str, title: str, rule: str
) -> None:
    insert = (
        "INSERT INTO company.alerts (dedupe_key, kind, level, facts, raised_by, not_before)"
        " VALUES ('k', %(kind)s, %(level)s, jsonb_build_object('title', %(title)s::text), 'x', company.now())"
    )
    run_sql(brain.as_login("migrate"), insert, level="ring", kind="finding", title="first")

    with refused(rule):
        run_sql(brain.as_login("migrate"), insert, level=level, kind=kind, title=title)


def test_an_alert_of_a_finding_says_when_it_was_found_in_the_owners_zone(brain: TestBrain) -> None:
    finding = ring(brain, title="the feed is gone", effect="customers read old data", watcher="data_manager")

    [alert] = waiting(brain)

    assert text(alert, "Europe/Berlin") == (
        "the feed is gone",
        [
            "the feed is gone",
            "customers read old data",
            f"Found by data_auditor, {MORNING + timedelta(hours=1):%a %d %b %H:%M}. Watcher: data_manager.",
            f"watchbill why F-{finding}",
        ],
    )


def test_an_alert_of_a_question_states_its_default_and_how_to_answer(brain: TestBrain) -> None:
    brain.set_now(MORNING + timedelta(hours=1))
    brain.as_role("data_manager").one(
        "ask_decision", fingerprint="q", question="Go on?", background="", unknown="", options={"yes": "", "no": ""},
        recommendation="yes", default_option="no", answer_by=MORNING + timedelta(hours=5), finding_id=None, subject={},
    )  # fmt: skip

    [alert] = waiting(brain)

    silence = f'Answer by {MORNING + timedelta(hours=5):%a %d %b %H:%M}; if you say nothing: "no".'
    assert text(alert) == ("D-1: Go on?", ["Go on?", silence, "watchbill decide D-1 no | yes"])
