"""The model beside the book: it reads what it likes, its writing comes to nothing, and where the two differ is kept."""

from collections.abc import Iterable, Mapping
from typing import Any

from company.errors import ToolError
from company.fire.fire import Fire
from company.outcomes import Outcome


class Shadow:
    """Runs a model's tools without effect. acts is what it would have done, by tool."""

    def __init__(self, fire: Fire) -> None:
        self._fire = fire
        self.acts: list[str] = []

    def use(self, name: str, arguments: dict[str, Any]) -> Any:
        """A reading tool as it is; any other of the list answers that it is noted, and nothing happens."""
        if name not in self._fire.tools:
            raise ToolError(f"{name} is not a tool of {self._fire.role}")
        if self._fire.tools[name].reads:
            # The mark is the tool's own word; the database holds it to that.
            with self._fire.brain.reading():
                return self._fire.use_named(name, arguments)
        self.acts.append(name)
        return "noted"

    def deeds(self, acts: Iterable[str]) -> list[str]:
        """Of these tools those that change something."""
        return [name for name in acts if not self._fire.tools[name].reads]


def differences(shadow: Iterable[str], book: Iterable[str], said: Outcome | None, did: Outcome) -> dict[str, Any]:
    """Deeds that only one of the two did, by tool and number, and figures of the same name that differ."""
    theirs, ours = list(shadow), list(book)
    names = sorted({*theirs, *ours})
    counts = {name: {"model": theirs.count(name), "book": ours.count(name)} for name in names}
    return {
        "acts": {name: both for name, both in counts.items() if both["model"] != both["book"]},
        "figures": _figures(getattr(said, "evidence", {}), getattr(did, "evidence", {})),
    }


def _figures(said: Mapping[str, Any], did: Mapping[str, Any]) -> dict[str, Any]:
    shared = sorted(set(said) & set(did))
    return {name: {"model": said[name], "book": did[name]} for name in shared if said[name] != did[name]}
