"""What to say after a name that does not exist: the one that was probably meant, or all that there are."""

from collections.abc import Collection

from company.text.suggesting import nearest
from watchbill.errors import UsageError


def no_such(what: str, name: str, known: Collection[str]) -> UsageError:
    """The error for a name that was typed and that nothing has."""
    return UsageError(f"There is no {what} {name!r}. {nearest_or_all(name, known)}")


def nearest_or_all(text: str, known: Collection[str]) -> str:
    """'Did you mean ceo?', or 'There are: a, b.' where nothing is near; case does not count."""
    near = nearest(text, known)
    return f"Did you mean {near}?" if near else f"There are: {', '.join(sorted(known)) or 'none'}."
