"""How build_worker writes other weights of the score: those that were tried, of a hundred, in a new version."""

from build_worker.lines import DraftedLine
from company.errors import ToolError
from company.fire.fire import Fire
from company.json_values import JsonObject
from company.sandbox.diffs import make_diff
from company.sandbox.in_force import text_in_force
from company.sandbox.weights import made_whole, read_weights, weights_file, write_weights
from company.tools import by_need, reading_tool

SUBJECT = "scores"
TEST = '''"""{title}."""

import json
from pathlib import Path


def test_the_weights_are_those_that_were_tried() -> None:
    found = json.loads(Path("rows.json").read_text())
    assert found["version"] == {version!r}
    assert found["weights"] == {weights!r}
'''


@by_need
@reading_tool
def draft_weights(fire: Fire, task_id: int, weights: dict[str, float], numbers: dict[str, float]) -> DraftedLine:
    """Drafts other weights of the score: those that were tried, which the payload of your task has with their figures.

    They are written as parts of a hundred, in a version of the task's number. Its owner is asked before it is deployed.
    Example: draft_weights(task_id=12, weights={"a": 40, "b": 20}, numbers={"came": 9, "ours_1000": 5, "tried_1000": 7})
    gives {"diff": "--- a/product/scores.py ...", "test": "def ...", "documents": [], ...}.
    """
    file = weights_file(fire.vertical.name)
    text = text_in_force(fire, file)
    written = read_weights(text)
    if set(weights) != set(written.weights):
        raise ToolError(f"weights has all parts of the score: {', '.join(written.weights)}")
    if not sum(weights.values()) > 0 or min(weights.values()) < 0:
        raise ToolError("each weight is 0 or more, and one of them is more")
    whole = made_whole(weights)
    if whole == made_whole(written.weights):
        raise ToolError("these are the weights in force")
    version = f"{written.version.partition('-')[0]}-{task_id}"
    moved = [
        f"{name} {written.weights[name]:g} -> {whole[name]:g}" for name in whole if whole[name] != written.weights[name]
    ]
    title = f"other weights: {', '.join(moved)}"
    return DraftedLine(
        diff=make_diff(file, text, write_weights(text, version, whole)),
        test=TEST.format(title=title[:100], version=version, weights=whole),
        documents=[],
        title=title[:200],
        reason=_reason(numbers),
    )


def _reason(numbers: JsonObject) -> str:
    came, ours, tried = (f"{numbers.get(name, 0):g}" for name in ("came", "ours_1000", "tried_1000"))
    return (
        f"Tried on what came true: of {came} they had {tried} among the first 1,000, and the weights in force {ours}. "
        "What is to come nobody knows."
    )
