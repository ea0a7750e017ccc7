"""One HTTP request that was read whole, as an event of a Lambda function URL; and the bytes of its response."""

from __future__ import annotations

import base64
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

from company.json_values import JsonObject


class WholeRequest(BaseHTTPRequestHandler):
    """A request without a socket: the standard library parses its head and writes its response."""

    def __init__(self, head: bytes) -> None:
        """Parses a head; is_readable says whether it is one."""
        self.rfile, self.wfile = BytesIO(head), BytesIO()
        self.command, self.request_version, self.requestline = "", self.default_request_version, ""
        self.body = b""
        self.raw_requestline = self.rfile.readline()
        self.is_readable = self.parse_request()

    def body_length(self, most: int) -> int | HTTPStatus:
        """How many bytes follow the head, or the status that refuses them."""
        if "Transfer-Encoding" in self.headers:
            return HTTPStatus.LENGTH_REQUIRED
        lengths = {given.strip() for given in self.headers.get_all("Content-Length", ["0"])}
        if len(lengths) > 1:
            return HTTPStatus.BAD_REQUEST  # which of them counts is not ours to guess (RFC 9112, 6.3)
        length = lengths.pop()
        digits = length.lstrip("0")
        # Digits are counted before they are read: int() raises for more than 4,300 of them.
        if not length.isascii() or not length.isdigit() or len(digits) > len(str(most)) or int(digits or 0) > most:
            return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        return int(digits or 0)

    def event(self, peer: str) -> dict[str, Any]:
        """In payload format 2.0."""
        parts = urlsplit(self.path)
        cookies = [cookie.strip() for cookie in self._header("cookie", ";").split(";") if cookie.strip()]
        headers = {name: self._header(name, ",") for name in map(str.lower, self.headers) if name != "cookie"}
        http = {"method": self.command, "path": parts.path, "sourceIp": peer, "protocol": self.request_version}
        return {
            "version": "2.0",
            "routeKey": "$default",
            "rawPath": parts.path,
            "rawQueryString": parts.query,
            "cookies": cookies,
            "headers": headers,
            "requestContext": {"http": http},
            "body": base64.b64encode(self.body).decode(),
            "isBase64Encoded": True,
        }

    def _header(self, name: str, divider: str) -> str:
        """All that was sent under a name: a header may come several times, and none of them is lost."""
        return divider.join(self.headers.get_all(name, []))

    def response(self, payload: JsonObject) -> bytes:
        """The response of a handler, as it goes over the wire."""
        self.wfile, body = (written := BytesIO()), payload["body"].encode()
        self.send_response(payload["statusCode"])
        for name, value in payload["headers"].items():
            self.send_header(name, value)
        for cookie in payload["cookies"]:
            self.send_header("set-cookie", cookie)
        if self.command != "HEAD" and payload["statusCode"] != HTTPStatus.NOT_MODIFIED:
            self.send_header("content-length", str(len(body)))  # of what a GET would get (RFC 9110 8.6), or none
        self.end_headers()
        return written.getvalue() + bytes(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: an address may hold a token."""


def refusal(status: HTTPStatus) -> bytes:
    """A response to what never became a request."""
    request = WholeRequest(b"GET / HTTP/1.0\r\n\r\n")
    request.wfile = (written := BytesIO())
    request.send_error(status)
    return written.getvalue()
