"""What only research_worker does: ask the product's questions, try other weights, propose what the brain measured."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NotRequired, TypedDict

from company.fire.fire import Fire
from company.text.wording import counted
from company.tools import reading_tool, tool
from company.vertical.research import Study

NOT_AGAIN_DAYS = 7
Numbers = Mapping[str, float]


class StudySummary(TypedDict):
    """A question of the product, with the smallest numbers worth reporting."""

    name: str
    smallest: dict[str, float]
    is_of_weights: bool
    weights: NotRequired[dict[str, float]]


@dataclass(frozen=True)
class StudyResult:
    """One pattern that a study found, and what the same rule was worth at earlier moments."""

    backtest_id: int
    subject: str
    title: str
    numbers: Numbers
    past: Numbers
    looked_at: int


@dataclass(frozen=True)
class WeightsBacktest:
    """Other weights of the score beside those in force, at four earlier moments."""

    backtest_id: int
    study: str
    subject: str
    title: str
    numbers: Numbers
    past: Numbers
    looked_at: int
    weights: Numbers


@dataclass(frozen=True)
class Proposed:
    """A proposal, and whether it is new: the same pattern is not proposed again within a week."""

    proposal_id: int
    is_new: bool
    title: str


@reading_tool
def list_studies(fire: Fire) -> list[StudySummary]:
    """Lists the questions that the product asks its data, each with the smallest numbers worth reporting.

    One with is_of_weights is asked by backtest_weights, and only when you have an idea; all others by run_study, daily.
    weights: of the score's parts, as they are in force.
    Example: list_studies() gives [{"name": "rising", "smallest": {"recent": 3, "times": 2}, "is_of_weights": false},
    {"name": "other_weights", "smallest": {"more_1000": 1}, "is_of_weights": true, "weights": {"a": 35, "b": 20}}].
    """
    return [_summary(fire, study) for study in fire.vertical.research]


def _summary(fire: Fire, study: Study) -> StudySummary:
    summary: StudySummary = {
        "name": study.name,
        "smallest": dict(study.smallest),
        "is_of_weights": study.is_of_weights,
    }
    if study.is_of_weights and (weights := _weights_in_force(fire)):
        summary["weights"] = weights
    return summary


def _weights_in_force(fire: Fire) -> dict[str, float]:
    """Those of the last scores, which a deployed change may have written; before any scores, those of the code."""
    scored = {row["name"]: row["weight"] for row in fire.brain.all("weights_in_force")}
    return scored or {part.name: part.weight for part in (fire.vertical.scores.parts if fire.vertical.scores else ())}


@tool
def run_study(fire: Fire, study: str) -> list[StudyResult]:
    """Asks the canonical data one question as of now, and tries the same rule on earlier moments. Each row is kept.

    numbers: the pattern now. past: moments tried, calls that the rule would have made, and how many of them held.
    looked_at: how many things the whole study covers. Example: run_study(study="a") gives [{"backtest_id": 7,
    "subject": "x", "title": "x: 5 where 1 was usual", "numbers": {"recent": 5}, "past": {"moments": 6, "calls": 4,
    "held": 3}, ...}].
    """
    rows = fire.brain.rows(StudyResult, "run_study", session_id=fire.session_id, study=study)
    fire.learn("studied", f"{study}: {counted(len(rows), 'row')}", study=study, rows=len(rows))
    return rows


@tool
def backtest_weights(fire: Fire, weights: dict[str, float]) -> WeightsBacktest:
    """Tries other weights of the score's parts on what happened in each of four weeks, by what was known before.

    weights: the parts that you would weigh differently, 0 to 1000 each; the others keep theirs (list_studies gives
    them). ours_1000, tried_1000: how many of what came stood among the first 1,000, by the weights in
    force and by yours. Example: backtest_weights(weights={"a": 40}) gives {"backtest_id": 8, "numbers": {"came": 12,
    "ours_1000": 7, "tried_1000": 9, "more_1000": 2, ...}, "past": {"moments": 4, "calls": 3, "held": 2}, ...}.
    """
    tried = fire.brain.row(WeightsBacktest, "backtest_weights", session_id=fire.session_id, weights=weights)
    assert tried is not None, "backtest_weights always answers"
    fire.learn("studied", f"other weights: {tried.title}", backtest_id=tried.backtest_id)
    return tried


@tool
def propose(fire: Fire, backtest_id: int, remark: str = "") -> Proposed:
    """Proposes a pattern by its backtest: subject, numbers and past are copied from it.

    backtest_id: of your own run_study or backtest_weights of the last day. remark: why it matters, in 400 characters at
    most, with no figure that the backtest does not hold. One open or judged within a week is not proposed again.
    Example: propose(backtest_id=7, remark="two of them in one product") gives {"proposal_id": 3, "is_new": true, ...}.
    """
    proposed = fire.brain.row(
        Proposed,
        "propose",
        session_id=fire.session_id,
        backtest_id=backtest_id,
        remark=remark,
        not_again_days=NOT_AGAIN_DAYS,
    )
    assert proposed is not None, "propose always answers"
    if proposed.is_new:
        fire.learn("proposed", f"P-{proposed.proposal_id}: {proposed.title}", proposal_id=proposed.proposal_id)
    return proposed
