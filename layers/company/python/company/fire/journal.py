"""What one fire has done so far, for those who must know it later in the same fire."""


class Journal:
    """The tools that were used, in order, and the places in which instructions in data were already reported."""

    def __init__(self) -> None:
        self._tools: list[str] = []
        self._places: set[str] = set()

    @property
    def tools_used(self) -> tuple[str, ...]:
        """Names, in the order of the calls."""
        return tuple(self._tools)

    def note_tool(self, name: str) -> None:
        self._tools.append(name)

    def forget_tools(self) -> None:
        """Before the book works after a model in shadow mode: what follows is the book's own."""
        self._tools.clear()

    def note_place(self, place: str) -> bool:
        """Whether this place is new to this fire."""
        is_new = place not in self._places
        self._places.add(place)
        return is_new
