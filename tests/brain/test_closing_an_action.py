"""What the owner closes, or its sender withdraws, while an entry is recorded, asked about, answered or taken."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from company.owner.approvals import content_digest
from tests.support.acts import record_outbox_entry, session_of
from tests.support.brains import TestBrain, run_sql
from tests.support.races import unfinished, wait_until_blocked
from tests.support.refusals import refused

PAGE = """
SELECT company.write_delivery(%(customer)s::bigint, 'important', company.now() - interval '1 hour', company.now(),
  'brief', 's', 'b', '[]', 'waiting', 1, NULL)
"""
CUSTOMER = "SELECT company.add_customer('Alder Bank', 'customer@example.invalid', 'brief', '{}') AS id"
WITHDRAW = "SELECT company.withdraw_deliveries('{1}', 'taken back')"
CLOSE = {"action": "deliver", "level": "closed"}
OPEN_QUESTIONS = "SELECT count(*) AS n FROM company.decisions WHERE answered_at IS NULL"


@pytest.fixture
def background() -> Iterator[ThreadPoolExecutor]:
    """A second thread, for the step that must wait for a lock."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        yield pool


@pytest.fixture
def session(brain: TestBrain) -> int:
    """A fire of deliver with a page that waits for the owner's yes."""
    brain.owner.run("set_approval", action="deliver", level="ask")
    session = session_of(brain, "deliver")
    record_outbox_entry(brain, "deliver", session)
    [customer] = brain.sql("owner", CUSTOMER)
    brain.sql("deliver", PAGE, customer=customer["id"])
    return session


def ask(brain: TestBrain, session: int) -> int | None:
    asked: int | None = brain.as_role("deliver").value(
        "ask_approval", action="deliver", session_id=session, answer_by=brain.now()
    )
    return asked


def status(brain: TestBrain) -> str:
    [entry] = brain.sql("owner", "SELECT status FROM company.outbox")
    return str(entry["status"])


@pytest.mark.parametrize(("option", "words"), [("yes", None), (None, "which customer?")])
def test_an_answer_to_a_page_that_is_withdrawn_meanwhile_revives_it_not(
    brain: TestBrain, session: int, background: ThreadPoolExecutor, option: str | None, words: str | None
) -> None:
    decision, sender, owner = ask(brain, session), brain.as_role("deliver"), brain.connect("owner")

    with unfinished(sender):
        run_sql(sender.connection, WITHDRAW)
        answer = background.submit(owner.run, "answer_decision", decision_id=decision, option=option, words=words)
        wait_until_blocked(brain, owner, answer)
    with refused("a_decision_is_answered_once"):
        answer.result()

    mine = {"outbox_id": 1, "session_id": session, "content_sha256": content_digest("what is sent")}
    assert (status(brain), sender.value("take_approved_entry", **mine)) == ("declined", "declined")


def test_a_question_of_which_nothing_waits_is_over(brain: TestBrain, session: int) -> None:
    decision = ask(brain, session)
    brain.sql("deliver", WITHDRAW)

    with refused("a_decision_is_answered_once"):
        brain.owner.run("answer_decision", decision_id=decision, option="yes", words=None)

    assert (status(brain), brain.sql("owner", OPEN_QUESTIONS)) == ("declined", [{"n": 0}])


def test_who_closes_an_action_waits_for_an_entry_that_is_being_recorded(
    brain: TestBrain, background: ThreadPoolExecutor
) -> None:
    brain.owner.run("set_approval", action="deliver", level="ask")
    session, sender, owner = session_of(brain, "deliver"), brain.as_role("deliver"), brain.connect("owner")

    with unfinished(sender):
        record_outbox_entry(brain, "deliver", session)
        closing = background.submit(owner.run, "set_approval", **CLOSE)
        wait_until_blocked(brain, owner, closing)
    closing.result()

    assert status(brain) == "declined"


def test_nothing_is_recorded_once_the_action_is_closed(brain: TestBrain, background: ThreadPoolExecutor) -> None:
    brain.owner.run("set_approval", action="deliver", level="open")
    session, sender, owner = session_of(brain, "deliver"), brain.connect("deliver"), brain.connect("owner")

    with unfinished(owner):
        owner.run("set_approval", **CLOSE)
        recording = background.submit(record_outbox_entry, brain, "deliver", session, via=sender)
        wait_until_blocked(brain, sender, recording)

    with refused("action_is_closed"):
        recording.result()


def test_a_question_that_is_asked_while_the_action_is_closed_is_answered_by_that(
    brain: TestBrain, session: int, background: ThreadPoolExecutor
) -> None:
    sender, owner = brain.as_role("deliver"), brain.connect("owner")

    with unfinished(sender):
        assert ask(brain, session) is not None
        closing = background.submit(owner.run, "set_approval", **CLOSE)
        wait_until_blocked(brain, owner, closing)
    closing.result()

    assert (status(brain), brain.sql("owner", OPEN_QUESTIONS)) == ("declined", [{"n": 0}])
    assert ask(brain, session) is None


def test_who_closes_and_who_takes_never_wait_for_each_other(
    brain: TestBrain, session: int, background: ThreadPoolExecutor
) -> None:
    decision, sender, owner = ask(brain, session), brain.connect("deliver"), brain.connect("owner")
    owner.run("answer_decision", decision_id=decision, option="yes", words=None)
    mine = {"outbox_id": 1, "session_id": session, "content_sha256": content_digest("what is sent")}

    with unfinished(owner):
        owner.run("set_approval", action="deliver", level="ask")
        taking = background.submit(sender.value, "take_approved_entry", **mine)
        wait_until_blocked(brain, sender, taking)
        owner.run("set_approval", **CLOSE)

    assert taking.result() == "declined"
