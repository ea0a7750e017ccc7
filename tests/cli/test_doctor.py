"""The doctor runs every check, says what to do about each failure, and continues after a check that raises."""

import json

import pytest

from tests.cli.conftest import Watchbill
from tests.support import days
from tests.support.brains import TestBrain
from watchbill.cli import shell_settings
from watchbill.cloud.postgres.server import Server
from watchbill.doctor import checks
from watchbill.home import LastDay

NAMES = [
    "python",
    "disk",
    "ports",
    "model",
    "postgres",
    "staff",
    "template",
    "last brain",
    "last beat",
    "deployed",
    "alarms",
    "sources",
]


def test_a_healthy_desk_has_nothing_to_do(watchbill: Watchbill, brain: TestBrain, last_day: LastDay) -> None:
    days.a_quiet_day(brain)

    result = watchbill("doctor", "--json")

    found = {one["name"]: one for one in json.loads(result.out)}
    assert list(found) == NAMES
    assert all(found[name]["is_ok"] for name in NAMES if name != "last beat"), result.out
    assert "0 differ from their records" in found["template"]["what"]


def test_each_bad_line_says_what_to_do(
    watchbill: Watchbill, monkeypatch: pytest.MonkeyPatch, last_day: LastDay
) -> None:
    monkeypatch.setattr(checks, "LEAST_FREE_GB", 10**9)

    result = watchbill("doctor")

    assert result.code == 1
    assert "BAD  disk" in result.out and "do: free 1000000000 GB" in result.out
    assert "BAD  last beat   no beat was recorded" in result.out and "ok   postgres" in result.out
    assert "GitHub advisories off (no address), OSV off (no address), VulnCheck KEV off (no key)" in result.out


def test_before_the_first_day_the_rest_is_still_looked_at(
    watchbill: Watchbill, postgres: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESK_POSTGRES", postgres.dsn())

    result = watchbill("doctor", "--json")

    found = json.loads(result.out)
    assert (result.code, [one["name"] for one in found]) == (0, NAMES[:-4])
    assert (found[-1]["is_ok"], found[-1]["what"]) == (True, "no day yet: run `make day`")


def test_the_doctor_shows_whether_there_is_a_key_and_never_which(
    watchbill: Watchbill, monkeypatch: pytest.MonkeyPatch, last_day: LastDay
) -> None:
    without = watchbill("doctor").out
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant-marked")
    monkeypatch.setenv("ANTHROPIC_BASE_URL", "http://me:marked@127.0.0.1:9/v1")
    shell_settings.read_shell.cache_clear()

    output = watchbill("doctor").out

    assert "ok   model       no key in the environment: employees work by the book" in without
    assert "ok   model       a key in the environment, for 127.0.0.1" in output
    assert "marked" not in output


def test_no_line_of_a_check_is_wider_than_the_terminal(
    watchbill: Watchbill, monkeypatch: pytest.MonkeyPatch, last_day: LastDay
) -> None:
    monkeypatch.setattr(checks, "LEAST_FREE_GB", 10**9)
    monkeypatch.setattr("watchbill.cli.printing.width", lambda: 60)

    said = watchbill("doctor").out

    assert max(map(len, said.splitlines())) <= 60
    assert "GitHub advisories off (no address), OSV off (no address), VulnCheck KEV off (no key)" in " ".join(
        said.split()
    )
