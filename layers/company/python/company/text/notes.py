"""A manager's closing note: what changed in its domain since yesterday and what is next, then the figures of both.

The brief has room for one line of each domain, and takes the first two clauses.
"""

from collections.abc import Sequence

from company.text.wording import counted, join_with_and

UNCHANGED = "nothing changed"
NEXT = "next: "
NO_NEXT = "nothing waits"


def closing_note(changed: Sequence[str], coming: Sequence[str], figures: Sequence[str]) -> str:
    """'3 tasks done; next: data_worker takes 2 tasks; 7 of 7 sources fresh.'"""
    first = join_with_and(list(changed), UNCHANGED)
    return "; ".join([first, f"{NEXT}{join_with_and(list(coming), NO_NEXT)}", *figures]) + "."


def headline(note: str) -> str:
    """The note up to the end of what is next; the whole of one that does not say it."""
    changed, says_next, after = note.partition(f"; {NEXT}")
    return f"{changed}{says_next}{after.partition('; ')[0].rstrip('.')}" if says_next else note


def some(number: int, noun: str, plural: str | None = None) -> list[str]:
    """['3 tasks'], or [] for none: what is not there is not said."""
    return [counted(number, noun, plural)] if number else []
