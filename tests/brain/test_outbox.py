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


def doubt(brain: TestBrain, role: str, outbox_id: int, session: int, why: str = "500") -> None:
    brain.as_role(role).run("doubt_outbox_entry", outbox_id=outbox_id, session_id=session, why=why)


def test_what_was_handed_over_in_doubt_is_not_what_a_kill_left_unknown(brain: TestBrain) -> None:
    set_level(brain, "open")
    session = session_of(brain, "deliver")
    entry = record_outbox_entry(brain, "deliver", session)["outbox_id"]
    doubt(brain, "deliver", entry, session)

    later = session_of(brain, "deliver")

    assert record_outbox_entry(brain, "deliver", later)["status"] == "in_doubt"


def test_only_who_recorded_an_entry_doubts_it_and_says_why(brain: TestBrain) -> None:
    set_level(brain, "open")
    session, other = session_of(brain, "deliver"), session_of(brain, "ceo")
    entry = record_outbox_entry(brain, "deliver", session)["outbox_id"]

    with refused("one_confirms_ones_own_recorded_entry"):
        doubt(brain, "ceo", entry, other)
    with refused("a_confirmation_says_how_it_ended"):
        doubt(brain, "deliver", entry, session, why=" ")
    confirm(brain, "deliver", entry, session)
    with refused("one_confirms_ones_own_recorded_entry"):
        doubt(brain, "deliver", entry, session)


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
    _mail(brain, brief)
    brain.sql("ceo", "SELECT company.note_brief_sent(%(id)s)", id=brief)

    again = _write_brief(brain, "ceo", "as it should have been")

    assert again == brief
    assert brain.sql("owner", "SELECT body FROM company.briefs") == [{"body": "as sent"}]


@pytest.mark.parametrize("mailed", ["not at all", "and not confirmed", "another brief", "and SES refused it"])
def test_a_brief_was_sent_when_its_mail_was(brain: TestBrain, mailed: str) -> None:
    brief = _write_brief(brain, "ceo")
    if mailed != "not at all":
        about = brief + 1 if mailed == "another brief" else brief
        _mail(brain, about, was_sent=None if mailed == "and not confirmed" else mailed == "another brief")

    for claimed in (brief, None):
        with refused("a_brief_was_sent_when_its_mail_was"):
            brain.sql("ceo", "SELECT company.note_brief_sent(%(id)s)", id=claimed)

    assert brain.sql("owner", "SELECT sent_at FROM company.briefs") == [{"sent_at": None}]


@pytest.mark.parametrize(("was_sent", "receipt"), [(True, ""), (True, None), (False, " "), (None, "message 1")])
def test_a_confirmation_says_how_it_ended(brain: TestBrain, was_sent: bool | None, receipt: str | None) -> None:
    set_level(brain, "open")
    session = session_of(brain, "deliver")
    entry = record_outbox_entry(brain, "deliver", session)["outbox_id"]

    with refused("a_confirmation_says_how_it_ended"):
        brain.as_role("deliver").run(
            "confirm_outbox_entry", outbox_id=entry, session_id=session, was_sent=was_sent, receipt=receipt
        )

    assert brain.sql("owner", "SELECT status FROM company.outbox") == [{"status": "recorded"}]


def test_a_delivery_is_not_sent_before_its_entry_is(brain: TestBrain) -> None:
    set_level(brain, "open")
    brain.owner.run("add_customer", name="c", email="c@example.invalid", kind="brief", filters={})
    session = session_of(brain, "deliver")
    entry = record_outbox_entry(brain, "deliver", session)["outbox_id"]
    page = (
        "SELECT company.write_delivery(1, 'daily', '2026-03-10', '2026-03-11', 'brief', 's', 'b', '[]', 'recorded',"
        " %(entry)s, NULL) AS id"
    )
    with refused("a_delivery_has_its_outbox_entry"):
        brain.sql("deliver", page, entry=4711)
    [delivery] = brain.sql("deliver", page, entry=entry)

    for end in ({"delivery": delivery["id"], "status": "sent"}, {"delivery": 4711, "status": "refused"}):
        with refused("a_delivery_ends_as_its_entry_did"):
            brain.as_role("deliver").run("end_delivery", reason=None, **end)
    confirm(brain, "deliver", entry, session)
    with refused("a_delivery_ends_as_its_entry_did"):
        brain.as_role("deliver").run("end_delivery", delivery=delivery["id"], status="refused", reason="x")
    brain.as_role("deliver").run("end_delivery", delivery=delivery["id"], status="sent", reason=None)


def _mail(brain: TestBrain, brief: int, *, was_sent: bool | None = True) -> None:
    """The mail of a brief, recorded, and confirmed unless was_sent is None."""
    set_level(brain, "open", act="brief")
    session, ceo = session_of(brain, "ceo"), brain.as_role("ceo")
    entry = ceo.one(
        "record_outbox_entry", action="brief", dedupe_key="brief:2026-03-11", to_whom="o@example.invalid", subject="s",
        payload={"brief_id": brief}, content_sha256=None, session_id=session,
    )  # fmt: skip
    assert entry is not None
    if was_sent is not None:
        ended = {"session_id": session, "was_sent": was_sent, "receipt": "message 1"}
        ceo.run("confirm_outbox_entry", outbox_id=entry["outbox_id"], **ended)


def _write_brief(brain: TestBrain, role: str, body: str = "all is well") -> int:
    [row] = brain.sql(
        role,
        "SELECT company.write_brief('2026-03-11', company.now(), company.now(), 's', %(body)s, '', '{}', '{}') AS id",
        body=body,
    )
    return int(row["id"])
