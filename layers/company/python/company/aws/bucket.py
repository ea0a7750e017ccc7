"""What is put into the bucket for people to read: the one door, which lets no sign pass that a reader cannot see."""

import json
import struct
import zlib
from functools import lru_cache

from company.fire.fire import Fire
from company.text.cleaning import visible_json, visible_page

PLAIN = "text/plain; charset=utf-8"
HTML = "text/html; charset=utf-8"
CSV = "text/csv; charset=utf-8"
PACKING = 6
"""The level of compression: the highest takes a third more time for three bytes in a thousand."""
GZIP_HEADER = b"\x1f\x8b\x08" + bytes(6) + b"\xff"
"""RFC 1952: deflate, no name, no time, any system."""
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


def pack_page(text: str, constant: str = "") -> bytes:
    """A page as put_packed takes it: cleaned and compressed (gzip), the same bytes for the same text.

    constant: a text that stands in many pages, and in which nothing is to be cleaned. It is compressed once, as a part
    to which no other refers: RFC 1951 lets parts that end at a byte follow each other, and RFC 1952 counts over all.
    """
    page = visible_page(text).encode()
    before, found, after = page.partition(constant.encode()) if constant else (page, b"", b"")
    parts = [_compressed(before), _compressed_once(constant) if found else b"", _compressed(after, zlib.Z_FINISH)]
    return GZIP_HEADER + b"".join(parts) + struct.pack("<II", zlib.crc32(page), len(page) % (1 << 32))


@lru_cache(maxsize=2)
def _compressed_once(text: str) -> bytes:
    return _compressed(text.encode())


def _compressed(part: bytes, end: int = zlib.Z_FULL_FLUSH) -> bytes:
    stream = zlib.compressobj(PACKING, wbits=-zlib.MAX_WBITS)
    return stream.compress(part) + stream.flush(end)


def put_packed(fire: Fire, key: str, packed: bytes, content_type: str) -> str:
    """Puts what pack_page made; a browser reads it as the page."""
    return _put_bytes(fire, key, packed, ContentType=content_type, ContentEncoding="gzip")


def _put(fire: Fire, key: str, text: str, content_type: str) -> str:
    return _put_bytes(fire, key, text.encode(), ContentType=content_type)


def _put_bytes(fire: Fire, key: str, body: bytes, **headers: str) -> str:
    answer = fire.cloud.client("s3").put_object(Bucket=fire.settings.bucket, Key=key, Body=body, **headers)
    return str(answer.get("ETag", key))
