"""The owner's answers: recorded as hers, and read at once by the role that asked."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
import typer

from tests.cli.conftest import Watchbill
from tests.support import days
from tests.support.brains import TestBrain
from watchbill.cli import last_desk
from watchbill.home import LastDay


class StandInDesk:
    """Wakes nobody; the role that asked 'acts' at once, as its function would."""

    def __init__(self, brain: TestBrain) -> None:
        self.brain = brain
        self.woken: list[str] = []
        self.is_ok = True

    def now(self) -> datetime:
        return self.brain.now()

    def set_now(self, moment: datetime) -> None:
        self.brain.set_now(moment)

    def invoke_by_hand(self, role: str, event: Any = None) -> Any:
        self.woken.append(role)
        if self.is_ok and role == "data_manager":
            self.brain.as_role(role).run("note_decision_acted", decision_id=1, outcome="switched on again")
        return SimpleNamespace(is_ok=self.is_ok, payload={"outcome": "done"})


@pytest.fixture
def desk(brain: TestBrain, last_day: LastDay, monkeypatch: pytest.MonkeyPatch) -> StandInDesk:
    days.a_bad_day(brain)
    stand_in = StandInDesk(brain)

    @contextmanager
    def opened() -> Iterator[StandInDesk]:
        yield stand_in

    monkeypatch.setattr(last_desk, "open_desk", opened)
    return stand_in


def test_what_waits_is_listed_and_shown(watchbill: Watchbill, desk: StandInDesk) -> None:
    listed, shown = watchbill("decide").out, watchbill("decide", "d-1").out

    assert "D-1    Switch data_auditor's schedule back on?  today 12:00  yes | no  data_manager" in listed
    assert 'If you do not answer by Thu 12:00: "no".' in shown
    assert desk.woken == []


def test_a_yes_is_recorded_as_the_owners_and_wakes_the_asker(
    watchbill: Watchbill, desk: StandInDesk, brain: TestBrain
) -> None:
    result = watchbill("decide", "D-1", "YES")

    row = brain.owner.one("subject_of_decision", id=1)
    assert row is not None
    assert (row["answer"], row["answered_by"], row["answer_text"]) == ("yes", "owner", None)
    assert desk.woken == ["data_manager", "heartbeat"]
    assert "data_manager did: switched on again" in result.out


def test_text_that_is_no_option_is_kept_as_text(watchbill: Watchbill, desk: StandInDesk) -> None:
    row = json.loads(watchbill("decide", "D-1", "not before Monday", "--json").out)

    assert (row["answer"], row["answer_text"]) == (None, "not before Monday")
    assert row["woken"] == "data_manager"


def test_a_question_is_answered_once(watchbill: Watchbill, desk: StandInDesk) -> None:
    watchbill("decide", "D-1", "no")

    again = watchbill("decide", "D-1", "yes")

    assert again.code == 1
    assert 'D-1 was answered "no" by owner' in again.err
    assert desk.woken == ["data_manager", "heartbeat"]


def test_one_that_expired_says_when_it_is_asked_again(
    watchbill: Watchbill, desk: StandInDesk, brain: TestBrain
) -> None:
    brain.set_now(datetime(2026, 3, 12, 12, 1, tzinfo=UTC))
    brain.as_role("ceo").all("let_silence_answer")

    shown, late = watchbill("decide", "D-1"), watchbill("decide", "D-1", "yes")

    assert "Asked again after Thu 19 Mar, or when there is news." in shown.out
    assert late.code == 1
    assert "it is asked again a week later, or when there is news" in " ".join(late.err.split())
    assert desk.woken == []
    brain.wait(days=8)
    assert "Asked again" not in watchbill("decide", "D-1").out


def test_an_asker_that_fails_keeps_the_answer(watchbill: Watchbill, desk: StandInDesk) -> None:
    desk.is_ok = False

    result = watchbill("decide", "D-1", "yes")

    assert result.code == 1
    assert "Your answer is saved, but data_manager stopped with an error" in result.err


@pytest.mark.parametrize("slip", ["yse", "ye", "nope", "Monday", "n"])
def test_what_looks_like_a_slip_is_no_answer(
    watchbill: Watchbill, desk: StandInDesk, brain: TestBrain, slip: str
) -> None:
    result = watchbill("decide", "D-1", slip)

    assert result.code == 2
    assert f"{slip!r} is not one of yes, no." in result.err
    assert "To answer in these words, add --words." in result.err
    assert desk.woken == []
    assert brain.owner.one("subject_of_decision", id=1)["answered_at"] is None  # type: ignore[index]


def test_one_word_is_taken_as_words_when_it_is_meant_so(watchbill: Watchbill, desk: StandInDesk) -> None:
    assert json.loads(watchbill("decide", "D-1", "Monday", "--words", "--json").out)["answer_text"] == "Monday"


@pytest.mark.parametrize("meant", [True, False])
def test_a_person_is_asked_whether_she_means_her_own_words(
    watchbill: Watchbill, desk: StandInDesk, monkeypatch: pytest.MonkeyPatch, meant: bool
) -> None:
    asked: list[str] = []
    monkeypatch.setattr("sys.stdin", SimpleNamespace(isatty=lambda: True))

    def confirm(question: str, abort: bool) -> None:
        asked.append(question)
        if not meant:
            raise typer.Abort()

    monkeypatch.setattr(typer, "confirm", confirm)

    result = watchbill("decide", "D-1", "yse")

    assert asked == ["'yse' is not one of yes, no. Did you mean yes? Take it as your own words?"]
    assert (result.code, desk.woken[:1]) == ((0, ["data_manager"]) if meant else (130, []))
