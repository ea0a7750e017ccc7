"""Scores everything in one pass over the product's features, and writes only what changed."""

from dataclasses import dataclass
from datetime import datetime

from company.brain import Brain
from company.fire.fire import Fire
from company.outcomes import Done, Outcome, Skipped
from company.vertical import Scores


@dataclass(frozen=True)
class ScorePass:
    """One pass over all entities, and how many scores it added, changed and removed."""

    id: int
    model_version: str
    at: datetime
    looked_at: int
    added: int
    changed: int
    removed: int
    up_to_batch: int | None


@dataclass(frozen=True)
class LastPromotion:
    """The newest promotion or undoing of any source, the newest batch, and how many were undone."""

    at: datetime | None
    batch_id: int | None
    undone: int


def nothing_to_score(fire: Fire) -> str | None:
    """A pass is due after a promotion, on a new day (parts may depend on the date), or under a new model."""
    scores = fire.vertical.scores
    promotion = fire.brain.row(LastPromotion, "last_promotion")
    if scores is None or promotion is None or promotion.at is None:
        return "nothing has been promoted yet"
    last = fire.brain.row(ScorePass, "last_score_pass")
    if last is None or last.model_version != scores.version or last.at.date() < fire.now.date():
        return None
    return "nothing was promoted since the last pass" if last.at > promotion.at else None


def score(fire: Fire) -> Outcome:
    """One pass in SQL. The evidence is how many entities were scored, and how many scores changed."""
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
