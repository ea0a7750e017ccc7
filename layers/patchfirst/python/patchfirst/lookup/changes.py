"""A customer's changes, page by page, in an order that later changes do not disturb.

A page ends at a moment that no running transaction can add to: the longest fire takes 900 seconds. So the next call
with `until` as its `since` misses nothing and repeats nothing.
"""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from company.brain import Brain
from patchfirst.lookup.answers import ChangesPage, CustomerChange

MARGIN = timedelta(seconds=900)
FURTHEST = timedelta(days=31)
FIRST = timedelta(days=1)
LONGEST_CURSOR = 400


class WrongCursor(ValueError):
    """A cursor that no page gave."""


@dataclass(frozen=True)
class Settled:
    """until: the newest moment that is complete; None while nothing was read. choice: a digest of the filters."""

    until: datetime | None
    choice: str


@dataclass(frozen=True)
class ChangeAfter:
    """One change of the customer's."""

    at: datetime
    cve: str
    what: str
    old_score: Decimal | None
    score: Decimal | None
    vendor: str | None
    product: str | None


@dataclass(frozen=True)
class PagePlace:
    """Where a page begins: behind the change (at, cve, what), within one span."""

    since: datetime
    until: datetime
    at: datetime
    cve: str = ""
    what: str = ""


def settled(brain: Brain, key_id: str) -> Settled:
    found = brain.row(Settled, "changes_settled_at", key_id=key_id, margin=MARGIN)
    assert found is not None, "changes_settled_at is one row"
    return found


def first_place(now: datetime, since: datetime | None, until: datetime | None) -> PagePlace:
    """since: at most 31 days back, 24 hours where nobody says; the span of a page says what was taken."""
    earliest = now - FURTHEST
    begin = now - FIRST if since is None else max(since, earliest)
    return PagePlace(since=begin, until=max(begin, until or begin), at=begin)


def changes_page(brain: Brain, key_id: str, place: PagePlace, limit: int) -> ChangesPage:
    found = brain.rows(
        ChangeAfter,
        "customer_changes_after",
        key_id=key_id,
        since=place.since,
        until=place.until,
        after_at=place.at,
        after_cve=place.cve,
        after_what=place.what,
        limit=limit + 1,
    )
    shown = found[:limit]
    cursor = _cursor(place, shown[-1]) if len(found) > limit else None
    return ChangesPage(
        since=place.since, until=place.until, changes=tuple(_changes(shown)), next_cursor=cursor, has_more=bool(cursor)
    )


def _changes(rows: Sequence[ChangeAfter]) -> list[CustomerChange]:
    return [
        CustomerChange(
            at=row.at,
            cve=row.cve,
            what=row.what,
            old_score=None if row.old_score is None else float(row.old_score),
            score=None if row.score is None else float(row.score),
            vendor=row.vendor,
            product=row.product,
        )
        for row in rows
    ]


def _cursor(place: PagePlace, last: ChangeAfter) -> str:
    moments = [moment.isoformat() for moment in (place.since, place.until, last.at)]
    return base64.urlsafe_b64encode(json.dumps([*moments, last.cve, last.what]).encode()).decode().rstrip("=")


def read_cursor(text: str) -> PagePlace:
    """The place that a page's cursor names. It opens nothing: whose changes are shown is said by the key alone."""
    try:
        padded = text + "=" * (-len(text) % 4)
        since, until, at, cve, what = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        begin, end, last = (datetime.fromisoformat(moment).astimezone(UTC) for moment in (since, until, at))
    except (binascii.Error, ValueError, TypeError, RecursionError, OverflowError) as error:
        raise WrongCursor("cursor is none of ours: take next_cursor as the page before gave it") from error
    if len(text) > LONGEST_CURSOR or not (isinstance(cve, str) and isinstance(what, str)):
        raise WrongCursor("cursor is none of ours: take next_cursor as the page before gave it")
    return PagePlace(since=begin, until=end, at=last, cve=cve, what=what)
