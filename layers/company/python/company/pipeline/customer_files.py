"""A customer's files in the bucket: one for each delivery, none of which replaces another, and an index of them all.

feeds/<customer>/2026-03-11/1002-important.json holds one delivery. feeds/<customer>/index.json lists them, the newest
first, so that a customer who reads once a day misses none.
"""

from dataclasses import dataclass
from datetime import datetime

from company.bucket import put_json
from company.fire.fire import Fire

MOST = 500
"""Files in an index: about a year of daily files with some alerts between them."""


@dataclass(frozen=True)
class FeedFile:
    """One file that was put, as the index names it."""

    s3_key: str
    occasion: str
    covers_from: datetime
    covers_to: datetime
    subject: str
    changes: int


def folder_of(customer_id: int) -> str:
    return f"feeds/{customer_id}/"


def key_of(customer_id: int, occasion: str, until: datetime) -> str:
    """As fine as the key of its outbox entry, which allows one delivery of an occasion in a minute."""
    return f"{folder_of(customer_id)}{until:%Y-%m-%d/%H%M}-{occasion}.json"


def put_index(fire: Fire, customer_id: int) -> str:
    """Writes the index anew from what was put; each file is named from the index's own folder."""
    files = fire.brain.rows(FeedFile, "feed_files", customer_id=customer_id, limit=MOST)
    folder = folder_of(customer_id)
    listed = [{"file": file.s3_key.removeprefix(folder), **_about(file)} for file in files]
    return put_json(fire, f"{folder}index.json", {"as_of": fire.now.isoformat(), "files": listed})


def _about(file: FeedFile) -> dict[str, object]:
    return {
        "occasion": file.occasion,
        "from": file.covers_from.isoformat(),
        "to": file.covers_to.isoformat(),
        "subject": file.subject,
        "changes": file.changes,
    }
