"""What customers miss while a source or their page is in trouble, with their names: the effect line of a finding."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from company.brain import Brain
from company.text.wording import counted, join_first, join_with_and, short_date, time_of_day

MOST_NAMES = 4


@dataclass(frozen=True)
class SourceReaders:
    """The edition of a source that is in force, and all customers who are served."""

    source: str
    edition_at: datetime | None
    customers: Sequence[str]


@dataclass(frozen=True)
class AffectedCustomer:
    """A customer by name."""

    name: str


@dataclass(frozen=True)
class AffectedSource:
    """A source by name."""

    source: str


def missed_of_source(brain: Brain, source: str, zone: str) -> str:
    """'Alder Bank and Northferry Logistics read tides of Wed 17:03, and miss what changed since'."""
    return _missed(brain, [source], zone)


def missed_of_items(brain: Brain, what: str, items: Iterable[str], zone: str) -> str:
    """The same for items that failed in a fire; '' where no customer is affected as far as their names show."""
    names = list(items)
    sources = [row.source for row in brain.rows(AffectedSource, "sources_of_items", what=what, items=names)]
    if sources:
        return _missed(brain, sources, zone)
    customers = [row.name for row in brain.rows(AffectedCustomer, "customers_of_items", items=names)]
    return f"{named(customers)} {'waits' if len(customers) == 1 else 'wait'} for a page" if customers else ""


def unread_by(brain: Brain, source: str, *, is_in_force: bool) -> str:
    """Who misses a row that cannot be read, or reads of it what an earlier edition said."""
    readers = brain.rows(SourceReaders, "source_readers", sources=[source])
    names = readers[0].customers if readers else ()
    who = named(names) if names else "no customer"
    if is_in_force:
        return f"{who} {'read' if len(names) > 1 else 'reads'} of it what an earlier edition said"
    verb = "reads" if not names else "do not read" if len(names) > 1 else "does not read"
    return f"{who} {verb} of it until an edition is read with it"


def named(names: Sequence[str]) -> str:
    """'a, b and c'; beyond four names 'a, b, c, d and 3 more'."""
    return join_with_and(names) if len(names) <= MOST_NAMES else join_first(names, MOST_NAMES)


def _missed(brain: Brain, sources: Sequence[str], zone: str) -> str:
    readers = brain.rows(SourceReaders, "source_readers", sources=list(sources))
    if not readers:
        return ""
    editions = [_edition(row.source, row.edition_at, ZoneInfo(zone)) for row in readers[:MOST_NAMES]]
    customers = readers[0].customers
    more = f" and {counted(len(readers) - MOST_NAMES, 'more source')}" if len(readers) > MOST_NAMES else ""
    read = f"{join_with_and(editions)}{more}"
    if not customers:
        return f"no customer yet; a page would have {read}"
    reads, misses = ("reads", "misses") if len(customers) == 1 else ("read", "miss")
    return f"{named(customers)} {reads} {read}, and {misses} what changed since"


def _edition(source: str, edition_at: datetime | None, zone: ZoneInfo) -> str:
    """With its date: what it says is stored, and may be read weeks later."""
    if edition_at is None:
        return f"nothing of {source}"
    return f"{source} of {short_date(edition_at, zone)} {time_of_day(edition_at, zone)}"
