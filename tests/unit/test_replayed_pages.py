"""The parts of pages that a trial writes one by one."""

from datetime import UTC, datetime

from company.pipeline.delivering.replayed_pages import parts_of, without_lists
from company.vertical import Facts

NOW = datetime(2026, 3, 11, tzinfo=UTC)
MOVED = [{"id": "q1", "what": "moved", "old": 1}, {"id": "q1", "what": "moved", "old": 2}]
NEW = {"id": "q2", "what": "new"}
PAGE = Facts(
    customer={"id": 7, "name": "Alder Bank"},
    since=NOW,
    until=NOW,
    items=[MOVED[0], NEW, MOVED[1]],
    top_of_list=[{"id": "q3"}],
    freshness=[],
    is_important=False,
)


def test_rows_of_one_key_are_one_change() -> None:
    """A score that moved and came back is left out of a page as a whole, and not by halves."""
    parts = parts_of({"due-7": PAGE}, ("id", "what"), 20)

    assert {name: list(part.items) for name, part in parts.items()} == {
        "due-7/change-0": MOVED,
        "due-7/change-1": [NEW],
        "due-7/listed-0": [],
    }
    assert [part.top_of_list for part in parts.values()] == [[], [], [{"id": "q3"}]]


def test_no_more_parts_are_made_than_are_asked_for() -> None:
    assert list(parts_of({"due-7": PAGE}, ("id", "what"), 1)) == ["due-7/change-0", "due-7/listed-0"]


def test_a_sent_page_is_written_without_the_lists_of_today() -> None:
    [(name, facts)] = without_lists({"D-1": PAGE}).items()

    assert (name, facts.items, facts.top_of_list) == ("D-1/changes", PAGE.items, [])
