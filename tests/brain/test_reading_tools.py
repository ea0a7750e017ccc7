"""A tool marked as reading changes nothing: its queries are traced, and Postgres refuses what the trace missed."""

from dataclasses import replace
from typing import Any

import pytest

from company.errors import BrainError
from company.fire.fire import Fire
from company.model.shadow import Shadow
from company.outcomes import Done, Outcome
from company.tools import Tool, reading_tool
from tests.contracts.test_tools import TOOLS
from tests.support.brains import TestBrain, run_sql
from tests.support.fires import Fires
from tests.support.traces import faults_of

VOLATILE = "SELECT DISTINCT proname FROM pg_proc WHERE pronamespace = 'company'::regnamespace AND provolatile = 'v'"


@pytest.fixture(scope="module")
def volatile(steadfast_brain: TestBrain) -> set[str]:
    """The brain's functions that may write."""
    return {row["proname"] for row in run_sql(steadfast_brain.as_login("superuser"), VOLATILE)}


@pytest.mark.parametrize("name", sorted(TOOLS))
def test_a_tool_is_marked_as_reading_exactly_when_it_changes_nothing(name: str, volatile: set[str]) -> None:
    faults = faults_of(TOOLS[name].run, volatile)

    if TOOLS[name].reads:
        assert faults == [], f"{name} is a @reading_tool, but it {'; '.join(faults)}"
    else:
        assert faults, f"{name} changes nothing: say so with @reading_tool, so that a shadow may run it"


@pytest.mark.parametrize("name", ["claim_task", "write_brief", "switch_schedule_on", "record_audit", "failed_fires"])
def test_the_trace_finds_what_writes(name: str, volatile: set[str]) -> None:
    assert faults_of(TOOLS[name].run, volatile)


def test_a_tool_that_is_marked_wrongly_still_writes_nothing(fire: Fires, brain: TestBrain) -> None:
    errors: list[str] = []

    @reading_tool
    def peek(fire: Fire) -> Any:
        """Claims to read."""
        return fire.brain.value("write_brain", key="PROJECT_STATUS", content="mine")

    def work(at_work: Fire) -> Outcome:
        at_work = replace(at_work, tools={**at_work.tools, "peek": Tool("peek", peek)})
        with pytest.raises(BrainError) as refusal:
            Shadow(at_work).use("peek", {})
        errors.append(str(refusal.value))
        return Done({"peeked": 1})

    fire("ceo", work)

    assert "read-only transaction" in errors[0]
    assert brain.sql("owner", "SELECT content FROM company.brain WHERE content = 'mine'") == []
