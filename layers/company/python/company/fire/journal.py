"""What one fire has done so far, for code that runs later in the same fire."""

from collections import Counter
from collections.abc import Mapping


class Tries:
    """How each of some items ended in one fire. An item that was tried twice counts as it ended last."""

    def __init__(self) -> None:
        self._worked: set[str] = set()
        self._failed: dict[str, str] = {}
        self._running = 0

    def begin(self) -> None:
        self._running += 1

    def end(self) -> None:
        """All items of one loop were tried."""
        self._running -= 1

    def note_worked(self, item: str) -> None:
        self._worked.add(item)
        self._failed.pop(item, None)

    def note_failed(self, item: str, error: Exception) -> None:
        self._worked.discard(item)
        self._failed[item] = f"{type(error).__name__}: {error}"[:300]

    @property
    def worked(self) -> frozenset[str]:
        return frozenset(self._worked)

    @property
    def failed(self) -> Mapping[str, str]:
        """The items that failed, each with its error."""
        return self._failed

    @property
    def is_whole(self) -> bool:
        """Whether every loop ended, so that an item which was not tried is no longer there."""
        return not self._running


class Journal:
    """The tools that were used, in order; the calls that the brain refused; the places in which instructions in data
    were already reported; the items that were tried, each apart from the others (company.fire.apart)."""

    def __init__(self) -> None:
        self._tools: list[str] = []
        self._places: set[str] = set()
        self._refusals: Counter[str] = Counter()
        self._tries: dict[str, Tries] = {}

    @property
    def tools_used(self) -> tuple[str, ...]:
        """Names, in the order of the calls."""
        return tuple(self._tools)

    @property
    def tries(self) -> Mapping[str, Tries]:
        """What was tried, by the kind of its items."""
        return self._tries

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

    def tries_of(self, what: str) -> Tries:
        """The tries of one kind of items, for a loop that begins; it says when it has ended."""
        tries = self._tries.setdefault(what, Tries())
        tries.begin()
        return tries
