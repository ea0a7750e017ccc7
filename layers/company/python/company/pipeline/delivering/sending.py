"""Sends a written delivery by mail or into the bucket, once, and only as the owner approved it."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from company.aws import mail
from company.aws.bucket import put_json, put_table
from company.errors import Refused
from company.fire.fire import Fire
from company.json_values import JsonObject
from company.owner import approvals
from company.owner.outbox import confirm_entry, doubt_entry
from company.pipeline.delivering.customer_files import table_of
from company.pipeline.delivering.dashboards import put_dashboard
from company.text.cleaning import visible_json, visible_line, visible_page
from company.text.spreadsheets import as_table
from company.vertical import Page, Row

ACTION = "deliver"
CHANGES_FILE = "changes.json"
"""The file of a mail's changes. The product's pages may name it."""
PAUSED = "a_paused_customer_gets_nothing"
"""The rule by which the brain keeps no page for a customer whom the owner paused while it was written."""
HELD_BACK = ("waiting", "declined")
NOT_TAKEN = {
    "changed": ("refused", "it is not what the owner allowed"),
    "unknown": ("unknown", "its sender was killed; one yes is one sending"),
}


@dataclass(frozen=True)
class Delivery:
    """A written delivery that has not ended, with its customer's address and its outbox entry."""

    id: int
    customer_id: int
    name: str
    email: str
    kind: str
    subject: str
    body: str
    html: str | None
    items: Sequence[Row]
    further: JsonObject
    s3_key: str | None
    covers_to: datetime
    outbox_id: int
    act_status: str
    dedupe_key: str
    decision_id: int | None
    dashboard: bytes | None


def send_delivery(fire: Fire, delivery: Delivery) -> str:
    """sent, refused or unknown; waiting or declined where the brain does not give it out, as for a paused customer.

    After a kill it is sent again, for a page twice does less harm than none; what was handed over and may have been
    taken is not.
    """
    if delivery.act_status in ("sent", "refused"):
        return _end(fire, delivery, delivery.act_status, None)
    if (taken := _take(fire, delivery)) in HELD_BACK:
        return taken
    if taken != "recorded":
        return _end(fire, delivery, *NOT_TAKEN.get(taken, (taken, None)))
    put_dashboard(fire, delivery.id)
    try:
        receipt = _put_feed(fire, delivery) if delivery.kind == "feed" else _mail(fire, delivery)
    except Refused:
        raise
    except mail.MailInDoubt as doubt:
        return _doubt(fire, delivery, str(doubt)[:500])
    except Exception as error:
        fire.log.warning("a delivery was not accepted", delivery=delivery.id, error=repr(error))
        return _confirm(fire, delivery, was_sent=False, receipt=f"{type(error).__name__}: {error}"[:500])
    return _confirm(fire, delivery, was_sent=True, receipt=receipt)


def write_unless_paused(fire: Fire, customer_id: int, write: Callable[[], object]) -> bool:
    """Whether it was written: not for a customer whom the owner paused while this fire was at work."""
    try:
        write()
    except Refused as refused:
        if refused.rule != PAUSED:
            raise
        fire.log.warning("a customer was paused meanwhile", customer=customer_id)
        return False
    return True


def clean_page(page: Page) -> Page:
    """Kept as it leaves: what was sent can be read afterwards exactly as it was."""
    items, further = json.loads(json.dumps([visible_json([*page.items]), visible_json(page.further)], default=str))
    html = None if page.html is None else visible_page(page.html)
    return Page(visible_line(page.subject), visible_page(page.body), items, html, further)


def delivery_digest(to: str, page: Page, dashboard: bytes | None) -> bytes:
    """All that a customer gets, and where, as one digest. dashboard: its page as it will be put."""
    kept = json.dumps([page.items, page.further], sort_keys=True)
    parts = [to, page.subject, page.body, page.html or "", kept]
    return approvals.content_digest(*parts, *([sha256(dashboard).hexdigest()] if dashboard else []))


def _take(fire: Fire, delivery: Delivery) -> str:
    """Just before it leaves: recorded (send it), or why not. What was asked about goes once, and unchanged."""
    to = delivery.s3_key or delivery.email
    page = Page(delivery.subject, delivery.body, delivery.items, delivery.html, delivery.further)
    digest = delivery_digest(to, page, delivery.dashboard)
    return approvals.take_approved(fire, delivery.outbox_id, digest)


def _confirm(fire: Fire, delivery: Delivery, *, was_sent: bool, receipt: str) -> str:
    with fire.brain.transaction():
        confirm_entry(fire, delivery.outbox_id, was_sent=was_sent, receipt=receipt)
        return _end(fire, delivery, "sent" if was_sent else "refused", None if was_sent else receipt)


def _doubt(fire: Fire, delivery: Delivery, why: str) -> str:
    fire.log.warning("whether a delivery was accepted is not known", delivery=delivery.id, error=why)
    with fire.brain.transaction():
        doubt_entry(fire, delivery.outbox_id, why)
        return _end(fire, delivery, "unknown", why)


def _end(fire: Fire, delivery: Delivery, status: str, reason: str | None) -> str:
    fire.brain.run("end_delivery", delivery=delivery.id, status=status, reason=reason)
    return status


def _mail(fire: Fire, delivery: Delivery) -> str:
    """With the changes as a file, as a feed customer gets them: a page names only the first of a long list."""
    return mail.send_mail(
        fire,
        outbox_id=delivery.outbox_id,
        to=delivery.email,
        subject=delivery.subject,
        text=delivery.body,
        html=delivery.html,
        attached=mail.Attachment(CHANGES_FILE, delivery.items) if delivery.items else None,
    )


def _put_feed(fire: Fire, delivery: Delivery) -> str:
    """The table first: where there is a document, its table is there too."""
    schema = fire.vertical.deliveries.schema if fire.vertical.deliveries else None
    document = {
        **({"schema": schema.name, "version": schema.version} if schema else {}),
        **delivery.further,
        "as_of": delivery.covers_to.isoformat(),
        "subject": delivery.subject,
        "items": delivery.items,
        "text": delivery.body,
    }
    key = str(delivery.s3_key)
    put_table(fire, table_of(key), as_table(delivery.items, schema.columns if schema else ()))
    return put_json(fire, key, document)
