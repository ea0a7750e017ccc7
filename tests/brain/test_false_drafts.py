"""Which draft the planter may make false: one whose text alone holds a score, never another figure."""

import json
from typing import Any

import pytest

from tests.support.brains import TestBrain, run_sql
from tests.support.drafts import SCORE, THING, fact, scored, write_draft


def _falsified(brain: TestBrain) -> dict[str, Any]:
    [chosen] = run_sql(brain.as_login("migrate"), "SELECT * FROM (SELECT) one, company.draft_to_falsify('luck')")
    return chosen


def _draft(brain: TestBrain, **given: Any) -> int:
    """A post with other fields than its author could give it: what is no score is not in force in this brain."""
    scored(brain)
    draft = write_draft(brain)
    written = {"title": f"On {THING}", "body": f"{THING} scores {SCORE}.", "facts": [fact()], **given}
    brain.as_login("migrate").execute(
        "UPDATE company.drafts SET title = %s, body = %s, facts = %s WHERE id = %s",
        (written["title"], written["body"], json.dumps(written["facts"]), draft),
    )
    return draft


def test_a_score_in_the_text_becomes_another(brain: TestBrain) -> None:
    draft = _draft(brain)

    assert _falsified(brain) == {"draft": draft, "score": SCORE, "lie": "61.2"}


@pytest.mark.parametrize(
    "given",
    [
        {"facts": [fact(source="epss")]},
        {"facts": [fact(field="confidence")]},
        {"facts": [fact(value="Known")], "body": f"{THING} is Known."},
        {"body": f"{THING} has a score."},
        {"body": f"{THING} scores 1{SCORE}."},
        {"title": f"On {THING}, which scores {SCORE}"},
    ],
    ids=["another_source", "another_field", "no_figure", "not_in_the_text", "part_of_a_figure", "in_the_title"],
)
def test_anything_else_is_left_as_it_was_written(brain: TestBrain, given: dict[str, Any]) -> None:
    """An auditor is tested by a score alone: of another figure nobody could tell whether it should have been found."""
    _draft(brain, **given)

    assert _falsified(brain) == {"draft": None, "score": None, "lie": None}


def test_a_draft_that_was_made_false_is_not_made_false_again(brain: TestBrain) -> None:
    _draft(brain)
    run_sql(brain.as_login("migrate"), "SELECT company.falsify_a_draft('luck', true)")

    assert _falsified(brain)["draft"] is None
