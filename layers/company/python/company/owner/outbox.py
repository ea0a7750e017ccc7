"""The outbox: whatever leaves the company is recorded before it leaves and confirmed after."""

from dataclasses import dataclass

from company.fire.fire import Fire
from company.json_values import JsonObject


@dataclass(frozen=True)
class OutboxEntry:
    """An entry as it was recorded, or the earlier one of the same key. asked_in: the owner's decision, if there is one.

    status: recorded (it may leave), waiting (for the owner's answer), allowed, sent, refused or unknown.
    """

    outbox_id: int
    status: str
    is_new: bool
    asked_in: int | None


def record_entry(
    fire: Fire, action: str, *, dedupe_key: str, to_whom: str, subject: str, payload: JsonObject, digest: bytes
) -> OutboxEntry:
    """Records what is about to leave; digest is of all that it holds and of where it goes."""
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
    """Records how the sending ended: the receipt, or the error."""
    fire.brain.run(
        "confirm_outbox_entry", outbox_id=entry_id, session_id=fire.session_id, was_sent=was_sent, receipt=receipt
    )
