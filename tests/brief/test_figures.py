"""The figure check: the numbers are the brain's, whether book or model writes the sentences."""

import pytest

from company.brief import stray_figures, text
from company.text.wording import in_letters
from tests.brief.conftest import Gather, Write
from tests.support import days
from tests.support.brains import TestBrain

BOOK = "1,521 rows read, 42 h of 29 h, F-1 at 06:50"
FACTS = {"read": 1521, "findings": [{"id": 1}, {"id": 2}]}


def test_a_figure_that_is_nowhere_in_the_facts_is_stray() -> None:
    prose = "All 1521 rows arrived, 99 % of them fresh, 7 retries."

    assert stray_figures(prose, facts=FACTS, book=BOOK) == ["99", "7"]


def test_how_many_of_a_thing_there_are_is_a_fact() -> None:
    assert stray_figures("2 things are open.", facts=FACTS, book="") == []


def test_thousands_and_decimals_do_not_make_another_figure() -> None:
    assert stray_figures("1,521.0 rows and 1521 rows", facts=FACTS, book="") == []


@pytest.mark.parametrize(
    "prose", ["42 days", "42 %", "forty-two minutes", "42-day", "$42", "2 weeks", "10k rows", "1:521"]
)
def test_a_figure_with_another_unit_is_another_figure(prose: str) -> None:
    facts = {"findings": [{"id": 1}, {"id": 10}]}

    assert len(stray_figures(f"It took {prose} of it.", facts=facts, book=BOOK)) == 1


@pytest.mark.parametrize(
    "prose",
    ["42 hours of 29 hours", "a 42-hour wait", "42h", "since 06:50, (F-1).", "one of them", "forty-two hours", "2"],
)
def test_a_figure_may_be_written_in_another_form(prose: str) -> None:
    assert stray_figures(prose, facts=FACTS, book=BOOK) == []


IN_OTHER_SIGNS = [
    *(
        "\uff14\uff12",
        "\u0664\u0662",
        "\u096a\u0968",
        "4\u0662",
        "\u2168",
        "\u00bd",
        "2\u00bd",
        "10\u00b2",
        "\u2460",
        "\u4e94",
    ),
    *("XIV", "xiv", "IX", "forty-three", "a dozen", "dozens", "thousands", "half", "half-hour", "a quarter", "third"),
    *("forty-third", "twentieth", "twelfth", "two hundredth", "thrice", "a couple", "a pair", "0x2B", "4.3e1", "1/3"),
    *("ten percent", "9" * 5000, "\u0669" * 5000),
]


@pytest.mark.parametrize("prose", IN_OTHER_SIGNS, ids=[ascii(prose[:12]) for prose in IN_OTHER_SIGNS])
def test_a_figure_is_checked_in_whatever_signs_it_is_written(prose: str) -> None:
    stray = stray_figures(f"It took {prose} of it.", facts=FACTS, book=BOOK)

    assert stray
    assert all(figure in prose for figure in stray), "each is named as it was written"


@pytest.mark.parametrize("prose", ["CI runs", "vi and CD", "first, one", "livid mix", "a day in second place"])
def test_a_word_that_only_looks_like_a_figure_is_none(prose: str) -> None:
    assert stray_figures(prose, facts=FACTS, book=BOOK) == []


def test_a_figure_in_letters_is_known_by_its_value() -> None:
    assert stray_figures("the forty-third of them", facts={"place": 43}, book="") == []


def test_the_times_of_the_brain_are_no_figures() -> None:
    facts = {"found_at": "2026-03-11T18:05:09+00:00"}

    assert stray_figures("3 since 18:05, 11 in all", facts=facts, book="") == ["3", "18:05", "11"]


def test_numbers_in_letters_are_read_as_english_writes_them() -> None:
    numerals = "twenty-one, two hundred five, three thousand, a dozen and One"

    assert [value for _, _, value in in_letters(numerals)] == [21, 205, 3000, 12, 1]


def test_the_books_own_page_passes(brain: TestBrain, brief: Write, facts: Gather) -> None:
    days.a_bad_day(brain)
    page = text.render(brief().page)

    assert stray_figures(page, facts=facts().as_json(), book=page) == []
