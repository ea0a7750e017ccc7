"""The name that was probably meant by one that does not exist."""

from collections.abc import Collection
from difflib import get_close_matches


def nearest(text: str, known: Collection[str]) -> str | None:
    """The known name that is most like it; None where none is. Case does not count."""
    by_lower = {name.casefold(): name for name in known}
    return next((by_lower[name] for name in get_close_matches(text.casefold(), by_lower, n=1)), None)
