"""--live allows the publishers' own addresses and nothing else; here the publisher is on loopback."""

from pathlib import Path

import pytest

from company.vertical import Edition, Route, Source, load
from tests.support.brains import MORNING
from tests.support.checkouts import Checkout
from watchbill.cloud.feeds import FeedServer

QUAKES = Path(__file__).resolve().parents[1] / "quakes"
BULLETIN = b'{"generated": "2026-03-11T01:00:00+00:00", "quakes": [{"id": "q1", "magnitude": 5.1, "place": "Reef"}]}'


@pytest.mark.slow
def test_live_functions_ask_the_publisher_itself(copied_company: Checkout) -> None:
    copied_company.add_files(QUAKES)
    sources = (Source("quakes", (), load("patchfirst").sources[0].parse, Route("/day.json", "application/json")),)
    editions = [Edition("quakes", MORNING, lambda: BULLETIN)]

    with FeedServer(sources, editions, lambda: MORNING).serving() as publisher:
        product = copied_company.root / "layers" / "quakes" / "python" / "quakes" / "vertical.py"
        text = product.read_text(encoding="utf-8")
        product.write_text(text.replace("https://quakes.invalid", publisher.base_url), encoding="utf-8")
        day = copied_company.json("day", "--live", "--hours", "2", env={"VERTICAL": "quakes"})

    assert {asked.path for asked in publisher.requests} == {"/day.json"} and len(publisher.requests) >= 2
    assert [(row["read"], row["promoted"]) for row in day["pipelines"]] == [(1, 1)]
    assert "live" in copied_company.run("org").stdout
