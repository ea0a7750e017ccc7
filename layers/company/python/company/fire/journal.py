"""What one fire has done so far, for code that runs later in the same fire."""

from collections import Counter


class Journal:
    """The tools that were used, in order, the calls that the brain refused, and the places already reported."""

    def __init__(self) -> None:
        self._tools: list[str] = []
        self._places: set[str] = set()
        self._refusals: Counter[str] = Counter()

    @property
    def tools_used(self) -> tuple[str, ...]:
        """Names, in the order of the calls."""
        return tuple(self._tools)

    def note_tool(self, name: str) -> None:
        self._tools.append(name)

    def note_refusal(self, rule: str) -> None:
        """One more call of a tool that broke a rule of the brain."""
        self._refusals[rule] += 1

    @property
    def refusals(self) -> list[tuple[str, int]]:
        """Each rule that refused a call, with how often, the most frequent first."""
        return self._refusals.most_common()

    def forget_tools(self) -> None:
        """For shadow mode, between the model and the book: after this, only the book's tools are listed."""
        self._tools.clear()

    def note_place(self, place: str) -> bool:
        """Notes a place; whether this fire reports it for the first time."""
        is_new = place not in self._places
        self._places.add(place)
        return is_new
