"""An unanswered finding escalates to the ceo, then to the owner: each step once, in the time that the record states."""

from datetime import timedelta
from typing import Any

import pytest

from company.owner.alert_wording import body_of, subject_of
from company.pages.org import UnsentAlert
from tests.support.acts import open_finding, send_message
from tests.support.brains import TestBrain, run_sql
from tests.support.refusals import NO_RIGHT, refused

EVIDENCE = {"checked": "ten rows of it", "showed": "ten odd rows"}


def escalate(brain: TestBrain) -> list[tuple[str, str]]:
    return [(row["unanswered_by"], row["escalated_to"]) for row in brain.as_role("heartbeat").all("escalate_findings")]


def found(brain: TestBrain, **more: Any) -> int:
    return open_finding(brain, "heartbeat", **{"level": "today", "watcher": "data_auditor", **more})


def wakes(brain: TestBrain) -> dict[str, list[int]]:
    return {row["role"]: row["findings"] for row in brain.as_role("heartbeat").all("wakes_due", most_a_day=24)}


def woken(brain: TestBrain, finding: int) -> None:
    brain.as_role("heartbeat").run("note_woken", findings=[finding], messages=[])


def mail_of_ceo(brain: TestBrain) -> str:
    return str(brain.sql("ceo", "SELECT body FROM company.inbox WHERE to_role = 'ceo'")[0]["body"])


def alerts(brain: TestBrain) -> list[dict[str, Any]]:
    return [vars(alert) | {"subject": subject_of(alert), "body": body_of(alert, "UTC")} for alert in waiting(brain)]


def waiting(brain: TestBrain) -> list[UnsentAlert]:
    return list(brain.owner.rows(UnsentAlert, "alerts_on_the_way"))


def test_an_unanswered_finding_escalates_to_the_ceo_and_then_to_the_owner(brain: TestBrain) -> None:
    finding = found(brain)
    in_time = escalate(brain)
    brain.wait(minutes=16)
    first, again = escalate(brain), escalate(brain)
    brain.wait(minutes=16)
    second, at_last = escalate(brain), escalate(brain)

    assert (in_time, first, again) == ([], [("data_auditor", "ceo")], [])
    assert (second, at_last) == ([("ceo", "owner")], [])
    [alert] = alerts(brain)
    nobody = "a_feed is stale  data_auditor did not answer, nor did the ceo."
    assert (alert["level"], alert["finding_id"]) == ("today", finding)
    assert alert["subject"] == f"F-{finding}: nobody answers"
    assert alert["body"] == f"{nobody} watchbill why F-{finding}"
    [mail] = brain.sql("ceo", "SELECT kind, level FROM company.inbox WHERE to_role = 'ceo'")
    assert (mail["kind"], mail["level"]) == ("alarm", "today")


def test_a_finding_that_grows_urgent_gives_its_watcher_the_time_from_then(brain: TestBrain) -> None:
    finding = found(brain, level="brief", watcher="ceo")
    brain.wait(days=3)
    found(brain, watcher="ceo")
    at_once = escalate(brain)
    brain.wait(minutes=16)

    assert (at_once, escalate(brain)) == ([], [("ceo", "owner")])
    assert f"ceo did not answer, nor did the ceo. watchbill why F-{finding}" in alerts(brain)[0]["body"]


def test_the_end_of_a_mute_gives_a_watcher_its_time_and_a_wake_again(brain: TestBrain) -> None:
    finding = found(brain)
    woken(brain, finding)
    brain.owner.run("mute_finding", finding_id=finding, until=brain.now() + timedelta(hours=2))
    brain.wait(hours=2, minutes=1)

    assert (escalate(brain), wakes(brain)) == ([], {"data_auditor": [finding]})
    brain.wait(minutes=16)
    assert escalate(brain) == [("data_auditor", "ceo")]
    assert "stale data_auditor has not answered within" in mail_of_ceo(brain)


def test_who_was_woken_and_does_not_answer_is_said_to_have_been(brain: TestBrain) -> None:
    woken(brain, found(brain))
    brain.wait(minutes=16)
    escalate(brain)

    assert "stale data_auditor was woken and has not answered within" in mail_of_ceo(brain)


def test_what_was_answered_and_grows_urgent_waits_for_an_answer_again(brain: TestBrain) -> None:
    finding = found(brain, level="brief")
    brain.as_role("data_auditor").run("answer_finding", finding_id=finding, answer="Looked; it can wait.")
    brain.wait(days=1)
    assert (found(brain, level="brief"), wakes(brain)) == (finding, {})

    assert (found(brain, level="today"), wakes(brain)) == (finding, {"data_auditor": [finding]})
    woken(brain, finding)
    assert (found(brain, level="today"), wakes(brain)) == (finding, {})
    assert escalate(brain) == []
    brain.wait(minutes=16)
    assert escalate(brain) == [("data_auditor", "ceo")]


def test_the_owner_is_nobody_to_wake(brain: TestBrain) -> None:
    found(brain, watcher="owner")

    assert wakes(brain) == {}
    brain.wait(minutes=31)
    assert escalate(brain) == [("owner", "ceo")]


def test_what_grows_while_its_answer_is_due_gives_no_more_time(brain: TestBrain) -> None:
    woken(brain, found(brain))
    brain.wait(minutes=16)
    found(brain, level="ring")

    assert escalate(brain) == [("data_auditor", "ceo")]


def test_a_finding_that_the_ceo_leaves_unanswered_goes_to_the_owner_at_once(brain: TestBrain) -> None:
    found(brain, watcher="ceo")
    brain.wait(minutes=16)

    assert escalate(brain) == [("ceo", "owner")]


def test_a_retired_watcher_has_no_time_to_answer(brain: TestBrain) -> None:
    found(brain, watcher="a_retired_role")

    assert escalate(brain) == [("a_retired_role", "ceo")]


@pytest.mark.parametrize("level", ["brief", "log"])
def test_a_finding_that_can_wait_for_the_brief_is_not_escalated(brain: TestBrain, level: str) -> None:
    found(brain, level=level)
    brain.wait(days=2)

    assert escalate(brain) == []


def test_an_answered_or_muted_finding_is_not_escalated(brain: TestBrain) -> None:
    answered, muted = found(brain, fingerprint="a"), found(brain, fingerprint="b")
    brain.as_role("data_auditor").run("answer_finding", finding_id=answered, answer="Looked; it works again.")
    brain.owner.run("mute_finding", finding_id=muted, until=brain.wait(minutes=1).replace(year=2027))
    brain.wait(hours=5)

    assert escalate(brain) == []


def test_the_ceo_reads_escalated_findings_among_its_own(brain: TestBrain) -> None:
    finding = found(brain)
    before = brain.as_role("ceo").all("my_findings")
    brain.wait(minutes=16)
    escalate(brain)

    mine = brain.as_role("ceo").all("my_findings")
    brain.as_role("ceo").run("answer_finding", finding_id=finding, answer="Looked into it myself.")

    assert (before, [row["id"] for row in mine]) == ([], [finding])
    assert brain.as_role("ceo").all("my_findings") == []


def test_a_finding_escalates_two_steps_and_no_more(brain: TestBrain) -> None:
    finding = found(brain)

    with refused("a_finding_escalates_to_the_ceo_and_the_owner"):
        run_sql(brain.as_login("migrate"), "UPDATE company.findings SET escalated = 3 WHERE id = %(id)s", id=finding)


def test_an_escalation_raised_twice_without_an_answer_reaches_the_owner_once(brain: TestBrain) -> None:
    send_message(brain, "data_worker", "data_manager", "escalation", level="today", subject="rows", evidence=EVIDENCE)
    brain.as_login("migrate").execute("UPDATE company.inbox SET raised = 2")
    brain.wait(hours=19)

    reported = [brain.as_role("heartbeat").all("alert_unanswered_escalations", hours=6) for _ in range(2)]

    assert [len(rows) for rows in reported] == [1, 0]
    [alert] = alerts(brain)
    assert alert["subject"] == "data_manager answers no escalation of data_worker"
    assert alert["body"].startswith("rows: ")


def test_an_alert_is_not_empty_urgent_or_due_today_and_raised_once(brain: TestBrain) -> None:
    facts = "jsonb_build_object('title', %(title)s::text)"
    statement = f"SELECT company.raise_alert('finding', 1, %(level)s, {facts}, 'heartbeat') AS id"

    def raise_alert(level: str, title: str) -> Any:
        return run_sql(brain.as_login("migrate"), statement, level=level, title=title)[0]

    with refused("an_alert_rings_or_comes_today"):
        raise_alert("brief", "s")
    with refused("an_alert_says_something"):
        raise_alert("ring", "")
    assert raise_alert("ring", "s")["id"] is not None
    assert raise_alert("ring", "s")["id"] is None
    with refused("an_alert_is_raised_once"):
        run_sql(
            brain.as_login("migrate"),
            "INSERT INTO company.alerts (dedupe_key, kind, level, facts, raised_by, not_before)"
            " VALUES ('finding:1', 'finding', 'ring', '{\"title\": \"t\"}', 'x', company.now())",
        )


@pytest.mark.parametrize("role", ["ceo", "data_auditor", "heartbeat", "owner"])
def test_nobody_of_the_staff_writes_an_alert_by_hand(brain: TestBrain, role: str) -> None:
    with refused(NO_RIGHT):
        brain.sql(role, "SELECT company.raise_alert('finding', 1, 'ring', '{\"title\": \"t\"}', 'me')")


def test_an_answer_takes_a_fire_and_at_most_half_a_day(brain: TestBrain) -> None:
    with refused("an_answer_takes_a_fire_and_at_most_half_a_day"):
        run_sql(brain.as_login("migrate"), "UPDATE company.roster SET answers_within = '3 days' WHERE role = 'ceo'")


def test_the_wakes_for_a_finding_are_counted_from_none_up(brain: TestBrain) -> None:
    found(brain)

    with refused("wakes_are_counted"):
        run_sql(brain.as_login("migrate"), "UPDATE company.findings SET wakes = -1")
