"""A row that nobody can read, of a source whose every row matters, is named on every page until it is read."""

from datetime import timedelta

from company.brief import text
from tests.brief.conftest import Write
from tests.support import days
from tests.support.brains import TestBrain

EVERY_ROW = "UPDATE company.streams SET every_row_matters = true"
ASIDE = """
INSERT INTO company.quarantine (batch_id, source, row_no, entity, check_name, reason, raw, at)
SELECT id, source, %(row)s, %(entity)s, 'rows_can_be_read', 'its vendor is no text', '{}', %(at)s
FROM company.batches
"""


def _put_aside(brain: TestBrain, *entities: str) -> None:
    days.a_quiet_day(brain)
    days.write(brain, EVERY_ROW)
    for row, entity in enumerate(entities):
        days.write(brain, ASIDE, row=row, entity=entity, at=days.BRIEF_AT - timedelta(hours=2))


def test_it_is_named_in_data_on_a_quiet_day(brain: TestBrain, brief: Write) -> None:
    _put_aside(brain, "TIDE-7")

    assert "tides: 1 row put aside until read: TIDE-7" in brief().page.section("DATA").notes


def test_it_is_named_on_the_shortest_page(brain: TestBrain, brief: Write) -> None:
    _put_aside(brain, "TIDE-7", "TIDE-8")
    for number in range(60):
        days.finding(brain, "odd", f"thing-{number}", f"thing {number} " + "x" * 250, "data_manager", planted=False)

    assert "tides: 2 rows put aside until read: TIDE-7, TIDE-8" in text.render(brief().page)


def test_a_row_that_was_settled_is_named_no_more(brain: TestBrain, brief: Write) -> None:
    _put_aside(brain, "TIDE-7")
    brain.owner.run("resolve_quarantine", ids=[1], status="discarded", resolution="the publisher's mistake")

    assert "put aside" not in text.render(brief().page)
