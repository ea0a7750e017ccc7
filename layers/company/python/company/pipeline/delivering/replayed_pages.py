"""Facts of customers' pages for a trial: of what is due and cannot be written, and of pages that were sent.

They go into a trial's folder as a pickle and nowhere else: what a trial answers has no text of a page in it. A pickle
because facts hold dates, decimals and the product's own records; it is made here, and loaded where nothing can leave.
"""

import pickle
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from company.fire.fire import Fire
from company.pipeline.delivering.deliveries import ServedCustomer, customer_facts, due_delivery
from company.pipeline.delivering.unwritten import UnwrittenPages
from company.vertical import Deliveries, Facts, Row

MOST_DUE = 20
MOST_SENT = 20


@dataclass(frozen=True)
class SentPage:
    """A page that was sent: whose, on what occasion, and its span."""

    id: int
    customer_id: int
    occasion: str
    covers_from: datetime
    covers_to: datetime


def due_pages(fire: Fire, deliveries: Deliveries, customers: Collection[int]) -> dict[str, Facts]:
    """The facts of what these customers are to get now, by a name without theirs; at most twenty.

    PageUnwritten where the product's code fails with what it asks the brain.
    """
    served = [one for one in fire.brain.rows(ServedCustomer, "customers_to_serve") if one.id in set(customers)]
    found = [due for one in served[:MOST_DUE] if (due := due_delivery(fire, deliveries, one)) is not None]
    return {
        f"due-{due.customer.id}": _facts(fire, deliveries, due.customer, due.occasion, (due.since, due.until))
        for due in found
    }


def sent_pages(fire: Fire, deliveries: Deliveries) -> dict[str, Facts]:
    """The facts of the last pages that were sent, of each kind and occasion, as they are now; by D- and number."""
    served = {one.id: one for one in fire.brain.rows(ServedCustomer, "customers_to_serve")}
    sent = [one for one in fire.brain.rows(SentPage, "pages_to_replay", most=MOST_SENT) if one.customer_id in served]
    return {
        f"D-{one.id}": _facts(
            fire, deliveries, served[one.customer_id], one.occasion, (one.covers_from, one.covers_to), is_replay=True
        )
        for one in sent
    }


def parts_of(pages: Mapping[str, Facts], change_key: Sequence[str], most: int) -> dict[str, Facts]:
    """Each of these pages with one change alone and no list, and with one row of its lists alone: what the code in
    force writes of it although the whole page fails, and what it leaves out of a page.

    Rows of one key are one change: a score that moved and came back did not move.
    """
    parts: dict[str, Facts] = {}
    for name, facts in pages.items():
        changes: dict[tuple[object, ...], list[Row]] = {}
        for item in facts.items:
            changes.setdefault(tuple(item.get(column) for column in change_key), []).append(item)
        for number, items in enumerate(list(changes.values())[:most]):
            parts[f"{name}/change-{number}"] = replace(facts, items=items, top_of_list=[])
        for number, row in enumerate(facts.top_of_list[:most]):
            parts[f"{name}/listed-{number}"] = replace(facts, items=[], top_of_list=[row])
    return parts


def without_lists(pages: Mapping[str, Facts]) -> dict[str, Facts]:
    """The same without their lists, which are those of today: what is on them may be what fails."""
    return {f"{name}/changes": replace(facts, top_of_list=[]) for name, facts in pages.items()}


def packed(pages: Mapping[str, Facts]) -> bytes:
    """What pages have in common is in it once."""
    return pickle.dumps({name: replace(facts, handle_address=None, dashboard=None) for name, facts in pages.items()})


def _facts(
    fire: Fire,
    deliveries: Deliveries,
    customer: ServedCustomer,
    occasion: str,
    span: tuple[datetime, datetime],
    *,
    is_replay: bool = False,
) -> Facts:
    given = {"since": span[0], "until": span[1]}
    with UnwrittenPages(fire).of_customer(customer.id):
        return customer_facts(fire.brain, deliveries, vars(customer), **given, occasion=occasion, is_replay=is_replay)
