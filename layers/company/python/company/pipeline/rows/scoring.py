"""Scores in one pass over the product's features what promotions may have moved, and writes only what changed."""

from dataclasses import dataclass
from datetime import datetime

from company.brain import Brain
from company.fire.fire import Fire
from company.outcomes import Done, Outcome, Skipped
from company.vertical import Scores


@dataclass(frozen=True)
class ScorePass:
    """One pass over all entities, or over those that may have moved, and how many scores it changed."""

    id: int
    model_version: str
    at: datetime
    looked_at: int
    added: int
    changed: int
    removed: int
    up_to_batch: int | None


@dataclass(frozen=True)
class ScoreNews:
    """When the last pass was and under which model, and whether something was promoted that it did not see."""

    last_at: datetime | None
    last_version: str | None
    is_news: bool


def nothing_to_score(fire: Fire) -> str | None:
    """A pass is due after a promotion, on a new day (parts may depend on the date), or under a new model."""
    scores, news = fire.vertical.scores, fire.brain.row(ScoreNews, "score_news")
    assert news is not None, "score_news always answers"
    if scores is None or (news.last_at is None and not news.is_news):
        return "nothing has been promoted yet"
    if news.last_at is None or news.last_version != scores.version or news.last_at.date() < fire.now.date():
        return None
    return None if news.is_news else "nothing was promoted since the last pass"


def score(fire: Fire) -> Outcome:
    """One pass in SQL. The evidence is how many entities were looked at, and how many scores changed."""
    scores = fire.vertical.scores
    if scores is None:
        return Skipped("this product scores nothing")
    with fire.brain.transaction():
        record_model(fire.brain, scores)
        done = fire.brain.row(ScorePass, "score_all", version=scores.version, features=scores.features)
    assert done is not None, "score_all always answers"
    return Done({"looked_at": done.looked_at, "added": done.added, "changed": done.changed, "removed": done.removed})


def record_model(brain: Brain, scores: Scores) -> None:
    """Writes down what a version of the score stands for; a version that is known with other parts is refused."""
    brain.run(
        "record_score_model",
        version=scores.version,
        names=[part.name for part in scores.parts],
        weights=[part.weight for part in scores.parts],
        if_unknown=[part.if_unknown for part in scores.parts],
        questions=[part.question for part in scores.parts],
    )
