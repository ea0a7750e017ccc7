"""Long lists by pages: each begins after the last id of the page before, so that no page is slower than another."""

from collections.abc import Callable, Sequence
from typing import Any

from company.console.visit import Visit

SIZE = 50


def paged(visit: Visit, ask: Callable[..., Sequence[Any]], size: int = SIZE) -> dict[str, Any]:
    """For a template: the rows of this page, and the id after which the next one begins.

    ask: gives rows for `before`, the id that the address names, and `limit`; one row more is asked for than is shown.
    """
    rows = ask(before=visit.number("before"), limit=size + 1)
    shown = rows[:size]
    return {"rows": shown, "older": _id(shown[-1]) if len(rows) > size else None}


def _id(row: Any) -> int:
    found: int = row["id"] if isinstance(row, dict) else row.id
    return found
