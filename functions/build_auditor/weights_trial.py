"""Other weights of the score: those that its task says were tried, over everything that is scored now.

The text is compared first: it differs in weights and the version alone, so nothing new runs. Which weights are believed
is not its author's choice: they were tried on what came true, by another role, and the owner asked for them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from build_auditor.statement_facts import StatementFacts
from company.errors import ToolError
from company.fire.fire import Fire
from company.json_values import JsonObject
from company.sandbox.changes import ChangeInFull
from company.sandbox.weights import WrittenWeights, made_whole, only_weights_differ, read_weights
from company.text.wording import counted

ROUNDED = 0.02
"""By how much a weight of a hundred may differ from the one that was tried: what rounding leaves."""
LEAST_STAY = 0.5
"""The least share of the first hundred that stay among them."""


@dataclass(frozen=True)
class TriedWeights:
    """The last trial of these weights on what came true. numbers: came, ours_1000, tried_1000, more_1000."""

    run_by: str
    model_version: str | None
    numbers: Mapping[str, float]
    is_version_known: bool


@dataclass(frozen=True)
class WeighedAnew:
    """Everything scored, by the weights of before and by the new ones. first: how many the first hundred are."""

    entities: int
    moved: int
    first: int
    stay: int
    greatest: int
    samples: Sequence[str]
    first_was: Sequence[str]
    first_becomes: Sequence[str]


def try_weights(
    fire: Fire, change: ChangeInFull, before: str, after: str
) -> tuple[StatementFacts, JsonObject, JsonObject]:
    """The facts, and what its test reads: version, weights and the first hundred, as they were and as they are."""
    facts = StatementFacts(of="weights", applies=1)
    try:
        if not only_weights_differ(before, after):
            return replace(facts, outside=["more of the text than weights and the version"]), {}, {}
        was, becomes = read_weights(before), read_weights(after)
    except ToolError as error:
        return replace(facts, broken=[str(error)]), {}, {}
    task = (fire.brain.one("task_of_change", task_id=change.task_id) or {"payload": {}})["payload"]
    if broken := _unlike(fire, change, task.get("weights"), was, becomes):
        return replace(facts, broken=broken), {}, {}
    anew = _weigh(fire, was, becomes)
    return (
        _facts_of(facts, anew),
        {"version": was.version, "weights": was.weights, "first": anew.first_was},
        {"version": becomes.version, "weights": becomes.weights, "first": anew.first_becomes},
    )


def _unlike(fire: Fire, change: ChangeInFull, tried: object, was: WrittenWeights, becomes: WrittenWeights) -> list[str]:
    """In what the weights are not those that were tried beside the ones in force, and were better."""
    if not isinstance(tried, dict) or set(tried) != set(was.weights) or set(becomes.weights) != set(was.weights):
        return ["its task names no weights for these parts that were tried"]
    trial = fire.brain.row(TriedWeights, "trial_of_weights", weights=tried, version=becomes.version)
    if trial is None or trial.run_by == change.author:
        return ["nobody but its author has tried these weights on what came true"]
    wanted = made_whole(tried)
    other = [n for n, weight in becomes.weights.items() if abs(weight - wanted[n]) > ROUNDED or weight < 0]
    return [
        *(f"{name} weighs {becomes.weights[name]:g}, and {wanted[name]:g} was tried" for name in sorted(other)),
        *([f"they were tried beside {trial.model_version}, and {was.version} is in force"]
          if trial.model_version != was.version else []),
        *([f"{becomes.version} is the name of other weights"] if trial.is_version_known else []),
        *(["they found no more of what came true"] if trial.numbers.get("more_1000", 0) <= 0 else []),
    ]  # fmt: skip


def _weigh(fire: Fire, was: WrittenWeights, becomes: WrittenWeights) -> WeighedAnew:
    assert fire.vertical.scores is not None, "its text was read"
    parts = fire.vertical.scores.parts
    before, after = made_whole(was.weights), made_whole(becomes.weights)
    anew = fire.brain.row(
        WeighedAnew,
        "weighed_anew",
        if_unknown=[part.if_unknown for part in parts],
        was=[before[part.name] for part in parts],
        becomes=[after[part.name] for part in parts],
    )
    assert anew is not None, "a count always answers"
    return anew


def _facts_of(facts: StatementFacts, anew: WeighedAnew) -> StatementFacts:
    stays = anew.stay / max(anew.first, 1)
    shows = [
        f"{anew.moved:,} of {counted(anew.entities, 'score')} move",
        f"{anew.stay} of the first {anew.first} stay among them",
        f"the greatest moves among the first 1,000: {', '.join(anew.samples) or 'none'}",
    ]
    beyond = f"only {anew.stay} of the first {anew.first} stay" if stays < LEAST_STAY else ""
    return replace(facts, is_tried=True, rows=anew.moved, rows_before=anew.entities, shows=shows, beyond=beyond)
