"""The Messages API of the tests refuses what the real one refuses, in its words."""

from typing import Any

import anthropic
import pytest

from tests.support.messages_api import finishes, messages_api
from tests.support.messages_rules import fault_in

Body = dict[str, Any]
TEXT: Body = {"type": "text", "text": "x"}
CALL: Body = {"type": "tool_use", "id": "a", "name": "n", "input": {}}
ANSWER: Body = {"type": "tool_result", "tool_use_id": "a", "content": "ok"}
THOUGHT: Body = {"type": "thinking", "thinking": "so", "signature": "sealed"}
TOOL: Body = {"name": "n", "input_schema": {"type": "object", "properties": {}}}
MARK: Body = {"cache_control": {"type": "ephemeral"}}


def asks(*turns: list[Body]) -> list[Body]:
    """User and assistant in turn, the user first."""
    return [{"role": ("user", "assistant")[i % 2], "content": turn} for i, turn in enumerate(turns)]


def fault(messages: list[Body], said: list[list[Body]] | None = None, **more: Any) -> str | None:
    return fault_in({"model": "m", "max_tokens": 9, "messages": messages} | more, said or [])


@pytest.mark.parametrize(
    ("turns", "message"),
    [
        ([[TEXT | {"text": ""}]], "text content blocks must be non-empty"),
        ([[TEXT | {"text": " \n"}]], "text content blocks must contain non-whitespace text"),
        ([[TEXT | {"parsed_output": None}]], "messages.0.content.0.text.parsed_output: Extra inputs are not permitted"),
        ([[TEXT | {"citations": None}]], "messages.0.content.0.text.citations: Extra inputs are not permitted"),
        ([[TEXT], []], "messages.1: all messages must have non-empty content"),
        ([[TEXT], [TEXT]], "does not support assistant message prefill"),
        ([[TEXT], [CALL | {"name": "list tasks!"}], [ANSWER]], "tool_use.name: String should match pattern"),
        ([[TEXT], [CALL | {"name": "a" * 129}], [ANSWER]], "tool_use.name: String should match pattern"),
        ([[TEXT], [CALL | {"id": "a b"}], [ANSWER]], "tool_use.id: String should match pattern"),
        ([[TEXT], [CALL | {"input": "{}"}], [ANSWER]], "tool_use.input: Input should be a valid dictionary"),
        ([[TEXT], [CALL | {"caller": {"type": "direct"}}], [ANSWER]], "tool_use.caller: Extra inputs"),
        ([[TEXT], [CALL, CALL], [ANSWER]], "messages.1.content.1: `tool_use` ids must be unique"),
        ([[TEXT], [CALL], [ANSWER], [CALL], [ANSWER]], "messages.3.content.0: `tool_use` ids must be unique"),
        ([[TEXT], [CALL], [TEXT]], "without `tool_result` blocks immediately after: a."),
        ([[TEXT], [CALL], [TEXT, ANSWER]], "without `tool_result` blocks immediately after: a."),
        ([[TEXT], [CALL]], "does not support assistant message prefill"),
        ([[TEXT], [CALL], [ANSWER, ANSWER]], "each tool_use must have a single result"),
        ([[TEXT], [TEXT], [ANSWER]], "unexpected `tool_use_id` found in `tool_result` blocks: a."),
        ([[ANSWER]], "unexpected `tool_use_id` found"),
        ([[CALL]], "`tool_use` blocks can only be in `assistant` messages"),
        ([[TEXT], [ANSWER], [TEXT]], "`tool_result` blocks can only be in `user` messages"),
        ([[TEXT], [{"type": "thinking", "thinking": "so"}], [TEXT]], "thinking.signature: Field required"),
        ([[TEXT], [THOUGHT | {"thinking": "else"}], [TEXT]], "cannot be modified"),
        ([[TEXT], [TEXT, THOUGHT], [TEXT]], "the first block must be `thinking` or `redacted_thinking`. Found `text`."),
        ([[TEXT], [THOUGHT | MARK], [TEXT]], "thinking.cache_control: Extra inputs are not permitted"),
        ([[{"type": "of tomorrow"}]], "Input tag 'of tomorrow' found using 'type' does not match"),
        ([[TEXT | MARK] * 5], "A maximum of 4 blocks with cache_control may be provided. Found 5."),
        ([], "at least one message is required"),
    ],
)
def test_what_the_api_refuses_is_refused_in_its_words(turns: list[list[Body]], message: str) -> None:
    assert message in str(fault(asks(*turns), [[THOUGHT]]))


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"thinkin": {}}, "thinkin: Extra inputs are not permitted"),
        ({"max_tokens": -1}, "max_tokens: Input should be greater than or equal to 0"),
        ({"max_tokens": 200_000}, "max_tokens: 200000 > 128000"),
        ({"system": [{"type": "text", "text": ""}]}, "system: text content blocks must be non-empty"),
        ({"tools": [TOOL | {"name": "a b"}]}, "tools.0.custom.name: String should match pattern"),
        ({"tools": [TOOL, TOOL]}, "tools: Tool names must be unique."),
        ({"tools": [TOOL | {"strictly": True}]}, "tools.0.custom.strictly: Extra inputs are not permitted"),
        ({"tools": [TOOL | {"input_schema": {}}]}, "tools.0.custom.input_schema.type: Input should be 'object'"),
    ],
)
def test_what_stands_around_the_messages_is_checked_too(more: Body, message: str) -> None:
    assert message in str(fault(asks([TEXT]), **more))


def test_thinking_of_the_last_answer_may_not_be_left_out_where_its_tool_is_answered() -> None:
    said = [[THOUGHT, CALL]]

    assert fault(asks([TEXT], [THOUGHT, CALL], [ANSWER]), said) is None
    assert "cannot be modified" in str(fault(asks([TEXT], [CALL], [ANSWER]), said))


def test_a_sound_conversation_is_taken() -> None:
    turns = asks(
        [TEXT], [TEXT, CALL, CALL | {"id": "b"}], [ANSWER | {"tool_use_id": "b"}, ANSWER, TEXT], [TEXT], [TEXT]
    )

    assert fault(turns, tools=[TOOL | MARK], system=[TEXT | MARK]) is None


def test_messages_of_one_role_in_succession_are_one_turn() -> None:
    assert fault([*asks([TEXT]), *asks([TEXT], [CALL]), *asks([ANSWER])]) is None


def test_a_test_whose_request_was_refused_fails() -> None:
    with pytest.raises(AssertionError, match="the Messages API refused: .*non-empty"), messages_api([]) as api:
        client = anthropic.Anthropic(api_key="k", base_url=api.url, max_retries=0)
        with pytest.raises(anthropic.BadRequestError, match="non-empty"):
            client.messages.create(model="m", max_tokens=9, messages=[{"role": "user", "content": ""}])


def test_a_count_of_tokens_is_checked_like_any_request() -> None:
    with messages_api([], may_refuse=True) as api:
        client = anthropic.Anthropic(api_key="k", base_url=api.url, max_retries=0)
        assert client.messages.count_tokens(model="m", messages=[{"role": "user", "content": "x"}]).input_tokens == 1
        with pytest.raises(anthropic.BadRequestError, match="non-whitespace"):
            client.messages.count_tokens(model="m", messages=[{"role": "user", "content": " "}])


def test_a_test_may_say_that_it_wants_to_see_a_refusal() -> None:
    with messages_api([finishes()], may_refuse=True) as api:
        client = anthropic.Anthropic(api_key="k", base_url=api.url, max_retries=0)
        with pytest.raises(anthropic.BadRequestError) as refusal:
            client.messages.create(model="m", max_tokens=9, messages=[])

    assert refusal.value.body == {
        "type": "error",
        "error": {"type": "invalid_request_error", "message": "messages: at least one message is required"},
    }
