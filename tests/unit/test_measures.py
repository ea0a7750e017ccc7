"""The measures of a backtest: hits with ties, intervals, the middle place, and LEV."""

from datetime import UTC, date, datetime

import pytest

from company.vertical.backtest import History
from patchfirst.lev import max_of_epss_and_lev
from watchbill.backtest.measures import by_chance, measure, wilson


def test_equals_share_a_hit() -> None:
    """Of two hundred equals the first hundred places hold half."""
    done = measure(dict.fromkeys((f"c{n}" for n in range(200)), 1.0), 200, ["c7"])

    assert done.hits[100] == pytest.approx(0.5)
    assert done.median_place == pytest.approx(100.5)


def test_what_has_no_value_stands_by_chance_behind_all_that_have_one() -> None:
    done = measure({f"c{n}": float(n) for n in range(50)}, 250, ["unknown"])

    assert done.hits[100] == pytest.approx(50 / 200)
    assert done.median_place == pytest.approx(50 + 201 / 2)


def test_chance_finds_its_share() -> None:
    assert by_chance(1_000, 10).hits == {100: 1.0, 1_000: 10.0, 5_000: 10.0}


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"), [(0, 10, 0.0, 0.2775), (5, 10, 0.2366, 0.7634), (10, 10, 0.7225, 1.0)]
)
def test_the_interval_is_wilsons(hits: int, of: int, low: float, high: float) -> None:
    """The figures of the usual tables."""
    assert list(wilson(hits, of)) == pytest.approx([low, high], abs=1e-4)


def _edition(day: int, **values: float) -> History:
    return History(datetime(2024, 1, day, tzinfo=UTC), "v3", values)


def test_lev_is_the_chance_that_it_happened_in_some_window() -> None:
    values, note = max_of_epss_and_lev([_edition(1, a=0.3), _edition(16, a=0.1, b=0.9)], date(2024, 1, 31))

    assert values is not None
    # 1 - (1 - 0.3 * 15/30) * (1 - 0.1 * 15/30)
    assert values["a"] == pytest.approx(1 - 0.85 * 0.95)
    assert values["b"] == pytest.approx(0.9)
    assert note == "LEV from 2 editions, which speak for 30 of 30 days"


def test_lev_needs_a_history() -> None:
    values, note = max_of_epss_and_lev([_edition(1, a=0.3)], date(2024, 1, 31))

    assert values is None
    assert "needs a history" in note
