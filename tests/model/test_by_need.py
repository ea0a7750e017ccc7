"""Tools by need: named at boot, explained and called through use_tool, and each call is the tool's own."""

import json
from typing import Any

import pytest

from company.model.by_need import WRONG, names_in, real_call
from company.model.port import ToolCall
from tests.model.conftest import RunByModel
from tests.support.brains import TestBrain
from tests.support.messages_api import Body, finishes, uses
from tests.support.offered import own_tools

TOOLS = own_tools("data_manager")
LETTER: Body = {"subject": "x is muted", "body": "It needs a word.", "checked": "the schedule", "showed": "DISABLED"}


def asks(**arguments: Any) -> tuple[str, Body]:
    return "use_tool", arguments


def test_a_tool_by_need_is_explained_called_and_refused_in_one_unchanged_prefix(
    run_by_model: RunByModel, brain: TestBrain
) -> None:
    ran = run_by_model(
        [
            uses(asks(tool="escalate"), asks(tool="my_answered_decisions"), asks(tool="release_everything")),
            uses(asks(tool="escalate", arguments=LETTER), asks(tool="sort_task", arguments={"task_id": 1})),
            finishes(),
        ]
    )

    explained, listed, unknown = ran.api.results(1)
    assert "Escalates a matter to your manager" in explained["content"]
    assert '"level": {"enum": ["today", "brief"]}' in explained["content"]
    assert listed["content"] == "[]"
    assert (unknown["is_error"], "is not a tool of data_manager" in unknown["content"]) == (True, True)
    sent, wrong = ran.api.results(2)
    assert json.loads(sent["content"])["message_id"] > 0
    assert "becomes: Missing required argument" in wrong["content"]
    assert 'Example: sort_task(task_id=12, becomes="pending"' in wrong["content"]
    assert brain.sql("ceo", "SELECT subject FROM company.inbox WHERE kind = 'escalation'") == [
        {"subject": "x is muted"}
    ]
    assert [ask[part] == ran.api.asked[0][part] for ask in ran.api.asked for part in ("tools", "system")] == [True] * 6


def test_the_figures_of_an_example_are_none_that_a_note_may_give(run_by_model: RunByModel) -> None:
    boast = uses(("finish", {"evidence": {"looked_at": 1}, "note": "12 tasks were sorted, 3 stay open."}))

    ran = run_by_model([uses(asks(tool="sort_task")), boast, finishes()])

    assert ran.api.results()[0]["is_error"] is True
    assert "12" in ran.api.results()[0]["content"]


def test_a_session_that_only_asked_how_a_tool_is_called_did_nothing(run_by_model: RunByModel) -> None:
    tries = [uses(asks(tool="sort_task"), asks(tool="sort_task", arguments={}))]

    ran = run_by_model([*tries, finishes(), finishes(looked_at=2)])

    assert "nothing is done" in ran.api.results(2)[0]["content"]
    assert ran.session["worked_by"] == "book"


def test_the_same_letter_through_use_tool_is_the_same_loop(run_by_model: RunByModel) -> None:
    ran = run_by_model([uses(asks(tool="escalate", arguments=LETTER))] * 9)

    assert ran.session["by_book_because"] == "escalate with the same arguments 3 times"


def test_a_shadow_writes_nothing_through_use_tool(run_by_model: RunByModel, brain: TestBrain) -> None:
    ran = run_by_model([uses(asks(tool="escalate", arguments=LETTER)), finishes()], company_shadow=True)

    assert ran.api.results()[0]["content"] == '"noted"'
    assert brain.sql("owner", "SELECT id FROM company.inbox WHERE kind = 'escalation'") == []


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"tool": None},
        {"tool": ["escalate"]},
        {"tool": "use_tool", "arguments": {"tool": "escalate"}},
        {"tool": "sort_task", "task_id": 12},
        {"tool": "sort_task", "arguments": '{"task_id": 12}'},
        {"tool": "sort_task", "arguments": [12]},
    ],
    ids=str,
)
def test_a_use_tool_of_another_form_is_not_made_and_says_the_right_one(arguments: Body) -> None:
    assert real_call(ToolCall("a", "use_tool", arguments), TOOLS).fault == WRONG


@pytest.mark.parametrize(
    ("arguments", "name", "given"),
    [
        ({"tool": "sort_task", "arguments": {"task_id": 12}}, "sort_task", {"task_id": 12}),
        ({"tool": "sort_task", "arguments": {}}, "sort_task", {}),
        ({"tool": "sort_task"}, "use_tool", {"tool": "sort_task"}),
        ({"tool": "muted_schedules"}, "muted_schedules", {}),
        ({"tool": "task_figures", "arguments": {"hours": 3}}, "task_figures", {"hours": 3}),
        ({"tool": "finish", "arguments": {"evidence": {"n": 1}}}, "finish", {"evidence": {"n": 1}}),
        ({"tool": "x" * 9000}, "x" * 80, {}),
    ],
    ids=lambda value: str(value)[:40],
)
def test_use_tool_stands_for_the_call_of_the_tool_itself(arguments: Body, name: str, given: Body) -> None:
    call = real_call(ToolCall("a", "use_tool", arguments), TOOLS)

    assert (call.id, call.name, call.arguments, call.fault) == ("a", name, given, "")


def test_the_page_names_each_tool_by_need_with_what_it_needs(run_by_model: RunByModel) -> None:
    asked = run_by_model([finishes()]).api.asked[0]

    named = names_in(asked["system"][-1]["text"])
    assert set(named) == {tool.name for tool in TOOLS.values() if tool.is_by_need}
    assert (named["sort_task"], named["muted_schedules"]) == (["task_id", "becomes", "reason"], [])
    assert {tool["name"] for tool in asked["tools"]} - {"finish", "use_tool"} == set(TOOLS) - set(named)
