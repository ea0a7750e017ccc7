"""Chooses the recorded editions that were there on a day, and the one that says what happened after it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from company.vertical import Edition, Parsed, Vertical
from company.vertical.backtest import Backtest, History
from watchbill.days.recordings import editions_in
from watchbill.errors import DeskError


@dataclass(frozen=True)
class Evidence:
    """The editions of a backtest.

    known: of each source the newest whole edition of the day or before, and the changes after it, oldest first.
    later: the first edition of the outcomes' source at the end of the horizon or after it.
    """

    known: tuple[Edition, ...]
    later: Edition
    history: tuple[Edition, ...]
    notes: tuple[str, ...]


def end_of(day: date) -> datetime:
    """The first moment that no longer belongs to the day."""
    return datetime.combine(day + timedelta(days=1), time(0), UTC)


def find_evidence(vertical: Vertical, plan: Backtest, folder: Path, day: date, horizon: int) -> Evidence:
    """The editions in a folder; DeskError says which one is missing."""
    editions, notes = editions_in(vertical, folder)
    until = end_of(day)
    before = [edition for edition in editions if edition.edition_at < until]
    known = [edition for source in vertical.sources for edition in _in_force(source.name, before)]
    outcomes = plan.outcomes[0]
    if not any(edition.source == outcomes for edition in known):
        raise DeskError(f"{folder} has no edition of {outcomes} of {day} or before.{_first(editions, outcomes)}")
    history = tuple(edition for edition in before if edition.source == plan.history[0])
    return Evidence(tuple(known), _later(editions, outcomes, day, horizon), history, tuple(notes))


def _in_force(source: str, before: Sequence[Edition]) -> Iterator[Edition]:
    """The newest whole edition, and the changes since."""
    own = [edition for edition in before if edition.source == source]
    whole = max((e for e in own if not e.is_part), key=lambda e: e.edition_at, default=None)
    if whole:
        yield whole
    yield from (e for e in own if e.is_part and (whole is None or e.edition_at > whole.edition_at))


def _later(editions: Sequence[Edition], source: str, day: date, horizon: int) -> Edition:
    ends = end_of(day + timedelta(days=horizon))
    own = [edition for edition in editions if edition.source == source]
    # An edition of the last day may come before the entries of that day's evening.
    after = [edition for edition in own if edition.edition_at >= ends - timedelta(days=1)]
    if not after:
        newest = max(own, key=lambda e: e.edition_at)
        raise DeskError(
            f"No edition of {source} shows what happened until {ends:%Y-%m-%d}: the newest here is of"
            f" {newest.edition_at:%Y-%m-%d}. Take an earlier --date or a shorter --horizon."
        )
    return min(after, key=lambda e: e.edition_at)


def _first(editions: Sequence[Edition], source: str) -> str:
    own = [edition.edition_at for edition in editions if edition.source == source]
    return f" The first here is of {min(own):%Y-%m-%d}." if own else ""


def read_edition(vertical: Vertical, edition: Edition, came_at: datetime | None = None) -> Parsed:
    """The rows of an edition as its source reads them at a moment, else at its own: a date after it is unreadable."""
    return vertical.source(edition.source).read_bytes(edition.load(), came_at or edition.edition_at)


def read_history(vertical: Vertical, editions: Sequence[Edition], place: int) -> list[History]:
    """Each edition's values, from the place that their column has in a staged row."""
    return [_values(edition, read_edition(vertical, edition), place) for edition in editions]


def _values(edition: Edition, parsed: Parsed, place: int) -> History:
    rows = [tuple(line.split("\t")) for line in parsed.copy_text.decode().splitlines()] or parsed.rows
    values = {str(row[1]): float(str(row[place])) for row in rows if row[place] not in (None, "\\N")}
    return History(edition.edition_at, parsed.version, values)
