"""`watchbill day --think`: what it asks before it starts, and what it prints afterwards."""

import json
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest

import watchbill.days.day
from tests.cli.conftest import Watchbill
from tests.cli.test_cost import call
from tests.cli.test_day import REPORT
from tests.support.brains import TestBrain
from watchbill.cli import shell_settings
from watchbill.days.ending import DayReport
from watchbill.days.estimates import boots, estimate
from watchbill.days.options import DayOptions
from watchbill.desk.model_access import Estimate
from watchbill.home import LastDay

TOKENS = {"input": 0, "output": 160_000, "cache_write": 500_000, "cache_read": 1_500_000}
FORESEEN = Estimate(employees=20, fires=107, models=("claude-haiku-5-5",), tokens=TOKENS, usd=1.234)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, home: Path) -> Iterator[list[DayOptions]]:
    """Days that end after the price was confirmed; no model is asked."""
    options: list[DayOptions] = []

    def stand_in(wanted: DayOptions, on_progress: object) -> DayReport:
        options.append(wanted)
        if wanted.model:
            wanted.model.confirm(FORESEEN)
        return REPORT

    monkeypatch.setattr(watchbill.days.day, "run_day", stand_in)
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant-marked")
    shell_settings.read_shell.cache_clear()
    yield options
    shell_settings.read_shell.cache_clear()


class Terminal(StringIO):
    """A standard input at which a person types."""

    def isatty(self) -> bool:
        return True


def test_the_price_and_the_cap_are_printed_before_and_the_sum_after(
    watchbill: Watchbill, brain: TestBrain, last_day: LastDay, asked: list[DayOptions]
) -> None:
    call(brain, "data_worker")

    result = watchbill("day", "--think", "--cap", "0.50")

    assert "About $1.23 at list prices, if each of 107 fires has work and takes 5 turns:" in result.err
    assert "2.0 million tokens of input, 75% of them read back from the cache" in result.err
    assert "The cap is $0.50 (--cap)" in result.err
    assert "model     $0.00 of $0.50, 82% of the input read from the cache" in result.out
    assert "data_worker $0.00" in result.out
    assert "marked" not in result.out + result.err
    assert asked[0].model is not None and asked[0].model.cap_usd == 0.5


def test_json_has_the_figures_of_the_model_beside_the_days_own_keys(
    watchbill: Watchbill, brain: TestBrain, last_day: LastDay, asked: list[DayOptions]
) -> None:
    call(brain, "ceo")

    rows = json.loads(watchbill("day", "--think", "--json").out)

    assert rows["thought"]["cap_usd"] == 2.0
    assert rows["thought"]["by_role"]["ceo"]["usd"] == 0.00285
    assert "brief" in rows


@pytest.mark.parametrize(("answer", "code"), [("y", 0), ("n", 130), ("", 130)])
def test_at_a_terminal_the_owner_is_asked(
    watchbill: Watchbill,
    last_day: LastDay,
    asked: list[DayOptions],
    monkeypatch: pytest.MonkeyPatch,
    answer: str,
    code: int,
) -> None:
    monkeypatch.setattr("sys.stdin", Terminal(f"{answer}\n"))

    result = watchbill("day", "--think")

    assert result.code == code
    assert "Continue?" in result.err


def test_yes_is_an_answer_too(
    watchbill: Watchbill, last_day: LastDay, asked: list[DayOptions], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", Terminal(""))

    assert watchbill("day", "--think", "--yes").code == 0


def test_without_a_key_and_an_endpoint_it_says_what_to_set(watchbill: Watchbill, last_day: LastDay) -> None:
    result = watchbill("day", "--think")

    assert result.code == 2
    assert "set ANTHROPIC_API_KEY or ANTHROPIC_BASE_URL" in result.err


def test_a_cap_without_the_model_is_refused(watchbill: Watchbill, last_day: LastDay) -> None:
    assert watchbill("day", "--cap", "1").code == 2


def test_an_estimate_counts_every_employee_and_every_fire(brain: TestBrain) -> None:
    day = DayOptions(home=Path(), vertical="patchfirst")

    foreseen = estimate(brain.owner, "patchfirst", starts_at=day.starts_at, ends_at=day.ends_at)

    assert foreseen.employees == len(boots(brain.owner, "patchfirst")) == 20
    assert foreseen.fires > 100
    assert 0.1 < foreseen.usd < 10
    assert foreseen.cached > 0.6


def test_a_boot_context_is_tools_page_and_pages(brain: TestBrain) -> None:
    brain.sql("ceo", "SELECT company.write_brain('PROJECT_STATUS', %(text)s)", text="all is well. " * 400)

    boot = next(one for one in boots(brain.owner, "patchfirst") if one.role == "data_worker")

    assert boot.total == boot.tools + boot.skill + boot.pages
    assert boot.pages > 1000
