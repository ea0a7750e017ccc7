"""What an owner changes by a command: pausing a role, stopping the company, customers; and what the model cost."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest

from tests.cli.conftest import Watchbill
from tests.support import days
from tests.support.brains import TestBrain
from tests.support.fires import Fires
from watchbill.cli import last_desk
from watchbill.home import LastDay

ALDER = ("customers", "add", "Alder Bank", "--email", "desk@alder.invalid")


@pytest.fixture
def switched(brain: TestBrain, last_day: LastDay, monkeypatch: pytest.MonkeyPatch) -> dict[str, bool]:
    """Which schedules were switched, and how, on a desk that has no cloud."""
    states: dict[str, bool] = {}

    @contextmanager
    def opened() -> Iterator[Any]:
        yield SimpleNamespace(switch=switch)

    def switch(schedule: str, *, on: bool) -> str:
        states[schedule] = on
        return "ENABLED" if on else "DISABLED"

    monkeypatch.setattr(last_desk, "open_desk", opened)
    return states


def test_a_role_is_paused_and_resumed(watchbill: Watchbill, brain: TestBrain, switched: dict[str, bool]) -> None:
    paused = watchbill("pause", "data_worker", "--why", "too many questions")
    at_rest = dict(switched)
    resumed = watchbill("resume", "data_worker", "--json")

    assert paused.out.startswith("data_worker is paused: its schedule is DISABLED")
    assert at_rest == {"data_worker": False} and switched == {"data_worker": True}
    assert json.loads(resumed.out)["is_paused"] is False


@pytest.mark.parametrize(
    ("arguments", "code", "expected"),
    [
        ("pause nobody", 2, "There is no role with a schedule 'nobody'. There are: "),
        ("resume ceo", 1, "ceo is not paused."),
        ("pause heartbeat", 1, " (the_watch_is_never_paused)\n"),
        ("customers preview Zork", 2, "There is no customer 'Zork'. There are: none."),
        ("customers pause Zork", 2, "There is no customer 'Zork'"),
    ],
)
def test_what_cannot_be_done_is_reported_in_a_line(
    watchbill: Watchbill, switched: dict[str, bool], arguments: str, code: int, expected: str
) -> None:
    result = watchbill(*arguments.split())

    assert result.code == code
    assert expected in result.err
    assert switched == {}


def test_a_stopped_company_skips_its_fires_until_it_is_started(
    watchbill: Watchbill, last_day: LastDay, fire: Fires
) -> None:
    watchbill("stop")
    resting = fire("data_worker")
    started = watchbill("start")
    again = watchbill("start", "--json")

    assert resting["reason"] == "the company is stopped by its owner"
    assert started.out.endswith("The company works again from each role's next fire on.\n")
    assert json.loads(again.out) == {"company": "running", "was": "running"}


def test_a_customer_is_added_previewed_and_paused(watchbill: Watchbill, brain: TestBrain, last_day: LastDay) -> None:
    added = watchbill(*ALDER, "--filters", '{"min_score": 70}')
    preview = watchbill("customers", "preview", "alder bank")
    watchbill("customers", "pause", "Alder Bank")
    [row] = json.loads(watchbill("customers", "list", "--json").out)

    assert added.code == 0 and "To: desk@alder.invalid\nSubject: " in preview.out
    assert (row["name"], row["filters"], row["is_paused"]) == ("Alder Bank", {"min_score": 70}, True)
    assert brain.sql("owner", "SELECT count(*) AS n FROM company.deliveries")[0]["n"] == 0, "a preview sends nothing"
    assert "paused" in watchbill("customers").out


def test_a_preview_fits_a_narrow_terminal(
    watchbill: Watchbill, last_day: LastDay, monkeypatch: pytest.MonkeyPatch
) -> None:
    watchbill(*ALDER, "--filters", "{}")
    monkeypatch.setattr("watchbill.cli.printing.width", lambda: 60)

    shown = watchbill("customers", "preview", "Alder Bank").out

    assert [line for line in shown.splitlines() if len(line) > 60] == []


def test_filters_that_are_no_object_are_refused(watchbill: Watchbill, last_day: LastDay) -> None:
    result = watchbill(*ALDER, "--filters", "all of it")

    assert result.code == 2
    assert "--filters all of it is not a JSON object" in result.err


def test_a_mail_to_a_customer_is_reported_apart_from_whether_the_run_succeeded(
    watchbill: Watchbill, brain: TestBrain, last_day: LastDay
) -> None:
    days.delivery(brain, "Alder Bank", items=2)
    days.write(brain, "UPDATE company.outbox SET mail_status = 'bounced'")

    listed, deliveries = watchbill("customers"), watchbill("customers", "deliveries", "alder bank")

    assert "bounced" in listed.out and "0 of 1 accepted, 1 bounced" in listed.out
    [row] = json.loads(watchbill("customers", "deliveries", "Alder Bank", "--json").out)
    assert (row["status"], row["mail_status"]) == ("sent", "bounced")
    assert deliveries.out.splitlines()[1].split()[0] == "L-1"
