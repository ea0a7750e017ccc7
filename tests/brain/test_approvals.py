"""At level ask an action waits for one yes: exactly what was asked about is sent, once, and only the owner approves."""

from datetime import timedelta
from typing import Any

import pytest

from company.owner.approvals import content_digest
from tests.support.acts import ask_decision, close_session, record_outbox_entry, session_of
from tests.support.brains import TestBrain
from tests.support.refusals import NO_RIGHT, refused

ASKED = content_digest("what is sent")


def ask(brain: TestBrain, session: int, *keys: str, role: str = "deliver", act: str = "deliver") -> int | None:
    """The owner sets the level to ask; the sender records its entries and asks once."""
    brain.owner.run("set_approval", action=act, level="ask")
    for key in keys:
        record_outbox_entry(brain, role, session, act=act, dedupe_key=key, subject=f"page {key}")
    by = brain.now() + timedelta(hours=5)
    asked: int | None = brain.as_role(role).value("ask_approval", action=act, session_id=session, answer_by=by)
    return asked


def answer(brain: TestBrain, decision: int | None, option: str | None = "yes", words: str | None = None) -> None:
    brain.owner.run("answer_decision", decision_id=decision, option=option, words=words)


def take(brain: TestBrain, outbox_id: int, session: int, content: bytes = ASKED, role: str = "deliver") -> str:
    values = {"outbox_id": outbox_id, "session_id": session, "content_sha256": content}
    return str(brain.as_role(role).value("take_approved_entry", **values))


def entries(brain: TestBrain) -> list[tuple[Any, ...]]:
    return [
        tuple(row.values()) for row in brain.sql("owner", "SELECT status, decision_id FROM company.outbox ORDER BY id")
    ]


def question(brain: TestBrain, decision: int | None) -> dict[str, Any]:
    row = brain.owner.one("subject_of_decision", id=decision)
    assert row is not None
    return row


def test_forty_things_that_wait_are_one_question(brain: TestBrain) -> None:
    decision = ask(brain, session_of(brain, "deliver"), *map(str, range(40)))

    asked = question(brain, decision)
    assert asked["question"] == "Send these 40 pages to customers?"
    assert (asked["default_option"], asked["asked_by"], len(asked["subject"]["entries"])) == ("no", "deliver", 40)
    assert 'customer@example.invalid: "page 4"; and 35 more' in asked["background"]
    assert set(entries(brain)) == {("waiting", decision)}


def test_an_entry_recorded_while_a_question_is_open_waits_for_the_next_one(brain: TestBrain) -> None:
    session = session_of(brain, "deliver")
    first = ask(brain, session, "a")
    assert ask(brain, session, "b") is None

    answer(brain, first)
    second = ask(brain, session)

    assert entries(brain) == [("allowed", first), ("waiting", second)]


def test_a_yes_sends_each_entry_once(brain: TestBrain) -> None:
    session = session_of(brain, "deliver")
    answer(brain, ask(brain, session, "a"))

    assert take(brain, 1, session) == "recorded"
    brain.as_role("deliver").run("confirm_outbox_entry", outbox_id=1, session_id=session, was_sent=True, receipt="m")
    assert take(brain, 1, session) == "sent"


def test_what_is_sent_is_what_was_asked_about(brain: TestBrain) -> None:
    session = session_of(brain, "deliver")
    answer(brain, ask(brain, session, "a"))

    with refused("what_is_sent_is_what_was_asked"):
        take(brain, 1, session, content=content_digest("what is sent", " and more"))
    record_outbox_entry(brain, "deliver", session, dedupe_key="a", content=content_digest("another page"))

    assert take(brain, 1, session, content=ASKED) == "recorded"


def test_one_yes_is_one_sending_even_after_a_kill(brain: TestBrain) -> None:
    killed = session_of(brain, "deliver")
    answer(brain, ask(brain, killed, "a"))
    take(brain, 1, killed)

    later = session_of(brain, "deliver")

    assert take(brain, 1, later) == "unknown"
    assert take(brain, 1, later) == "unknown"


@pytest.mark.parametrize("option", ["no", None])
def test_without_a_yes_nothing_is_sent(brain: TestBrain, option: str | None) -> None:
    session = session_of(brain, "deliver")
    decision = ask(brain, session, "a")

    if option:
        answer(brain, decision, option)
    else:
        brain.wait(hours=6)
        brain.as_role("ceo").run("let_silence_answer")

    assert entries(brain) == [("declined", decision)]
    assert question(brain, decision)["outcome"] == "1 not sent"


def test_words_alone_send_nothing_and_are_quoted_when_it_is_asked_again(brain: TestBrain) -> None:
    session = session_of(brain, "deliver")
    first = ask(brain, session, "a")

    answer(brain, first, None, "not before Monday")
    again = ask(brain, session)

    assert entries(brain) == [("waiting", again)]
    assert f'You wrote "not before Monday" to D-{first}' in question(brain, again)["background"]


def test_an_entry_that_waits_is_not_taken(brain: TestBrain) -> None:
    session = session_of(brain, "deliver")
    ask(brain, session, "a")

    assert take(brain, 1, session) == "waiting"
    with refused("one_confirms_ones_own_recorded_entry"):
        brain.as_role("deliver").run(
            "confirm_outbox_entry", outbox_id=1, session_id=session, was_sent=True, receipt="m"
        )


@pytest.mark.parametrize("role", ["data_manager", "ceo", "publish"])
def test_nobody_takes_an_entry_that_another_role_was_allowed(brain: TestBrain, role: str) -> None:
    answer(brain, ask(brain, session_of(brain, "deliver"), "a"))

    with refused("one_takes_ones_own_approved_entry"):
        take(brain, 1, session_of(brain, role), role=role)


def test_a_fenced_session_takes_nothing(brain: TestBrain) -> None:
    session = session_of(brain, "deliver")
    answer(brain, ask(brain, session, "a"))
    close_session(brain, "deliver", session)

    with refused("a_fenced_session_writes_nothing"):
        take(brain, 1, session)


@pytest.mark.parametrize("role", ["data_manager", "ceo", "data_worker"])
def test_nobody_asks_for_an_action_that_is_not_on_their_record(brain: TestBrain, role: str) -> None:
    with refused("an_action_is_on_ones_record"):
        ask(brain, session_of(brain, role), role=role)


def test_a_question_in_the_companys_name_is_refused(brain: TestBrain) -> None:
    with refused("approval_is_asked_by_the_database"):
        ask_decision(brain, "data_manager", fingerprint="approval:deliver:deliver")


def test_a_yes_to_a_managers_own_question_sends_nothing(brain: TestBrain) -> None:
    brain.owner.run("set_approval", action="act_by_model", level="ask")
    ask(brain, session_of(brain, "deliver"), "a")

    forged = {"action": "act_by_model", "entries": [1]}
    answer(brain, ask_decision(brain, "data_manager", question="Is it Wednesday?", subject=forged))

    assert [status for status, _ in entries(brain)] == ["waiting"]
    assert brain.owner.value("model_approval_level") == "ask"


def test_closing_an_action_withdraws_what_waits_and_what_was_allowed(brain: TestBrain) -> None:
    session = session_of(brain, "deliver")
    answer(brain, ask(brain, session, "a"))
    open_question = ask(brain, session, "b")

    brain.owner.run("set_approval", action="deliver", level="closed")

    assert [status for status, _ in entries(brain)] == ["declined", "declined"]
    assert take(brain, 1, session) == "declined"
    assert question(brain, open_question)["answer_text"] == "deliver was closed"


def test_opening_an_action_does_not_approve_what_waits(brain: TestBrain) -> None:
    session = session_of(brain, "deliver")
    ask(brain, session, "a")

    brain.owner.run("set_approval", action="deliver", level="open")

    assert take(brain, 1, session) == "waiting"


@pytest.mark.parametrize("role", ["deliver", "publish", "ceo", "data_manager"])
def test_nobody_answers_for_the_owner_past_the_functions(brain: TestBrain, role: str) -> None:
    answer_by = ", now(), 'yes', '')"
    for call in (
        "company.decline_entries('{1}', 'x')",
        "company.decline_waiting_entries('deliver')",
        f"company.ask_about_waiting('deliver', 'deliver'{answer_by}",
    ):
        with refused(NO_RIGHT):
            brain.sql(role, f"SELECT {call}")


@pytest.mark.parametrize(
    ("rule", "statement"),
    [
        ("what_waits_is_fixed", "UPDATE company.outbox SET content_sha256 = NULL"),
        ("what_is_allowed_was_asked", "UPDATE company.outbox SET status = 'allowed', decision_id = NULL"),
        ("a_content_is_kept_as_sha256", "UPDATE company.outbox SET content_sha256 = 'short'"),
    ],
)
def test_the_table_itself_refuses(brain: TestBrain, rule: str, statement: str) -> None:
    ask(brain, session_of(brain, "deliver"), "a")

    with refused(rule):
        brain.sql("migrate", statement)


def test_a_sent_page_is_not_rewritten_while_approval_is_asked(brain: TestBrain) -> None:
    write = "SELECT company.write_brief('2026-03-11', company.now(), company.now(), 's', %(body)s, '', '{}', '{}')"
    brain.sql("ceo", write, body="as asked about")
    ask(brain, session_of(brain, "ceo"), "brief:2026-03-11", role="ceo", act="brief")

    brain.sql("ceo", write, body="as it should have been")

    assert brain.sql("owner", "SELECT body FROM company.briefs") == [{"body": "as asked about"}]
