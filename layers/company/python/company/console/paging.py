"""Long lists by pages: each begins after the last id of the page before, so that no page is slower than another."""

from collections.abc import Sequence
from typing import Any

SIZE = 50


def paged(rows: Sequence[Any], size: int = SIZE) -> dict[str, Any]:
    """For a template: the rows of this page, and the id after which the next one begins. One row more is asked for."""
    shown = rows[:size]
    return {"rows": shown, "older": _id(shown[-1]) if len(rows) > size else None}


def _id(row: Any) -> int:
    found: int = row["id"] if isinstance(row, dict) else row.id
    return found
