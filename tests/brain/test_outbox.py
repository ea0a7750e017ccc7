"""The outbox: a role sends only actions on its record, that the owner approves, once, and recorded before."""

import pytest

from tests.support.acts import close_session, record_outbox_entry, session_of
from tests.support.brains import TestBrain
from tests.support.refusals import refused


def set_level(brain: TestBrain, level: str, act: str = "deliver") -> None:
    brain.sql("owner", "SELECT company.set_approval(%(act)s, %(level)s)", act=act, level=level)


def confirm(brain: TestBrain, role: str, outbox_id: int, session: int) -> None:
    brain.as_role(role).run(
        "confirm_outbox_entry", outbox_id=outbox_id, session_id=session, was_sent=True, receipt="message 1"
    )


def test_a_new_company_sends_nothing(brain: TestBrain) -> None:
    session = session_of(brain, "deliver")

    with refused("action_is_closed"):
        record_outbox_entry(brain, "deliver", session)


def test_an_action_at_level_ask_waits(brain: TestBrain) -> None:
    set_level(brain, "ask")
    session = session_of(brain, "deliver")

    act = record_outbox_entry(brain, "deliver", session)

    assert act["status"] == "waiting"
    with refused("one_confirms_ones_own_recorded_entry"):
        confirm(brain, "deliver", act["outbox_id"], session)


@pytest.mark.parametrize("role", ["data_worker", "ceo", "data_manager", "scrape_kev"])
def test_an_action_must_be_on_ones_record(brain: TestBrain, role: str) -> None:
    set_level(brain, "open")
    session = session_of(brain, role)

    with refused("an_action_is_on_ones_record"):
        record_outbox_entry(brain, role, session)


def test_an_undeclared_action_is_not_opened(brain: TestBrain) -> None:
    with refused("only_a_known_action_is_approved"):
        set_level(brain, "open", act="tweet")


def test_an_approval_level_that_does_not_exist_is_refused(brain: TestBrain) -> None:
    with refused("an_approval_is_closed_ask_or_open"):
        set_level(brain, "ajar")


def test_the_same_outbox_entry_again_is_returned_and_not_sent_twice(brain: TestBrain) -> None:
    set_level(brain, "open")
    session = session_of(brain, "deliver")
    first = record_outbox_entry(brain, "deliver", session)
    confirm(brain, "deliver", first["outbox_id"], session)

    again = record_outbox_entry(brain, "deliver", session)

    assert (first["status"], first["is_new"]) == ("recorded", True)
    assert again == {"outbox_id": first["outbox_id"], "status": "sent", "is_new": False, "asked_in": None}


def test_a_kill_between_recording_and_confirming_leaves_the_entry_unknown(brain: TestBrain) -> None:
    set_level(brain, "open")
    crashed = session_of(brain, "deliver")
    record_outbox_entry(brain, "deliver", crashed)
    retry = session_of(brain, "deliver")

    found = record_outbox_entry(brain, "deliver", retry)

    assert (found["status"], found["is_new"]) == ("unknown", False)


def test_only_who_recorded_an_entry_confirms_it_and_only_once(brain: TestBrain) -> None:
    set_level(brain, "open")
    session, other = session_of(brain, "deliver"), session_of(brain, "ceo")
    outbox_id = record_outbox_entry(brain, "deliver", session)["outbox_id"]

    with refused("one_confirms_ones_own_recorded_entry"):
        confirm(brain, "ceo", outbox_id, other)
    confirm(brain, "deliver", outbox_id, session)
    with refused("one_confirms_ones_own_recorded_entry"):
        confirm(brain, "deliver", outbox_id, session)


def test_a_fenced_session_sends_nothing(brain: TestBrain) -> None:
    set_level(brain, "open")
    session = session_of(brain, "deliver")
    close_session(brain, "deliver", session)

    with refused("a_fenced_session_writes_nothing"):
        record_outbox_entry(brain, "deliver", session)


@pytest.mark.parametrize("role", ["data_manager", "owner", "deliver", "data_worker"])
def test_only_the_ceo_writes_to_the_owner(brain: TestBrain, role: str) -> None:
    with refused("the_ceo_is_the_single_voice"):
        _write_brief(brain, role)
    with refused("the_ceo_is_the_single_voice"):
        brain.sql(role, "SELECT company.note_brief_sent(1)")


def test_a_sent_brief_stays_as_the_owner_read_it(brain: TestBrain) -> None:
    brief = _write_brief(brain, "ceo", "as first written")
    _write_brief(brain, "ceo", "as sent")
    brain.sql("ceo", "SELECT company.note_brief_sent(%(id)s)", id=brief)

    again = _write_brief(brain, "ceo", "as it should have been")

    assert again == brief
    assert brain.sql("owner", "SELECT body FROM company.briefs") == [{"body": "as sent"}]


def _write_brief(brain: TestBrain, role: str, body: str = "all is well") -> int:
    [row] = brain.sql(
        role,
        "SELECT company.write_brief('2026-03-12', company.now(), company.now(), 's', %(body)s, '', '{}', '{}') AS id",
        body=body,
    )
    return int(row["id"])
