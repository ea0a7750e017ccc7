"""The address for customers' programs on the desk, and their keys: each is shown once, rotated and ended."""

import json
from typing import Any

import pytest
import urllib3

from tests.cli.conftest import Watchbill
from tests.support.brains import TestBrain
from watchbill.cli.commands import console
from watchbill.home import LastDay


@pytest.fixture
def customer(brain: TestBrain, last_day: LastDay) -> str:
    brain.owner.run("add_customer", name="Alder Bank", email="a@alder.invalid", kind="brief", filters={})
    return "Alder Bank"


def test_a_key_is_made_shown_once_rotated_and_ended(customer: str, watchbill: Watchbill) -> None:
    first = json.loads(watchbill("customers", "key", customer, "--json").out)
    second = json.loads(watchbill("customers", "key", customer, "--rotate", "--json").out)

    assert (first["others_ending"], second["others_ending"]) == (0, 1)
    listed = watchbill("customers", "keys", customer)
    assert first["key_id"] in listed.out and first["key"] not in listed.out
    assert watchbill("customers", "end-key", second["key_id"]).code == 0
    again = watchbill("customers", "end-key", second["key_id"])
    assert (again.code, "No key that is good" in again.err) == (1, True)
    states = {
        row["key_id"]: row["has_ended"] for row in json.loads(watchbill("customers", "keys", customer, "--json").out)
    }
    assert states == {first["key_id"]: False, second["key_id"]: True}


def test_who_is_no_customer_gets_no_key(customer: str, watchbill: Watchbill) -> None:
    result = watchbill("customers", "key", "Nobody")

    assert (result.code, "There is no customer 'Nobody'" in result.err) == (2, True)


def test_the_desk_serves_the_api_with_the_functions_own_login(
    customer: str, watchbill: Watchbill, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    key = json.loads(watchbill("customers", "key", customer, "--per-minute", "1", "--json").out)["key"]
    seen: list[tuple[int, str]] = []

    def visit(_: float | None) -> None:
        url = json.loads(capsys.readouterr().out)["url"]
        http = urllib3.PoolManager()
        for path, given in (("v1/health", ""), ("v1/changes", ""), ("v1/changes", key), ("v1/changes", key)):
            answer = http.request("GET", url + path, headers={"Authorization": f"Bearer {given}"})
            seen.append((answer.status, answer.headers["content-type"]))
        http.clear()

    monkeypatch.setattr(console, "wait_for_the_end", visit)
    result = watchbill("api", "--port", "0", "--json")

    assert result.code == 0, result.err
    assert [status for status, _ in seen] == [200, 401, 200, 200]
    assert seen[1][1] == "application/problem+json"
