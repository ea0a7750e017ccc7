"""A day whose model's endpoint takes every connection and never answers: found out once, and the work is done."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.support.checkouts import copied_checkout
from tests.support.model_days import KEY
from tests.support.silent_server import silent_server

pytestmark = pytest.mark.slow

MOST_PROBES = 9
"""Of 24 hours: after half an hour, then after as long as it lasted, at most four hours."""


@dataclass(frozen=True)
class SilentDay:
    """What `day --think --json` reported, its findings, and how often somebody connected to the endpoint."""

    report: dict[str, Any]
    findings: list[dict[str, Any]]
    connections: int


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SilentDay]:
    with copied_checkout(tmp_path_factory.mktemp("silent")) as checkout, silent_server() as (url, taken):
        shell = {"ANTHROPIC_API_KEY": KEY, "ANTHROPIC_BASE_URL": url}
        done = checkout.run("day", "--think", "--yes", "--json", env=shell)
        assert done.returncode == 0, done.stderr
        yield SilentDay(json.loads(done.stdout), checkout.json("findings", "--all"), len(taken))


def test_two_fires_find_out_and_a_few_look_again(day: SilentDay) -> None:
    assert 3 <= day.connections <= 2 + MOST_PROBES


def test_no_fire_is_killed_and_all_work_is_done_by_the_book(day: SilentDay) -> None:
    thought = day.report["thought"]

    assert (day.report["failed_fires"], day.report["slots"].get("timed_out", 0)) == (0, 0)
    assert (thought["usd"], all(one["fires"] == one["by_the_book"] for one in thought["by_role"].values())) == (0, True)


def test_it_is_one_finding_and_the_first_thing_that_the_brief_says(day: SilentDay) -> None:
    [found] = [one for one in day.findings if one["kind"] == "model_endpoint"]

    assert (found["level"], found["closed_at"], found["watcher"]) == ("today", None, "ceo")
    assert "The model's endpoint has not answered since" in day.report["brief"]
    assert "the company works by the book" in day.report["brief"]
