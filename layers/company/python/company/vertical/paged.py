"""How a product's source is asked that answers page by page for a window of time."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Pages:
    """How an API is asked for what changed in a window of time. Each page is a document and a batch of its own."""

    first: Callable[[str, datetime | None, datetime], str]
    """The address of the first page, from the source's address, the newest stamp that we have, and now."""
    following: Callable[[str, bytes], str | None]
    """The address of the page after this one; None after the last."""
    total: Callable[[bytes], int]
    """How many entries the whole answer has; it may change while its pages are fetched."""
    ids: Callable[[bytes], list[str]]
    """What distinguishes each entry of a page, also of those that cannot be read."""
    window: Callable[[str], tuple[datetime, datetime]]
    """From when until when an address asks."""
    halves: Callable[[str], tuple[str, str] | None]
    """The first pages of the earlier and the later half of its window; None where it is too short for that."""
    again: Callable[[str, datetime], str]
    """The first page of a window of the past that is read once more at this moment, for changes that came backdated."""
    per_page: int
    most: int = 20
    """Pages of one answer at most: a longer one is asked for in parts."""
