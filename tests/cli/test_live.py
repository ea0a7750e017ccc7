"""--live allows the publishers' own addresses and nothing else; here the publisher is on loopback.

The day is the first one of a new hire as well, who works in it and is watched.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from company.vertical import Edition, Route, Source, load
from tests.support.brains import MORNING
from tests.support.checkouts import Checkout, copied_checkout
from watchbill.cloud.feeds import FeedServer
from watchbill.cloud.postgres.shared_server import Server

QUAKES = Path(__file__).resolve().parents[1] / "quakes"
BULLETIN = b'{"generated": "2026-03-11T01:00:00+00:00", "quakes": [{"id": "q1", "magnitude": 5.1, "place": "Reef"}]}'


@dataclass(frozen=True)
class LiveDay:
    """Two hours: the paths that the publisher was asked for, the day's report, and who was hired before it."""

    checkout: Checkout
    asked: list[str]
    report: dict[str, Any]
    hired: dict[str, Any]


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory, postgres: Server) -> Iterator[LiveDay]:
    sources = (Source("quakes", (), load("patchfirst").sources[0].parse, Route("/day.json", "application/json")),)
    editions = [Edition("quakes", MORNING, lambda: BULLETIN)]
    folder, server = tmp_path_factory.mktemp("live"), postgres.dsn("postgres")

    with (
        copied_checkout(folder, VERTICAL="quakes", DESK_POSTGRES=server) as checkout,
        FeedServer(sources, editions, lambda: MORNING).serving() as publisher,
    ):
        checkout.add_files(QUAKES)
        product = checkout.root / "layers" / "quakes" / "python" / "quakes" / "vertical.py"
        text = product.read_text(encoding="utf-8")
        product.write_text(text.replace("https://quakes.invalid", publisher.base_url), encoding="utf-8")
        hired = checkout.json("hire", "scraping_clerk", "--like", "scraping_worker", "--schedule", "cron(5 * * * ? *)")
        report = checkout.json("day", "--live", "--calm", "--hours", "2")
        yield LiveDay(checkout, [asked.path for asked in publisher.requests], report, hired)


@pytest.mark.slow
def test_live_functions_ask_the_publisher_itself(live: LiveDay) -> None:
    assert set(live.asked) == {"/day.json"} and len(live.asked) >= 2
    assert [(row["read"], row["promoted"]) for row in live.report["pipelines"]] == [(1, 1)]
    assert "live" in live.checkout.run("org").stdout


@pytest.mark.slow
def test_a_new_hire_works_and_is_watched(live: LiveDay) -> None:
    org, slots = live.checkout.json("org"), live.checkout.json("slots", "--role", "scraping_clerk")

    [schedule] = [one for one in org["schedules"] if one["role"] == "scraping_clerk"]
    assert (live.hired["reports_to"], schedule["watched_by"]) == ("scraping_manager", "scraping_manager")
    assert "scraping_clerk" in str(org["tree"])
    assert [one for one in org["orphans"] if "scraping_clerk" in str(one)] == []
    ended = [slot["status"] for slot in slots if slot["status"] != "expected"]
    assert sorted(ended) == ["skipped", "succeeded"], "in one of its hours it found work"
    assert live.report["failed_fires"] == 0
