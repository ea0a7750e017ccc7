"""What goes back to a model is what came from it, also what only the model can read."""

from tests.model.conftest import Think
from tests.support.messages_api import Says, finishes, uses

THOUGHT = {"type": "thinking", "thinking": "first the figures", "signature": "c2lnbmVk"}
SEALED = {"type": "redacted_thinking", "data": "c2VhbGVk"}


def test_a_models_thinking_blocks_are_sent_back_unchanged(think: Think) -> None:
    turn = Says([THOUGHT, SEALED, *uses(("task_figures", {})).content])

    thought = think([turn, finishes()])

    assert thought.api.asked[1]["messages"][1]["content"] == turn.content
    assert thought.session["worked_by"] == "model"


def test_a_thinking_block_that_was_cut_is_not_sent_back(think: Think) -> None:
    thought = think([Says([THOUGHT], stop="max_tokens"), finishes()])

    assert "thinking" not in str(thought.api.asked[1]["messages"])
    assert thought.session["worked_by"] == "model"
