"""What a customer's page lacks: what waits of a source that is stuck, and entries that nobody can read."""

from collections.abc import Iterator
from datetime import datetime

from company.text.cleaning import visible
from company.text.wording import join_first
from company.vertical import Facts, Row

MOST_NAMED = 10
LONGEST_RAW = 40


def notes(facts: Facts) -> list[str]:
    """A line for each source that is behind, and one for the entries of each source that could not be read.

    A source that is stale as well has its age on the page already.
    """
    stale = {row["source"] for row in facts.stale}
    return [*(_behind(row) for row in facts.stuck if row["source"] not in stale), *_put_aside(facts)]


def nothing_new(facts: Facts) -> str:
    """That nothing is new is said only where everything that came was read."""
    unread = {row["source"].upper() for row in (*facts.stuck, *facts.put_aside)}
    if unread:
        return f"Nothing new in what could be read; {join_first(sorted(unread))} may hold more."
    return "Nothing new for you since the last page."


def _behind(source: Row) -> str:
    edition: datetime | None = source["edition_in_force"]
    has = f"its edition of {edition:%d %B %Y %H:%M}Z" if edition else "nothing of it"
    return f"Note: newer data of {source['source'].upper()} could not be taken in yet; this page has {has}."


def _put_aside(facts: Facts) -> Iterator[str]:
    for source in sorted({row["source"] for row in facts.put_aside}):
        names = [_name(row) for row in facts.put_aside if row["source"] == source]
        yield f"Note: {source.upper()} holds entries that could not be read yet: {join_first(names, MOST_NAMED)}."


def _name(row: Row) -> str:
    return row["entity"] or f'"{visible(row["raw"])[:LONGEST_RAW]}"'
