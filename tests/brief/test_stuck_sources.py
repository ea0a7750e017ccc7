"""A source whose edition waits is never ok, and past its limit no sentence of the page calms the owner."""

from datetime import timedelta

import pytest

from company.brief import PageRejected, Sentences, text, write, write_with
from company.brief.sections.data import state_of
from tests.brief.conftest import Gather, Write
from tests.support import days
from tests.support.brains import MORNING, TestBrain

CAME = """
INSERT INTO company.raw_documents (source, url, route, sha256, size, status_code, edition_at, fetched_by, fetched_at,
  verdict)
VALUES (%(feed)s, 'http://tides.invalid', 'primary', repeat('1', 64), 1200, 200, %(at)s, 'scrape_tides', %(at)s, 'new')
"""
CALMING = ("nothing is broken", "nothing for you", "nothing waits for you", "nothing new", "all well", "ok F-", " ok\n")


def _waits(brain: TestBrain, *, hours: float) -> None:
    """An edition came that many hours before the brief, and was never staged."""
    days.a_quiet_day(brain)
    days.write(brain, CAME, feed=days.FEED, at=days.BRIEF_AT - timedelta(hours=hours))


@pytest.mark.parametrize("is_reported", [True, False])
def test_past_its_limit_nothing_on_the_page_is_calm(brain: TestBrain, brief: Write, is_reported: bool) -> None:
    _waits(brain, hours=14)
    if is_reported:
        days.finding(brain, "stuck_source", days.FEED, f"{days.FEED} is stuck", "scraping_manager", planted=False)

    written = brief()
    shown = f"{written.subject}\n{text.render(written.page)}"

    assert [phrase for phrase in CALMING if phrase in shown.lower()] == []
    assert "tides is stuck since Wed 16:50: customers read its edition of Wed 04:00." in written.page.verdict
    assert "tides stuck" in written.subject
    assert all(written.checklist.values())


def test_what_waits_stands_in_data_with_since_when(brain: TestBrain, brief: Write) -> None:
    _waits(brain, hours=3)

    data = brief().page.section("DATA")

    assert data.table is not None
    assert data.table.rows[0][-1] == "STUCK"
    assert data.notes[0] == "tides: the edition of Thu 03:50 is not staged since Thu 03:50"


def test_the_owner_is_told_under_for_you_with_the_story_to_read(brain: TestBrain, brief: Write) -> None:
    _waits(brain, hours=14)
    number = days.finding(brain, "stuck_source", days.FEED, f"{days.FEED} is stuck", "scraping_manager", planted=False)

    page = brief().page

    [entry] = page.section("FOR YOU").entries
    assert entry.text == "tides is stuck for 14 h (limit 7 h): customers miss what it brought since"
    assert entry.aside == f"watchbill why F-{number}"
    [broken] = page.section("BROKEN, AND WHO IS ON IT").entries
    assert broken.details[0].endswith("Past its limit: for you to look at.")
    assert "No decision for you, but something to look at." in page.verdict


def test_the_story_to_read_is_why_it_does_not_move(brain: TestBrain, brief: Write) -> None:
    _waits(brain, hours=14)
    days.finding(brain, "row_put_aside", days.FEED, "a row is put aside", "data_manager", planted=False)
    number = days.finding(brain, "stuck_source", days.FEED, f"{days.FEED} is stuck", "scraping_manager", planted=False)

    page = brief().page

    assert page.section("FOR YOU").entries[0].aside == f"watchbill why F-{number}"
    assert page.section("DATA").table is not None
    assert f"STUCK F-{number} +1" in text.render(page)


def test_a_finding_that_the_owner_muted_hides_no_stuck_source(brain: TestBrain, brief: Write) -> None:
    _waits(brain, hours=14)
    number = days.finding(brain, "stuck_source", days.FEED, f"{days.FEED} is stuck", "scraping_manager", planted=False)
    brain.owner.run("mute_finding", finding_id=number, until=days.BRIEF_AT + timedelta(days=2))

    assert "tides is stuck since Wed 16:50" in brief().page.verdict


def test_it_stands_on_the_shortest_page(brain: TestBrain, brief: Write) -> None:
    _waits(brain, hours=14)
    for number in range(60):
        days.finding(brain, "odd", f"thing-{number}", f"thing {number} " + "x" * 250, "data_manager", planted=False)

    written = brief()

    assert "tides: the edition of Wed 16:50 is not staged" in text.render(written.page)
    assert all(written.checklist.values())


@pytest.mark.parametrize(
    ("verdict", "fault"),
    [
        ("All two customers served. Nothing is broken. No decision for you.", 'leave out "Nothing is broken"'),
        ("All two customers served. No decision for you.", 'say "tides is stuck"'),
        ("All two customers served. tides is stuck. Nothing for you to decide.", 'say "No decision for you"'),
    ],
)
def test_no_model_calms_the_owner_either(brain: TestBrain, facts: Gather, verdict: str, fault: str) -> None:
    _waits(brain, hours=14)

    with pytest.raises(PageRejected, match=fault):
        write_with(facts(), Sentences(verdict=verdict))


def test_a_model_may_say_it_in_its_own_words(brain: TestBrain, facts: Gather) -> None:
    _waits(brain, hours=14)
    verdict = "All two customers served, yet tides is stuck. No decision for you."

    assert write_with(facts(), Sentences(verdict=verdict)).page.verdict == verdict


def test_a_source_in_order_is_ok(brain: TestBrain, facts: Gather) -> None:
    days.a_quiet_day(brain)
    days.write(brain, "UPDATE company.batches SET promoted = 1, unchanged = 1520")
    known = facts()

    page = write(known).page

    assert known.troubles == []
    assert page.section("DATA").lines[0].startswith("its one source is within its limit, the nearest tides ")
    assert state_of(known.sources[0], known) == "ok"


def test_an_older_edition_that_came_late_is_no_trouble(brain: TestBrain, facts: Gather) -> None:
    days.a_quiet_day(brain)
    days.write(brain, CAME, feed=days.FEED, at=MORNING - timedelta(days=3))

    assert facts().troubles == []
