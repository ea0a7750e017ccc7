"""Drills with a model that errs: what counts as noticed every time, and that the model keeps to the API."""

import json
import urllib.error
import urllib.request
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from company.model.by_need import FURTHER
from company.model.schemas import USE_TOOL
from tests.support.messages_rules import fault_in
from tests.unit.test_drill_table import report
from watchbill.drill.table import DrillReport
from watchbill.drill.think.erring_model import ErringModel, erring_model
from watchbill.drill.think.runs import Consistency, consistency
from watchbill.drill.verdict import Verdict

NOON = datetime(2026, 3, 11, 12, tzinfo=UTC)
SCHEMA = {
    "type": "object",
    "properties": {
        "role": {"enum": ["a", "b"]},
        "tasks": {"type": "array", "items": {"$ref": "#/$defs/Task"}},
        "count": {"anyOf": [{"type": "integer"}, {"type": "null"}]},
    },
    "required": ["role", "tasks", "count"],
    "$defs": {"Task": {"type": "object", "properties": {"id": {"type": "integer"}}, "required": ["id"]}},
}
ASKED: dict[str, Any] = {
    "model": "small",
    "max_tokens": 10,
    "messages": [{"role": "user", "content": [{"type": "text", "text": "work"}]}],
    "tools": [{"name": "finish", "input_schema": SCHEMA}, {"name": "list_tasks", "input_schema": SCHEMA}],
}


def runs(*noticed: dict[str, bool]) -> Consistency:
    """Runs of a drill, each with which of its faults were noticed."""
    return consistency([run(faults) for faults in noticed], employees=["docs_auditor"])


def run(noticed: dict[str, bool], lost: tuple[str, ...] = ()) -> DrillReport:
    [usual] = report().verdict.faults
    faults = [_named(usual, name, is_noticed) for name, is_noticed in noticed.items()]
    return DrillReport(Verdict(faults, [], lost), 1, 1.0, NOON, NOON)


def _named(usual: Any, name: str, is_noticed: bool) -> Any:
    return replace(usual, name=name, is_noticed=is_noticed)


def test_what_is_noticed_in_all_runs_counts_and_what_is_missed_once_does_not() -> None:
    both = {"silent": True, "drifted_document": True}

    proof = runs(both, {**both, "drifted_document": False}, both)

    assert (proof.pass_k, proof.mechanical_pass_k, proof.ok) == (0.5, 1.0, True)
    assert {one.name: one.noticed for one in proof.faults} == {"silent": 3, "drifted_document": 2}
    assert proof.as_json()["k"] == len(proof.as_json()["runs"]) == 3


def test_what_a_machine_misses_once_is_not_ok() -> None:
    proof = runs({"silent": True}, {"silent": False})

    assert (proof.mechanical_pass_k, proof.ok) == (0.0, False)
    assert "1 of 2  silent" in proof.as_text()
    assert [line.split(":")[0].strip() for line in proof.as_text().splitlines() if ": tide" in line] == ["run 2"]


def test_anything_lost_in_any_run_is_not_ok() -> None:
    assert not consistency([run({"silent": True}), run({"silent": True}, ("task 3",))], []).ok


def test_every_answer_of_the_model_is_one_that_the_api_takes_back() -> None:
    model, asked, kinds = ErringModel(3), dict(ASKED), set()
    for _ in range(200):
        message = model.answer(asked)
        kinds.add(message["content"][0]["type"] if message else "failure")
        if message and message["content"][0]["type"] == "tool_use":
            block = message["content"][0]
            result = {"type": "tool_result", "tool_use_id": block["id"], "content": "done"}
            turns = [{"role": "assistant", "content": [block]}, {"role": "user", "content": [result]}]
            assert fault_in({**ASKED, "messages": [*ASKED["messages"], *turns]}, [[block]]) is None
            assert block["name"] == "finish" or set(block["input"]) == {"role", "tasks", "count"}
    assert kinds == {"tool_use", "text", "failure"}


def test_it_calls_the_tools_by_need_that_its_page_names_through_use_tool() -> None:
    model, page = ErringModel(3), f"Do it.\n\n{FURTHER}retry_slot(schedule, due_at, finding_id?), muted_schedules()."
    said = [model.answer({**ASKED, "system": [{"type": "text", "text": page}]}) for _ in range(200)]

    blocks = [message["content"][0] for message in said if message]
    made = {
        block["input"]["tool"]: set(block["input"]["arguments"]) for block in blocks if block.get("name") == USE_TOOL
    }
    assert made == {"retry_slot": {"schedule", "due_at"}, "muted_schedules": set()}


def test_the_same_seed_errs_in_the_same_way() -> None:
    first, again, other = ([ErringModel(seed).answer(ASKED) for _ in range(3)] for seed in (1, 1, 2))

    assert first == again != other


def test_it_answers_on_loopback_and_fails_as_an_endpoint_does() -> None:
    seen = set()
    with erring_model(1) as url:
        for _ in range(40):
            request = urllib.request.Request(
                f"{url}/v1/messages", json.dumps(ASKED).encode(), {"content-type": "application/json"}
            )
            try:
                with urllib.request.urlopen(request) as answer:
                    seen.add(json.loads(answer.read())["type"])
            except urllib.error.HTTPError as error:
                seen.add(str(error.code))
                error.close()
    assert seen == {"message", "529"}

    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(f"{url}/v1/messages", b"{}")
