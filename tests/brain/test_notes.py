"""A manager's fire ends with its note, and the note can be read and looked up."""

import pytest

from company.fire.closing_note import MOST_NOTE, fit_note, form_error
from tests.support.acts import close_session, send_note, session_of
from tests.support.brains import TestBrain
from tests.support.refusals import refused

SOUND = "4 tasks open (12 a day ago), 1 filed."


def _close_in_silence(brain: TestBrain, session: int) -> None:
    given = {"outcome": "done", "evidence": {"rows": 1}, "reason": None}
    brain.as_role("data_manager").run("close_session", session_id=session, **given)


def test_a_manager_closes_its_work_with_a_note(brain: TestBrain) -> None:
    session = session_of(brain, "data_manager")

    with refused("a_manager_closes_with_its_note"):
        _close_in_silence(brain, session)
    send_note(brain, "data_manager", session)
    _close_in_silence(brain, session)

    assert brain.sql("owner", "SELECT outcome FROM company.sessions") == [{"outcome": "done"}]


def test_the_note_of_another_fire_does_not_count(brain: TestBrain) -> None:
    first = session_of(brain, "data_manager")
    close_session(brain, "data_manager", first)
    brain.wait(minutes=5)
    second = session_of(brain, "data_manager", request_id="request-2")

    with refused("a_manager_closes_with_its_note"):
        _close_in_silence(brain, second)


def test_a_fire_that_rested_failed_or_is_a_workers_needs_no_note(brain: TestBrain) -> None:
    close_session(brain, "data_manager", session_of(brain, "data_manager"), "failed", reason="the brain is full")
    close_session(
        brain, "build_manager", session_of(brain, "build_manager"), "skipped", reason="the company is stopped"
    )

    close_session(brain, "data_worker", session_of(brain, "data_worker"))

    assert brain.sql("owner", "SELECT id FROM company.inbox") == []


def test_a_role_that_reports_to_the_owner_needs_no_note(brain: TestBrain) -> None:
    brain.admin.execute("UPDATE company.roster SET reports_to = 'owner' WHERE role = 'data_manager'")

    _close_in_silence(brain, session_of(brain, "data_manager"))

    assert brain.sql("owner", "SELECT outcome FROM company.sessions") == [{"outcome": "done"}]


@pytest.mark.parametrize(
    "body",
    [
        "",
        "all quiet",
        f"{'4 tasks open. ' * 50}",
        "4 tasks\n5 rows\n6 batches",
        "<b>4</b> tasks",
        "4 at https://x.example",
    ],
    ids=["nothing", "no figure", "too long", "three lines", "markup", "an address"],
)
def test_a_managers_note_has_its_form(brain: TestBrain, body: str) -> None:
    session = session_of(brain, "data_manager")

    with refused("a_note_is_short_plain_and_has_a_figure"):
        send_note(brain, "data_manager", session, body)

    assert form_error(body) is not None


def test_python_and_the_brain_agree_on_a_valid_note() -> None:
    assert form_error(SOUND) is None
    assert form_error("4 tasks open.\n1 waits for the owner.") is None


def test_what_a_book_writes_is_fitted_to_the_form(brain: TestBrain) -> None:
    noisy = fit_note(f"2 proposals: <b>A|B</b> rose\nin 3 places\n\nand {'on and ' * 200}")

    assert form_error(noisy) is None
    assert len(noisy) <= MOST_NOTE
    assert noisy.startswith("2 proposals: b A B /b rose\nin 3 places and on and on")
