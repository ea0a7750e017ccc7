"""What became of the mail that left: read from SES's queue, kept beside the act, told when it did not arrive."""

from collections.abc import Iterator, Mapping
from typing import Any

from company.fire.fire import Fire
from company.mail import MailEvent, NoMailEvent, read_event
from company.watch.findings import Level, close_by_fingerprint, open_finding

MOST_ROUNDS = 10
OF_A_ROUND = 10
"""SQS gives no more at once."""
TROUBLES = {
    "bounced": "came back",
    "rejected": "was not sent on by SES",
    "complained": "was called spam by who got it",
}


def hear(fire: Fire) -> dict[str, int]:
    """Reads what waits while a mail is out unheard of, else once an hour; a queue out of reach stops no beat."""
    heard = {"mail_events": 0, "mail_troubles": 0}
    url = fire.settings.mail_events_url
    if not url or not (fire.now.minute < 5 or fire.brain.value("mail_is_awaited")):
        return heard
    try:
        for message in _messages(fire, url):
            heard["mail_troubles"] += _take_in(fire, message["Body"])
            heard["mail_events"] += 1
            fire.cloud.client("sqs").delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    except Exception as error:  # the watch goes on whatever this comes to; what was not taken in waits in the queue
        fire.log.warning("the mail's events were not read to their end", error=repr(error))
        heard["mail_unread"] = 1
    return heard


def _messages(fire: Fire, url: str) -> Iterator[Mapping[str, Any]]:
    for _ in range(MOST_ROUNDS):
        answer = fire.cloud.client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=OF_A_ROUND)
        yield from (messages := answer.get("Messages", []))
        if len(messages) < OF_A_ROUND or fire.budget.seconds_left() < 10:
            return


def _take_in(fire: Fire, body: str) -> bool:
    """Keeps one event; whether it was a trouble that nobody knew of. What cannot be read is noted and stepped past."""
    try:
        event = read_event(body)
    except NoMailEvent as error:
        fire.learn("unread_mail_event", str(error), event=body[:500])
        return False
    noted = fire.brain.one("note_mail_event", **vars(event))
    if noted is None or noted["outbox_id"] is None:
        fire.log.info("an event of a mail that is none of ours", message_id=event.message_id)
        return False
    if not noted["is_new"]:
        return False
    if event.status == "accepted":
        _close(fire, noted)
    return event.status in TROUBLES and _tell(fire, event, noted)


def _tell(fire: Fire, event: MailEvent, act: Mapping[str, Any]) -> bool:
    whom = act["customer"] or "the owner"
    known = fire.brain.one("open_finding_of", fingerprint=_fingerprint(act))
    open_finding(
        fire.brain,
        fingerprint=_fingerprint(act),
        kind=f"mail_{event.status}",
        subject=whom,
        level=_level(event, act, is_known=known is not None),
        title=f"the mail to {whom} {TROUBLES[event.status]}: {event.said or 'no reason was given'}"[:200],
        effect=_effect(event.status, whom, act),
        evidence={"act": act["outbox_id"], "subject": act["subject"], "said": event.said, "at": event.at.isoformat()},
        watcher=fire.brain.value("watcher_of_mail_by", role=act["by_role"]),
    )
    return True


def _level(event: MailEvent, act: Mapping[str, Any], *, is_known: bool) -> Level:
    """The owner's own mail rings, since a mail would not reach her; a customer's waits for the brief the first time."""
    if act["customer"] is None:
        return "ring"
    return "today" if is_known or event.status == "complained" else "brief"


def _effect(status: str, whom: str, act: Mapping[str, Any]) -> str:
    if act["customer"] is None:
        return "you did not get it: watchbill brief, or the console"
    what = "wants no such mail" if status == "complained" else "did not get it"
    return f'{whom} {what}; SES may hold back more. watchbill customers pause "{whom}", or mend the address'


def _close(fire: Fire, act: Mapping[str, Any]) -> None:
    """A later mail that arrives ends it; news of an earlier one does not."""
    known = fire.brain.one("open_finding_of", fingerprint=_fingerprint(act))
    if known and known["evidence"].get("act", 0) < act["outbox_id"]:
        close_by_fingerprint(fire.brain, _fingerprint(act), f"a later mail was accepted at {fire.now:%a %H:%M}")


def _fingerprint(act: Mapping[str, Any]) -> str:
    return f"mail:{act['customer'] or act['by_role']}"
