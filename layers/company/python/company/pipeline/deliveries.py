"""Writes each customer what concerns them: a page or a file each morning, and at once what is important.

Every delivery is recorded before it leaves and confirmed after; a second fire does not send it again.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from company.brain import Brain
from company.fire.apart import each
from company.fire.fire import Fire
from company.json_values import JsonObject
from company.outcomes import Done, Failed, Outcome, Skipped
from company.owner import approvals
from company.owner.outbox import OutboxEntry, record_entry
from company.pipeline.sending import ACTION, Delivery, delivery_digest, send_delivery
from company.vertical import Deliveries, Facts, Page, Row

FIRST_SPAN = timedelta(days=1)


@dataclass(frozen=True)
class ServedCustomer:
    """A customer who gets deliveries. covers_to: from where the next daily page goes on."""

    id: int
    name: str
    email: str
    kind: str
    filters: JsonObject
    written_to: datetime | None
    daily_to: datetime | None
    covers_to: datetime | None


@dataclass(frozen=True)
class DueDelivery:
    """What a customer gets now: occasion is daily or important, and the changes are those of a span of time."""

    customer: ServedCustomer
    occasion: str
    since: datetime
    until: datetime


def nothing_to_deliver(fire: Fire) -> str | None:
    """A reason to skip: the action is closed, nothing is scored yet, or no customer is due."""
    deliveries = fire.vertical.deliveries
    if deliveries is None:
        return "this product delivers nothing"
    if fire.brain.value("approval_level", action=ACTION) == "closed":
        return "the approval level of deliver is closed; the owner opens it"
    if not fire.brain.value("has_scores"):
        return "nothing is scored yet"
    waiting = approvals.has_approvals_to_process(fire, ACTION) or fire.brain.rows(Delivery, "deliveries_to_send")
    if waiting or due_deliveries(fire, deliveries):
        return None
    return "no customer is due and nothing important happened"


def deliver(fire: Fire) -> Outcome:
    """Writes what is due, then sends all that is written and may be sent."""
    deliveries = fire.vertical.deliveries
    if deliveries is None:
        return Skipped("this product delivers nothing")
    due = due_deliveries(fire, deliveries)
    written = each(fire, "pages", due, partial(_write, fire, deliveries), name=lambda one: one.customer.name)
    waiting = fire.brain.rows(Delivery, "deliveries_to_send")
    ends = each(fire, "deliveries", waiting, partial(send_delivery, fire), name=lambda delivery: delivery.name)
    evidence = {"written": len(written), "sent": ends.count("sent"), "refused": ends.count("refused")}
    if approvals.has_approvals_to_process(fire, ACTION):
        evidence["asked"] = approvals.process_approvals(fire, ACTION)
    if ends and not evidence["sent"]:
        return Failed("no delivery was accepted", evidence=evidence)
    return Done(evidence)


def due_deliveries(fire: Fire, deliveries: Deliveries) -> list[DueDelivery]:
    """Which customers get something now, and on what occasion.

    A daily page goes on where the last one that was sent ended; what is important is not written twice.
    """
    customers = fire.brain.rows(ServedCustomer, "customers_to_serve")
    found = each(fire, "customers", customers, partial(_due, fire, deliveries), name=lambda customer: customer.name)
    return [due for due in found if due is not None]


def _due(fire: Fire, deliveries: Deliveries, customer: ServedCustomer) -> DueDelivery | None:
    since = (customer.written_to or fire.now - FIRST_SPAN, customer.covers_to or fire.now - FIRST_SPAN)
    if is_daily_due(customer.daily_to, fire.now, deliveries):
        return DueDelivery(customer, "daily", since[1], fire.now)
    if fire.brain.all(deliveries.important, customer_id=customer.id, since=since[0], until=fire.now):
        return DueDelivery(customer, "important", since[0], fire.now)
    return None


def is_daily_due(last: datetime | None, now: datetime, deliveries: Deliveries) -> bool:
    """Once per day, from the hour that the product names; a customer's first page does not wait for it."""
    if last is None:
        return True
    hour = datetime.combine(now.date(), deliveries.daily_at, tzinfo=now.tzinfo)
    return now >= hour > last


def customer_facts(
    brain: Brain, deliveries: Deliveries, customer: Row, *, since: datetime | None, until: datetime, occasion: str
) -> Facts:
    """All that the page for one customer may say. The owner's preview uses it too, and sends nothing."""
    query = deliveries.items if occasion == "daily" else deliveries.important
    since = since or until - FIRST_SPAN
    return Facts(
        customer=customer,
        since=since,
        until=until,
        items=brain.all(query, customer_id=customer["id"], since=since, until=until),
        top_of_list=brain.all(deliveries.top_of_list, customer_id=customer["id"], since=since, until=until),
        freshness=brain.all("source_freshness"),
        is_important=occasion == "important",
        troubles=brain.all("source_troubles"),
    )


def _write(fire: Fire, deliveries: Deliveries, due: DueDelivery) -> int:
    """Outbox entry and delivery in one transaction; a second attempt finds the first and changes nothing."""
    customer = due.customer
    page = deliveries.write(
        customer_facts(fire.brain, deliveries, vars(customer), since=due.since, until=due.until, occasion=due.occasion)
    )
    s3_key = f"feeds/{customer.id}/{fire.now:%Y-%m-%d}.json" if customer.kind == "feed" else None
    to = s3_key or customer.email
    with fire.brain.transaction():
        entry = record_entry(
            fire,
            ACTION,
            dedupe_key=f"{ACTION}:{customer.id}:{due.occasion}:{due.until:%Y-%m-%dT%H:%M}",
            to_whom=to,
            subject=page.subject,
            payload={"customer": customer.name, "kind": customer.kind, "items": len(page.items)},
            digest=delivery_digest(to, page.subject, page.body, json.loads(_as_json(page.items))),
        )
        return _keep(fire, due, page, entry, s3_key)


def _keep(fire: Fire, due: DueDelivery, page: Page, entry: OutboxEntry, s3_key: str | None) -> int:
    delivery: int = fire.brain.value(
        "write_delivery",
        customer_id=due.customer.id,
        occasion=due.occasion,
        covers_from=due.since,
        covers_to=due.until,
        kind=due.customer.kind,
        subject=page.subject,
        body=page.body,
        items=_as_json(page.items),
        status="waiting" if entry.status == "waiting" else "recorded",
        outbox_id=entry.outbox_id,
        s3_key=s3_key,
    )
    return delivery


def _as_json(items: Sequence[Row]) -> str:
    return json.dumps(list(items), default=str)
