"""A day of a model that takes every connection and never answers: a calm one by the book.

In the gate four hours of the small product of tests/quakes; with --long PatchFirst's whole day, up to its brief.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.support.checkouts import copied_checkout
from tests.support.model_days import KEY
from tests.support.silent_server import silent_server

QUAKES = Path(__file__).resolve().parents[1] / "quakes"
MOST_PROBES = 9
"""Of 24 hours: after half an hour, then after as long as it lasted, at most four hours."""

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class SilentDay:
    """What the day reported, its findings, and how often somebody connected to the endpoint."""

    report: dict[str, Any]
    findings: list[dict[str, Any]]
    connections: int


@pytest.fixture(scope="module")
def silent(tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> Iterator[SilentDay]:
    """Nobody hears of the model: all is done by the book, and nothing is planted."""
    is_long = pytestconfig.getoption("--long")
    product, hours = ("patchfirst", 24) if is_long else ("quakes", 4)
    with silent_server() as (url, taken), copied_checkout(tmp_path_factory.mktemp("silent"), VERTICAL=product) as here:
        here.add_files(QUAKES)
        shell = {"ANTHROPIC_API_KEY": KEY, "ANTHROPIC_BASE_URL": url}
        done = here.run("day", "--json", "--calm", "--think", "--yes", "--hours", str(hours), env=shell, seconds=580)
        assert done.returncode == 0, done.stderr
        yield SilentDay(json.loads(done.stdout), here.json("findings", "--all"), len(taken))


def test_two_fires_find_out_that_a_model_is_silent_and_a_few_look_again(silent: SilentDay) -> None:
    assert 3 <= silent.connections <= 2 + MOST_PROBES


def test_no_fire_of_a_silent_model_is_killed_and_all_work_is_done_by_the_book(silent: SilentDay) -> None:
    thought = silent.report["thought"]

    assert (silent.report["failed_fires"], silent.report["slots"].get("timed_out", 0)) == (0, 0)
    assert (thought["usd"], all(one["fires"] == one["by_the_book"] for one in thought["by_role"].values())) == (0, True)


def test_silence_is_one_finding(silent: SilentDay) -> None:
    [found] = [one for one in silent.findings if one["kind"] == "model_endpoint"]

    assert (found["level"], found["closed_at"], found["watcher"]) == ("today", None, "ceo")


@pytest.mark.usefixtures("is_long")
def test_the_brief_says_it_first(silent: SilentDay) -> None:
    assert "The model's endpoint has not answered since" in silent.report["brief"]
    assert "the company works by the book" in silent.report["brief"]


@pytest.mark.usefixtures("is_long")
def test_each_customer_of_the_product_is_served_in_a_day_by_the_book(silent: SilentDay) -> None:
    served = re.search(r"(\d+) of (\d+) served", silent.report["brief"])

    assert served is not None and int(served[1]) == int(served[2]) > 0
