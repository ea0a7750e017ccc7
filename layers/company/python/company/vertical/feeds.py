"""What a product says of a feed: its addresses, how a body is read, and what an edition is.

Four ways to publish are known: one document that changes in place; a file a day; releases (a whole one a day, and the
changes of each hour); and an API that is asked for a window of time, page by page.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import IO

from company.json_values import JsonObject
from company.vertical.bodies import Body
from company.vertical.columns import Columns
from company.vertical.details import Unread
from company.vertical.paged import Pages
from company.vertical.tickets import Ticket

DATE = "{date}"
HOUR = "{hour}"
EDITION = "{edition}"
NEWEST = "current"
"""In a dated URL: the newest edition, of whatever day."""
Row = JsonObject
"""A row of one of the product's own queries; only the product knows its columns."""
StagedRow = tuple[object, ...]
"""A row for staging: its number in the edition, its key, then the values in the order of the stream's columns."""
HOUR_LENGTH = timedelta(hours=1)


class Malformed(ValueError):
    """A body that is not an edition of its source; the message says why."""


class NothingNew(Exception):
    """A valid body without a row: an empty window, an hour without changes. It moves no cursor."""


@dataclass(frozen=True)
class Reject:
    """One row of an edition that cannot be read. It is counted, kept as it came, and never staged."""

    row_no: int
    reason: str
    raw: str
    entity: str | None = None


def reject_of(number: int, error: Exception, value: object, entity: str | None = None) -> Reject:
    """The reject of a row from JSON that a reader could not read, with the error as its reason."""
    reason = f"{error.args[0]} is missing" if isinstance(error, KeyError) else str(error)
    try:
        raw = json.dumps(value, ensure_ascii=False)
    except (RecursionError, TypeError, ValueError):
        raw = f"{type(value).__name__} that cannot be shown"
    return Reject(number, reason, raw, entity)


@dataclass(frozen=True)
class Parsed:
    """An edition in the company's form.

    Either `rows`, each (row_no, key, value ...) in the order of the stream's columns, or `copy_parts`, the same as
    whole lines of Postgres' COPY text, in parts and the same at each iteration, where tuples would be too slow. Rows
    and rejects that may not fit into memory are each a Spool.
    """

    edition_at: datetime
    rows: Sequence[StagedRow] = ()
    rejects: Sequence[Reject] = ()
    version: str | None = None
    """How the source made its values. Values of two versions are not compared."""
    copy_parts: Iterable[bytes] = ()
    unread: Mapping[str, Unread] = field(default_factory=dict)
    """The optional fields that could not be read in some rows, which were taken without them."""
    stated: int | None = None
    """How many entries the edition says that it has; None where it does not say, or what it says cannot be read."""
    new_words: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """By field, words that its vocabulary did not have, and how often. Each is reported once, whatever its rows."""
    has_stamp: bool = True
    """Whether edition_at is the edition's own word; else it is the moment that was given."""

    @property
    def staged(self) -> int:
        return len(self.rows) + sum(part.count(b"\n") for part in self.copy_parts)

    @cached_property
    def copy_text(self) -> bytes:
        return b"".join(self.copy_parts)


@dataclass(frozen=True)
class Releases:
    """How releases are named. Each has one of several names: they are tried in order, and one that is not there is no
    fault.

    whole: everything, once a day; part: what changed until an hour; day_end: what changed on the day before, in place
    of the hour 0. {date} and {hour} are the release's own; {date_before}, {next_date}, {next_hour} those beside them.
    """

    whole: tuple[str, ...]
    part: tuple[str, ...]
    day_end: tuple[str, ...] = ()
    look_back_hours: int = 6
    """How many missed hours are fetched at one fire; further behind, the whole release comes first."""
    whole_after: timedelta = timedelta(hours=24)
    whole_late_after: timedelta = timedelta(hours=12)
    """After its midnight: a day's whole release that is not there by then is reported."""

    def names_whole(self, day: date) -> list[str]:
        """The names that a day's whole release may have."""
        return [_named(name, datetime.combine(day, time(0), UTC)) for name in self.whole]

    def names_part(self, hour: datetime) -> list[str]:
        """The names that an hour's release may have."""
        names = (*self.part, *self.day_end) if hour.hour == 0 else self.part
        return [_named(name, hour) for name in names]

    def hour_of(self, name: str) -> datetime | None:
        """The hour of a part's name, or None when it is not a part's name."""
        hours = [day + HOUR_LENGTH * n for day in _days_of(name) for n in range(24)]
        return next((hour for hour in hours if name in self.names_part(hour)), None)

    def is_whole(self, name: str) -> bool:
        return any(name in self.names_whole(day.date()) for day in _days_of(name))


@dataclass(frozen=True)
class Route:
    """Where the desk's feed server serves a source, and its status for an edition that is not there."""

    path: str
    content_type: str
    missing_status: int = 404

    def matches(self, path: str) -> bool:
        """Whether a path is this route's."""
        return self.requested_name(path) is not None

    def requested_name(self, path: str) -> str | None:
        """What a path asks for: a date, "current", a release's name, "" on a plain route; None on another route."""
        found = re.fullmatch(placeholders_of(self.path), path)
        if found is None:
            return None
        return next(iter(found.groupdict().values()), "")


@dataclass(frozen=True)
class Edition:
    """One recorded or generated edition: its stamp from its content, and how to load the bytes as served."""

    source: str
    edition_at: datetime
    load: Callable[[], bytes] = field(repr=False, compare=False)
    name: str = ""
    is_part: bool = False
    """Holds only what changed within its hour."""


@dataclass(frozen=True)
class Source:
    """One feed: where it is, how to read it, and when its next edition can be there at all."""

    name: str
    urls: tuple[str, ...]
    """The publisher first, then mirrors. {date} names one day's edition, {edition} one release."""
    parse: Callable[[bytes, date | None], Parsed]
    """Reads a body. The second argument is the day asked for, or the moment (a datetime) that replaces a missing stamp:
    the server's Last-Modified, else the time of the request. Formats without a stamp need it."""
    route: Route
    first_edition: date = date(1990, 1, 1)
    """The day of its first edition of all: a stamp before it cannot be right."""
    parse_file: Callable[[IO[bytes], date | None], Parsed] | None = None
    """The same from a file, for bodies that do not fit into memory; None where `parse` reads all that may come."""
    look_back_days: int = 2
    published_from: time = time(0, 0)
    """Before this time of day (UTC) a dated source is not asked for the day's edition."""
    begins_with: tuple[bytes, ...] = ()
    """What a body must begin with once it is unpacked; a page that says "denied" with status 200 does not."""
    min_bytes: int = 1
    max_bytes: int = 256 * 1024 * 1024
    timeout_seconds: float = 20.0
    attempts: int = 3
    releases: Releases | None = None
    pages: Pages | None = None
    is_delta: bool = False
    """Editions hold changes: a late one is still staged, and each row's own date decides which is newer."""
    asked_every: timedelta | None = None
    """The shortest time between two runs of requests, however often its machine fires."""
    pause_seconds: float = 0.0
    """The pause between two requests that the publisher's rules ask for."""
    is_optional: bool = False
    """Off until its owner gives an address or, where it takes one, a key."""
    takes_key: bool = False
    """It is asked with its owner's key, as a bearer token."""
    ticket: Ticket | None = None
    """It answers with its file's address, where it does not answer with the file."""
    has_many_documents: bool = False
    """Each of its addresses is a document of its own; of other sources each is another way to the same one."""
    hosts: tuple[str, ...] = ()
    """Other hosts to which its publisher may redirect; what else it redirects to is not asked."""
    columns: Columns | None = None
    """The list of its columns; None where only the reader has them."""
    vocabularies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By field, the words that its reader knows, one for each meaning."""
    title: str = ""
    """As people know it, in what they read. Empty: its name."""

    def is_whole(self, url: str) -> bool:
        """Whether an address is that of a whole release among releases of changes."""
        return self.releases is not None and self.releases.is_whole("/".join(url.rsplit("/", 2)[-2:]))

    @property
    def is_dated(self) -> bool:
        return DATE in self.route.path

    def read(self, body: Body, at: date | None) -> Parsed:
        """Reads a body, from its file where the source's reader can. The other arguments and errors are `parse`'s."""
        return self.read_bytes(body.read(), at) if self.parse_file is None else self.parse_file(body.file(), at)

    def read_bytes(self, body: bytes, at: date | None) -> Parsed:
        """Reads a body in any form that the source's list knows."""
        return self.parse(self.columns.apply(body) if self.columns else body, at)

    def edition_to_serve(self, path: str, at: datetime, editions: Iterable[Edition]) -> Edition | None:
        """What this source serves at a path at a moment: of its editions stamped by then, the newest that fits."""
        wanted = self.route.requested_name(path)
        shown = [e for e in editions if e.source == self.name and e.edition_at <= at]
        if self.releases is not None:
            shown = self._releases_named(self.releases, wanted or "", shown)
        elif wanted not in ("", NEWEST):
            shown = [e for e in shown if e.edition_at.date().isoformat() == wanted]
        return max(shown, key=lambda e: e.edition_at, default=None)

    def _releases_named(self, releases: Releases, name: str, shown: list[Edition]) -> list[Edition]:
        """Those so named. A recorded whole release is served on every later day too, until a newer one is there."""
        hour = releases.hour_of(name)
        if hour is None:
            return [e for e in shown if not e.is_part] if releases.is_whole(name) else []
        return [e for e in shown if e.is_part and hour <= e.edition_at < hour + HOUR_LENGTH]


def dates_wanted(source: Source, now: datetime, newest: datetime | None) -> list[date]:
    """The days whose edition may be published and is not here, newest first."""
    first = now.date() if now.time() >= source.published_from else now.date() - timedelta(days=1)
    days = [first - timedelta(days=n) for n in range(source.look_back_days)]
    return [day for day in days if newest is None or day > newest.date()]


def hours_wanted(releases: Releases, now: datetime, newest: datetime) -> list[datetime]:
    """The hours whose changes may not be here yet, oldest first: each follows on the one before."""
    last = now.replace(minute=0, second=0, microsecond=0)
    hours = [last - HOUR_LENGTH * n for n in reversed(range(releases.look_back_hours))]
    return [hour for hour in hours if hour > newest]


def _named(name: str, hour: datetime) -> str:
    """A release's name with its placeholders filled in."""
    following = hour + HOUR_LENGTH
    placed = {
        DATE: hour.date().isoformat(),
        HOUR: f"{hour:%H}",
        "{date_before}": (hour.date() - timedelta(days=1)).isoformat(),
        "{next_date}": following.date().isoformat(),
        "{next_hour}": f"{following:%H}",
    }
    for mark, value in placed.items():
        name = name.replace(mark, value)
    return name


def _days_of(name: str) -> list[datetime]:
    """The beginnings of the days that a release of this name may be of: those named in it, and the days after them."""
    found: list[datetime] = []
    for day in re.findall(r"\d{4}-\d\d-\d\d", name):
        with suppress(ValueError, OverflowError):
            begins = datetime.fromisoformat(day).replace(tzinfo=UTC)
            found += [begins, begins + timedelta(days=1)]
    return found


def placeholders_of(path: str) -> str:
    """A path or an address, its placeholder as a group of a regular expression."""
    pattern = re.escape(path)
    for name, what in (("date", rf"\d{{4}}-\d\d-\d\d|{NEWEST}"), ("edition", r".+")):
        pattern = pattern.replace(re.escape("{" + name + "}"), f"(?P<{name}>{what})")
    return pattern


def default_stamp(at: date | None) -> datetime:
    """The stamp of a body that has none of its own: the moment that was given; Malformed without one."""
    if isinstance(at, datetime):
        return at if at.tzinfo else at.replace(tzinfo=UTC)
    if at is None:
        raise Malformed("the body has no stamp, and no moment was given to replace it")
    return datetime.combine(at, time(0), UTC)
