"""What a product needs to correct pages that carried what was taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from company.vertical.feeds import Row


@dataclass(frozen=True)
class TakenBack:
    """What one customer's pages carried of one undone batch.

    items: those of the pages, each once. pages: (subject, when it was written). reason: why the batch was undone.
    """

    customer: str
    batch: int
    source: str
    edition_at: datetime
    undone_at: datetime
    reason: str
    items: Sequence[Row]
    pages: Sequence[tuple[str, datetime]]
