"""A model's own blocks are sent back to it unchanged, also those that only the model can read."""

from tests.model.conftest import RunByModel
from tests.support.messages_api import Says, finishes, uses

THINKING = {"type": "thinking", "thinking": "first the figures", "signature": "c2lnbmVk"}
SEALED = {"type": "redacted_thinking", "data": "c2VhbGVk"}


def test_a_models_thinking_blocks_are_sent_back_unchanged(run_by_model: RunByModel) -> None:
    turn = Says([THINKING, SEALED, *uses(("task_figures", {})).content])

    ran = run_by_model([turn, finishes()])

    assert ran.api.asked[1]["messages"][1]["content"] == ran.api.said[0]
    assert ran.session["worked_by"] == "model"


def test_a_thinking_block_that_was_cut_is_not_sent_back(run_by_model: RunByModel) -> None:
    ran = run_by_model([Says([THINKING], stop="max_tokens"), finishes()])

    assert "thinking" not in str(ran.api.asked[1]["messages"])
    assert ran.session["worked_by"] == "model"
