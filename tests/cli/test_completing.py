"""What a shell offers at Tab: names and ids of the last company, and nothing where there is none."""

from types import SimpleNamespace

import pytest

from tests.cli.conftest import Watchbill
from tests.support import days
from tests.support.brains import TestBrain
from watchbill.cli import completing, shell_settings
from watchbill.home import LastDay

NOBODY = SimpleNamespace(params={})


def _words(offers: list[tuple[str, str]]) -> list[str]:
    return [word for word, _ in offers]


def test_names_and_ids_of_the_last_company_are_offered(
    brain: TestBrain, last_day: LastDay, monkeypatch: pytest.MonkeyPatch
) -> None:
    days.a_bad_day(brain)
    asked = SimpleNamespace(params={"decision": "d-1"})

    assert _words(completing.ROLE(NOBODY, "data_m")) == ["data_manager"]
    assert _words(completing.SCHEDULE(NOBODY, "score")) == ["score"]
    assert completing.DECISION(NOBODY, "d") == [("D-1", "Switch data_auditor's schedule back on?")]
    assert _words(completing.ANSWER(asked, "")) == ["yes", "no"] or _words(completing.ANSWER(asked, "")) == [
        "no",
        "yes",
    ]
    assert _words(completing.CUSTOMER(NOBODY, "north")) == ["Northferry Logistics"]
    assert {"F-1", "F-2"} <= set(_words(completing.FINDING(NOBODY, "")))
    assert completing.THING(NOBODY, "tid") == [("tides", "a source")]
    assert _words(completing.ACTION(NOBODY, "deli")) == ["deliver"]
    monkeypatch.setattr(shell_settings, "ASKED_TO_COMPLETE", "complete_bash")
    assert _words(completing.CUSTOMER(NOBODY, "north")) == ["Northferry\\ Logistics"]


def test_where_there_is_no_company_nothing_is_offered_and_nothing_is_said(
    watchbill: Watchbill, capsys: pytest.CaptureFixture[str]
) -> None:
    offered = [completing.ROLE(NOBODY, ""), completing.ANSWER(NOBODY, ""), completing.THING(NOBODY, "F")]

    assert offered == [[], [], []]
    assert capsys.readouterr() == ("", "")
