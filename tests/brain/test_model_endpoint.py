"""What the brain believes about the model's endpoint: never one role alone, and one prober at a time."""

import pytest

from company.brain import Brain
from tests.support.acts import session_of
from tests.support.brains import TestBrain, run_sql
from tests.support.races import unfinished
from tests.support.refusals import NO_RIGHT, refused

HONEST = ("data_manager", "research_manager")


def may_ask(brain: TestBrain, role: str, via: Brain | None = None) -> str:
    """How this role may ask, in a session of its own."""
    session = session_of(brain, role, request_id=f"ask-{brain.now()}")
    row = (via or brain.as_role(role)).one("may_ask_model", session_id=session)
    assert row is not None
    return str(row["how"])


def fail(brain: TestBrain, role: str, session: int | None = None, *, is_refusal: bool = False) -> bool:
    """The role reports that it got no answer; whether all work by the book now."""
    session = session or session_of(brain, role, request_id=f"fail-{brain.now()}")
    report = {"model": "anthropic", "is_refusal": is_refusal, "why": "no answer"}
    return bool(brain.as_role(role).value("note_model_down", session_id=session, **report))


def answer(brain: TestBrain, role: str, session: int) -> bool:
    """The role reports an answer that it paid for."""
    login = brain.as_role(role)
    call = login.value("reserve_spend", session_id=session, model="claude-haiku-5-5", most_input=9, most_output=9)
    login.run("settle_spend", reservation=call, input=1, output=1, cache_write=0, cache_read=0)
    return bool(login.value("note_model_answered", session_id=session))


def take_probe(brain: TestBrain, role: str) -> int:
    session = session_of(brain, role, request_id=f"probe-{brain.now()}")
    assert brain.as_role(role).value("may_ask_model", session_id=session) == "probe"
    return session


def put_down(brain: TestBrain, *roles: str, is_refusal: bool = False) -> None:
    """Two roles get no answer."""
    assert [fail(brain, role, is_refusal=is_refusal) for role in roles or HONEST] == [False, True]


def test_one_role_alone_sends_nobody_to_the_book_however_often_it_says_so(brain: TestBrain) -> None:
    reports = []
    for _ in range(9):
        brain.wait(minutes=7)
        reports.append(fail(brain, "data_auditor"))

    assert set(reports) == {False}
    assert may_ask(brain, "data_manager") == "check"


def test_an_answer_makes_earlier_failures_unimportant(brain: TestBrain) -> None:
    fail(brain, "data_manager")
    answer(brain, "ceo", session_of(brain, "ceo"))

    assert may_ask(brain, "build_manager") == "ask"
    assert not fail(brain, "research_manager")


def test_a_role_that_lies_keeps_the_company_from_the_model_for_an_hour_at_most(brain: TestBrain) -> None:
    put_down(brain, "data_auditor", "data_manager")
    brain.wait(minutes=30)
    fail(brain, "data_auditor", take_probe(brain, "data_auditor"))
    brain.wait(minutes=30)

    assert may_ask(brain, "data_auditor") == "book"
    assert answer(brain, "research_manager", take_probe(brain, "research_manager"))
    assert may_ask(brain, "data_manager") == "ask"


def test_reports_of_others_do_not_put_off_the_next_probe(brain: TestBrain) -> None:
    put_down(brain)
    for _ in range(3):
        brain.wait(minutes=10)
        fail(brain, "data_auditor")

    assert may_ask(brain, "ceo") == "probe"


def test_a_prober_that_says_nothing_holds_its_place_for_five_minutes(brain: TestBrain) -> None:
    put_down(brain)
    brain.wait(minutes=30)
    take_probe(brain, "data_auditor")

    brain.wait(minutes=4)
    assert may_ask(brain, "data_manager") == "book"
    brain.wait(minutes=1)
    assert [may_ask(brain, role) for role in ("data_auditor", "data_manager")] == ["book", "probe"]


def test_where_one_role_alone_asks_it_probes_again_an_hour_later(brain: TestBrain) -> None:
    put_down(brain, is_refusal=True)
    brain.wait(minutes=30)
    fail(brain, "ceo", take_probe(brain, "ceo"), is_refusal=True)

    brain.wait(minutes=89)
    assert may_ask(brain, "ceo") == "book"
    brain.wait(minutes=1)
    assert may_ask(brain, "ceo") == "probe"


def test_only_the_probers_answer_ends_it(brain: TestBrain) -> None:
    put_down(brain)

    assert not answer(brain, "data_auditor", session_of(brain, "data_auditor"))
    assert may_ask(brain, "ceo") == "book"


@pytest.mark.parametrize(
    ("is_refusal", "minutes"), [(True, [30] * 6), (False, [30, 30, 60, 120, 240, 240])], ids=["refusal", "silence"]
)
def test_silence_is_tried_again_after_as_long_as_it_lasted(
    brain: TestBrain, is_refusal: bool, minutes: list[int]
) -> None:
    put_down(brain, is_refusal=is_refusal)

    for n, wait in enumerate(minutes):
        brain.wait(minutes=wait - 1)
        assert may_ask(brain, HONEST[n % 2]) == "book"
        brain.wait(minutes=1)
        fail(brain, HONEST[n % 2], take_probe(brain, HONEST[n % 2]), is_refusal=is_refusal)


def test_of_two_that_come_at_the_same_moment_one_probes(brain: TestBrain) -> None:
    put_down(brain)
    brain.wait(minutes=30)

    with unfinished(brain.as_role("ceo")):
        first = may_ask(brain, "ceo")
        second = may_ask(brain, "data_auditor")
    third = may_ask(brain, "build_manager")

    assert (first, second, third) == ("probe", "book", "book")


def test_who_keeps_the_row_locked_keeps_nobody_waiting(brain: TestBrain) -> None:
    put_down(brain)
    session = session_of(brain, "ceo")

    with unfinished(brain.as_role("data_auditor")):
        fail(brain, "data_auditor")
        answers = (may_ask(brain, "build_manager"), fail(brain, "content_manager"), answer(brain, "ceo", session))

    assert answers == ("book", False, False)
    assert brain.as_role("heartbeat").value("end_model_trouble") is True


def test_an_answer_that_nobody_paid_for_is_none(steadfast_brain: TestBrain) -> None:
    session = session_of(steadfast_brain, "data_auditor", request_id="unpaid")

    with refused("an_answer_of_the_model_was_paid_for"):
        steadfast_brain.as_role("data_auditor").value("note_model_answered", session_id=session)


def test_machines_report_nothing_and_nobody_reports_in_anothers_session(steadfast_brain: TestBrain) -> None:
    theirs = session_of(steadfast_brain, "content_manager")

    with refused("only_employees_use_the_model"):
        fail(steadfast_brain, "promote", session_of(steadfast_brain, "promote"))
    with refused("a_fenced_session_writes_nothing"):
        fail(steadfast_brain, "data_manager", theirs)


def test_who_reported_it_does_not_end_it(steadfast_brain: TestBrain) -> None:
    fail(steadfast_brain, "data_worker", is_refusal=True)
    [row] = steadfast_brain.sql("owner", "SELECT id FROM company.findings WHERE kind = 'model_endpoint'")

    with refused("a_finding_is_closed_by_finder_watcher_ceo_or_owner"):
        steadfast_brain.sql("data_worker", "SELECT company.close_finding(%(id)s, 'it is fine')", id=row["id"])
    with refused("only_heartbeat_ends_model_trouble"):
        steadfast_brain.sql("data_worker", "SELECT company.end_model_trouble()")
    with refused(NO_RIGHT):
        steadfast_brain.sql("data_worker", "SELECT company.forget_model_trouble('it is fine')")
    with refused(NO_RIGHT):
        steadfast_brain.sql("data_worker", "UPDATE company.model_endpoint SET down_at = NULL")


def test_there_is_one_row_for_all(steadfast_brain: TestBrain) -> None:
    with refused("all_share_one_endpoint"):
        run_sql(steadfast_brain.as_login("migrate"), "INSERT INTO company.model_endpoint (is_the_only) VALUES (false)")
