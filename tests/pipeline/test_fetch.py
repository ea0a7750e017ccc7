"""One request to a feed: its headers, how often it is tried, and which addresses are refused."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from types import SimpleNamespace
from typing import Any

import pytest

from company.pipeline.asking import fetch
from company.pipeline.asking.fetch import FeedUnreachable, SourceResponse, get
from company.pipeline.asking.routes import known_routes
from patchfirst.vertical import VERTICAL

KEV = VERTICAL.source("kev")
Reply = tuple[int, dict[str, str], bytes]


@contextmanager
def _server(*replies: Reply) -> Iterator[tuple[str, list[dict[str, str]]]]:
    """Gives one reply after the other, the last one from then on; keeps the headers of every request."""
    asked: list[dict[str, str]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, headers, body = replies[min(len(asked), len(replies) - 1)]
            asked.append({name.lower(): value for name, value in self.headers.items()} | {"path": self.path})
            self.send_response_only(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """The requests are in `asked`."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long a request waited between tries; nobody really waits."""
    slept: list[float] = []
    monkeypatch.setattr("company.pipeline.asking.fetch.time.sleep", slept.append)
    return slept


def _get(url: str, seconds_left: float = 60, etag: str = "") -> SourceResponse:
    return get(url, KEV, validators={"If-None-Match": etag}, seconds_left=seconds_left)


def test_a_condition_is_sent_and_its_answer_taken() -> None:
    with _server((304, {}, b"")) as (url, asked):
        answer = _get(f"{url}/list", etag='"abc"')

    assert (answer.status, asked[0]["if-none-match"], asked[0]["accept-encoding"]) == (304, '"abc"', "identity")


def test_a_redirect_is_followed() -> None:
    with _server((301, {"Location": "/moved"}, b""), (200, {}, b"{}")) as (url, asked):
        answer = _get(f"{url}/list")

    assert answer.body is not None
    assert (answer.status, answer.body.read(), asked[-1]["path"]) == (200, b"{}", "/moved")


def test_a_redirect_to_another_host_does_not_take_the_key_along() -> None:
    with (
        _server((200, {}, b"{}")) as (elsewhere, asked_elsewhere),
        _server((302, {"Location": f"{elsewhere.replace('127.0.0.1', 'localhost')}/file"}, b"")) as (url, asked),
    ):
        get(f"{url}/list", replace(KEV, hosts=("localhost",)), validators={}, seconds_left=60, key="a-secret")

    assert asked[0]["authorization"] == "Bearer a-secret"
    assert "authorization" not in asked_elsewhere[0]


def test_a_redirect_to_a_host_that_no_list_names_is_not_asked(waits: list[float]) -> None:
    with (
        _server((200, {}, b"{}")) as (elsewhere, asked_elsewhere),
        _server((301, {"Location": f"{elsewhere.replace('127.0.0.1', 'localhost')}/file"}, b"")) as (url, asked),
        pytest.raises(FeedUnreachable, match="no list names"),
    ):
        _get(f"{url}/list")

    assert (len(asked), asked_elsewhere, waits) == (1, [], [])


def test_redirects_in_a_circle_end(waits: list[float]) -> None:
    with (
        _server((302, {"Location": "/again"}, b"")) as (url, _),
        pytest.raises(FeedUnreachable, match="too many redirects"),
    ):
        _get(f"{url}/list")


def test_the_retry_time_that_a_server_states_is_used_up_to_a_limit(waits: list[float]) -> None:
    with _server((429, {"Retry-After": "7"}, b""), (503, {"Retry-After": "3600"}, b""), (200, {}, b"{}")) as (url, _):
        answer = _get(f"{url}/list")

    assert (answer.status, waits) == (200, [7.0, fetch.MAX_WAIT_SECONDS])


def test_between_two_tries_is_the_pause_that_a_publisher_asks_for(waits: list[float]) -> None:
    with _server((503, {}, b""), (503, {"Retry-After": "8"}, b""), (200, {}, b"{}")) as (url, _):
        get(url, VERTICAL.source("nvd"), validators={}, seconds_left=60)

    assert waits == [6.0, 8.0]


@pytest.mark.parametrize(
    "asked",
    [{"Retry-After": "3.0"}, {"Retry-After-MS": "3000"}, {"Retry-After": "Fri, 27 Nov 2026 01:10:04 GMT"}],
    ids=["decimals", "milliseconds", "a date"],
)
def test_a_retry_time_in_any_form_is_used(waits: list[float], asked: dict[str, str]) -> None:
    busy = (503, {"Date": "Fri, 27 Nov 2026 01:10:01 GMT", **asked}, b"")
    with _server(busy, (200, {}, b"{}")) as (url, _):
        answer = _get(f"{url}/list")

    assert (answer.status, waits) == (200, [3.0])


def test_a_body_shorter_than_its_stated_length_is_asked_for_again(waits: list[float]) -> None:
    with _server((200, {"Content-Length": "500"}, b'{"cut'), (200, {}, b"{}")) as (url, asked):
        answer = _get(f"{url}/list")

    assert answer.body is not None
    assert (answer.body.read(), len(asked)) == (b"{}", 2)


def test_it_gives_up_before_its_fire_would_end(waits: list[float]) -> None:
    with (
        _server((503, {"Retry-After": "8"}, b"")) as (url, asked),
        pytest.raises(FeedUnreachable, match="503, asked 1 time"),
    ):
        _get(f"{url}/list", seconds_left=5)

    assert waits == []


def test_a_body_larger_than_the_limit_is_not_taken_and_no_word_is_put_into_its_servers_mouth() -> None:
    few = replace(KEV, max_bytes=1000)
    with (
        _server((200, {}, b"x" * 2000)) as (url, asked),
        pytest.raises(FeedUnreachable, match="its body is larger than 1000 bytes, the most that is taken$"),
    ):
        get(f"{url}/list", few, validators={}, seconds_left=60)

    assert len(asked) == 1


def test_a_server_that_is_not_there_is_reported_in_one_line(waits: list[float]) -> None:
    with pytest.raises(FeedUnreachable, match="http://127.0.0.1:9/list: .*asked 3 times"):
        _get("http://127.0.0.1:9/list")


def test_an_address_from_the_settings_replaces_all_others_and_else_the_fallback_is_known() -> None:
    def fire(**feeds: str) -> Any:
        return SimpleNamespace(settings=SimpleNamespace(feeds=feeds, feed_proxies=()))

    assert known_routes(fire(kev="http://127.0.0.1:1/x"), KEV) == [("primary", "http://127.0.0.1:1/x")]
    assert known_routes(fire(), KEV) == list(zip(("primary", "fallback 1"), KEV.urls, strict=True))


def test_a_server_that_sends_too_slowly_is_given_up_when_the_time_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    with _server((200, {}, b"{}")) as (url, asked):
        an_hour_later_once_asked = SimpleNamespace(monotonic=lambda: time.monotonic() + 3600 * len(asked))
        monkeypatch.setattr(fetch, "time", an_hour_later_once_asked)

        with pytest.raises(FeedUnreachable, match="still sending after 2 bytes, asked 1 time"):
            _get(f"{url}/list")


@contextmanager
def _dripping() -> Iterator[str]:
    """Sends a byte of a long body now and then, each in time, for as long as a test may last."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response_only(200)
            self.send_header("Content-Length", "1000000")
            self.end_headers()
            with suppress(OSError):
                for _ in range(250):
                    self.wfile.write(b" ")
                    ended.wait(0.02)

        def log_message(self, format: str, *args: Any) -> None:
            """Nobody asks."""

    ended = Event()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        ended.set()
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(("patience", "seconds_left"), [(0.2, 600), (600, 0.2)])
def test_a_server_that_drips_is_given_up_and_leaves_time_for_others(patience: float, seconds_left: float) -> None:
    impatient = replace(KEV, timeout_seconds=patience, attempts=1)

    with _dripping() as url, pytest.raises(FeedUnreachable, match="still sending after [0-9]+ bytes, asked 1 time"):
        get(f"{url}/list", impatient, validators={}, seconds_left=seconds_left)
