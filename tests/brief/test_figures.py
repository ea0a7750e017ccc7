"""The figure check: whoever writes the sentences, the numbers are the brain's."""

from company.brief import stray_figures, text
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


def test_the_books_own_page_passes(brain: TestBrain, brief: Write, facts: Gather) -> None:
    days.a_bad_day(brain)
    page = text.render(brief().page)

    assert stray_figures(page, facts=facts().as_json(), book=page) == []
