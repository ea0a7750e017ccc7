"""A customer's files in the bucket: one for each delivery, none of which replaces another, and an index of them all.

feeds/<customer>/2026-03-11/1002-important.json holds one delivery, the file .csv of that name its changes as a table.
feeds/<customer>/index.json lists them, the newest first, so that a customer who reads once a day misses none; beside it
are the last changes as RSS, and the schema of the files.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from itertools import islice

from company.aws.bucket import RSS, put_json, put_page
from company.fire.fire import Fire
from company.text.rss import Channel, RssEntry, render_feed
from company.vertical import Deliveries, Row

MOST = 500
"""Files in an index: about a year of daily files with some alerts between them."""
MOST_NEWS = 100
"""Changes in the RSS of a customer."""
NEWS = "feed.xml"


@dataclass(frozen=True)
class FeedFile:
    """One file that was put, as the index names it."""

    s3_key: str
    occasion: str
    covers_from: datetime
    covers_to: datetime
    subject: str
    changes: int
    items: Sequence[Row]
    has_table: bool


def folder_of(customer_id: int) -> str:
    return f"feeds/{customer_id}/"


def key_of(customer_id: int, occasion: str, until: datetime) -> str:
    """As fine as the key of its outbox entry, which allows one delivery of an occasion in a minute."""
    return f"{folder_of(customer_id)}{until:%Y-%m-%d/%H%M}-{occasion}.json"


def table_of(key: str) -> str:
    """Where the table of a file lies."""
    return f"{key.removesuffix('.json')}.csv"


def put_index(fire: Fire, deliveries: Deliveries, customer_id: int) -> str:
    """Writes the index anew from what was put; each file is named from the index's own folder. It comes last: what it
    names is there."""
    files = fire.brain.rows(FeedFile, "feed_files", customer_id=customer_id, limit=MOST)
    folder = folder_of(customer_id)
    listed = [{"file": file.s3_key.removeprefix(folder), **_about(file, folder)} for file in files]
    beside = {**_put_schema(fire, deliveries, folder), **_put_news(fire, deliveries, folder, files)}
    return put_json(fire, f"{folder}index.json", {"as_of": fire.now.isoformat(), **beside, "files": listed})


def _about(file: FeedFile, folder: str) -> dict[str, object]:
    table = {"csv": table_of(file.s3_key).removeprefix(folder)} if file.has_table else {}
    return {
        **table,
        "occasion": file.occasion,
        "from": file.covers_from.isoformat(),
        "to": file.covers_to.isoformat(),
        "subject": file.subject,
        "changes": file.changes,
    }


def _put_schema(fire: Fire, deliveries: Deliveries, folder: str) -> dict[str, str]:
    schema = deliveries.schema
    if schema is None:
        return {}
    put_json(fire, f"{folder}{schema.name}", json.loads(schema.text))
    return {"schema": schema.name}


def _put_news(fire: Fire, deliveries: Deliveries, folder: str, files: Sequence[FeedFile]) -> dict[str, str]:
    """The last changes as RSS, the newest first."""
    if deliveries.headline is None:
        return {}
    site, title = f"https://{fire.settings.bucket}.s3.amazonaws.com/{folder.rstrip('/')}", fire.vertical.title
    channel = Channel(title, f"{site}/index.json", f"What changed for you, by {title}", f"{site}/{NEWS}", fire.now)
    entries = islice(_entries(deliveries, files), MOST_NEWS)
    put_page(fire, f"{folder}{NEWS}", render_feed(channel, entries), RSS)
    return {"rss": NEWS}


def _entries(deliveries: Deliveries, files: Sequence[FeedFile]) -> Iterator[RssEntry]:
    """A change has the same name wherever it is read again: its file and the columns that name it."""
    for file in files:
        for item in file.items:
            assert deliveries.headline is not None
            news = deliveries.headline(item)
            named = "/".join(str(item.get(column)) for column in deliveries.change_key)
            yield RssEntry(news.title, news.link, escape(news.text), f"{file.s3_key}/{named}", file.covers_to)
