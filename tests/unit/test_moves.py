"""Where an address has moved to, by what was asked and where that led; and what a list of new homes does."""

import ast
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from build_worker.lines import TEST
from company.pipeline.asking.moves import AddressAnswer, MovedAddress, home_of, moved_addresses
from company.pipeline.asking.redirects import shown
from company.vertical.columns import Form, add_names, parse_form
from patchfirst.sources.kev import KEV

A, B, C = "https://a.example/x.json", "https://b.example/y.json", "https://c.example/z.json"


@pytest.mark.parametrize(
    ("address", "asked", "home", "becomes"),
    [
        (A, A, B, B),
        ("https://a.example/{date}.gz", "https://a.example/2026-03-10.gz", "https://b.example/d/2026-03-10.gz",
         "https://b.example/d/{date}.gz"),
        ("https://a.example/{date}.gz", "https://a.example/2026-03-10.gz", "https://b.example/newest.gz", None),
        ("https://a.example/{date}.gz", "https://a.example/2026-03-10.gz", "https://b.example/2026-03-10/2026-03-10.gz",
         None),
        ("https://a.example/{edition}", "https://a.example/v1/d.zip", "https://b.example/r/v1/d.zip",
         "https://b.example/r/{edition}"),
        ("https://a.example/api", "https://a.example/api?start=0&n=9", "https://b.example/v3?start=0&n=9",
         "https://b.example/v3"),
        ("https://a.example/api", "https://a.example/api?start=0&n=9", "https://b.example/v3", None),
        (A, "https://a.example/xyjson", B, None),
        (A, A, "https://b.example/{date}.json", None),
    ],
)  # fmt: skip
def test_what_was_filled_in_for_one_request_is_taken_out_of_its_new_home(
    address: str, asked: str, home: str, becomes: str | None
) -> None:
    assert home_of(address, asked, home) == becomes


def test_a_signature_is_in_no_record() -> None:
    assert shown(A, f"{B}?X-Signature=secret") == f"{B}?..."
    assert shown(f"{A}?n=9", f"{B}?n=9") == f"{B}?n=9"
    assert shown(f"{A}?n=9", f"{B}?n=8") == f"{B}?..."
    assert shown(A, B) == B


@pytest.mark.parametrize(
    ("query", "is_kept"),
    [
        ("v=2", True),
        ("format=json&since=2026-03-10T00:00:00Z", True),
        ("", True),
        ("apikey=1", False),
        ("X-Amz-Signature=1", False),
        ("v=2&access_token=1", False),
        ("v=9f86d081884c7d659a2feaa0c55ad015", False),
        ("9f86d081884c7d659a2feaa0c55ad015", False),
        ("v=2&sig=1", False),
    ],
)
def test_a_query_that_is_all_that_changed_is_kept_unless_it_may_hold_a_secret(query: str, is_kept: bool) -> None:
    assert shown(f"{A}?v=1", f"{A}?{query}") == (f"{A}?{query}" if is_kept else f"{A}?...")
    assert shown(A, f"{A}?{query}") == (f"{A}?{query}" if is_kept else f"{A}?...")


def _form(**moved: str) -> Form:
    return Form((), {}, {}, moved)


def test_an_address_that_moved_is_asked_at_its_last_home_first_and_where_it_was_last() -> None:
    form = _form(**{A: B, B: C})

    assert form.at_home([A, "https://mirror.example/x"], keeps_old=True) == (C, "https://mirror.example/x", A)
    assert form.at_home([A, "https://mirror.example/x"], keeps_old=False) == (C, "https://mirror.example/x")
    assert form.at_home([C], keeps_old=True) == (C,)


def test_a_circle_of_new_homes_ends() -> None:
    assert set(_form(**{A: B, B: A}).at_home([A, B], keeps_old=True)) == {A, B}


def test_a_new_home_is_one_more_line_of_the_list() -> None:
    text = '# Columns.\ncve = ["cve"]\n'

    once = add_names(text, [], moved=[f"{A} -> {B}"])
    twice = add_names(once, [], moved=[f"{B} -> {C}"])

    assert once == f'{text}_moved = ["{A} -> {B}"]\n'
    assert parse_form("x.toml", twice).moved == {A: B, B: C}
    assert parse_form("x.toml", twice).is_plain


@pytest.mark.parametrize("line", [A, f"{A} -> ", f" -> {B}", f"{A}->{B}"])
def test_a_line_that_says_of_no_address_where_it_is_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match="says of no address"):
        parse_form("x.toml", f'_moved = ["{line}"]\n')


def test_an_address_has_one_new_home() -> None:
    with pytest.raises(ValueError, match="once more"):
        parse_form("x.toml", f'_moved = ["{A} -> {B}", "{A} -> {C}"]\n')


def test_the_lists_of_the_product_say_of_no_address_that_it_has_moved() -> None:
    lists = (Path(__file__).parents[2] / "layers").rglob("sources/*.toml")
    assert all("_moved" not in file.read_text() for file in lists)


NOW = datetime(2026, 3, 11, 12, tzinfo=UTC)
PUBLISHER, MIRROR = KEV.urls


def _answer(
    url: str, hours: float, status: int | None, home: str | None = None, result: str = "failed"
) -> AddressAnswer:
    return AddressAnswer(url, result, status, home, 7 if result == "new" else None, NOW - timedelta(hours=hours))


def _found(*answers: AddressAnswer) -> list[MovedAddress]:
    """What the last answers of KEV's two addresses say, the newest first."""
    newest_first = sorted(answers, key=lambda answer: answer.at, reverse=True)
    brain = SimpleNamespace(rows=lambda *_, **__: newest_first)
    fire: Any = SimpleNamespace(brain=brain, settings=SimpleNamespace(feeds={}), now=NOW)
    return moved_addresses(fire, KEV)


def _sent_on(home: str, *hours: float) -> list[AddressAnswer]:
    return [_answer(PUBLISHER, hour, 200, home, "new") for hour in hours]


HOME = "https://www.cisa.gov/new.json"


def test_three_answers_in_a_row_with_one_home_are_a_move() -> None:
    [moved] = _found(*_sent_on(HOME, 1, 2, 3))

    assert (moved.old, moved.new, moved.answers, moved.raw_id, moved.doubt) == (PUBLISHER, HOME, 3, 7, "")


def test_nobody_answering_in_between_says_nothing_and_an_answer_of_its_own_ends_the_row() -> None:
    assert _found(*_sent_on(HOME, 1, 2, 4), _answer(PUBLISHER, 3, None))
    assert not _found(*_sent_on(HOME, 1, 2, 4), _answer(PUBLISHER, 3, 200, None, "unchanged"))
    assert not _found(*_sent_on(HOME, 1, 2), *_sent_on("https://www.cisa.gov/other.json", 3, 4))
    assert not _found(*_sent_on(HOME, 101, 102, 103))


@pytest.mark.parametrize(
    ("home", "doubt"),
    [
        ("https://elsewhere.example/x.json", "no list names"),
        ("http://www.cisa.gov/x.json", "no list names"),
        ("https://www.cisa.gov:8443/x.json", "no list names"),
        (f"{HOME}?...", "nobody keeps"),
        (f"{PUBLISHER}?v=2", ""),
        (f"{PUBLISHER}?token=2", "its query may hold a key"),
        (MIRROR, ""),
    ],
)
def test_a_home_that_no_rule_allows_is_the_owners(home: str, doubt: str) -> None:
    [moved] = _found(*_sent_on(home, 1, 2, 3))

    assert doubt in moved.doubt
    assert bool(doubt) == bool(moved.doubt)


def test_what_is_gone_is_asked_last_where_another_address_has_answered_since() -> None:
    mirror = [_answer(MIRROR, hour, 200, None, "new") for hour in (1, 26)]

    [gone] = _found(*(_answer(PUBLISHER, hour, 410) for hour in (1, 2, 3)), *mirror)
    assert (gone.new, gone.raw_id, gone.doubt) == (MIRROR, 7, "")
    [missing] = _found(*(_answer(PUBLISHER, hour, 404) for hour in (1, 12, 26)), *mirror)
    assert missing.new == MIRROR
    [alone] = _found(*(_answer(PUBLISHER, hour, 410) for hour in (1, 2, 3)))
    assert (alone.new, alone.doubt) == ("", "no other address of it is known")


def test_missing_for_some_hours_or_refused_is_not_gone() -> None:
    assert not _found(*(_answer(PUBLISHER, hour, 404) for hour in (1, 2, 3)))
    assert not _found(*(_answer(PUBLISHER, hour, 403) for hour in (1, 12, 26)))
    assert not _found(_answer(PUBLISHER, 1, 404), _answer(PUBLISHER, 12, 503), _answer(PUBLISHER, 26, 404))


def test_a_redirect_for_good_to_where_nothing_is_for_days_is_an_address_that_is_gone() -> None:
    lost = [_answer(PUBLISHER, hour, 404, HOME, "not_yet") for hour in (1, 24, 48, 74)]

    [gone] = _found(*lost, _answer(MIRROR, 2, 200, None, "new"))
    assert (gone.old, gone.new, gone.raw_id, gone.doubt) == (PUBLISHER, MIRROR, 7, "")
    assert gone.said == "status 404, where it is sent on to for good"
    [alone] = _found(*lost)
    assert (alone.new, alone.doubt) == ("", "no other address of it is known")


def test_an_edition_that_is_late_behind_a_redirect_is_not_gone() -> None:
    lost = [_answer(PUBLISHER, hour, 404, HOME, "not_yet") for hour in (1, 24, 48, 74)]

    assert not _found(*lost[:3])
    assert not _found(*lost[:2], _answer(PUBLISHER, 30, 200, None, "new"), *lost[2:])
    assert not _found(*lost, _answer(PUBLISHER, 98, 200, HOME, "new"))
    assert not _found(*(_answer(PUBLISHER, hour, 404, None, "not_yet") for hour in (1, 24, 48, 74)))


def test_no_address_writes_code_into_its_test() -> None:
    address = 'https://a.example/x"]) or exit() or (["'
    given = {"vertical": "patchfirst", "source": "kev", "moment": "2026-03-10T18:00:00+00:00"}

    written = ast.parse(TEST.format(old=address, new=address, **given))

    called = {ast.unparse(node.func) for node in ast.walk(written) if isinstance(node, ast.Call)}
    assert "exit" not in called and "SOURCE.columns.form.at_home" in called
