"""Brings each customer what concerns them: a page or a file each morning, and what cannot wait at once.

Every delivery is written down before it leaves and confirmed after; asked again, it is not sent again.
"""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from company import mail
from company.brain import Brain
from company.errors import Refused
from company.fire.fire import Fire
from company.outcomes import Done, Failed, Outcome, Skipped
from company.owner import approvals
from company.vertical import Deliveries, Facts, Page

FIRST_SPAN = timedelta(days=1)
ACT = "deliver"
NOT_TAKEN = {
    "changed": ("refused", "it is not what the owner allowed"),
    "unknown": ("unknown", "its sender was killed; one yes is one sending"),
}


def nothing_to_deliver(fire: Fire) -> str | None:
    """A reason to rest: the act is closed, nothing is scored yet, or nobody is due and nothing important happened."""
    deliveries = fire.vertical.deliveries
    if deliveries is None:
        return "this product delivers nothing"
    if fire.brain.value("approval_level", action=ACT) == "closed":
        return "the act deliver stands at closed; the owner opens it"
    if not fire.brain.value("has_scores"):
        return "nothing is scored yet"
    waiting = approvals.has_approvals_to_process(fire, ACT) or fire.brain.all("deliveries_to_send")
    if waiting or due_customers(fire, deliveries):
        return None
    return "no customer is due and nothing important happened"


def due_customers(fire: Fire, deliveries: Deliveries) -> list[tuple[dict[str, Any], str]]:
    """Who gets something now, and on what occasion."""
    found = []
    for customer in fire.brain.all("customers_to_serve"):
        if is_daily_due(customer["daily_to"], fire.now, deliveries):
            found.append((customer, "daily"))
        elif fire.brain.all(deliveries.important, **_span(fire.now, customer, "important")):
            found.append((customer, "important"))
    return found


def is_daily_due(last: datetime | None, now: datetime, deliveries: Deliveries) -> bool:
    """Once per day, from the hour that the product names; a customer's first page does not wait for it."""
    if last is None:
        return True
    hour = datetime.combine(now.date(), deliveries.daily_at, tzinfo=now.tzinfo)
    return now >= hour > last


def deliver(fire: Fire) -> Outcome:
    """Writes what is due, then sends all that is written and may go."""
    deliveries = fire.vertical.deliveries
    if deliveries is None:
        return Skipped("this product delivers nothing")
    written = [_write(fire, deliveries, customer, occasion) for customer, occasion in due_customers(fire, deliveries)]
    ends = [_send(fire, row) for row in fire.brain.all("deliveries_to_send")]
    evidence = {"written": len(written), "sent": ends.count("sent"), "refused": ends.count("refused")}
    if approvals.has_approvals_to_process(fire, ACT):
        evidence["asked"] = approvals.process_approvals(fire, ACT)
    if ends and not evidence["sent"]:
        return Failed("no delivery was accepted", evidence=evidence)
    return Done(evidence)


def _span(now: datetime, customer: dict[str, Any], occasion: str) -> dict[str, Any]:
    """What the owner did not let go is in the next daily page; what is important is not asked about twice."""
    since = customer["covers_to" if occasion == "daily" else "written_to"] or now - FIRST_SPAN
    return {"customer_id": customer["id"], "since": since, "until": now}


def _write(fire: Fire, deliveries: Deliveries, customer: dict[str, Any], occasion: str) -> int:
    """Outbox row and delivery in one transaction; a second try finds the first and changes nothing."""
    span = _span(fire.now, customer, occasion)
    page = deliveries.write(customer_facts(fire.brain, fire.now, deliveries, customer, occasion))
    key = f"{ACT}:{customer['id']}:{occasion}:{span['until']:%Y-%m-%dT%H:%M}"
    s3_key = f"feeds/{customer['id']}/{fire.now:%Y-%m-%d}.json" if customer["kind"] == "feed" else None
    to = s3_key or customer["email"]
    with fire.brain.transaction():
        act = fire.brain.one(
            "record_outbox_entry",
            action=ACT,
            dedupe_key=key,
            to_whom=to,
            subject=page.subject,
            payload={"customer": customer["name"], "kind": customer["kind"], "items": len(page.items)},
            content_sha256=delivery_digest(to, page.subject, page.body, json.loads(_as_json(page.items))),
            session_id=fire.session_id,
        )
        assert act is not None, "record_outbox_entry always answers"
        return _keep(fire, customer, occasion, span, page, act, s3_key)


def customer_facts(
    brain: Brain, now: datetime, deliveries: Deliveries, customer: dict[str, Any], occasion: str
) -> Facts:
    """All that the page for one customer may say; also for a preview, which nothing follows."""
    span = _span(now, customer, occasion)
    query = deliveries.items if occasion == "daily" else deliveries.important
    return Facts(
        customer=customer,
        since=span["since"],
        until=span["until"],
        items=brain.all(query, **span),
        top_of_list=brain.all(deliveries.top_of_list, **span),
        freshness=brain.all("source_freshness"),
        is_important=occasion == "important",
    )


def _keep(
    fire: Fire,
    customer: dict[str, Any],
    occasion: str,
    span: dict[str, Any],
    page: Page,
    act: dict[str, Any],
    s3_key: str | None,
) -> int:
    delivery: int = fire.brain.value(
        "write_delivery",
        customer_id=customer["id"],
        occasion=occasion,
        covers_from=span["since"],
        covers_to=span["until"],
        kind=customer["kind"],
        subject=page.subject,
        body=page.body,
        items=_as_json(page.items),
        status="waiting" if act["status"] == "waiting" else "recorded",
        outbox_id=act["outbox_id"],
        s3_key=s3_key,
    )
    return delivery


def _as_json(items: Sequence[Any]) -> str:
    return json.dumps(list(items), default=str)


def delivery_digest(to: str, subject: str, body: str, items: Any) -> bytes:
    """All that a customer gets, and where, as one digest."""
    return approvals.content_digest(to, subject, body, json.dumps(items, sort_keys=True))


def _send(fire: Fire, row: dict[str, Any]) -> str:
    """sent or refused. What may have gone before a kill goes again: a page twice does less harm than none."""
    if row["act_status"] in ("sent", "refused"):
        return _end(fire, row, row["act_status"], None)
    if row["decision_id"] is not None and (taken := _take(fire, row)) != "recorded":
        return _end(fire, row, *NOT_TAKEN.get(taken, (taken, None)))
    try:
        receipt = _put_feed(fire, row) if row["kind"] == "feed" else _mail(fire, row)
    except Refused:
        raise
    except Exception as error:
        fire.log.warning("a delivery was not accepted", delivery=row["id"], error=repr(error))
        return _confirm(fire, row, was_sent=False, receipt=f"{type(error).__name__}: {error}"[:500])
    return _confirm(fire, row, was_sent=True, receipt=receipt)


def _take(fire: Fire, row: dict[str, Any]) -> str:
    """What was asked about goes once, and only as it was asked: changed, unknown, or recorded to go."""
    content = delivery_digest(row["s3_key"] or row["email"], row["subject"], row["body"], row["items"])
    return approvals.take_approved(fire, row["outbox_id"], content)


def _confirm(fire: Fire, row: dict[str, Any], *, was_sent: bool, receipt: str) -> str:
    with fire.brain.transaction():
        fire.brain.run(
            "confirm_outbox_entry",
            outbox_id=row["outbox_id"],
            session_id=fire.session_id,
            was_sent=was_sent,
            receipt=receipt,
        )
        return _end(fire, row, "sent" if was_sent else "refused", None if was_sent else receipt)


def _end(fire: Fire, row: dict[str, Any], status: str, reason: str | None) -> str:
    fire.brain.run("end_delivery", delivery=row["id"], status=status, reason=reason)
    return status


def _mail(fire: Fire, row: dict[str, Any]) -> str:
    return mail.send(fire, outbox_id=row["outbox_id"], to=row["email"], subject=row["subject"], text=row["body"])


def _put_feed(fire: Fire, row: dict[str, Any]) -> str:
    document = {
        "as_of": row["covers_to"].isoformat(),
        "subject": row["subject"],
        "items": row["items"],
        "text": row["body"],
    }
    answer = fire.cloud.client("s3").put_object(
        Bucket=fire.settings.bucket,
        Key=row["s3_key"],
        Body=json.dumps(document, ensure_ascii=False, indent=1).encode(),
        ContentType="application/json",
    )
    return str(answer.get("ETag", row["s3_key"]))
