"""`watchbill approvals`: the owner reads and sets the approval level of each action."""

import json

import pytest

from tests.cli.conftest import Watchbill
from tests.support.acts import record_outbox_entry, session_of
from tests.support.brains import TestBrain
from watchbill.home import LastDay


def test_every_action_has_a_level(watchbill: Watchbill, last_day: LastDay) -> None:
    rows = {row["action"]: row["level"] for row in json.loads(watchbill("approvals", "--json").out)}

    assert rows == {
        "act_by_model": "open", "brief": "open", "correct": "ask", "deliver": "closed", "deploy": "closed",
        "publish": "closed", "undo_by_model": "closed",
    }  # fmt: skip
    assert "deliver        closed" in watchbill("approvals").out


def test_the_owner_sets_a_level(watchbill: Watchbill, last_day: LastDay, brain: TestBrain) -> None:
    result = watchbill("approvals", "deliver", "ask")

    assert result.out.startswith(
        "deliver: approval is ask (was closed): it waits for your yes to one question about all"
    )
    assert brain.owner.value("approval_level", action="deliver") == "ask"
    assert json.loads(watchbill("approvals", "act", "closed", "--json").out)["was"] == "open"


def test_what_waits_is_named_with_its_question(watchbill: Watchbill, last_day: LastDay, brain: TestBrain) -> None:
    watchbill("approvals", "deliver", "ask")
    session = session_of(brain, "deliver")
    record_outbox_entry(brain, "deliver", session, subject="Thu: 4 changes")
    brain.as_role("deliver").value("ask_approval", action="deliver", session_id=session, answer_by=brain.now())

    opened = watchbill("approvals", "deliver", "open")

    assert "1 still waits for your approval: watchbill decide D-1" in opened.out
    assert (
        "deliver to customer@example.invalid: asked in D-1\nThu: 4 changes" in watchbill("approvals", "--waiting").out
    )


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (
            ("tweet",),
            "There is no action 'tweet'. There are: act_by_model, brief, correct, deliver, deploy, publish, undo_by",
        ),
        (("undo_by_model", "ask"), "undo_by_model can be closed or open"),
        (("deliver", "ajar"), "ajar is not a level: choose closed, ask, open."),
        (("deliver", "ask", "--waiting"), "--waiting only shows what waits: leave it out to set deliver to ask."),
    ],
)
def test_a_mistyped_level_sets_nothing(
    watchbill: Watchbill, last_day: LastDay, arguments: tuple[str, ...], expected: str
) -> None:
    result = watchbill("approvals", *arguments)

    assert (result.code, expected in result.err) == (2, True)
