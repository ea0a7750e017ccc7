"""Requests and responses of a Lambda function URL (payload format 2.0), limited in size and with strict headers."""

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qs

from company.json_values import JsonObject
from company.pages.style import STYLE
from company.text.cleaning import visible_page

MOST_BODY = 16_384
"""Bytes of a form, or of JSON; the longest written answer is far below it."""
MOST_FIELDS = 8
UNPRINTABLE = re.compile("[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f\\ufffe\\uffff]")
"""No line break and no tab: what no keyboard writes, and Postgres or a mail would refuse or show as nothing."""
FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
HEADERS = {
    "content-type": "text/html; charset=utf-8",
    # No script runs, nothing is loaded from elsewhere, and forms are sent only to this site.
    "content-security-policy": (
        f"default-src 'none'; style-src 'sha256-{STYLE_HASH}'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",  # an address holds a token
    "strict-transport-security": "max-age=31536000",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "x-robots-tag": "noindex, nofollow",
}


class BadRequest(Exception):
    """A request that is refused; status and text are the response."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


@dataclass(frozen=True)
class Request:
    """One request: its method, its path, its headers in lower case, and its body as received."""

    method: str
    path: str
    headers: Mapping[str, str]
    cookies: Mapping[str, str]
    source_ip: str
    body: str
    is_base64: bool

    def form(self) -> dict[str, str]:
        """The fields of a posted form, the first value of each; BadRequest for anything else or a large body."""
        if self.headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
            raise BadRequest(403, "This form was not sent from this page.")
        if self._content_type != FORM:
            raise BadRequest(415, "Only forms are accepted here.")
        try:
            fields = parse_qs(self._text(), keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict")
        except ValueError as error:
            raise BadRequest(400, "This form cannot be read.") from error
        form = {name: values[0] for name, values in fields.items()}
        if found := UNPRINTABLE.search("".join(form) + "".join(form.values())):
            raise BadRequest(400, f"The character U+{ord(found[0]):04X} cannot be stored. Write it again without it.")
        return form

    def json_text(self) -> str:
        """The text of posted JSON, which nobody has parsed; BadRequest for another kind or a large body."""
        if self._content_type != JSON:
            raise BadRequest(415, f"Only {JSON} is accepted here.")
        return self._text()

    @property
    def _content_type(self) -> str:
        return self.headers.get("content-type", "").split(";")[0].strip().lower()

    def _text(self) -> str:
        # Four letters of base64 hold three bytes; a body that is too long is not decoded.
        if len(self.body) > MOST_BODY * (4 / 3 if self.is_base64 else 1) + 4:
            raise BadRequest(413, "What was sent is too large.")
        try:
            return base64.b64decode(self.body, validate=True).decode() if self.is_base64 else self.body
        except (binascii.Error, UnicodeDecodeError) as error:
            raise BadRequest(400, "What was sent cannot be read.") from error


@dataclass(frozen=True)
class Response:
    """The response: a page, or the address of one."""

    body: str = ""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    cookies: tuple[str, ...] = ()

    def as_payload(self, *, without_body: bool) -> JsonObject:
        """In payload format 2.0; the response to a HEAD has no body."""
        return {
            "statusCode": self.status,
            "headers": {**HEADERS, **self.headers},
            "cookies": list(self.cookies),
            "body": "" if without_body else visible_page(self.body),
            "isBase64Encoded": False,
        }


def see_other(path: str, *cookies: str) -> Response:
    """Redirects to a GET, so that a reload of the next page does not post again."""
    return Response(status=303, headers={"location": path}, cookies=cookies)


def read_request(event: JsonObject) -> Request:
    """The request in an event; BadRequest where the event is no request."""
    try:
        http = event["requestContext"]["http"]
        headers = {str(name).lower(): str(value) for name, value in (event.get("headers") or {}).items()}
        pairs = (str(cookie).partition("=") for cookie in event.get("cookies") or ())
        return Request(
            method=str(http["method"]).upper(),
            path=str(event.get("rawPath") or "/"),
            headers=headers,
            cookies={name.strip(): value for name, _, value in pairs},
            source_ip=str(http.get("sourceIp", "")),
            body=str(event.get("body") or ""),
            is_base64=bool(event.get("isBase64Encoded")),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise BadRequest(400, "This is not a request of a function URL.") from error
