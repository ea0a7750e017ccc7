"""The doctor looks at everything, says of each what to do, and goes on after a look that fails."""

import json

import pytest

from tests.cli.conftest import Watchbill
from tests.support import days
from tests.support.brains import TestBrain
from watchbill import checkup
from watchbill.cloud.postgres_server import Server
from watchbill.home import LastDay

NAMES = ["python", "disk", "ports", "postgres", "staff", "template", "last brain", "last beat", "deployed"]


def test_a_healthy_desk_has_nothing_to_do(watchbill: Watchbill, brain: TestBrain, last_day: LastDay) -> None:
    days.a_quiet_day(brain)

    said = watchbill("doctor", "--json")

    found = {one["name"]: one for one in json.loads(said.out)}
    assert list(found) == NAMES
    assert all(found[name]["is_ok"] for name in NAMES if name != "last beat"), said.out
    assert "0 differ from their records" in found["template"]["what"]


def test_each_bad_line_says_what_to_do(
    watchbill: Watchbill, monkeypatch: pytest.MonkeyPatch, last_day: LastDay
) -> None:
    monkeypatch.setattr(checkup, "LEAST_FREE_GB", 10**9)

    said = watchbill("doctor")

    assert said.code == 1
    assert "BAD  disk" in said.out and "do: free 1000000000 GB" in said.out
    assert "BAD  last beat   heartbeat never beat" in said.out and "ok   postgres" in said.out


def test_before_the_first_day_the_rest_is_still_looked_at(
    watchbill: Watchbill, postgres: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESK_POSTGRES", postgres.dsn())

    said = watchbill("doctor", "--json")

    found = [one["is_ok"] for one in json.loads(said.out)]
    assert said.code == 1
    assert found[-3:] == [False] * 3 and len(found) == len(NAMES)
    assert said.out.count("There is no day yet: run `make day`.") == 3
