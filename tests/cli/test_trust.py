"""`watchbill trust`: the owner reads and sets how far each outward act is trusted."""

import json

import pytest

from tests.cli.conftest import Watchbill
from tests.support.acts import record_outbox_entry, session_of
from tests.support.brains import TestBrain
from watchbill.home import LastDay


def test_every_act_stands_somewhere(watchbill: Watchbill, last_day: LastDay) -> None:
    rows = {row["action"]: row["level"] for row in json.loads(watchbill("trust", "--json").out)}

    assert rows == {
        "act_by_model": "open", "brief": "open", "deliver": "closed", "deploy": "closed", "publish": "closed",
        "undo_by_model": "closed",
    }  # fmt: skip
    assert "deliver        closed" in watchbill("trust").out


def test_the_owner_sets_an_act(watchbill: Watchbill, last_day: LastDay, brain: TestBrain) -> None:
    said = watchbill("trust", "deliver", "ask")

    assert said.out.startswith("deliver stands at ask (was closed): it waits, fixed as it is")
    assert brain.owner.value("approval_level", action="deliver") == "ask"
    assert json.loads(watchbill("trust", "act", "closed", "--json").out)["was"] == "open"


def test_what_waits_is_named_with_its_question(watchbill: Watchbill, last_day: LastDay, brain: TestBrain) -> None:
    watchbill("trust", "deliver", "ask")
    session = session_of(brain, "deliver")
    record_outbox_entry(brain, "deliver", session, subject="Thu: 4 changes")
    brain.as_role("deliver").value("ask_approval", action="deliver", session_id=session, answer_by=brain.now())

    opened = watchbill("trust", "deliver", "open")

    assert "1 still waiting for your yes: watchbill decide D-1" in opened.out
    assert "deliver to customer@example.invalid: asked in D-1\nThu: 4 changes" in watchbill("trust", "--waiting").out


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (
            ("tweet",),
            "tweet is no outward act. There are: act_by_model, brief, deliver, deploy, publish, undo_by_model.",
        ),
        (("undo_by_model", "ask"), "undo_by_model stands at closed or open"),
        (("deliver", "ajar"), "ajar is no rung: an act stands at closed, ask, open."),
    ],
)
def test_a_slip_of_the_pen_sets_nothing(
    watchbill: Watchbill, last_day: LastDay, words: tuple[str, ...], says: str
) -> None:
    said = watchbill("trust", *words)

    assert (said.code, says in said.err) == (2, True)
