"""The watch: a muted schedule is found, answered, asked about, and switched on only when the owner says so."""

import pytest

from company.errors import ToolError
from company.fire.fire import Fire
from company.outcomes import Done, Outcome
from tests.functions.office import Office


def test_a_manager_answers_a_muted_schedule_and_asks_the_owner_once(office: Office) -> None:
    office.deploy("heartbeat", "data_manager", "data_auditor")
    office.mute("data_auditor")

    office.run("data_manager")
    office.run("data_manager")

    assert "deployed DISABLED" in office.finding("muted")["answer"]
    [asked] = office.rows("SELECT * FROM company.decisions")
    assert (asked["asked_by"], asked["recommendation"], asked["default_option"]) == ("data_manager", "yes", "no")
    assert (asked["unknown"], asked["subject"]) == ("who did it", {"schedule": "data_auditor"})
    assert asked["answer_by"] > asked["asked_at"]


def test_a_watcher_who_may_not_ask_escalates_and_its_manager_asks(office: Office) -> None:
    office.deploy("heartbeat", "data_auditor", "check")
    office.mute("check")

    office.run("data_auditor")
    office.run("data_manager")

    [message] = office.rows("SELECT * FROM company.inbox WHERE kind = 'escalation'")
    assert (message["from_role"], message["to_role"]) == ("data_auditor", "data_manager")
    assert "DISABLED" in message["evidence"]["showed"]
    assert message["answer"] == "The owner is asked: D-1."
    assert office.value("SELECT asked_by FROM company.decisions") == "data_manager"


def test_the_owners_yes_switches_on_and_changes_nothing_else(office: Office) -> None:
    office.deploy("heartbeat", "data_manager", "data_auditor")
    before = office.deployed("data_auditor")
    office.mute("data_auditor")
    office.run("data_manager")

    office.answer("yes")
    office.run("data_manager")

    after = office.deployed("data_auditor")
    kept = ("State", "ScheduleExpression", "ScheduleExpressionTimezone", "FlexibleTimeWindow", "Target")
    assert {name: after[name] for name in kept} == {name: before[name] for name in kept}
    assert "ENABLED again" in office.value("SELECT outcome FROM company.decisions")
    assert office.finding("muted")["closed_by"] == "data_manager"


def test_a_no_is_kept_and_asked_again_after_seven_days(office: Office) -> None:
    office.deploy("heartbeat", "data_manager", "data_auditor")
    office.mute("data_auditor")
    office.run("data_manager")

    office.answer("no")
    office.run("data_manager", days=6)
    asked_before = office.value("SELECT count(*) FROM company.decisions")
    office.run("data_manager", days=2)

    assert asked_before == 1
    assert office.value("SELECT count(*) FROM company.decisions") == 2
    assert office.deployed("data_auditor")["State"] == "DISABLED"
    outcome = office.value("SELECT outcome FROM company.decisions ORDER BY id LIMIT 1")
    assert outcome == "data_auditor left off, asked again in 7 days"


@pytest.mark.parametrize("answered", [None, "no"])
def test_nobody_switches_a_schedule_on_without_a_yes(office: Office, answered: str | None) -> None:
    office.deploy("heartbeat", "data_manager", "data_auditor")
    office.mute("data_auditor")
    office.run("data_manager")
    if answered:
        office.answer(answered)

    def tempted(fire: Fire) -> Outcome:
        with pytest.raises(ToolError, match="no unused yes"):
            fire.use_named("switch_schedule_on", {"schedule": "data_auditor", "decision_id": 1})
        with pytest.raises(ToolError, match="not a question"):
            fire.use_named("switch_schedule_on", {"schedule": "check", "decision_id": 1})
        return Done({"tempted": 2}, note="Tempted 2 times.")

    office.works.brain.wait(minutes=1)
    answer = office.works.fire("data_manager", tempted, request_id="tempted", cloud=office.works.cloud)

    assert answer["outcome"] == "done", answer
    assert office.deployed("data_auditor")["State"] == "DISABLED"


def test_a_missed_slot_is_answered_with_the_outcomes_of_its_sessions(office: Office) -> None:
    office.deploy("heartbeat", "data_manager", "data_auditor")
    office.run("heartbeat")
    office.run("heartbeat", hours=5)

    office.run("data_manager")

    [missed] = office.rows("SELECT * FROM company.findings WHERE fingerprint = 'missed:data_auditor'")
    assert missed["answered_by"] == "data_manager"
    assert "deployed ENABLED" in missed["answer"]
    assert "missed" in missed["answer"]


@pytest.mark.parametrize(("kind", "subject"), [("differs", "data_auditor"), ("flood", "the cellar")])
def test_what_the_book_cannot_decide_is_escalated_with_evidence(office: Office, kind: str, subject: str) -> None:
    found = {"kind": kind, "subject": subject, "level": "today", "title": "look", "effect": "", "evidence": {}}
    heartbeat = office.works.brain.as_role("heartbeat")
    heartbeat.one("open_finding", fingerprint="f", **found, accused=None, watcher="data_manager")

    office.run("data_manager")
    office.run("data_manager")

    assert office.finding(kind)["answered_by"] == "data_manager"
    [message] = office.rows("SELECT to_role, evidence FROM company.inbox WHERE kind = 'escalation'")
    assert message["to_role"] == "ceo"
    assert message["evidence"]["showed"] == office.finding(kind)["answer"]


@pytest.mark.parametrize("kind", ["differs", "gone", "unreadable"])
@pytest.mark.parametrize("fingerprint", ["f", "many:f"])
def test_what_only_a_deploy_ends_waits_for_the_owner_where_the_ceo_watches(
    office: Office, kind: str, fingerprint: str
) -> None:
    office.deploy("heartbeat", "ceo", "audit_auditor")
    found = {"kind": kind, "subject": "audit_auditor", "level": "today", "title": "look", "effect": ""}
    heartbeat, evidence = office.works.brain.as_role("heartbeat"), {"audit_auditor": "differs"}
    heartbeat.one("open_finding", fingerprint=fingerprint, **found, evidence=evidence, accused=None, watcher="ceo")

    office.run("ceo")

    answer = office.finding(kind)["answer"]
    assert "deployed ENABLED" in answer
    assert answer.endswith("Only a deploy ends it, so this waits for owner.")


def test_an_answer_in_free_text_opens_nothing_and_is_asked_again(office: Office) -> None:
    office.deploy("heartbeat", "data_manager", "data_auditor")
    office.mute("data_auditor")
    office.run("data_manager")

    office.works.brain.owner.run("answer_decision", decision_id=1, option=None, words="whatever you think")
    office.run("data_manager")

    assert office.deployed("data_auditor")["State"] == "DISABLED"
    [first, second] = office.rows("SELECT outcome, answered_at, background FROM company.decisions ORDER BY id")
    assert "the book acts only on yes or no" in first["outcome"]
    assert second["answered_at"] is None
    assert 'You wrote "whatever you think" to D-1' in second["background"]


def test_an_escalation_that_leads_to_no_question_is_answered_too(office: Office) -> None:
    def worried(fire: Fire) -> Outcome:
        fire.use_named("escalate", {"subject": "rows", "body": "Odd.", "checked": "ten rows", "showed": "ten odd rows"})
        return Done({"looked_at": 10})

    office.works.fire("data_worker", worried, request_id="worried")
    office.run("data_manager")

    assert (
        office.value("SELECT answer FROM company.inbox WHERE kind = 'escalation'") == "Read; it is in my note to ceo."
    )
