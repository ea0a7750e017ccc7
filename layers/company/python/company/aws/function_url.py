"""Requests and responses of a Lambda function URL (payload format 2.0), limited in size and with strict headers."""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs

from company.json_values import JsonObject
from company.text.cleaning import visible_page

MOST_BODY = 16_384
"""Bytes of a form, or of JSON; the longest written answer is far below it."""
MOST_OF = {"/customers/inventory": 2_000_000}
"""Bytes of a form to these addresses: it carries the text of a file."""
MOST_FIELDS = 12
UNPRINTABLE = re.compile("[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f\\ufffe\\uffff]")
"""No line break and no tab: what no keyboard writes, and Postgres or a mail would refuse or show as nothing."""
FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
"""Only the script and the style at this address run; nothing is loaded from elsewhere, and no form leaves it."""
HEADERS = {
    "content-security-policy": POLICY,
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",  # an address holds a token
    "strict-transport-security": "max-age=31536000",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "x-robots-tag": "noindex, nofollow",
}


class BadRequest(Exception):
    """A request that is refused; status, text and headers are the response."""

    def __init__(self, status: int, text: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(text)
        self.status = status
        self.headers = headers or {}


@dataclass(frozen=True)
class Request:
    """One request: its method, its path, its query, its headers in lower case, and its body as received."""

    method: str
    path: str
    headers: Mapping[str, str]
    cookies: Mapping[str, str]
    source_ip: str
    body: str
    is_base64: bool
    query: str = ""

    def form(self) -> dict[str, str]:
        """The fields of a posted form, the first value of each; BadRequest for anything else or a large body."""
        if self.headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
            raise BadRequest(403, "This form was not sent from this page.")
        if self._content_type != FORM:
            raise BadRequest(415, "Only forms are accepted here.")
        form = _fields(self._text())
        if found := UNPRINTABLE.search("".join(form) + "".join(form.values())):
            raise BadRequest(400, f"The character U+{ord(found[0]):04X} cannot be stored. Write it again without it.")
        # A browser sends the end of a line as two characters, and has counted it as one within maxlength.
        return {name: value.replace("\r\n", "\n") for name, value in form.items()}

    def parameters(self) -> dict[str, str]:
        """What the address asks for after its question mark, the first value of each; without what nobody can type."""
        return {name: UNPRINTABLE.sub("", value)[:200] for name, value in _fields(self.query[:2000]).items()}

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
        if len(self.body) > MOST_OF.get(self.path, MOST_BODY) * (4 / 3 if self.is_base64 else 1) + 4:
            raise BadRequest(413, "What was sent is too large.")
        try:
            return base64.b64decode(self.body, validate=True).decode() if self.is_base64 else self.body
        except (binascii.Error, UnicodeDecodeError) as error:
            raise BadRequest(400, "What was sent cannot be read.") from error


def _fields(text: str) -> dict[str, str]:
    try:
        fields = parse_qs(text, keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict")
    except ValueError as error:
        raise BadRequest(400, "This form cannot be read.") from error
    return {name: values[0] for name, values in fields.items()}


def finish(payload: JsonObject, *, without_body: bool) -> JsonObject:
    """A response with the headers of every page; the text of a page is cleaned, and a HEAD has no body."""
    headers = {name.lower(): value for name, value in (payload.get("headers") or {}).items()}
    headers.setdefault("cache-control", "no-store")
    body = str(payload.get("body") or "")
    if headers.get("content-type", "").startswith("text/html"):
        body = visible_page(body)
    return {
        "statusCode": payload["statusCode"],
        "headers": {**HEADERS, **headers},
        "cookies": list(payload.get("cookies") or ()),
        "body": "" if without_body else body,
        "isBase64Encoded": False,
    }


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
            query=str(event.get("rawQueryString") or ""),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise BadRequest(400, "This is not a request of a function URL.") from error
