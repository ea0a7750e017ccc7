"""The story of a day with a model: `watchbill day --think --cap`, against a server that counts each token.

In the gate a day from 18:00 to its brief of the small product of tests/quakes, with a cap that this half reaches; with
--long PatchFirst's whole day.
"""

from collections import Counter
from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

import pytest

from tests.support.late_days import FROM_THE_EVENING, WHOLE
from tests.support.messages_api import Body, Reply, finishes, speaks, uses
from tests.support.model_days import KEY, ModelDay, model_day, tools_without_arguments, turn_of, who_asks

pytestmark = pytest.mark.slow

KINDS = {
    "input": "input_tokens",
    "output": "output_tokens",
    "cache_write": "cache_creation_input_tokens",
    "cache_read": "cache_read_input_tokens",
}


def dutiful(most: int, body: Body) -> Reply:
    """Each role uses so many tools and ends; the ceo's model refuses, so that its book writes the page."""
    if who_asks(body)[0] == "ceo":
        return speaks("I would rather not.", stop="refusal")
    turn, tools = turn_of(body), tools_without_arguments(body)
    return uses((tools[turn - 1], {})) if turn <= min(most, len(tools)) else finishes(looked_at=turn - 1)


class Form(NamedTuple):
    """Which day is told: each session uses so many tools, and the cap is reached after midnight."""

    product: str
    hours: int
    cap: float
    tools: int


IN_THE_GATE = Form("quakes", FROM_THE_EVENING, cap=0.24, tools=8)
LONG = Form("patchfirst", WHOLE, cap=0.30, tools=2)


@pytest.fixture(scope="module")
def form(pytestconfig: pytest.Config) -> Form:
    return LONG if pytestconfig.getoption("--long") else IN_THE_GATE


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory, form: Form) -> Iterator[ModelDay]:
    folder, cap = tmp_path_factory.mktemp("thinking"), ("--cap", str(form.cap))
    with model_day(folder, partial(dutiful, form.tools), *cap, product=form.product, hours=form.hours) as ran:
        yield ran


def test_employees_ask_the_model_until_the_cap_and_the_brief_is_written(day: ModelDay) -> None:
    thought = {role for role, one in day.report["thought"]["by_role"].items() if one["fires"] > one["by_the_book"]}

    assert len(thought) >= 8
    assert day.report["failed_fires"] == 0
    assert "Checklist 14/14" in day.report["brief"]
    assert "MONEY" in day.report["brief"]


def test_every_token_is_recorded_as_the_server_counted_it(day: ModelDay) -> None:
    accounted: Counter[tuple[str, str]] = Counter()
    for ask, usage in zip(day.api.asked, day.api.usages, strict=True):
        accounted.update({(who_asks(ask)[0], kind): usage[name] for kind, name in KINDS.items()})

    by_role = day.json("cost")["by_role"]

    kept = {(role, kind): n for role, one in by_role.items() for kind, n in one["tokens"].items()}
    assert {key: n for key, n in kept.items() if n} == {key: n for key, n in accounted.items() if n}


def test_the_cap_is_of_the_whole_run_and_holds_over_midnight(day: ModelDay, form: Form) -> None:
    thought = day.report["thought"]

    # What is left is less than the most that one more call may cost: all of its output is reserved before it.
    assert form.cap * 0.7 < thought["usd"] <= form.cap == thought["cap_usd"]
    assert any("the_company_keeps_to_its_day" in row["because"] for row in thought["by_the_book_because"])


def test_a_spent_cap_rings_the_owner(day: ModelDay) -> None:
    spent = [one for one in day.json("findings", "--all") if one["kind"] == "budget_spent"]

    assert [one["level"] for one in spent] and {one["level"] for one in spent} == {"ring"}


def test_later_turns_read_four_fifths_of_their_input_from_the_cache(day: ModelDay) -> None:
    later = [usage for ask, usage in zip(day.api.asked, day.api.usages, strict=True) if turn_of(ask) > 1]

    read = sum(usage["cache_read_input_tokens"] for usage in later)
    whole = sum(usage[name] for usage in later for kind, name in KINDS.items() if kind != "output")
    assert len(later) > 100
    assert read / whole >= 0.8


def test_the_price_was_printed_before_and_the_key_never(day: ModelDay, form: Form) -> None:
    assert "--think: 20 employees use claude-haiku-5-5, claude-opus-5-5, claude-sonnet-5-5 at 127.0.0.1." in day.stderr
    assert f"The cap is ${form.cap:.2f} (--cap); when it is reached, work continues by the book." in day.stderr
    assert KEY not in day.stderr + str(day.report) + day.checkout.run("logs", "data_worker").stdout
