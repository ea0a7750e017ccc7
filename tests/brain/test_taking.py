"""What leaves is taken just before it leaves: there the brain holds back what the owner does not want any more."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from company.owner.approvals import content_digest
from tests.support.acts import record_outbox_entry, session_of
from tests.support.brains import TestBrain
from tests.support.races import unfinished, wait_until_blocked

CONTENT = content_digest("what is sent")
PAGE = (
    "SELECT company.write_delivery(1, 'daily', '2026-03-10', '2026-03-11', 'brief', 's', 'b', '[]', %(status)s,"
    " %(entry)s, NULL) AS id"
)


@pytest.fixture
def background() -> Iterator[ThreadPoolExecutor]:
    """A second thread, for the step that must wait for a lock."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        yield pool


def set_level(brain: TestBrain, level: str, action: str = "deliver") -> None:
    brain.owner.run("set_approval", action=action, level=level)


def written_page(brain: TestBrain, session: int) -> int:
    """A customer's page with its entry, as the level has it; the number of the entry."""
    brain.owner.run("add_customer", name="Alder", email="desk@alder.example", kind="brief", filters={})
    entry = record_outbox_entry(brain, "deliver", session, dedupe_key=f"page of {session}")
    brain.sql("deliver", PAGE, entry=entry["outbox_id"], status=entry["status"])
    return int(entry["outbox_id"])


def mine(entry: int, session: int) -> dict[str, object]:
    return {"outbox_id": entry, "session_id": session, "content_sha256": CONTENT}


def ends(brain: TestBrain) -> list[tuple[str, str]]:
    rows = brain.sql(
        "owner",
        "SELECT o.status, d.status AS page FROM company.outbox o JOIN company.deliveries d ON d.outbox_id = o.id"
        " ORDER BY o.id",
    )
    return [(row["status"], row["page"]) for row in rows]


def test_a_page_of_a_customer_who_is_paused_while_it_is_taken_is_not_given_out(
    brain: TestBrain, background: ThreadPoolExecutor
) -> None:
    set_level(brain, "open")
    session = session_of(brain, "deliver")
    entry = written_page(brain, session)
    owner, sender = brain.connect("owner"), brain.connect("deliver")

    with unfinished(owner):
        owner.run("pause_customer", name="Alder", rests=True)
        taking = background.submit(sender.value, "take_approved_entry", **mine(entry, session))
        wait_until_blocked(brain, sender, taking)

    assert taking.result() == "declined"
    assert ends(brain) == [("declined", "declined")]


@pytest.mark.parametrize(("level", "end"), [("ask", "waiting"), ("closed", "declined")])
def test_a_level_that_is_set_while_an_entry_is_taken_decides(
    brain: TestBrain, background: ThreadPoolExecutor, level: str, end: str
) -> None:
    set_level(brain, "open")
    session = session_of(brain, "deliver")
    entry = written_page(brain, session)
    owner, sender = brain.connect("owner"), brain.connect("deliver")

    with unfinished(owner):
        owner.run("set_approval", action="deliver", level=level)
        taking = background.submit(sender.value, "take_approved_entry", **mine(entry, session))
        wait_until_blocked(brain, sender, taking)

    assert taking.result() == end
    assert ends(brain) == [(end, end)]


def test_closing_waits_for_the_entry_that_is_being_recorded_and_takes_it_back(
    brain: TestBrain, background: ThreadPoolExecutor
) -> None:
    set_level(brain, "open")
    session = session_of(brain, "deliver")
    owner, sender = brain.connect("owner"), brain.as_role("deliver")

    with unfinished(sender):
        entry = written_page(brain, session)
        closing = background.submit(owner.run, "set_approval", action="deliver", level="closed")
        wait_until_blocked(brain, owner, closing)

    closing.result()
    set_level(brain, "open")
    assert sender.value("take_approved_entry", **mine(entry, session)) == "declined"
    later = written_page(brain, session_of(brain, "deliver"))
    assert later > entry


def test_what_is_recorded_after_the_action_was_opened_again_is_given_out(brain: TestBrain) -> None:
    set_level(brain, "closed")
    set_level(brain, "open")
    session = session_of(brain, "deliver")
    entry = written_page(brain, session)

    assert brain.as_role("deliver").value("take_approved_entry", **mine(entry, session)) == "recorded"


def test_an_entry_in_doubt_is_not_given_out(brain: TestBrain) -> None:
    set_level(brain, "open")
    session = session_of(brain, "deliver")
    entry = written_page(brain, session)
    sender = brain.as_role("deliver")
    sender.run("doubt_outbox_entry", outbox_id=entry, session_id=session, why="500")

    assert sender.value("take_approved_entry", **mine(entry, session)) == "unknown"


def test_a_pause_waits_for_the_page_that_is_being_written(brain: TestBrain, background: ThreadPoolExecutor) -> None:
    set_level(brain, "ask")
    session = session_of(brain, "deliver")
    brain.owner.run("add_customer", name="Alder", email="desk@alder.example", kind="brief", filters={})
    owner, sender = brain.connect("owner"), brain.as_role("deliver")

    with unfinished(sender):
        entry = record_outbox_entry(brain, "deliver", session)["outbox_id"]
        brain.sql("deliver", PAGE, entry=entry, status="waiting")
        pausing = background.submit(owner.run, "pause_customer", name="Alder", rests=True)
        wait_until_blocked(brain, owner, pausing)

    pausing.result()
    assert ends(brain) == [("declined", "declined")]


def test_an_answer_and_a_pause_at_once_send_nothing(brain: TestBrain, background: ThreadPoolExecutor) -> None:
    set_level(brain, "ask")
    session = session_of(brain, "deliver")
    entry = written_page(brain, session)
    by = {"action": "deliver", "session_id": session, "answer_by": brain.now()}
    asked = brain.as_role("deliver").value("ask_approval", **by)
    console, terminal = brain.connect("owner"), brain.connect("owner")

    with unfinished(console):
        console.run("answer_decision", decision_id=asked, option="yes", words=None)
        pausing = background.submit(terminal.run, "pause_customer", name="Alder", rests=True)
        wait_until_blocked(brain, terminal, pausing)

    pausing.result()
    assert brain.as_role("deliver").value("take_approved_entry", **mine(entry, session)) == "declined"


def test_a_question_of_which_its_sender_withdrew_all_is_over_without_an_answer(brain: TestBrain) -> None:
    set_level(brain, "ask")
    session = session_of(brain, "deliver")
    written_page(brain, session)
    sender = brain.as_role("deliver")
    asked = sender.value("ask_approval", action="deliver", session_id=session, answer_by=brain.now())

    sender.value("withdraw_deliveries", deliveries=[1], because="it says what was taken back")

    row = brain.owner.one("subject_of_decision", id=asked)
    assert row is not None
    assert (row["answer"], row["outcome"]) == (None, "nothing of it is left to send: it says what was taken back")
    later = session_of(brain, "deliver")
    written_page(brain, later)
    assert sender.value("ask_approval", action="deliver", session_id=later, answer_by=brain.now()) == asked + 1
