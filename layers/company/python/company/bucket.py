"""What is put into the bucket for people to read: the one door, which lets no sign pass that a reader cannot see."""

import gzip
import json

from company.fire.fire import Fire
from company.text.cleaning import visible_json, visible_page

PLAIN = "text/plain; charset=utf-8"
HTML = "text/html; charset=utf-8"
CSV = "text/csv; charset=utf-8"
PACKING = 6
"""The level of compression: the highest takes a third more time for three bytes in a thousand."""
RSS = "application/rss+xml; charset=utf-8"


def put_page(fire: Fire, key: str, text: str, content_type: str) -> str:
    """Puts a page; the receipt. Errors of S3 and the network are raised unchanged."""
    return _put(fire, key, visible_page(text), content_type)


def put_json(fire: Fire, key: str, document: object) -> str:
    """The same for a document that programs read: each text in it is cleaned."""
    return _put(fire, key, json.dumps(visible_json(document), ensure_ascii=False, indent=1), "application/json")


def put_table(fire: Fire, key: str, table: str) -> str:
    """The same for a table as company.text.spreadsheets makes it: its cells are clean, its line ends its own."""
    return _put(fire, key, table, CSV)


def pack_page(text: str) -> bytes:
    """A page as put_packed takes it: cleaned and compressed, the same bytes for the same text."""
    return gzip.compress(visible_page(text).encode(), PACKING, mtime=0)


def put_packed(fire: Fire, key: str, packed: bytes, content_type: str) -> str:
    """Puts what pack_page made; a browser reads it as the page."""
    return _put_bytes(fire, key, packed, ContentType=content_type, ContentEncoding="gzip")


def _put(fire: Fire, key: str, text: str, content_type: str) -> str:
    return _put_bytes(fire, key, text.encode(), ContentType=content_type)


def _put_bytes(fire: Fire, key: str, body: bytes, **headers: str) -> str:
    answer = fire.cloud.client("s3").put_object(Bucket=fire.settings.bucket, Key=key, Body=body, **headers)
    return str(answer.get("ETag", key))
