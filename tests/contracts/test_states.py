"""The pictures in docs/states.md are the transitions that the brain really makes: none too many, none missing."""

import re

import pytest

from tests.contracts.repository import ROOT
from tests.support.brains import TestBrain
from tests.support.states import SLOTS, START_OR_END, TASKS, Arrows, arrows_of_slots, arrows_of_tasks, late_work_on

DRAWN = (ROOT / "docs" / "states.md").read_text(encoding="utf-8")
ARROW = re.compile(r"^  (\S+) --> (\w+|\[\*\])(?:: .+)?$", re.M)
CHECK = "SELECT pg_get_constraintdef(oid) AS states FROM pg_constraint WHERE conname = 'a_slot_status_is_known'"
TRIGGER = r"""
SELECT substring(prosrc FROM 'NEW.status NOT IN \(([^)]+)\) THEN\s+PERFORM company.refuse\(''a_status_is_known''')
  AS states
FROM pg_proc WHERE proname = 'keep_state_of_a_task'
"""
OVER = ("succeeded", "skipped", "failed", "timed_out", "missed")


def drawn(title: str) -> Arrows:
    """The arrows of one picture."""
    part = re.search(rf"^## {title}\n\n```mermaid\n(.*?)^```", DRAWN, re.M | re.S)
    assert part, f"docs/states.md has no picture of {title}"
    return set(ARROW.findall(part[1]))


def states(arrows: Arrows) -> set[str]:
    return {state for arrow in arrows for state in arrow} - {START_OR_END}


@pytest.mark.parametrize(("title", "rule"), [("A task", TRIGGER), ("A slot", CHECK)], ids=["task", "slot"])
def test_the_states_drawn_are_those_that_the_brain_knows(brain: TestBrain, title: str, rule: str) -> None:
    [known] = brain.sql("owner", rule)

    assert states(drawn(title)) == set(re.findall(r"'(\w+)'", known["states"]))


def test_every_arrow_of_a_task_happens_and_no_other_does(brain: TestBrain) -> None:
    happened = arrows_of_tasks(brain)

    over = {(state, START_OR_END) for state in TASKS if state not in {before for before, _ in happened}}
    assert happened | over == drawn("A task")


def test_every_change_of_a_task_is_a_row_of_its_events(brain: TestBrain) -> None:
    happened = arrows_of_tasks(brain)

    rows = brain.sql("owner", "SELECT DISTINCT from_status, to_status FROM company.task_events")
    noted = {(row["from_status"] or START_OR_END, row["to_status"]) for row in rows}
    assert {(before, after) for before, after in noted if before != after} == happened


def test_every_arrow_of_a_slot_happens_and_no_other_does(brain: TestBrain) -> None:
    assert arrows_of_slots(brain) == drawn("A slot")


@pytest.mark.parametrize("state", [state for state in SLOTS if state in OVER])
def test_work_that_comes_late_changes_no_end(brain: TestBrain, state: str) -> None:
    assert late_work_on(brain, state) is None
