"""The cost of the model, with its limits, which only the owner sets."""

import json

import pytest

from tests.cli.conftest import Watchbill
from tests.support.acts import session_of
from tests.support.brains import TestBrain
from watchbill.home import LastDay


def call(brain: TestBrain, role: str, *, model: str = "claude-haiku-4-5") -> None:
    """One model call of this role: 0.00285 dollars for haiku."""
    person, session = brain.as_role(role), session_of(brain, role)
    taken = {"input": 100, "output": 200, "cache_write": 1000, "cache_read": 5000}
    asked = {"model": model, "most_input": 4000, "most_output": 1000}
    reservation = person.value("reserve_spend", session_id=session, **asked)
    person.value("settle_spend", reservation=reservation, **taken)


def test_cost_adds_up_by_role_and_kind(watchbill: Watchbill, brain: TestBrain, last_day: LastDay) -> None:
    call(brain, "ceo")
    call(brain, "data_worker")

    report = json.loads(watchbill("cost", "--json").out)

    assert (report["usd"], report["today_usd"], report["month_usd"], report["cached"]) == (
        0.0057,
        0.0057,
        0.0057,
        0.8197,
    )
    assert report["tokens"] == {"input": 200, "output": 400, "cache_write": 2000, "cache_read": 10000}
    assert (report["by_role"]["ceo"]["usd"], report["by_role"]["ceo"]["cached"]) == (0.00285, 0.8197)
    assert {"whose": "company", "unit": "usd", "most": 2.0, "gone": 0.0057} in report["limits"]


def test_cost_is_shown_with_its_limits_and_the_models_without_a_price(
    watchbill: Watchbill, brain: TestBrain, last_day: LastDay
) -> None:
    call(brain, "ceo", model="somebody-elses")

    output = watchbill("cost").out

    assert output.startswith("$0.04 in 1 day; the cloud's own bill is not included.\n$0.04 today (UTC)")
    assert "somebody-elses has no price: 1 call counted at the most expensive known price." in output
    assert "DAILY LIMIT" in output and "5,000,000" in output and "CACHE READ" in output
    assert [line.split() for line in output.splitlines() if line.startswith("ceo ")][-1][5:8] == ["5,000", "82%", "1"]


def test_a_limit_is_set_by_an_option(watchbill: Watchbill, brain: TestBrain, last_day: LastDay) -> None:
    report = json.loads(watchbill("cost", "--limit", "company=3.50", "--limit", "data_manager=0.50", "--json").out)

    mosts = {row["whose"]: row["most"] for row in report["limits"] if row["unit"] == "usd"}
    assert mosts == {"company": 3.5, "data_manager": 0.5}


def test_of_limits_of_which_one_is_refused_none_is_set(watchbill: Watchbill, last_day: LastDay) -> None:
    before = watchbill("cost", "--json").out

    result = watchbill("cost", "--limit", "company=3", "--limit", "heartbeat=1")

    assert result.code == 1
    assert watchbill("cost", "--json").out == before


@pytest.mark.parametrize(
    ("arguments", "code", "expected"),
    [
        ("--limit company", 2, "is not WHO=USD"),
        (
            "--limit heartbeat=1",
            1,
            "watchbill: heartbeat is neither the company nor an employee (one_limits_who_can_spend)",
        ),
        ("--limit company=-1", 1, "a_limit_is_a_number_from_zero_up"),
        ("--limit company=nan", 1, "a_limit_is_a_number_from_zero_up"),
        ("--since yesterday", 2, "--since 'yesterday' is not a date"),
    ],
)
def test_what_cost_cannot_do_is_reported_in_a_line(
    watchbill: Watchbill, last_day: LastDay, arguments: str, code: int, expected: str
) -> None:
    result = watchbill("cost", *arguments.split())

    assert result.code == code
    assert expected in " ".join(result.err.split())


def test_cost_counts_from_the_day_that_is_named(watchbill: Watchbill, brain: TestBrain, last_day: LastDay) -> None:
    call(brain, "ceo")
    brain.wait(days=2)

    assert json.loads(watchbill("cost", "--since", "2026-03-11", "--json").out)["usd"] == 0.00285
    assert json.loads(watchbill("cost", "--since", "2026-03-13", "--json").out)["usd"] == 0
