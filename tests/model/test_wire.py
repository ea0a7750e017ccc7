"""Whatever a model answers, the next request is one that the API takes, and the fire goes on by the model."""

from typing import Any, Required, get_origin, get_type_hints

import pytest
from anthropic.types import RedactedThinkingBlockParam, TextBlockParam, ThinkingBlockParam, ToolUseBlockParam
from hypothesis import given
from hypothesis import strategies as st

from company.model.answers import SENT_BACK, read_answer
from tests.model.conftest import RunByModel
from tests.support.brains import TestBrain
from tests.support.messages_api import Body, Says, finishes, uses
from tests.support.messages_rules import fault_in

FIGURES: Body = {"type": "tool_use", "name": "task_figures", "input": {}}
THOUGHT: Body = {"type": "thinking", "thinking": "", "signature": "c2lnbmVk"}
GOOD = uses(("source_freshness", {}))
SPACE: Body = {"type": "text", "text": " \n"}


def called(**fields: Any) -> Says:
    """One call whose block has these fields."""
    return Says([FIGURES | fields])


@pytest.mark.parametrize(
    "answer",
    [
        Says([{"type": "text", "text": ""}, FIGURES]),
        Says([SPACE], "end_turn"),
        Says([{"type": "text", "text": ""}], "max_tokens"),
        Says([THOUGHT, SPACE], "end_turn"),
        Says([], "end_turn"),
        called(name="list tasks!"),
        called(name=""),
        called(name="a" * 200),
        called(name=None),
        called(input='{"hours": 1}'),
        called(input=None),
        called(input=[1]),
        called(id=""),
        called(id="not an id"),
        called(id=7),
        Says([FIGURES | {"id": "call_0"}, FIGURES | {"id": "call_0", "name": "source_freshness"}]),
        called(caller={"type": "direct"}, parsed_output=None, toolset_name=None),
        Says([{"type": "text", "text": "so", "citations": None, "parsed_output": {}}, FIGURES]),
        Says([{"type": "server_tool_use", "id": "s", "name": "web_search", "input": {}}, FIGURES]),
        Says([{"type": "of tomorrow", "x": 1}, FIGURES]),
        Says([{"type": "thinking", "thinking": "unsealed"}, FIGURES]),
        Says([THOUGHT | {"thinking": "a NUL: \x00"}, FIGURES]),
        Says([THOUGHT, SPACE, FIGURES]),
        Says([FIGURES], "pause_turn"),
        Says([{"type": "text", "text": "one moment"}], "pause_turn"),
        called(input={"hours": float("nan"), "deep": "\x00 \udfff"}),
    ],
)
def test_an_answer_of_any_form_is_sent_back_in_a_form_that_the_api_takes(
    run_by_model: RunByModel, answer: Says
) -> None:
    ran = run_by_model([answer, GOOD, finishes()])

    assert ran.api.refused == []
    assert (ran.session["worked_by"], len(ran.api.asked)) == ("model", 3)


def test_an_id_that_each_turn_uses_anew_is_made_unique(run_by_model: RunByModel) -> None:
    def numbered(hours: int) -> Says:
        return Says([FIGURES | {"id": "call_0", "input": {"hours": hours}}])

    ran = run_by_model([numbered(1), numbered(2), numbered(3), finishes()])

    assert ran.session["worked_by"] == "model"
    ids = [block["id"] for m in ran.api.asked[-1]["messages"] for block in m["content"] if block["type"] == "tool_use"]
    assert (ids[0], len(set(ids))) == ("call_0", 3)


def test_a_made_up_name_is_answered_with_what_was_wrong(run_by_model: RunByModel) -> None:
    ran = run_by_model([called(name="list tasks!"), called(input="all"), GOOD, finishes()])

    [by_name] = ran.api.results(1)
    assert by_name["is_error"] is True
    assert "'list tasks!' is no name of a tool" in by_name["content"]
    assert "unknown_tool" in str(ran.api.asked[1]["messages"])
    assert "the input is no JSON object" in ran.api.results(2)[0]["content"]
    assert ran.session["worked_by"] == "model"


def test_a_finish_whose_input_is_no_object_is_returned_once(run_by_model: RunByModel) -> None:
    ran = run_by_model([called(name="finish", input="done"), finishes()])

    assert "no JSON object" in ran.api.results()[0]["content"]
    assert ran.session["worked_by"] == "model"


def test_what_stands_after_finish_is_not_done(run_by_model: RunByModel, brain: TestBrain) -> None:
    brain.sql("data_manager", "SELECT company.file_task('data', 't', '{}', 5::smallint, NULL, NULL)")
    turn = uses(("finish", {"evidence": {"n": 1}}), ("claim_task", {"mode": "data"}))

    ran = run_by_model([turn], role="data_worker")

    assert (ran.answer["outcome"], ran.session["worked_by"]) == ("done", "model")
    assert brain.sql("owner", "SELECT status FROM company.task_queue") == [{"status": "pending"}]


def test_what_stands_after_a_refused_finish_is_not_done_and_the_model_reads_it(
    run_by_model: RunByModel, brain: TestBrain
) -> None:
    brain.sql("data_manager", "SELECT company.file_task('data', 't', '{}', 5::smallint, NULL, NULL)")
    turn = uses(("finish", {"evidence": {}}), ("claim_task", {"mode": "data"}), ("finish", {"evidence": {"n": 1}}))

    ran = run_by_model([turn, uses(("finish", {"evidence": {"n": 1}}))], role="data_worker")

    assert [("after finish" in r["content"], r["is_error"]) for r in ran.api.results()] == [
        (False, True),
        (True, True),
        (True, True),
    ]
    assert brain.sql("owner", "SELECT status FROM company.task_queue") == [{"status": "pending"}]


@pytest.mark.parametrize("kind", [TextBlockParam, ThinkingBlockParam, RedactedThinkingBlockParam, ToolUseBlockParam])
def test_only_what_the_api_requires_of_a_block_is_sent_back(kind: Any) -> None:
    hints = get_type_hints(kind, include_extras=True)
    required = {name for name, hint in hints.items() if get_origin(hint) is Required}
    [name] = [name for name in SENT_BACK if f"['{name}']" in str(hints["type"])]

    assert set(SENT_BACK[name]) == required


def test_thinking_that_does_not_come_first_is_left_out() -> None:
    text = {"type": "text", "text": "so"}

    late = read_answer({"content": [SPACE, text, THOUGHT, FIGURES]}, [])
    sound = read_answer({"content": [SPACE, THOUGHT, text, THOUGHT, FIGURES]}, [])

    assert [block["type"] for block in late.content] == ["text", "tool_use"]
    assert [block["type"] for block in sound.content] == ["thinking", "text", "thinking", "tool_use"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
FIELDS = {name: JSON for names in SENT_BACK.values() for name in names[1:]} | {"caller": JSON, "citations": JSON}
BLOCK = st.fixed_dictionaries({"type": st.sampled_from([*SENT_BACK, "other"])}, optional=FIELDS) | JSON


@given(st.lists(st.lists(BLOCK, max_size=4), max_size=4))
def test_no_answer_makes_the_next_request_a_400(answers: list[list[Any]]) -> None:
    messages: list[Body] = [{"role": "user", "content": [{"type": "text", "text": "go"}]}]
    for content in answers:
        turn = read_answer({"content": content}, messages)
        results = [{"type": "tool_result", "tool_use_id": call.id, "content": "ok"} for call in turn.calls]
        messages += [
            {"role": "assistant", "content": list(turn.content) or [{"type": "text", "text": "(nothing)"}]},
            {"role": "user", "content": results or [{"type": "text", "text": "go on"}]},
        ]

    said = [block for message in messages for block in message["content"]]
    assert fault_in({"model": "m", "max_tokens": 9, "messages": messages}, [said]) is None
