"""Scores everything in one pass over the product's features, and writes only what changed."""

from company.fire.fire import Fire
from company.outcomes import Done, Outcome, Skipped


def nothing_to_score(fire: Fire) -> str | None:
    """A pass is due after a promotion, on a new day (parts may depend on the date), or under a new model."""
    scores = fire.vertical.scores
    last = fire.brain.one("last_promotion")
    if scores is None or last is None or last["at"] is None:
        return "nothing has been promoted yet"
    done = fire.brain.one("last_score_pass")
    if done is None or done["model_version"] != scores.version or done["at"].date() < fire.now.date():
        return None
    return "nothing was promoted since the last pass" if done["at"] > last["at"] else None


def score(fire: Fire) -> Outcome:
    """One set-based pass. The evidence is what was looked at and what moved."""
    scores = fire.vertical.scores
    if scores is None:
        return Skipped("this product scores nothing")
    with fire.brain.transaction():
        fire.brain.run(
            "record_score_model",
            version=scores.version,
            names=[part.name for part in scores.parts],
            weights=[part.weight for part in scores.parts],
        )
        done = fire.brain.one("score_all", version=scores.version, features=scores.features)
    assert done is not None, "score_all always answers"
    return Done({name: done[name] for name in ("looked_at", "added", "changed", "removed")})
