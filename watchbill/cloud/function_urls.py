"""A Lambda function URL on loopback, for `watchbill console`: turns HTTP into payload format 2.0 for the handler."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

from company.json_values import JsonObject

DESK_PORT = 8797
MOST_BODY = 6 * 1024 * 1024
"""Bytes; the same limit as on Lambda."""
SECONDS = 10
"""How long a request may take to arrive, because requests are served one after another."""

Handler = Callable[[dict[str, Any]], JsonObject]


def desk_address(port: int) -> str:
    """The desk's function URL, with a slash at its end like AWS's."""
    return f"http://127.0.0.1:{port}/"


@contextmanager
def serving(handler: Handler, port: int) -> Iterator[int]:
    """Serves a handler on loopback, one request after another, and yields the port; 0 takes a free one.

    handler takes an event and returns a response, both in payload format 2.0. OSError when the port is taken.
    """
    with FunctionUrl(handler, port) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


class FunctionUrl(HTTPServer):
    """One function's address on loopback."""

    def __init__(self, handler: Handler, port: int) -> None:
        super().__init__(("127.0.0.1", port), Adapter)
        self.handler = handler


class Adapter(BaseHTTPRequestHandler):
    """Handles one request; the handler decides about its method."""

    server: FunctionUrl
    timeout = SECONDS

    def do_GET(self) -> None:
        length = self.headers.get("Content-Length", "0")
        if not length.isascii() or not length.isdigit() or int(length) > MOST_BODY:
            self.send_error(413)
            return
        self._send(self.server.handler(_event(self, self.rfile.read(int(length)))))

    do_HEAD = do_POST = do_PUT = do_DELETE = do_OPTIONS = do_GET

    def _send(self, response: JsonObject) -> None:
        body = response["body"].encode()
        self.send_response(response["statusCode"])
        for name, value in response["headers"].items():
            self.send_header(name, value)
        for cookie in response["cookies"]:
            self.send_header("set-cookie", cookie)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: an address may hold a token."""


def _event(request: BaseHTTPRequestHandler, body: bytes) -> dict[str, Any]:
    parts = urlsplit(request.path)
    headers = {name.lower(): value for name, value in request.headers.items()}
    cookies = [cookie.strip() for cookie in headers.pop("cookie", "").split(";") if cookie.strip()]
    http = {"method": request.command, "path": parts.path, "sourceIp": request.client_address[0]}
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": parts.path,
        "rawQueryString": parts.query,
        "cookies": cookies,
        "headers": headers,
        "requestContext": {"http": {**http, "protocol": request.request_version}},
        "body": base64.b64encode(body).decode(),
        "isBase64Encoded": True,
    }
