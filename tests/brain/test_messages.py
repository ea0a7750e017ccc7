"""Messages go to one's manager, with their evidence, and are read only by those whom they concern."""

from typing import Any

import pytest

from tests.support.acts import ask_decision, open_finding, send_message, session_of
from tests.support.brains import TestBrain
from tests.support.drafts import given_session
from tests.support.refusals import refused

SHOWN = {"checked": "the feed's own page", "showed": "no edition today"}


@pytest.mark.parametrize(
    ("role", "to_role"),
    [
        ("data_manager", "data_worker"),  # down
        ("data_worker", "scraping_worker"),  # sideways
        ("data_worker", "scraping_manager"),  # across
        ("data_worker", "owner"),  # only the ceo writes to the owner
        ("data_manager", "owner"),
        ("data_worker", "data_worker"),
    ],
)
@pytest.mark.parametrize("kind", ["note", "escalation", "alarm"])
def test_messages_go_to_ones_manager(brain: TestBrain, role: str, to_role: str, kind: str) -> None:
    with refused("messages_go_up_the_line"):
        send_message(brain, role, to_role, kind, evidence=SHOWN)


@pytest.mark.parametrize(
    ("role", "to_role", "kind"),
    [
        ("data_worker", "data_manager", "note"),
        ("data_worker", "ceo", "escalation"),
        ("data_manager", "ceo", "note"),
        ("ceo", "data_worker", "note"),
        ("owner", "scraping_worker", "note"),
        ("heartbeat", "data_worker", "alarm"),
        ("data_auditor", "scraping_manager", "alarm"),
    ],
)
def test_the_ceos_messages_to_the_owner_and_a_watchers_alarms_arrive(
    brain: TestBrain, role: str, to_role: str, kind: str
) -> None:
    send_message(brain, role, to_role, kind, body="1 thing is so", evidence=SHOWN)

    assert [mail["from_role"] for mail in brain.as_role(to_role).all("read_inbox")] == [role]


@pytest.mark.parametrize("evidence", [{}, {"checked": "it"}, {"showed": "it"}, {"checked": "it", "showed": ""}])
def test_an_escalation_shows_what_was_checked(brain: TestBrain, evidence: dict[str, str]) -> None:
    with refused("an_escalation_shows_what_was_checked"):
        send_message(brain, "data_worker", "data_manager", "escalation", evidence=evidence)


def test_the_same_words_about_another_finding_or_question_are_another_message(brain: TestBrain) -> None:
    session = session_of(brain, "data_worker")
    said: dict[str, Any] = {"kind": "escalation", "evidence": SHOWN, "session_id": session}
    findings = [open_finding(brain, fingerprint=f"stale:{feed}") for feed in ("a_feed", "b_feed")]
    questions = [ask_decision(brain, fingerprint=f"mute:{feed}") for feed in ("a_feed", "b_feed")]

    sent = [send_message(brain, "data_worker", "data_manager", **said, finding_id=one) for one in findings]
    sent += [send_message(brain, "data_worker", "data_manager", **said, decision_id=one) for one in questions]

    assert len(set(sent)) == 4


def test_the_same_message_of_one_session_is_written_once(brain: TestBrain) -> None:
    session = session_of(brain, "data_worker")
    said: dict[str, Any] = {"kind": "escalation", "evidence": SHOWN, "session_id": session}

    ids = [send_message(brain, "data_worker", "data_manager", body="x is muted", **said) for _ in range(12)]
    long = [send_message(brain, "data_worker", "data_manager", body="y" * 5000, **said) for _ in range(2)]
    other = send_message(brain, "data_worker", "data_manager", body="z is muted", **said)

    assert len({*ids}) == len({*long}) == 1
    assert [mail["id"] for mail in brain.as_role("data_manager").all("read_inbox")] == [ids[0], long[0], other]


def test_another_session_may_say_the_same_again(brain: TestBrain) -> None:
    for _ in range(2):
        session = given_session(brain, "data_worker")
        send_message(brain, "data_worker", "data_manager", body="0 rows", session_id=session)

    assert len(brain.as_role("data_manager").all("read_inbox")) == 2


def test_anothers_inbox_is_invisible(brain: TestBrain) -> None:
    send_message(brain, "data_worker", "data_manager", body="between us")
    query = "SELECT body FROM company.inbox"

    seen_by = {role: len(brain.sql(role, query)) for role in ("scraping_worker", "scraping_manager", "check")}
    concerned = {role: len(brain.sql(role, query)) for role in ("data_worker", "data_manager", "data_auditor", "ceo")}

    assert set(seen_by.values()) == {0}
    assert set(concerned.values()) == {1}


def test_reading_takes_only_ones_own_mail_and_only_once(brain: TestBrain) -> None:
    send_message(brain, "data_worker", "data_manager")

    assert brain.as_role("scraping_manager").all("read_inbox") == []
    assert len(brain.as_role("data_manager").all("read_inbox")) == 1
    assert brain.as_role("data_manager").all("read_inbox") == []


def test_one_answers_ones_own_mail_once(brain: TestBrain) -> None:
    message = send_message(brain, "data_worker", "data_manager", "escalation", evidence=SHOWN)

    with refused("one_answers_ones_own_mail_once"):
        brain.as_role("scraping_manager").run("answer_message", message_id=message, answer="not mine")
    brain.as_role("data_manager").run("answer_message", message_id=message, answer="wait an hour")
    with refused("one_answers_ones_own_mail_once"):
        brain.as_role("data_manager").run("answer_message", message_id=message, answer="or two")
