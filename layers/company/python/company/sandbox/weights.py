"""The weights of the product's score as its text has them: read, written anew, and compared with all else of the text.

Only the form of the text is looked at: nothing of it runs.
"""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from company.errors import ToolError

PART, SCORES = "Part", "Scores"
WHOLE = 100.0
"""What all weights are together."""


@dataclass(frozen=True)
class WrittenWeights:
    """The version of the score, and what each part weighs."""

    version: str
    weights: Mapping[str, float]


def weights_file(product: str) -> str:
    """The path of the text, as a change names it."""
    return f"{product}/scores.py"


def read_weights(text: str) -> WrittenWeights:
    """ToolError where a weight or the version is no constant, or is not there."""
    module = _parsed(text)
    version = [str(node.value) for node in _versions(module)]
    weights = {name: _number(node) for name, node in _weights(module)}
    if len(version) != 1 or not weights:
        raise ToolError("the text has no Scores with a version and parts")
    return WrittenWeights(version[0], weights)


def write_weights(text: str, version: str, weights: Mapping[str, float]) -> str:
    """The text with these weights, which are all of its parts, and this version."""
    module = _parsed(text)
    new = [
        (node, f"{weights[name]:g}" if weights[name] % 1 else f"{weights[name]:.1f}") for name, node in _weights(module)
    ]
    new += [(node, f'"{version}"') for node in _versions(module)]
    lines = [line.encode() for line in text.splitlines(keepends=True)]
    for node, written in sorted(new, key=lambda one: (one[0].lineno, one[0].col_offset), reverse=True):
        line = lines[node.lineno - 1]
        lines[node.lineno - 1] = line[: node.col_offset] + written.encode() + line[node.end_col_offset :]
    return b"".join(lines).decode()


def only_weights_differ(before: str, after: str) -> bool:
    """Whether two texts are the same but for weights, the version, and what explains them above all."""
    return _without_weights(before) == _without_weights(after)


def made_whole(weights: Mapping[str, float]) -> dict[str, float]:
    """The same weights as parts of a hundred; the largest takes what rounding leaves."""
    total = sum(weights.values())
    whole = {name: round(WHOLE * weight / total, 2) for name, weight in weights.items()}
    largest = max(whole, key=lambda name: whole[name])
    return {**whole, largest: round(whole[largest] + WHOLE - sum(whole.values()), 2)}


def _parsed(text: str) -> ast.Module:
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError) as error:
        raise ToolError(f"the text is no Python: {error}") from error


def _calls(module: ast.Module, name: str) -> Iterator[ast.Call]:
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name:
            yield node


def _weights(module: ast.Module) -> Iterator[tuple[str, ast.Constant]]:
    """Part("name", 3.0, ...): the name and the constant of each."""
    for call in _calls(module, PART):
        name, weight = (*call.args, None, None)[:2]
        if not (isinstance(name, ast.Constant) and isinstance(weight, ast.Constant)):
            raise ToolError("a part has its name and its weight as constants, first and second")
        yield str(name.value), weight


def _versions(module: ast.Module) -> Iterator[ast.Constant]:
    for call in _calls(module, SCORES):
        yield from (k.value for k in call.keywords if k.arg == "version" and isinstance(k.value, ast.Constant))


def _number(node: ast.Constant) -> float:
    if isinstance(node.value, bool) or not isinstance(node.value, int | float):
        raise ToolError(f"a weight is a number, and this is {node.value!r}")
    return float(node.value)


def _without_weights(text: str) -> str:
    module = _parsed(text)
    for _, node in _weights(module):
        node.value = _number(node) * 0
    for node in _versions(module):
        node.value = str(node.value)[:0]
    is_explained = ast.get_docstring(module) is not None
    return ast.dump(ast.Module(module.body[1:] if is_explained else module.body, []))
