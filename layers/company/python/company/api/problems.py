"""Errors as RFC 9457 has them, in payload format 2.0: what is wrong, and what to do."""

import json
from collections.abc import Mapping
from http import HTTPStatus

from company.json_values import JsonObject

PROBLEM = "application/problem+json"


def problem(status: HTTPStatus, detail: str, headers: Mapping[str, str] | None = None) -> JsonObject:
    """The response for an error. Its type is about:blank: the status says the kind, detail says the rest."""
    body = {"type": "about:blank", "title": status.phrase, "status": status.value, "detail": detail}
    return {
        "statusCode": status.value,
        "headers": {"content-type": PROBLEM, "cache-control": "no-store", **(headers or {})},
        "cookies": [],
        "body": json.dumps(body, ensure_ascii=False),
        "isBase64Encoded": False,
    }
