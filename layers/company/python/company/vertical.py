"""The seam between the company and what it sells: one frozen record that a product fills in, and nothing else.

The company owns the frame (raw bytes, batches, checks, promotion, scores, deliveries); the product owns what the
rows mean. A second product is another package with a `vertical` module; `VERTICAL=<name>` picks it.
"""

import importlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Literal

from company.errors import SettingsError

DATE = "{date}"
NEWEST = "current"
"""Stands in a dated URL for the newest edition, whichever that is."""
NO_ROWS = "no_rows"
"""A query that finds nothing, for a product that has no use for one."""
Row = Mapping[str, Any]


class Malformed(ValueError):
    """A body that is not an edition of its source; the message says what is wrong with it."""


@dataclass(frozen=True)
class Reject:
    """One row of an edition that cannot be read. It is counted, kept as it came, and never staged."""

    row_no: int
    reason: str
    raw: str
    entity: str | None = None


@dataclass(frozen=True)
class Parsed:
    """An edition in the company's form.

    Either `rows`, each (row_no, key, value ...) in the order of the stream's columns, or `copy_text`, the same as
    lines of Postgres' COPY text form, for editions so large that a Python tuple per row would cost too much.
    """

    edition_at: datetime
    rows: Sequence[tuple[Any, ...]] = ()
    rejects: Sequence[Reject] = ()
    version: str | None = None
    """How the source made its values. Values of two versions are not compared."""
    copy_text: bytes = b""

    @property
    def staged(self) -> int:
        return len(self.rows) + self.copy_text.count(b"\n")


@dataclass(frozen=True)
class Route:
    """Where the desk's feed server shows a source, and how it says that an edition is not there."""

    path: str
    content_type: str
    missing_status: int = 404

    def matches(self, path: str) -> bool:
        """Whether a path is this route's."""
        return self.asked_for(path) is not None

    def asked_for(self, path: str) -> str | None:
        """What a path asks for: a date, "current", "" on a route without a date; None when it is another route's."""
        pattern = re.escape(self.path).replace(re.escape(DATE), rf"(?P<date>\d{{4}}-\d\d-\d\d|{NEWEST})")
        found = re.fullmatch(pattern, path)
        return None if found is None else found.groupdict().get("date", "")


@dataclass(frozen=True)
class Edition:
    """One recorded or generated edition: its stamp, read from its content, and how to load the bytes as served."""

    source: str
    edition_at: datetime
    load: Callable[[], bytes] = field(repr=False, compare=False)
    name: str = ""


@dataclass(frozen=True)
class Source:
    """One feed: where it is, how to read it, and when its next edition can be there at all."""

    name: str
    urls: tuple[str, ...]
    """Primary first, then fallbacks. A URL with {date} names one day's edition."""
    parse: Callable[[bytes, date | None], Parsed]
    """Reads a body. The day is the one asked for, for formats that carry no stamp of their own."""
    route: Route
    look_back_days: int = 2
    published_from: time = time(0, 0)
    """Before this time of day (UTC) a dated source is not asked for the day's edition."""
    begins_with: tuple[bytes, ...] = ()
    """What a body must begin with; a page that says "denied" in a 200 does not."""
    is_gzip: bool = False
    min_bytes: int = 1
    timeout_seconds: float = 20.0
    attempts: int = 3

    @property
    def is_dated(self) -> bool:
        return DATE in self.route.path

    def answer(self, path: str, at: datetime, editions: Iterable[Edition]) -> Edition | None:
        """What this source shows under a path at a moment: of its editions stamped by then, the newest that fits."""
        wanted = self.route.asked_for(path)
        shown = [e for e in editions if e.source == self.name and e.edition_at <= at]
        if wanted not in ("", NEWEST):
            shown = [e for e in shown if e.edition_at.date().isoformat() == wanted]
        return max(shown, key=lambda e: e.edition_at, default=None)


@dataclass(frozen=True)
class Check:
    """A named query that gives the rows (row_no, reason) of a staged batch that are wrong.

    quarantine: those rows stay out. hold: any such row holds the whole batch. warn: it is noted, nothing else.
    """

    name: str
    source: str
    query: str
    severity: Literal["quarantine", "hold", "warn"] = "quarantine"


@dataclass(frozen=True)
class Link:
    """A named statement that writes company.entities or company.links; the rows it touches are its evidence."""

    name: str
    query: str


@dataclass(frozen=True)
class Spelling:
    """Names that the sources spell in several ways. The query gives (spelling, uses, seen_with) per spelling."""

    kind: str
    query: str
    ignored_words: frozenset[str] = frozenset()
    """Words that do not tell two names apart, such as a company's legal form."""


@dataclass(frozen=True)
class Part:
    """One part of a score: its weight, and the sentence that explains it to a reader ({points} is filled in)."""

    name: str
    weight: float
    sentence: str


@dataclass(frozen=True)
class Scores:
    """A weighted score of 0 to 100. `features` is a view (entity, parts real[]), each part between 0 and 1."""

    version: str
    parts: tuple[Part, ...]
    features: str


@dataclass(frozen=True)
class Customer:
    """Who gets what. A live company's customers stand in its brain; these are the sample's."""

    name: str
    email: str
    kind: Literal["brief", "feed"]
    filters: Row


@dataclass(frozen=True)
class Page:
    """What one customer receives: a subject, a plain text, and the items it was made of."""

    subject: str
    body: str
    items: Sequence[Row]


@dataclass(frozen=True)
class Deliveries:
    """How the product speaks to a customer.

    `items` is a query of the changes for a customer between two moments, `important` of those that do not wait for
    the morning, `standing` of what leads the customer's list whatever changed. All take customer_id, since, until.
    """

    items: str
    write: Callable[["Facts"], Page]
    important: str = NO_ROWS
    standing: str = NO_ROWS
    daily_at: time = time(6, 12)
    """UTC."""


@dataclass(frozen=True)
class Facts:
    """All that a page may say: the company's figures for one customer and one span."""

    customer: Row
    since: datetime
    until: datetime
    items: Sequence[Row]
    standing: Sequence[Row]
    freshness: Sequence[Row]
    is_important: bool

    @property
    def stale(self) -> list[Row]:
        return [source for source in self.freshness if source["is_stale"]]


@dataclass(frozen=True)
class Entity:
    """How people name one thing of the product, and the query that tells its story (at, who, what)."""

    word: str
    pattern: str
    timeline: str


@dataclass(frozen=True)
class Vertical:
    """A product, whole. Only name, title, product text and sources are needed to begin."""

    name: str
    title: str
    product: str
    sources: tuple[Source, ...]
    checks: tuple[Check, ...] = ()
    links: tuple[Link, ...] = ()
    spellings: tuple[Spelling, ...] = ()
    scores: Scores | None = None
    deliveries: Deliveries | None = None
    customers: tuple[Customer, ...] = ()
    """The sample's; a live company never sees them."""
    entity: Entity | None = None
    sample: Callable[[Path, date, int], None] | None = None
    """Writes sample feeds into a folder for a number of days from a first one on, as `recorded` reads them."""
    recorded: Callable[[Path], tuple[list[Edition], list[str]]] | None = None
    """The editions found in a folder of recorded files, and a warning for each file that could not be read.
    Without it, every file of <folder>/<source>/ is one edition (company.recordings)."""

    def source(self, name: str) -> Source:
        for source in self.sources:
            if source.name == name:
                return source
        raise SettingsError(f"{self.name} has no source {name!r}; it has {', '.join(s.name for s in self.sources)}")


def load(name: str) -> Vertical:
    """The product called `name`; SettingsError says what is missing."""
    try:
        module = importlib.import_module(f"{name}.vertical")
    except ModuleNotFoundError as error:
        raise SettingsError(f"VERTICAL={name}: there is no module {error.name}") from error
    found = getattr(module, "VERTICAL", None)
    if not isinstance(found, Vertical):
        raise SettingsError(f"VERTICAL={name}: {name}.vertical has no VERTICAL record")
    return found


def dates_wanted(source: Source, now: datetime, newest: datetime | None) -> list[date]:
    """The days whose edition a dated source may have and we do not, newest first."""
    first = now.date() if now.time() >= source.published_from else now.date() - timedelta(days=1)
    days = [first - timedelta(days=n) for n in range(source.look_back_days)]
    return [day for day in days if newest is None or day > newest.date()]
