"""What to say after a name that does not exist: the one that was probably meant, or all that there are."""

from collections.abc import Collection
from difflib import get_close_matches


def nearest_or_all(text: str, known: Collection[str]) -> str:
    """'Did you mean ceo?', or 'There are: a, b.' where nothing is near; case does not count."""
    by_lower = {name.casefold(): name for name in known}
    near = get_close_matches(text.casefold(), by_lower, n=1)
    return f"Did you mean {by_lower[near[0]]}?" if near else f"There are: {', '.join(sorted(known)) or 'none'}."
