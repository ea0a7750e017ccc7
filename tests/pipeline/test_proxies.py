"""Forward proxies among the routes: a server that refuses us is reached through one, and its password is nowhere."""

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import SimpleNamespace
from typing import Any

import pytest
import urllib3

from company.pipeline.asking.fetch import FeedUnreachable, get
from company.pipeline.asking.routes import known_routes, proxy_of
from patchfirst.vertical import VERTICAL
from tests.pipeline.works import Works, kev_of

USER = "me:open%20sesame"
TOKEN = base64.b64encode(b"me:open sesame").decode()
ROUTES = ["primary", "primary via proxy 1"]
KEV = VERTICAL.source("kev")


class _Quiet(BaseHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """The tests read the requests from the answers."""

    def answer(self, status: int, body: bytes = b"") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class Publisher(_Quiet):
    """Refuses direct requests, as some publishers refuse addresses of a cloud."""

    def do_GET(self) -> None:
        self.answer(*((200, kev_of(30)) if self.headers["Via"] else (403, b"")))


class Gate(_Quiet):
    """A forward proxy for plain http that asks for a password."""

    def do_GET(self) -> None:
        if self.headers["Proxy-Authorization"] != f"Basic {TOKEN}":
            self.answer(407)
            return
        answer = urllib3.request("GET", self.path, headers={"Via": "1.1 gate"}, retries=False)
        self.answer(answer.status, answer.data)


@contextmanager
def _listening(handler: type[_Quiet]) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def around(works: Works) -> Iterator[dict[str, Any]]:
    """The settings of a machine that is refused directly and has a proxy."""
    with _listening(Publisher) as publisher, _listening(Gate) as gate:
        feeds, proxies = {"kev": f"http://{publisher}/list"}, (f"http://{USER}@{gate}",)
        yield {"cloud": works.cloud, "bucket": "works", "feeds": feeds, "feed_proxies": proxies}


def _fire(works: Works, role: str, around: dict[str, Any], n: int = 0) -> dict[str, Any]:
    works.brain.wait(minutes=1)
    return works.fire(role, container=works.fire.container(role, **around), request_id=f"{role}-{n}")


def _fetches(works: Works) -> list[tuple[str, str, int]]:
    rows = works.rows("SELECT route, result, status_code FROM company.fetches ORDER BY id")
    return [(row["route"], row["result"], row["status_code"]) for row in rows]


def test_after_a_refusal_a_proxy_is_used(works: Works, around: dict[str, Any]) -> None:
    answer = _fire(works, "scrape_kev", around)

    assert (answer["outcome"], answer["evidence"]["rows"]) == ("done", 30)
    assert _fetches(works) == [("primary", "blocked", 403), ("primary via proxy 1", "new", 200)]


def test_the_direct_route_rests_after_three_refusals_and_the_proxy_is_asked_first(
    works: Works, around: dict[str, Any]
) -> None:
    for n in range(4):
        _fire(works, "scrape_kev", around, n)

    states = works.rows("SELECT route, state, failures FROM company.route_state ORDER BY route")
    assert [tuple(row.values()) for row in states] == [(ROUTES[0], "open", 3), (ROUTES[1], "closed", 0)]
    assert [route for route, _, _ in _fetches(works)] == ROUTES * 3 + ROUTES[1:]


def test_no_record_and_no_log_has_a_proxys_address_or_password(
    works: Works, around: dict[str, Any], capfd: pytest.CaptureFixture[str]
) -> None:
    file = {"mode": "scrape", "title": "t", "payload": {"kind": "bench", "source": "kev"}, "priority": 5}
    works.brain.as_role("scraping_manager").value("file_task", **file, dedupe_key=None, not_before=None)
    _fire(works, "scrape_kev", around)

    answer = _fire(works, "scraping_worker", around)

    probes = "SELECT route, bool_and(is_ok) AS is_ok FROM company.route_probes GROUP BY route ORDER BY route"
    assert [tuple(row.values()) for row in works.rows(probes)] == [(ROUTES[0], False), (ROUTES[1], True)]
    tables = works.rows("SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'company'")
    admin = works.brain.as_login("superuser")
    kept = [admin.execute(f"SELECT t::text FROM company.{table['name']} t".encode()).fetchall() for table in tables]
    written = f"{kept}{answer}{capfd.readouterr()}"
    assert ROUTES[1] in written
    assert not [secret for secret in ("sesame", TOKEN, around["feed_proxies"][0][-15:]) if secret in written]


def test_a_proxy_that_does_not_answer_is_reported_without_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("company.pipeline.asking.fetch.time.sleep", lambda seconds: None)
    proxy = f"http://{USER}@127.0.0.1:9"

    with pytest.raises(FeedUnreachable, match="proxy") as caught:
        get("https://feed.invalid/list", KEV, validators={}, seconds_left=60, proxy=proxy)

    assert "sesame" not in str(caught.value)


def test_every_address_goes_through_each_proxy_after_the_direct_routes() -> None:
    fire: Any = SimpleNamespace(settings=SimpleNamespace(feeds={}, feed_proxies=("http://a", "http://b")))

    routes = [route for route, _ in known_routes(fire, KEV)]

    direct = ("primary", "fallback 1")
    assert routes == [*direct, *(f"{route} via proxy {n}" for n in (1, 2) for route in direct)]
    assert [proxy_of(fire, route) for route in routes] == [None, None, "http://a", "http://a", "http://b", "http://b"]
