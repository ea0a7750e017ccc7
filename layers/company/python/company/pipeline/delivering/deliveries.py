"""Writes each customer what concerns them: a page or a file each morning, and at once what is important.

Every delivery is recorded before it leaves and confirmed after; a second fire does not send it again.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from company.brain import Brain
from company.fire.apart import each
from company.fire.fire import Fire
from company.json_values import JsonObject
from company.outcomes import Done, Failed, Outcome, Skipped
from company.owner import approvals
from company.owner.approvals import CORRECT
from company.owner.outbox import OutboxEntry, record_entry
from company.pipeline.delivering import customer_files, handle_links
from company.pipeline.delivering.corrections import correct_what_was_undone, has_corrections_to_write
from company.pipeline.delivering.dashboards import WrittenDashboard, keep_dashboard, with_dashboard
from company.pipeline.delivering.reported import LATE, unreported
from company.pipeline.delivering.sending import (
    ACTION,
    HELD_BACK,
    Delivery,
    clean_page,
    delivery_digest,
    send_delivery,
    write_unless_paused,
)
from company.pipeline.delivering.unwritten import UnwrittenPages
from company.vertical import Deliveries, Facts, Page, Row

FIRST_SPAN = timedelta(days=1)


@dataclass(frozen=True)
class ServedCustomer:
    """A customer who gets deliveries. covers_from: the beginning of what no page that arrived has covered."""

    id: int
    name: str
    email: str
    kind: str
    filters: JsonObject
    written_to: datetime | None
    daily_to: datetime | None
    covers_from: datetime | None


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
    waiting = _is_asking(fire) or fire.brain.rows(Delivery, "deliveries_to_send")
    if waiting or due_deliveries(fire, deliveries) or has_corrections_to_write(fire, deliveries):
        return None
    if fire.brain.value("awaits_scores") and _is_daily_due_to_any(fire, deliveries):
        return "the daily pages wait until the scores have followed an undoing; nothing important happened"
    return "no customer is due and nothing important happened"


def _is_daily_due_to_any(fire: Fire, deliveries: Deliveries) -> bool:
    customers = fire.brain.rows(ServedCustomer, "customers_to_serve")
    return any(is_daily_due(customer.daily_to, fire.now, deliveries) for customer in customers)


def deliver(fire: Fire) -> Outcome:
    """Writes what is due, then sends all that is written and may be sent."""
    deliveries = fire.vertical.deliveries
    if deliveries is None:
        return Skipped("this product delivers nothing")
    customers = fire.brain.rows(ServedCustomer, "customers_to_serve")
    each(fire, "filters", customers, partial(_require_filters, fire), name=lambda customer: customer.name)
    corrected = correct_what_was_undone(fire, deliveries)
    due = due_deliveries(fire, deliveries)
    unwritten = UnwrittenPages(fire)
    write = partial(_write, fire, deliveries, unwritten)
    written = each(fire, "pages", due, write, name=lambda one: one.customer.name)
    unwritten.note()
    waiting = fire.brain.rows(Delivery, "deliveries_to_send")
    ends = each(fire, "deliveries", waiting, partial(send_delivery, fire), name=lambda delivery: delivery.name)
    each(fire, "indexes of files", _customers_with_files(waiting), partial(customer_files.put_index, fire, deliveries))
    evidence = {"written": sum(written), "sent": ends.count("sent"), "refused": ends.count("refused"), **corrected}
    if unknown := ends.count("unknown"):
        evidence["in_doubt"] = unknown
    if held_back := sum(end in HELD_BACK for end in ends):
        evidence["held_back"] = held_back
    if _is_asking(fire):
        evidence["asked"] = approvals.process_approvals(fire, ACTION) + approvals.process_approvals(fire, CORRECT)
    if len(ends) > held_back and not (evidence["sent"] or unknown):
        return Failed("no delivery was accepted", evidence=evidence)
    return Done(evidence)


def _is_asking(fire: Fire) -> bool:
    return any(approvals.has_approvals_to_process(fire, action) for action in (ACTION, CORRECT))


def _choice(customer: Row) -> JsonObject:
    """A customer's filters; one that is no object, stored before filters were checked, chooses nothing."""
    filters = customer["filters"]
    return filters if isinstance(filters, dict) else {}


def _require_filters(fire: Fire, customer: ServedCustomer) -> None:
    """A filter that was stored before its rules is read as far as it goes, and its fault is a finding."""
    fire.brain.run("require_filters", filters=customer.filters)


def due_deliveries(fire: Fire, deliveries: Deliveries) -> list[DueDelivery]:
    """Which customers get something now, and on what occasion.

    A daily page goes on where the last one that arrived ended; what is important is not written twice.
    """
    customers = fire.brain.rows(ServedCustomer, "customers_to_serve")
    due = partial(due_delivery, fire, deliveries)
    found = each(fire, "customers", customers, due, name=lambda customer: customer.name)
    return [one for one in found if one is not None]


def due_delivery(fire: Fire, deliveries: Deliveries, customer: ServedCustomer) -> DueDelivery | None:
    """What one customer gets now; None where nothing is due. A daily page waits for the scores to follow an undoing."""
    if is_daily_due(customer.daily_to, fire.now, deliveries) and not fire.brain.value("awaits_scores"):
        return DueDelivery(customer, "daily", customer.covers_from or fire.now - FIRST_SPAN, fire.now)
    alert = DueDelivery(customer, "important", customer.written_to or fire.now - FIRST_SPAN, fire.now)
    found = _span(fire.brain, deliveries, customer.id, alert.occasion, alert.since, alert.until)
    since = alert.since - LATE
    news = unreported(fire.brain, deliveries, customer.id, found, since=since, occasion=alert.occasion)
    return alert if news else None


def is_daily_due(last: datetime | None, now: datetime, deliveries: Deliveries) -> bool:
    """Once per day, from the hour that the product names; a customer's first page does not wait for it."""
    if last is None:
        return True
    hour = datetime.combine(now.date(), deliveries.daily_at, tzinfo=now.tzinfo)
    return now >= hour > last


def customer_facts(
    brain: Brain,
    deliveries: Deliveries,
    customer: Row,
    *,
    since: datetime | None,
    until: datetime,
    occasion: str,
    is_replay: bool = False,
) -> Facts:
    """All that the page for one customer may say. The owner's preview uses it too, and sends nothing.

    is_replay: with what earlier pages have reported already, as a page of a span in the past had it.
    """
    since = since or until - FIRST_SPAN
    customer_id = customer["id"]
    items = _span(brain, deliveries, customer_id, occasion, since, until)
    if not is_replay:
        items = unreported(brain, deliveries, customer_id, items, since=since - LATE, occasion=occasion)
    facts = Facts(
        customer=customer,
        since=since,
        until=until,
        items=items,
        top_of_list=brain.all(deliveries.top_of_list, customer_id=customer_id, since=since, until=until),
        freshness=brain.all("source_freshness"),
        is_important=occasion == "important",
        handled=brain.all(deliveries.handled, customer_id=customer_id, since=since, until=until),
        troubles=brain.all("source_troubles"),
        put_aside=brain.all("rows_put_aside"),
        unmatched=brain.all(deliveries.unmatched, filters=_choice(customer)) if deliveries.unmatched else (),
    )
    return replace(facts, because=deliveries.explain(brain, facts)) if deliveries.explain else facts


def _span(
    brain: Brain, deliveries: Deliveries, customer_id: int, occasion: str, since: datetime, until: datetime
) -> Sequence[Row]:
    """The changes of a span, and those that became visible late in the time before it."""
    query = deliveries.items if occasion == "daily" else deliveries.important
    return brain.all(query, customer_id=customer_id, since=since - LATE, until=until)


def _write(fire: Fire, deliveries: Deliveries, unwritten: UnwrittenPages, due: DueDelivery) -> bool:
    """Whether it was written: not for a customer whom the owner paused meanwhile."""
    page, dashboard = _page_of(fire, deliveries, unwritten, due)
    return write_unless_paused(fire, due.customer.id, lambda: _record(fire, due, page, dashboard))


def _page_of(
    fire: Fire, deliveries: Deliveries, unwritten: UnwrittenPages, due: DueDelivery
) -> tuple[Page, WrittenDashboard | None]:
    customer = due.customer
    with unwritten.of_customer(customer.id):
        facts = customer_facts(
            fire.brain, deliveries, vars(customer), since=due.since, until=due.until, occasion=due.occasion
        )
    facts = replace(facts, handle_address=handle_links.addresses(fire, customer.id))
    facts, dashboard = with_dashboard(fire, deliveries, facts)
    with unwritten.of_customer(customer.id):
        return clean_page(deliveries.write(facts)), dashboard


def _record(fire: Fire, due: DueDelivery, page: Page, dashboard: WrittenDashboard | None) -> None:
    """Outbox entry and delivery in one transaction; a second attempt finds the first and changes nothing."""
    customer = due.customer
    packed = dashboard.page if dashboard else None
    s3_key = customer_files.key_of(customer.id, due.occasion, due.until) if customer.kind == "feed" else None
    to = s3_key or customer.email
    with fire.brain.transaction():
        entry = record_entry(
            fire,
            ACTION,
            dedupe_key=f"{ACTION}:{customer.id}:{due.occasion}:{due.until:%Y-%m-%dT%H:%M}",
            # The folder: so many files a day go there, however each is called.
            to_whom=customer_files.folder_of(customer.id) if s3_key else to,
            subject=page.subject,
            payload={"customer": customer.name, "kind": customer.kind, "items": len(page.items)},
            digest=delivery_digest(to, page, packed),
        )
        delivery_id = _keep(fire, due, page, entry, s3_key)
        if dashboard is not None:
            keep_dashboard(fire, delivery_id, dashboard)


def _customers_with_files(deliveries: Sequence[Delivery]) -> list[int]:
    return sorted({delivery.customer_id for delivery in deliveries if delivery.s3_key})


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
        items=json.dumps(page.items),
        status="waiting" if entry.status == "waiting" else "recorded",
        outbox_id=entry.outbox_id,
        s3_key=s3_key,
        html=page.html,
        further=json.dumps(page.further),
    )
    return delivery
