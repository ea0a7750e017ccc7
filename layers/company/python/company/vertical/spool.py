"""The rows of an edition while it is read: a whole list may have more of them than fit into a function's memory."""

import pickle
from collections.abc import Iterator, Sequence
from typing import TypeVar, overload

from company.vertical.bodies import IN_MEMORY, scratch_file

T = TypeVar("T")
BLOCK = 500
"""How many items are in memory at most; all before them are written, so many at a time."""


class Spool(Sequence[T]):
    """A sequence that only grows, and is in a temporary file above some megabytes."""

    def __init__(self, in_memory: int = IN_MEMORY) -> None:
        self._file = scratch_file(self, in_memory)
        self._offsets: list[int] = []
        self._last: list[T] = []

    def append(self, item: T) -> None:
        """Adds one item at the end."""
        self._last.append(item)
        if len(self._last) == BLOCK:
            self._offsets.append(self._file.seek(0, 2))
            pickle.dump(self._last, self._file, pickle.HIGHEST_PROTOCOL)
            self._last = []

    def __len__(self) -> int:
        return BLOCK * len(self._offsets) + len(self._last)

    def __iter__(self) -> Iterator[T]:
        for block in range(len(self._offsets)):
            yield from self._read(block)
        yield from self._last

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[T]: ...
    def __getitem__(self, index: int | slice) -> T | Sequence[T]:
        """One item, or a list of some."""
        places = range(len(self))[index]
        if isinstance(places, range):
            return [self[place] for place in places]
        block, place = divmod(places, BLOCK)
        return (self._read(block) if block < len(self._offsets) else self._last)[place]

    def _read(self, block: int) -> list[T]:
        """Only what this process wrote is read: nobody else has the file."""
        self._file.seek(self._offsets[block])
        items: list[T] = pickle.load(self._file)
        return items
