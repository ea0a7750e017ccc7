"""Stamps are evidence, not truth: which moment counts as an edition's, whatever it says of itself.

An edition's mark is its own stamp where that can be: not after now, not before its source existed, and not before the
mark of the edition before. Otherwise it is the moment at which the edition came, so that no stamp stops a later edition
or hides that a source is stale.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from email.utils import parsedate_to_datetime

from company.fire.fire import Fire
from company.pipeline.asking.fetch import SourceResponse
from company.vertical.feeds import Parsed, Source

CLOCKS_DIFFER = timedelta(minutes=10)
"""How far a publisher's clock may be ahead of ours."""
CONFIRMED_AFTER = timedelta(hours=6)
CONFIRMED_BY = 3
"""An older edition that so many requests in a row brought, over that time, is what the publisher serves now. A stale
edge was seen to go back and forth within an hour."""


@dataclass(frozen=True)
class NewestEdition:
    """The newest edition of a source that was staged and not refused: its mark and its bytes.

    stated_at: the stamp that the newest edition with a believed one has.
    """

    edition_at: datetime
    sha256: str
    stated_at: datetime | None


@dataclass(frozen=True)
class OlderAnswers:
    """How many requests in a row were answered by an older edition, and since when."""

    answers: int
    since: datetime | None


@dataclass(frozen=True)
class Stamp:
    """An edition's moment. stated_at: its own stamp, when it is believed; doubt: why it is not."""

    mark: datetime
    stated_at: datetime | None
    doubt: str = ""


def newest_edition(fire: Fire, source: Source) -> NewestEdition | None:
    return fire.brain.row(NewestEdition, "newest_edition_of", source=source.name)


def came_at(source: Source, response: SourceResponse, day: date | None, now: datetime) -> datetime:
    """The moment that replaces a stamp: when the server says that the body last changed, where that can be; else now.

    A day's edition never counts as a later day's: that one would not be asked for.
    """
    try:
        changed_at = parsedate_to_datetime(response.headers["last-modified"])
    except (KeyError, ValueError):
        changed_at = now
    changed_at = changed_at if changed_at.tzinfo else changed_at.replace(tzinfo=UTC)
    if changed_at > now or changed_at.date() < source.first_edition:
        changed_at = now
    return changed_at if day is None else min(changed_at, datetime.combine(day, time.max, UTC))


def judge_stamp(source: Source, parsed: Parsed, came: datetime, newest: NewestEdition | None, now: datetime) -> Stamp:
    """The mark of an edition that is not older than the newest; came is the moment that replaces its stamp.

    Two editions that bear one stamp have one mark: neither is the newer, so what the second lacks is not removed. A
    server's Last-Modified is no such stamp: of two bodies with the same one, the one that came later is the newer.
    """
    stated, is_own = parsed.edition_at, parsed.has_stamp
    doubt = _doubt(source, stated, now)
    mark = came if doubt else min(stated, now)
    is_level = is_own and newest is not None and not doubt and mark == newest.edition_at
    if newest is not None and mark <= newest.edition_at and not is_level and not source.is_delta:
        mark = max(came, now) if newest.edition_at < now else mark
    is_stated = not doubt and (is_own or came < now)
    return Stamp(mark, min(stated, now) if is_stated else None, doubt)


def is_older(source: Source, stated: datetime, newest: NewestEdition | None, *, is_known: bool, now: datetime) -> bool:
    """Whether an edition is older than the newest by what both say of themselves; one without a stamp never is.

    Bytes that were staged before come again: of the same stamp they are the older edition, for the newer one replaced
    them.
    """
    if source.is_delta or newest is None or newest.stated_at is None or _doubt(source, stated, now):
        return False
    return stated < newest.stated_at or (is_known and stated == newest.stated_at)


def is_confirmed(fire: Fire, source: Source) -> bool:
    """Whether the older edition that came is what the publisher serves now, and not a stale edge's answer."""
    if source.is_dated or source.is_delta:
        return False
    seen = fire.brain.row(OlderAnswers, "older_answers", source=source.name)
    if seen is None or seen.since is None:
        return False
    return seen.answers + 1 >= CONFIRMED_BY and fire.now - seen.since >= CONFIRMED_AFTER


def _doubt(source: Source, stated: datetime, now: datetime) -> str:
    if stated - now > CLOCKS_DIFFER:
        return f"its stamp is {stated:%Y-%m-%d %H:%M}Z, which is still to come"
    if stated.date() < source.first_edition:
        return f"its stamp is {stated:%Y-%m-%d %H:%M}Z, before the first edition of all ({source.first_edition})"
    return ""
