"""The outbox: whatever leaves the company is recorded before it leaves and confirmed after."""

from dataclasses import dataclass

from company.fire.fire import Fire
from company.json_values import JsonObject
from company.owner import marks


@dataclass(frozen=True)
class OutboxEntry:
    """An entry as it was recorded, or the earlier one of the same key. asked_in: the owner's decision, if there is one.

    status: recorded (it may leave), waiting (for the owner's answer), allowed, sent, refused, unknown (its sender was
    killed) or in_doubt (it was handed over, and whether it was taken is not known: it is not sent again).
    """

    outbox_id: int
    status: str
    is_new: bool
    asked_in: int | None


@dataclass(frozen=True)
class SentEntry:
    """An entry that was sent: what kind of act, to whom, and its subject."""

    action: str
    to_whom: str
    subject: str


def record_entry(
    fire: Fire, action: str, *, dedupe_key: str, to_whom: str, subject: str, payload: JsonObject, digest: bytes
) -> OutboxEntry:
    """Records what is about to leave; digest is of all that it holds and of where it goes.

    BrainWentBack where the brain is older than what has left already.
    """
    marks.require_brain_not_behind(fire)
    entry = fire.brain.row(
        OutboxEntry,
        "record_outbox_entry",
        action=action,
        dedupe_key=dedupe_key,
        to_whom=to_whom,
        subject=subject,
        payload=dict(payload),
        content_sha256=digest,
        session_id=fire.session_id,
    )
    assert entry is not None, "record_outbox_entry always answers"
    return entry


def confirm_entry(fire: Fire, entry_id: int, *, was_sent: bool, receipt: str) -> None:
    """Records how the sending ended: the receipt, or the error. What was sent is marked outside the brain too."""
    fire.brain.run(
        "confirm_outbox_entry", outbox_id=entry_id, session_id=fire.session_id, was_sent=was_sent, receipt=receipt
    )
    if was_sent:
        _mark(fire, entry_id)


def doubt_entry(fire: Fire, entry_id: int, why: str) -> None:
    """Records that it may have left: the other side failed while it took it. It is marked as what has left."""
    fire.brain.run("doubt_outbox_entry", outbox_id=entry_id, session_id=fire.session_id, why=why)
    _mark(fire, entry_id)


def _mark(fire: Fire, entry_id: int) -> None:
    left = fire.brain.row(SentEntry, "sent_entry", outbox_id=entry_id)
    if left is not None:
        marks.mark_left(fire, entry_id, action=left.action, to_whom=left.to_whom, subject=left.subject)
