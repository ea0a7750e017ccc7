"""The product's sources over HTTP on loopback, as they were at the simulated time.

Serves for each source the newest edition at or before that time (for a dated address: that day's), with a strong
ETag and conditional requests. It refuses what a publisher refuses: a request without its key, and one for the file
of a ticket that has a key. Faults can be planted per source; every request is recorded for the tests.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import format_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from urllib.parse import urlsplit

from company.vertical import Edition, Source, Ticket

KEY = "key-of-the-desk"
"""What the desk's functions ask with, and what this server takes."""
TICKETS_FILE = "/file"
"""Where, below its source's path, the file of a ticket is."""
UNAUTHORIZED = b'{"error":true,"errors":["unauthorized"]}'
TWO_KEYS = b"<Error><Code>InvalidArgument</Code><Message>Only one auth mechanism allowed</Message></Error>"


@dataclass(frozen=True)
class FeedFault:
    """What is wrong with a source from `since` on. Several parts may be set at once; unset parts work normally."""

    name: str
    since: datetime
    is_withheld: bool = False
    """No edition after `since` is served: the source is stale."""
    change: Callable[[bytes], bytes] | None = None
    """Changes the body before it is served."""
    status: int | None = None
    content_type: str | None = None
    delay_seconds: float = 0.0
    moved_to: str | None = None
    """A path, or an address of another host, below which the same files are now: the old place answers 301."""


@dataclass(frozen=True)
class ServedRequest:
    """One request and its response, at the simulated time."""

    at: datetime
    path: str
    source: str | None
    status: int
    bytes_sent: int
    edition_at: datetime | None


@dataclass(frozen=True)
class ServedResponse:
    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    source: str | None = None
    edition_at: datetime | None = None
    delay_seconds: float = 0.0


class FeedServer:
    """Serves sources on loopback. `clock` returns the simulated time; start it with `serving`."""

    def __init__(self, sources: Iterable[Source], editions: Iterable[Edition], clock: Callable[[], datetime]) -> None:
        self._sources = tuple(sources)
        self._editions = tuple(editions)
        self._clock = clock
        self._faults: dict[str, list[FeedFault]] = {}
        self._bodies: dict[Edition, bytes] = {}
        self._lock = Lock()
        self.requests: list[ServedRequest] = []
        self.base_url = ""

    def url(self, source: str) -> str:
        """The address of a source on this server; the address of a dated source keeps its {date}."""
        return self.base_url + self._source(source).route.path

    def urls(self) -> dict[str, str]:
        """The address of each source that the desk has: an optional one only where there is an edition of it."""
        served = {edition.source for edition in self._editions}
        return {s.name: self.url(s.name) for s in self._sources if not s.is_optional or s.name in served}

    def next_edition_at(self) -> datetime | None:
        """When the next edition of any source comes; None after the last."""
        now = self._clock()
        return min((edition.edition_at for edition in self._editions if edition.edition_at > now), default=None)

    def plant(self, source: str, fault: FeedFault) -> None:
        """Plants a fault in a source, effective from the fault's `since` on."""
        with self._lock:
            self._faults.setdefault(self._source(source).name, []).append(fault)

    def heal(self, source: str) -> None:
        with self._lock:
            self._faults.pop(source, None)

    def answer(self, path: str, headers: Mapping[str, str]) -> ServedResponse:
        """The response to a GET at the current simulated time; header names as in HTTP's standard."""
        now = self._clock()
        path, elsewhere = self._moved(path, now)
        if elsewhere is not None:
            return elsewhere
        source = next((one for one in self._sources if _serves(one, path)), None)
        if source is None:
            return ServedResponse(HTTPStatus.NOT_FOUND, b"there is no such feed here\n")
        if refusal := _refusal(source, path, headers.get("Authorization")):
            return refusal
        path = path.removesuffix(TICKETS_FILE) if (is_file := _is_tickets_file(source, path)) else path
        faults = [fault for fault in self._faults.get(source.name, ()) if fault.since <= now]
        edition = source.edition_to_serve(path, _horizon(faults, now), self._editions)
        if edition is None:
            answer = _missing(source)
        elif source.ticket and not is_file:
            answer = self._ticket(source, source.ticket, edition)
        else:
            answer = self._edition_response(source, edition, faults, headers)
        return _with_faults(answer, faults)

    def _moved(self, path: str, now: datetime) -> tuple[str, ServedResponse | None]:
        """The path as it was before a move, or the answer of the old place."""
        for name, faults in self._faults.items():
            for fault in faults:
                if fault.moved_to is None or fault.since > now:
                    continue
                if path.startswith(f"{fault.moved_to}/"):
                    return path.removeprefix(fault.moved_to), None
                if _serves(self._source(name), path):
                    location = {"Location": f"{fault.moved_to}{path}"}
                    return path, ServedResponse(HTTPStatus.MOVED_PERMANENTLY, b"", location, name)
        return path, None

    def record(self, path: str, answer: ServedResponse) -> None:
        with self._lock:
            self.requests.append(
                ServedRequest(self._clock(), path, answer.source, answer.status, len(answer.body), answer.edition_at)
            )

    @contextmanager
    def serving(self) -> Iterator[FeedServer]:
        """Listens on a free port of 127.0.0.1 until the block ends."""
        server = _Server(self)
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        self.base_url = f"http://127.0.0.1:{server.server_address[1]}"
        try:
            yield self
        finally:
            server.shutdown()
            server.server_close()
            thread.join()

    def _source(self, name: str) -> Source:
        for source in self._sources:
            if source.name == name:
                return source
        raise KeyError(f"no source {name!r}; there are {', '.join(source.name for source in self._sources)}")

    def _ticket(self, source: Source, ticket: Ticket, edition: Edition) -> ServedResponse:
        """The address is signed, as a publisher's is: who has it may read the file."""
        address = f"{self.base_url}{source.route.path}{TICKETS_FILE}?signature=of-the-desk"
        described = {"Content-Type": "application/json"}
        return ServedResponse(HTTPStatus.OK, ticket.write(address), described, source.name, edition.edition_at)

    def _edition_response(
        self, source: Source, edition: Edition, faults: Iterable[FeedFault], headers: Mapping[str, str]
    ) -> ServedResponse:
        body = self._body(edition)
        for fault in faults:
            body = fault.change(body) if fault.change else body
        etag = f'"{hashlib.sha256(body).hexdigest()}"'
        described = {
            "Content-Type": source.route.content_type,
            "ETag": etag,
            "Last-Modified": format_datetime(edition.edition_at.astimezone(UTC), usegmt=True),
        }
        if _has(etag, headers.get("If-None-Match", "")):
            return ServedResponse(HTTPStatus.NOT_MODIFIED, b"", described, source.name, edition.edition_at)
        return ServedResponse(HTTPStatus.OK, body, described, source.name, edition.edition_at)

    def _body(self, edition: Edition) -> bytes:
        """Loaded once: an edition may have to be unpacked or generated."""
        with self._lock:
            if edition not in self._bodies:
                self._bodies[edition] = edition.load()
            return self._bodies[edition]


def _is_tickets_file(source: Source, path: str) -> bool:
    return source.ticket is not None and path == source.route.path + TICKETS_FILE


def _serves(source: Source, path: str) -> bool:
    return source.route.matches(path) or _is_tickets_file(source, path)


def _refusal(source: Source, path: str, authorization: str | None) -> ServedResponse | None:
    """What a publisher that takes a key answers to another or none, and a store to a signed address with a key too."""
    described = {"Content-Type": "application/json"}
    if _is_tickets_file(source, path):
        is_refused = authorization is not None
        return ServedResponse(HTTPStatus.BAD_REQUEST, TWO_KEYS, described, source.name) if is_refused else None
    if source.takes_key and authorization != f"Bearer {KEY}":
        return ServedResponse(HTTPStatus.UNAUTHORIZED, UNAUTHORIZED, described, source.name)
    return None


def _horizon(faults: Iterable[FeedFault], now: datetime) -> datetime:
    return min((fault.since for fault in faults if fault.is_withheld), default=now)


def _has(etag: str, if_none_match: str) -> bool:
    offered = [tag.strip().removeprefix("W/") for tag in if_none_match.split(",")]
    return "*" in offered or etag in offered


def _missing(source: Source) -> ServedResponse:
    body = b"<html>not available</html>\n"
    return ServedResponse(source.route.missing_status, body, {"Content-Type": "text/html"}, source.name)


def _with_faults(answer: ServedResponse, faults: Iterable[FeedFault]) -> ServedResponse:
    """Applies faults of the server, also to a 304 and to a missing edition."""
    for fault in faults:
        headers = dict(answer.headers)
        if fault.content_type is not None:
            headers["Content-Type"] = fault.content_type
        delay_seconds = answer.delay_seconds + fault.delay_seconds
        status = fault.status or answer.status
        answer = replace(answer, status=status, headers=headers, delay_seconds=delay_seconds)
    return answer


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    # Do not wait for a scraper that was killed while it read a body.
    block_on_close = False

    def __init__(self, feeds: FeedServer) -> None:
        self.feeds = feeds
        super().__init__(("127.0.0.1", 0), _Handler)

    def handle_error(self, request: object, client_address: object) -> None:
        """A scraper that closes its connection early, or is killed, is not reported."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Head and body are two writes: on a reused connection the second waited 40 ms for the acknowledgement of the first.
    disable_nagle_algorithm = True
    server: _Server

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        answer = self.server.feeds.answer(path, dict(self.headers.items()))
        self.server.feeds.record(path, answer)
        if answer.delay_seconds:
            time.sleep(answer.delay_seconds)
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if answer.status != HTTPStatus.NOT_MODIFIED:
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(answer.body)

    do_HEAD = do_GET

    def log_message(self, format: str, *args: object) -> None:
        """Requests are in `requests`."""
