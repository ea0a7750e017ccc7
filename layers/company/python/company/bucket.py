"""What is put into the bucket for people to read: the one door, which lets no sign pass that a reader cannot see."""

import json

from company.fire.fire import Fire
from company.text.cleaning import visible_json, visible_page

PLAIN = "text/plain; charset=utf-8"
HTML = "text/html; charset=utf-8"
RSS = "application/rss+xml; charset=utf-8"


def put_page(fire: Fire, key: str, text: str, content_type: str) -> str:
    """Puts a page; the receipt. Errors of S3 and the network are raised unchanged."""
    return _put(fire, key, visible_page(text), content_type)


def put_json(fire: Fire, key: str, document: object) -> str:
    """The same for a document that programs read: each text in it is cleaned."""
    return _put(fire, key, json.dumps(visible_json(document), ensure_ascii=False, indent=1), "application/json")


def _put(fire: Fire, key: str, text: str, content_type: str) -> str:
    answer = fire.cloud.client("s3").put_object(
        Bucket=fire.settings.bucket, Key=key, Body=text.encode(), ContentType=content_type
    )
    return str(answer.get("ETag", key))
