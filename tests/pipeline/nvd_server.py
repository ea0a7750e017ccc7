"""A small NVD: answers windows of changes by pages as the API does, and refuses what the API refuses."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlsplit

LONGEST = timedelta(days=120)
NEEDED = {"lastModStartDate", "lastModEndDate", "resultsPerPage", "startIndex"}


@dataclass
class Nvd:
    """Entries by the end of their id, each with the moment of its last change; what was asked, in order.

    before: called with the number of the request before it is answered, so that entries can move between two pages.
    """

    changed: dict[int, datetime] = field(default_factory=dict)
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    page_size: int = 2
    before: Callable[[int], None] = lambda _: None
    body: Callable[[int, bytes], bytes] = lambda _, body: body
    total: Callable[[timedelta, int], int] = lambda _, count: count
    url: str = ""
    asked: list[dict[str, str]] = field(default_factory=list)

    def answer(self, path: str) -> tuple[int, dict[str, str], bytes]:
        asked = {name: found[-1] for name, found in parse_qs(urlsplit(path).query).items()}
        self.asked.append(asked)
        number = len(self.asked)
        self.before(number)
        if asked.keys() != NEEDED or int(asked["resultsPerPage"]) > 2000:
            return 404, {"message": "Invalid parameters."}, b""
        begin, end = (datetime.fromisoformat(asked[name]) for name in ("lastModStartDate", "lastModEndDate"))
        if end - begin > LONGEST or begin > end:
            return 404, {"message": "The range of lastModified dates must not exceed 120 days."}, b""
        return 200, {}, self.body(number, self._page(begin, end, int(asked["startIndex"])))

    def _page(self, begin: datetime, end: datetime, start: int) -> bytes:
        found = [n for n, at in sorted(self.changed.items()) if begin <= at <= end]
        shown = found[start : start + self.page_size]
        entries = [
            {"cve": {"id": f"CVE-2025-{90000 + n}", "lastModified": _written(self.changed[n]), "metrics": {}}}
            for n in shown
        ]
        head = {
            "startIndex": start,
            "resultsPerPage": len(entries),
            "totalResults": self.total(end - begin, len(found)),
        }
        return json.dumps(
            {**head, "timestamp": _written(self.clock(), len(self.asked)), "vulnerabilities": entries}
        ).encode()

    @property
    def starts(self) -> list[int]:
        return [int(asked["startIndex"]) for asked in self.asked]

    @contextmanager
    def serving(self) -> Iterator["Nvd"]:
        nvd = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                status, headers, body = nvd.answer(self.path)
                self.send_response(status)
                for name, value in {**headers, "Content-Length": str(len(body))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                return None

        with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
            thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
            thread.start()
            self.url = f"http://127.0.0.1:{server.server_port}/rest/json/cves/2.0"
            try:
                yield self
            finally:
                server.shutdown()
                thread.join()


def _written(moment: datetime, milliseconds: int = 0) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{milliseconds % 1000:03}"
