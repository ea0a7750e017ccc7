"""Weights of a score: those in force, or others from a file that are tried beside them."""

import math
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from company.vertical import Scores
from watchbill.errors import UsageError

FORM = 'version = "mine.1" and, under [weights], a number from 0 on for each part'


@dataclass(frozen=True)
class Weights:
    """What each part of a score weighs."""

    version: str
    by_part: Mapping[str, float]
    if_unknown: tuple[float, ...] = ()
    """What counts for each part that nobody knows, in their order."""

    @classmethod
    def of(cls, scores: Scores) -> "Weights":
        return cls(scores.version, {part.name: part.weight for part in scores.parts}, _unknown(scores))

    @classmethod
    def read(cls, path: Path) -> "Weights":
        """From a TOML file; UsageError says what is wrong with it."""
        try:
            document = tomllib.loads(path.read_text(encoding="utf-8"))
            weights = {str(part): _weight(weight) for part, weight in document["weights"].items()}
            if not any(weights.values()):
                raise ValueError("no part weighs anything")
            return cls(str(document.get("version", path.stem)), weights)
        except (OSError, ValueError, KeyError, AttributeError, TypeError) as error:
            raise UsageError(f"--also {path} cannot be read ({error}): it must give {FORM}.") from error

    def in_order_of(self, scores: Scores) -> "Weights":
        """The same in the order of the score's parts; a part that the file does not name weighs nothing."""
        known = [part.name for part in scores.parts]
        if unknown := sorted(self.by_part.keys() - set(known)):
            raise UsageError(f"The score has no part {', '.join(unknown)}; it has {', '.join(known)}.")
        return Weights(self.version, {name: self.by_part.get(name, 0.0) for name in known}, _unknown(scores))

    def add_up(self, parts: Sequence[float | None]) -> float:
        """The score before it is rounded; a part that nobody knows brings what the model says of the unknown."""
        weights = self.by_part.values()
        known = (unknown if part is None else part for part, unknown in zip(parts, self.if_unknown, strict=True))
        return 100 * sum(weight * part for weight, part in zip(weights, known, strict=True)) / sum(weights)


def _weight(given: object) -> float:
    """A number from 0 on: others would order nothing, or turn the order round."""
    weight = float(str(given))
    if not 0 <= weight < math.inf:
        raise ValueError(f"{given} is no weight")
    return weight


def _unknown(scores: Scores) -> tuple[float, ...]:
    return tuple(part.if_unknown for part in scores.parts)
