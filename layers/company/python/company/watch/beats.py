"""The beats of heartbeat in a span of time, as the pages tell of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class IncompleteBeats:
    """The beats of a span, how many of them did less than all, and what the last of those left out, and when."""

    beats: int
    incomplete: int
    left_out: Sequence[str] | None
    last_at: datetime | None
