"""What happened to the mail that was sent: read from SES's queue, kept beside its outbox entry, reported when lost."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from operator import itemgetter

from company.aws.mail import MailEvent, NoMailEvent, read_event
from company.fire.apart import each
from company.fire.fire import Fire
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
    """Reads the queue while a mail waits for its result, else once an hour; each event apart."""
    url = fire.settings.mail_events_url
    if not url or not (fire.now.minute < 5 or fire.brain.value("mail_is_awaited")):
        return {"mail_events": 0, "mail_troubles": 0}
    taken = each(fire, "mail events", _messages(fire, url), partial(_take_in, fire, url), name=itemgetter("MessageId"))
    return {"mail_events": len(taken), "mail_troubles": sum(taken)}


def _messages(fire: Fire, url: str) -> Iterator[Mapping[str, str]]:
    """Until an answer is empty: SQS may give fewer than there are."""
    for _ in range(MOST_ROUNDS):
        answer = fire.cloud.client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=OF_A_ROUND)
        yield from (messages := answer.get("Messages", []))
        if not messages or fire.budget.seconds_left() < 10:
            return


def _take_in(fire: Fire, url: str, message: Mapping[str, str]) -> bool:
    """Keeps one event and takes it off the queue; whether it is a new trouble."""
    is_trouble = _keep(fire, message["Body"])
    fire.cloud.client("sqs").delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return is_trouble


def _keep(fire: Fire, body: str) -> bool:
    """Keeps one event together with its report; whether it is a new trouble. An unreadable one is skipped."""
    try:
        event = read_event(body)
    except NoMailEvent as error:
        fire.learn("unread_mail_event", str(error), event=body[:500])
        return False
    with fire.brain.transaction():
        entry = fire.brain.row(MailEntry, "note_mail_event", **vars(event))
        if entry is None or entry.outbox_id is None:
            fire.log.info("an event of a mail that is not ours", message_id=event.message_id)
            return False
        return bool(entry.is_new) and _follow(fire, event, entry, entry.outbox_id)


def _follow(fire: Fire, event: MailEvent, entry: MailEntry, outbox_id: int) -> bool:
    """What follows from a new event; whether it is a trouble."""
    if event.status == "accepted":
        _close(fire, entry, outbox_id)
    if event.status not in TROUBLES:
        return False
    _report(fire, event, entry)
    return True


def _report(fire: Fire, event: MailEvent, entry: MailEntry) -> None:
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
