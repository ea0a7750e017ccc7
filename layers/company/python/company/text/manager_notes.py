"""A manager's closing note: what changed in its domain since yesterday and what is next, then the figures of both.

The brief has room for one line of each domain, and takes the first two clauses.
"""

from collections.abc import Sequence

from company.text.clauses import fitted
from company.text.wording import counted

UNCHANGED = "nothing changed"
NEXT = "next: "
NO_NEXT = "nothing waits"


def closing_note(changed: Sequence[str], coming: Sequence[str], figures: Sequence[str]) -> str:
    """'3 tasks done; next: data_worker takes 2 tasks; 7 of 7 sources fresh.'"""
    first, then = ", ".join(changed) or UNCHANGED, ", ".join(coming) or NO_NEXT
    return "; ".join([first, f"{NEXT}{then}", *figures]) + "."


def headline(note: str, most: int) -> str:
    """The note up to the end of what is next, in so many characters: of each of the two what fits, by whole clauses.

    The whole of one that does not say what is next, as far as it fits.
    """
    changed, says_next, after = note.partition(f"; {NEXT}")
    if not says_next:
        return fitted(note, most)
    room = most - len(says_next)
    coming = fitted(after.partition("; ")[0].rstrip("."), max(room // 2, room - len(changed)))
    return f"{fitted(changed, room - len(coming))}{says_next}{coming}"


def some(number: int, noun: str, plural: str | None = None) -> list[str]:
    """['3 tasks'], or [] for none: what is not there is not said."""
    return [counted(number, noun, plural)] if number else []
