"""Attacks the feed server: what a scraper gets at a simulated time, and how planted faults change it."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta, timezone
from http.client import HTTPConnection, HTTPMessage

import pytest

from company.vertical import Edition, Parsed, Route, Source, Ticket
from watchbill.cloud.feeds import KEY, FeedFault, FeedServer
from watchbill.drill.mechanics import (
    plant_changed,
    plant_empty,
    plant_html,
    plant_stale,
    plant_truncated,
)

NOON = datetime(2026, 3, 11, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@dataclass
class Feeds:
    """A running server, its clock, and requests as a scraper makes them."""

    server: FeedServer
    now: list[datetime] = field(default_factory=lambda: [NOON])

    def get(self, path: str, method: str = "GET", **headers: str) -> tuple[int, bytes, HTTPMessage]:
        connection = HTTPConnection(self.server.base_url.removeprefix("http://"), timeout=10)
        connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        try:
            return answer.status, answer.read(), answer.headers
        finally:
            connection.close()


def source(name: str, path: str, missing_status: int = 404) -> Source:
    def parse(body: bytes, asked_for: date | None) -> Parsed:
        raise AssertionError("the server never looks into what it serves")

    return Source(name, (f"https://publisher.invalid{path}",), parse, Route(path, "text/csv", missing_status))


def edition(name: str, stamp: datetime) -> Edition:
    return Edition(name, stamp, lambda: f"{name} of {stamp:%d %H:%M}\n".encode() * 100)


@pytest.fixture
def feeds() -> Iterator[Feeds]:
    sources = [source("tides", "/tides.csv"), source("winds", "/winds-{date}.csv", 403)]
    editions = [edition(name, NOON + days * DAY) for name in ("tides", "winds") for days in (-1, 0, 1)]
    now = [NOON]
    with FeedServer(sources, editions, lambda: now[0]).serving() as server:
        yield Feeds(server, now)


def test_the_newest_edition_stamped_by_now_is_served(feeds: Feeds) -> None:
    feeds.now[0] = NOON - timedelta(seconds=1)
    before = feeds.get("/tides.csv")[1]
    feeds.now[0] = NOON
    after = feeds.get("/tides.csv")[1]

    assert before.startswith(b"tides of 10 12:00")
    assert after.startswith(b"tides of 11 12:00")


def test_an_edition_stamped_in_another_zone_is_served(feeds: Feeds) -> None:
    elsewhere = timezone(timedelta(hours=-5))
    stamped = edition("tides", NOON.astimezone(elsewhere))
    with FeedServer([source("tides", "/tides.csv")], [stamped], lambda: NOON).serving() as server:
        status, _, headers = Feeds(server).get("/tides.csv")

    assert (status, headers["Last-Modified"]) == (200, f"{NOON:%a, %d %b %Y %H:%M:%S} GMT")


def test_a_dated_address_serves_its_own_day_once_it_is_published(feeds: Feeds) -> None:
    yesterday = feeds.get("/winds-2026-03-10.csv")
    tomorrow_already = feeds.get("/winds-2026-03-12.csv")
    feeds.now[0] = NOON + DAY
    tomorrow = feeds.get("/winds-2026-03-12.csv")

    assert (yesterday[0], tomorrow[0]) == (200, 200)
    assert tomorrow_already[0] == 403
    assert tomorrow[1].startswith(b"winds of 12")


def test_nothing_is_published_before_the_first_edition(feeds: Feeds) -> None:
    feeds.now[0] = NOON - 30 * DAY

    assert feeds.get("/tides.csv")[0] == 404
    assert feeds.get("/winds-2026-03-11.csv")[0] == 403
    assert feeds.get("/elsewhere")[0] == 404


def test_an_unchanged_edition_is_answered_with_304_and_no_body(feeds: Feeds) -> None:
    status, _, headers = feeds.get("/tides.csv")

    again = feeds.get("/tides.csv", If_None_Match=headers["ETag"])
    feeds.now[0] = NOON + DAY
    changed = feeds.get("/tides.csv", If_None_Match=headers["ETag"])

    assert (status, again[0], again[1], changed[0]) == (200, 304, b"", 200)
    assert headers["ETag"].startswith('"') and again[2]["ETag"] == headers["ETag"] != changed[2]["ETag"]
    assert headers["Last-Modified"] == "Wed, 11 Mar 2026 12:00:00 GMT"


def test_a_head_request_gives_the_length_and_sends_nothing(feeds: Feeds) -> None:
    status, body, headers = feeds.get("/tides.csv", "HEAD")

    assert (status, body) == (200, b"")
    assert int(headers["Content-Length"]) == len(feeds.get("/tides.csv")[1])


def test_a_stale_source_keeps_showing_its_old_edition(feeds: Feeds) -> None:
    report = plant_stale(feeds.server, "tides", NOON + timedelta(hours=1))
    feeds.now[0] = NOON + 2 * DAY

    status, body, _ = feeds.get("/tides.csv")

    assert (status, body[:11]) == (200, b"tides of 11")
    assert feeds.get("/winds-2026-03-12.csv")[0] == 200
    assert "tides" in report


def test_a_fault_begins_at_its_own_moment_and_ends_when_healed(feeds: Feeds) -> None:
    plant_empty(feeds.server, "tides", NOON + timedelta(hours=1))

    before = feeds.get("/tides.csv")[1]
    feeds.now[0] = NOON + timedelta(hours=1)
    during = feeds.get("/tides.csv")
    feeds.server.heal("tides")

    assert (during[0], during[1]) == (200, b"")
    assert feeds.get("/tides.csv")[1] == before != b""


@pytest.mark.parametrize("status", [200, 403])
def test_a_page_for_people_can_be_served_instead_of_data(feeds: Feeds, status: int) -> None:
    plant_html(feeds.server, "tides", NOON, status)

    answered, body, headers = feeds.get("/tides.csv")

    assert (answered, headers["Content-Type"]) == (status, "text/html")
    assert body.startswith(b"<html>")


def test_a_truncated_body_looks_whole_to_http_and_has_an_etag_of_its_own(feeds: Feeds) -> None:
    _, whole, headers = feeds.get("/tides.csv")
    plant_truncated(feeds.server, "tides", NOON)

    status, body, changed = feeds.get("/tides.csv", If_None_Match=headers["ETag"])

    assert (status, body) == (200, whole[: len(whole) // 2])
    assert changed["ETag"] != headers["ETag"]


def test_the_bytes_can_be_changed_in_any_way(feeds: Feeds) -> None:
    _, whole, _ = feeds.get("/tides.csv")
    plant_changed(feeds.server, "tides", NOON, lambda body: body.replace(b"tides", b"waves"), "column renamed")
    plant_changed(feeds.server, "tides", NOON, lambda body: body * 3, "three times the rows")

    assert feeds.get("/tides.csv")[1] == whole.replace(b"tides", b"waves") * 3


def test_a_slow_source_is_late_and_delays_no_other(feeds: Feeds) -> None:
    feeds.server.plant("tides", FeedFault("slow", NOON, delay_seconds=0.3))

    began = time.monotonic()
    feeds.get("/winds-2026-03-11.csv")
    others = time.monotonic() - began
    feeds.get("/tides.csv")
    slow = time.monotonic() - began - others

    assert others < 0.3 <= slow


def test_every_request_is_kept(feeds: Feeds) -> None:
    _, body, headers = feeds.get("/tides.csv")
    feeds.get("/tides.csv", If_None_Match=headers["ETag"])
    feeds.get("/nowhere.csv")

    assert [(one.path, one.source, one.status, one.bytes_sent) for one in feeds.server.requests] == [
        ("/tides.csv", "tides", 200, len(body)),
        ("/tides.csv", "tides", 304, 0),
        ("/nowhere.csv", None, 404, len(b"there is no such feed here\n")),
    ]


def test_an_edition_is_loaded_once_and_only_when_asked_for() -> None:
    loaded: list[str] = []

    def load() -> bytes:
        loaded.append("once")
        return b"body"

    one = Edition("tides", NOON, load)
    with FeedServer([source("tides", "/tides.csv")], [one], lambda: NOON).serving() as server:
        before = list(loaded)
        for _ in range(3):
            Feeds(server).get("/tides.csv")

    assert (before, loaded) == ([], ["once"])


def test_the_server_listens_on_loopback_and_is_gone_afterwards() -> None:
    with FeedServer([source("tides", "/tides.csv")], [], lambda: NOON).serving() as server:
        port = int(server.base_url.rsplit(":", 1)[1])
        assert server.url("tides") == f"http://127.0.0.1:{port}/tides.csv"

    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=2)


def test_a_scraper_that_disconnects_half_way_stops_no_other(feeds: Feeds) -> None:
    host, port = feeds.server.base_url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as rude:
        rude.sendall(b"GET /tides.csv HTTP/1.1\r\nHost: x\r\n")

    assert feeds.get("/tides.csv")[0] == 200


def test_an_unknown_source_cannot_get_a_fault(feeds: Feeds) -> None:
    with pytest.raises(KeyError, match="no source 'waves'; there are tides, winds"):
        plant_stale(feeds.server, "waves", NOON)


def test_a_source_that_takes_a_key_refuses_another_and_its_file_refuses_any() -> None:
    """As VulnCheck does, and the store that has its files: a signed address takes no second credential."""
    base = source("tides", "/tides.csv")
    ticket = Ticket(read=bytes.decode, write=str.encode)
    locked = replace(base, takes_key=True, is_optional=True, ticket=ticket)
    with FeedServer((locked,), (edition("tides", NOON),), lambda: NOON).serving() as server:
        feeds = Feeds(server)
        right = {"Authorization": f"Bearer {KEY}"}
        refused = [feeds.get("/tides.csv", **headers)[0] for headers in ({}, {"Authorization": "Bearer other"})]
        status, address, _ = feeds.get("/tides.csv", **right)
        path = address.decode().removeprefix(server.base_url)

        assert refused == [401, 401] and status == 200
        assert feeds.get(path, **right)[0] == 400
        assert feeds.get(path)[:2] == (200, b"tides of 11 12:00\n" * 100)


def test_the_desk_has_an_optional_source_only_where_it_has_an_edition_of_it() -> None:
    asked, optional = source("tides", "/tides.csv"), replace(source("winds", "/winds.csv"), is_optional=True)

    assert set(FeedServer((asked, optional), (), lambda: NOON).urls()) == {"tides"}
    assert set(FeedServer((asked, optional), (edition("winds", NOON),), lambda: NOON).urls()) == {"tides", "winds"}
