"""What happened to the mail that was sent: read from SES's queue, kept beside its outbox entry, reported when lost."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from company.fire.fire import Fire
from company.mail import MailEvent, NoMailEvent, read_event
from company.watch.findings import Level, close_by_fingerprint, my_open_finding, open_finding

MOST_ROUNDS = 10
OF_A_ROUND = 10
"""SQS gives no more at once."""
TROUBLES = {
    "bounced": "came back",
    "rejected": "was not sent on by SES",
    "complained": "was reported as spam by its recipient",
}


@dataclass(frozen=True)
class MailEntry:
    """The outbox entry that an event's mail belongs to; all None for a mail that is not ours."""

    outbox_id: int | None
    action: str | None
    by_role: str | None
    to_whom: str | None
    subject: str | None
    customer: str | None
    is_new: bool | None

    @property
    def fingerprint(self) -> str:
        return f"mail:{self.customer or self.by_role}"

    @property
    def recipient(self) -> str:
        return self.customer or "the owner"


def read_mail_events(fire: Fire) -> dict[str, int]:
    """Reads the queue while a mail waits for its result, else once an hour; an unreachable queue stops no beat."""
    counts = {"mail_events": 0, "mail_troubles": 0}
    url = fire.settings.mail_events_url
    if not url or not (fire.now.minute < 5 or fire.brain.value("mail_is_awaited")):
        return counts
    try:
        for message in _messages(fire, url):
            counts["mail_troubles"] += _take_in(fire, message["Body"])
            counts["mail_events"] += 1
            fire.cloud.client("sqs").delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    except Exception as error:  # no error here stops the beat; the events that were not read wait in the queue
        fire.log.warning("the mail's events were not read to their end", error=repr(error))
        counts["mail_unread"] = 1
    return counts


def _messages(fire: Fire, url: str) -> Iterator[Mapping[str, str]]:
    for _ in range(MOST_ROUNDS):
        answer = fire.cloud.client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=OF_A_ROUND)
        yield from (messages := answer.get("Messages", []))
        if len(messages) < OF_A_ROUND or fire.budget.seconds_left() < 10:
            return


def _take_in(fire: Fire, body: str) -> bool:
    """Keeps one event; whether it is a new trouble. One that cannot be read is logged and skipped."""
    try:
        event = read_event(body)
    except NoMailEvent as error:
        fire.learn("unread_mail_event", str(error), event=body[:500])
        return False
    entry = fire.brain.row(MailEntry, "note_mail_event", **vars(event))
    if entry is None or entry.outbox_id is None:
        fire.log.info("an event of a mail that is not ours", message_id=event.message_id)
        return False
    if not entry.is_new:
        return False
    if event.status == "accepted":
        _close(fire, entry, entry.outbox_id)
    return event.status in TROUBLES and _report(fire, event, entry)


def _report(fire: Fire, event: MailEvent, entry: MailEntry) -> bool:
    is_known = my_open_finding(fire.brain, entry.fingerprint) is not None
    reason = event.reason or "no reason was given"
    open_finding(
        fire.brain,
        fingerprint=entry.fingerprint,
        kind=f"mail_{event.status}",
        subject=entry.recipient,
        level=_level(event, entry, is_known=is_known),
        title=f"the mail to {entry.recipient} {TROUBLES[event.status]}: {reason}"[:200],
        effect=_effect(event.status, entry),
        evidence={"act": entry.outbox_id, "subject": entry.subject, "said": event.reason, "at": event.at.isoformat()},
        watcher=fire.brain.value("watcher_of_mail_by", role=entry.by_role),
    )
    return True


def _level(event: MailEvent, entry: MailEntry, *, is_known: bool) -> Level:
    """The owner's own mail rings, since a mail would not reach her; a customer's waits for the brief the first time."""
    if entry.customer is None:
        return "ring"
    return "today" if is_known or event.status == "complained" else "brief"


def _effect(status: str, entry: MailEntry) -> str:
    if entry.customer is None:
        return "you did not get it: watchbill brief, or the console"
    what = "wants no such mail" if status == "complained" else "did not get it"
    advice = f'watchbill customers pause "{entry.customer}", or correct the address'
    return f"{entry.customer} {what}; SES may hold back more. {advice}"


def _close(fire: Fire, entry: MailEntry, outbox_id: int) -> None:
    """A later mail that arrives closes the finding; an event of an earlier one does not."""
    known = my_open_finding(fire.brain, entry.fingerprint)
    if known and known.evidence.get("act", 0) < outbox_id:
        close_by_fingerprint(fire.brain, entry.fingerprint, "a later mail was accepted")
