"""The model beside the book: it may read, what it writes has no effect, and the differences between both are kept."""

from collections.abc import Iterable, Mapping, Sequence

from company.errors import ToolError
from company.fire.fire import Fire
from company.outcomes import Evidence, Outcome

Difference = Mapping[str, object]
"""{"model": ..., "book": ...}"""


class Shadow:
    """Runs a model's tools without effect. writes: the tools that it would have written with, in order."""

    def __init__(self, fire: Fire) -> None:
        self._fire = fire
        self.writes: list[str] = []

    def use(self, name: str, arguments: dict[str, object]) -> object:
        """Runs a reading tool; any other tool of the list answers "noted", and nothing happens."""
        if name not in self._fire.tools:
            raise ToolError(f"{name} is not a tool of {self._fire.role}")
        if self._fire.tools[name].reads:
            # A tool says itself that it only reads; the database refuses it any write.
            with self._fire.brain.reading():
                return self._fire.use_named(name, arguments)
        self.writes.append(name)
        return "noted"

    def only_writing(self, tools: Iterable[str]) -> list[str]:
        """Of these tools those that change something."""
        return [name for name in tools if not self._fire.tools[name].reads]


def differences(
    model_tools: Sequence[str], book_tools: Sequence[str], by_model: Outcome | None, by_book: Outcome
) -> dict[str, dict[str, Difference]]:
    """acts: writing tools that the two used a different number of times. figures: evidence that differs."""
    names = sorted({*model_tools, *book_tools})
    counts = {name: {"model": model_tools.count(name), "book": book_tools.count(name)} for name in names}
    return {
        "acts": {name: both for name, both in counts.items() if both["model"] != both["book"]},
        "figures": _differing(getattr(by_model, "evidence", {}), getattr(by_book, "evidence", {})),
    }


def _differing(by_model: Evidence, by_book: Evidence) -> dict[str, Difference]:
    shared = sorted(set(by_model) & set(by_book))
    return {
        name: {"model": by_model[name], "book": by_book[name]} for name in shared if by_model[name] != by_book[name]
    }
