"""Which changes a customer knows already: what its earlier pages report, and whether they arrived.

A span of time alone cannot say it. A change may be committed after a page of its moment was written, an alert may
report one change of a span and leave the others, and a page may be refused. So a page looks back beyond its span, and
leaves out what an earlier page holds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from company.brain import Brain
from company.vertical import Deliveries, Row

LATE = timedelta(days=1)
"""How long after its moment a change may become visible. The longest transaction takes minutes; a name that decides
whom a change concerns is linked within hours."""


@dataclass(frozen=True)
class ReportedItem:
    """An item of an earlier page. has_arrived: the page was not refused, declined or returned."""

    item: Row
    has_arrived: bool


def unreported(
    brain: Brain, deliveries: Deliveries, customer_id: int, changes: Sequence[Row], *, since: datetime, occasion: str
) -> list[Row]:
    """The changes that are news for a customer.

    A daily page repeats what did not arrive. An alert repeats nothing that was ever written: an address that refuses
    its mail gets one page a day, and not one at each fire.
    """
    if not deliveries.change_key or not changes:
        return list(changes)
    items = brain.rows(ReportedItem, "reported_items", customer_id=customer_id, since=since)
    known: dict[tuple[object, ...], datetime] = {}
    for one in items:
        if one.has_arrived or occasion != "daily":
            key, at = _key(deliveries, one.item), datetime.fromisoformat(str(one.item["at"]))
            known[key] = max(at, known.get(key, at))
    return [change for change in changes if not _is_known(change, known.get(_key(deliveries, change)))]


def _is_known(change: Row, known_to: datetime | None) -> bool:
    return known_to is not None and known_to >= change["at"]


def _key(deliveries: Deliveries, item: Row) -> tuple[object, ...]:
    return tuple(item.get(column) for column in deliveries.change_key)
