"""NVD's pages are read from a server whose entries move meanwhile; none of them is lost, whatever it answers."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from company.money.budget import BudgetSpent, FireBudget
from patchfirst.sources.nvd import piece_of_the_past, window
from tests.pipeline.nvd_server import Nvd
from tests.pipeline.works import SOURCES, Works

NOW = datetime(2026, 3, 11, 7, tzinfo=UTC)
EARLIER = NOW - timedelta(hours=3)


@pytest.fixture
def nvd(works: Works) -> Iterator[Nvd]:
    """Five entries changed three hours ago, two on a page."""
    with Nvd(dict.fromkeys(range(1, 6), EARLIER), works.brain.now).serving() as server:
        feeds = {name: works.server.url(name) for name in SOURCES} | {"nvd": server.url}
        container = works.fire.container("scrape_cves", cloud=works.cloud, bucket="works", feeds=feeds)
        works._containers["scrape_cves"] = container
        yield server


def pull(works: Works, nvd: Nvd, *, hours: float = 0) -> dict[str, Any]:
    works.brain.wait(hours=hours)
    nvd.asked = []
    (fire,) = works.run("scrape_cves")
    works.run("check", "promote")
    return fire


def known(works: Works) -> set[int]:
    return {int(row["cve"][-5:]) - 90000 for row in works.rows("SELECT cve FROM patchfirst.nvd")}


def mark(works: Works) -> datetime:
    at: datetime = works.value("SELECT max(edition_at) FROM company.batches WHERE source = 'nvd'")
    return at


def said(works: Works) -> str:
    """What the machine told its manager."""
    return str(works.value("SELECT string_agg(body, ' ') FROM company.inbox WHERE from_role = 'scrape_cves'"))


def end_of_window(nvd: Nvd) -> datetime:
    return datetime.fromisoformat(nvd.asked[-1]["lastModEndDate"])


def moved(nvd: Nvd, number: int, at_request: int) -> None:
    """Just before a request is answered, an entry is changed and leaves the window."""

    def move(request: int) -> None:
        if request == at_request:
            nvd.changed[number] = nvd.clock() + timedelta(minutes=30)

    nvd.before = move


def test_an_answer_at_rest_is_read_once_and_moves_the_mark_to_its_own_time(works: Works, nvd: Nvd) -> None:
    pull(works, nvd)

    assert (nvd.starts, known(works)) == ([0, 2, 4], {1, 2, 3, 4, 5})
    assert mark(works) == end_of_window(nvd)


def test_a_page_is_staged_within_the_pause_before_the_next(
    works: Works, nvd: Nvd, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The publisher asks for six seconds between two requests, and not for six seconds of rest."""
    slept: list[float] = []
    monkeypatch.setattr("company.pipeline.asking.paging._pause", lambda fire, source: 6.0)
    monkeypatch.setattr("company.pipeline.asking.paging.time.sleep", slept.append)

    pull(works, nvd)

    assert (nvd.starts, known(works)) == ([0, 2, 4], {1, 2, 3, 4, 5})
    assert len(slept) == 2 and all(2.0 < seconds < 6.0 for seconds in slept)


def test_entries_that_move_up_into_a_page_that_was_read_are_read_in_a_second_round(works: Works, nvd: Nvd) -> None:
    moved(nvd, 1, at_request=2)

    pull(works, nvd)

    assert nvd.starts == [0, 2, 0, 2], "the third entry had moved into the first page"
    assert known(works) == {1, 2, 3, 4, 5}
    assert mark(works) == end_of_window(nvd)


def test_what_left_the_window_comes_with_the_next_pull_as_it_is_by_then(works: Works, nvd: Nvd) -> None:
    pull(works, nvd)
    nvd.changed[2] = works.brain.now() + timedelta(hours=1)

    pull(works, nvd, hours=2)

    assert works.value("SELECT modified_at FROM patchfirst.nvd WHERE cve = 'CVE-2025-90002'") == nvd.changed[2].replace(
        microsecond=0
    )


def test_entries_that_come_while_it_is_read_are_read_in_a_second_round(works: Works, nvd: Nvd) -> None:
    def add(request: int) -> None:
        if request == 3:
            nvd.changed[0] = EARLIER

    nvd.before = add
    pull(works, nvd)

    assert nvd.starts == [0, 2, 4, 0, 2, 4]
    assert known(works) == {0, 1, 2, 3, 4, 5}


def test_one_that_comes_for_one_that_leaves_is_noticed_too(works: Works, nvd: Nvd) -> None:
    """The totals agree; only the ids tell that one has come twice and another never."""

    def change(request: int) -> None:
        if request == 2:
            nvd.changed[0] = EARLIER
            nvd.changed[5] = nvd.clock() + timedelta(hours=1)

    nvd.before = change
    pull(works, nvd)

    assert nvd.starts == [0, 2, 4, 0, 2, 4]
    assert known(works) == {0, 1, 2, 3, 4}


def test_what_never_stands_still_moves_no_mark_and_is_said(works: Works, nvd: Nvd) -> None:
    nvd.before = lambda request: nvd.changed.update({100 + request: EARLIER})

    pull(works, nvd)

    begin = datetime.fromisoformat(nvd.asked[0]["lastModStartDate"])
    assert mark(works) == begin
    assert "entries came, for they moved or a page was missing" in said(works)
    assert f"since {begin:%Y-%m-%d %H:%M}Z is asked for again" in said(works)
    assert {1, 2, 3, 4, 5} <= known(works), "what came is kept all the same"

    nvd.before = lambda _: None
    pull(works, nvd, hours=2)
    assert known(works) == set(nvd.changed)


def test_an_empty_page_in_the_middle_is_no_end(works: Works, nvd: Nvd) -> None:
    def emptied(number: int, body: bytes) -> bytes:
        return json.dumps({**json.loads(body), "vulnerabilities": []}).encode() if number in (2, 4) else body

    nvd.body = emptied
    pull(works, nvd)

    assert nvd.starts == [0, 2, 0, 2]
    assert mark(works) == datetime.fromisoformat(nvd.asked[0]["lastModStartDate"])
    assert "2 of 5 entries came" in said(works)


def test_a_page_that_cannot_be_read_moves_no_mark(works: Works, nvd: Nvd) -> None:
    nvd.body = lambda number, body: body[:-40] if number in (2, 4) else body

    pull(works, nvd)

    assert mark(works) == datetime.fromisoformat(nvd.asked[0]["lastModStartDate"])
    nvd.body = lambda _, body: body
    pull(works, nvd, hours=2)
    assert known(works) == {1, 2, 3, 4, 5}


def test_an_entry_that_cannot_be_read_counts_as_one_that_came(works: Works, nvd: Nvd) -> None:
    nvd.body = lambda _, body: body.replace(b"CVE-2025-90003", b"CVE-of-nobody")

    pull(works, nvd)

    assert nvd.starts == [0, 2, 4]
    assert mark(works) == end_of_window(nvd)


def test_a_page_whose_bytes_are_known_is_no_end(works: Works, nvd: Nvd) -> None:
    """A mirror may give the same bytes for another window: here for all but the last page."""
    kept: dict[int, bytes] = {}

    def mirrored(_: int, body: bytes) -> bytes:
        page = {**json.loads(body), "totalResults": 6, "timestamp": "2026-03-11T06:00:00.000"}
        return kept.setdefault(page["startIndex"], json.dumps(page).encode())

    nvd.body, nvd.changed[6] = mirrored, nvd.clock() + timedelta(hours=1)
    pull(works, nvd)
    assert known(works) == {1, 2, 3, 4, 5}
    kept.pop(4)

    pull(works, nvd, hours=2)

    assert nvd.starts[:3] == [0, 2, 4]
    assert known(works) == {1, 2, 3, 4, 5, 6}


@pytest.mark.parametrize("field", ["timestamp", "lastModified"])
def test_a_time_that_is_still_to_come_moves_the_mark_no_further_than_the_window(
    field: str, works: Works, nvd: Nvd
) -> None:
    def future(_: int, body: bytes) -> bytes:
        page = json.loads(body)
        if field == "timestamp":
            page["timestamp"] = "2099-01-01T00:00:00.000"
        for entry in page["vulnerabilities"] if field == "lastModified" else ():
            entry["cve"]["lastModified"] = "2099-01-01T00:00:00.000"
        return json.dumps(page).encode()

    nvd.body = future
    pull(works, nvd)

    assert mark(works) == end_of_window(nvd)
    assert known(works) == {1, 2, 3, 4, 5}


def test_a_fire_whose_time_ends_after_the_first_page_begins_there_again(
    works: Works, nvd: Nvd, monkeypatch: pytest.MonkeyPatch
) -> None:
    def spent(_: FireBudget) -> None:
        if nvd.asked:
            raise BudgetSpent("the seconds of this fire are spent")

    with monkeypatch.context() as patched:
        patched.setattr(FireBudget, "require_time", spent)
        pull(works, nvd)
    begin = datetime.fromisoformat(nvd.asked[0]["lastModStartDate"])

    assert (nvd.starts, mark(works)) == ([0], begin)
    pull(works, nvd, hours=2)
    assert known(works) == {1, 2, 3, 4, 5}


def test_more_than_a_fire_has_time_for_is_asked_in_parts(works: Works, nvd: Nvd) -> None:
    """A window of a week states 50,000 entries; its halves fewer, until what remains can be read."""
    nvd.total = lambda length, count: 50_000 if length > timedelta(days=2) else count
    nvd.changed = {1: NOW - timedelta(days=6, hours=22), 2: NOW - timedelta(days=6, hours=20), 3: EARLIER}

    pull(works, nvd)

    assert known(works) == {1, 2}
    assert mark(works) == datetime.fromisoformat(nvd.asked[-1]["lastModEndDate"]) < NOW - timedelta(days=5)
    for _ in range(6):
        pull(works, nvd, hours=2)
    assert known(works) == {1, 2, 3}
    assert mark(works) > NOW


def test_a_window_of_more_than_120_days_is_never_asked(works: Works, nvd: Nvd) -> None:
    pull(works, nvd)
    works.brain.wait(days=400)
    nvd.changed[7] = NOW + timedelta(days=10)

    for _ in range(6):
        pull(works, nvd, hours=2)

    failed = works.rows("SELECT * FROM company.fetches WHERE source = 'nvd' AND result = 'failed'")
    assert (failed, 7 in known(works)) == ([], True)


def test_a_change_that_came_backdated_is_read_with_its_piece_of_the_past(works: Works, nvd: Nvd) -> None:
    pull(works, nvd)
    begin, end = window(piece_of_the_past(nvd.url, works.brain.now() + timedelta(hours=2, minutes=1)))
    nvd.changed[8] = begin + (end - begin) / 2
    nvd.changed[6] = works.brain.now() + timedelta(hours=1)

    pull(works, nvd, hours=2)

    assert known(works) == {1, 2, 3, 4, 5, 6, 8}
    assert mark(works) > NOW + timedelta(hours=2)


def test_where_nothing_came_nothing_of_the_past_is_asked_again(works: Works, nvd: Nvd) -> None:
    pull(works, nvd)
    nvd.body = lambda _, body: json.dumps({**json.loads(body), "vulnerabilities": [], "totalResults": 0}).encode()

    pull(works, nvd, hours=2)

    assert len(nvd.asked) == 1
