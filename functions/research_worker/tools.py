"""What only research_worker does: ask the product's questions, try other weights, propose what the brain measured."""

from typing import Any

from company.fire.fire import Fire
from company.json_values import json_ready, json_rows
from company.tools import reading_tool, tool
from company.vertical.research import Study

NOT_AGAIN_DAYS = 7


@reading_tool
def list_studies(fire: Fire) -> list[dict[str, Any]]:
    """Lists the questions that the product asks its data, each with the least numbers worth telling.

    One with is_of_weights is asked by backtest_weights, and only when you have an idea; all others by run_study, daily.
    weights: of the score's parts, as they are in force.
    Example: list_studies() gives [{"name": "rising", "smallest": {"recent": 3, "times": 2}, "is_of_weights": false},
    {"name": "other_weights", "smallest": {"more_1000": 1}, "is_of_weights": true, "weights": {"a": 35, "b": 20}}].
    """
    return [_described(fire, study) for study in fire.vertical.research]


def _described(fire: Fire, study: Study) -> dict[str, Any]:
    told = {"name": study.name, "smallest": dict(study.smallest), "is_of_weights": study.is_of_weights}
    if not study.is_of_weights or fire.vertical.scores is None:
        return told
    return told | {"weights": {part.name: part.weight for part in fire.vertical.scores.parts}}


@tool
def run_study(fire: Fire, study: str) -> list[dict[str, Any]]:
    """Asks the canonical data one question as of now, and tries the same rule on earlier moments. Each row is kept.

    numbers: the pattern now. past: moments tried, calls that the rule would have made, and how many of them held.
    looked_at: what the whole study rests on. Example: run_study(study="a") gives [{"backtest_id": 7, "subject": "x",
    "title": "x: 5 where 1 was usual", "numbers": {"recent": 5}, "past": {"moments": 6, "calls": 4, "held": 3}, ...}].
    """
    rows = json_rows(fire.brain.all("run_study", session_id=fire.session_id, study=study))
    fire.learn("studied", f"{study}: {len(rows)} rows", study=study, rows=len(rows))
    return rows


@tool
def backtest_weights(fire: Fire, weights: dict[str, float]) -> dict[str, Any]:
    """Tries other weights of the score's parts on what came true in each of four weeks, by what was known before.

    weights: the parts that you would weigh differently, 0 to 1000 each; the others keep theirs (list_studies tells
    them). ours_1000, tried_1000: how many of what came stood among the first 1,000, by the weights in
    force and by yours. Example: backtest_weights(weights={"a": 40}) gives {"backtest_id": 8, "numbers": {"came": 12,
    "ours_1000": 7, "tried_1000": 9, "more_1000": 2, ...}, "past": {"moments": 4, "calls": 3, "held": 2}, ...}.
    """
    row = fire.brain.one("backtest_weights", session_id=fire.session_id, weights=weights)
    assert row is not None, "backtest_weights always answers"
    fire.learn("studied", f"other weights: {row['title']}", backtest_id=row["backtest_id"])
    return dict(json_ready(row))


@tool
def propose(fire: Fire, backtest_id: int, remark: str = "") -> dict[str, Any]:
    """Proposes a pattern by its backtest, which says it all: subject, numbers and past are copied from it.

    backtest_id: of your own run_study or backtest_weights of the last day. remark: why it matters, in 400 characters at
    most, with no figure that the backtest does not hold. One open or judged within a week is not proposed again.
    Example: propose(backtest_id=7, remark="two of them in one product") gives {"proposal_id": 3, "is_new": true, ...}.
    """
    row = fire.brain.one(
        "propose",
        session_id=fire.session_id,
        backtest_id=backtest_id,
        remark=remark,
        not_again_days=NOT_AGAIN_DAYS,
    )
    assert row is not None, "propose always answers"
    if row["is_new"]:
        fire.learn("proposed", f"P-{row['proposal_id']}: {row['title']}", proposal_id=row["proposal_id"])
    return dict(row)
