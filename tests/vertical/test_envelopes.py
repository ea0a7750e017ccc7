"""Envelopes: the list of entries is found where it stands, one level deeper or shallower; nothing is guessed."""

import json
from typing import Any

import pytest

from company.vertical.envelopes import at_path, flatten, lists_in, open_envelope
from company.vertical.places import DocumentContent, find_place, write_place

IDS = ["a", "b", "c"]
ROWS = [{"id": "a", "on": {"day": 1, "by": {"whom": "x"}}}, {"id": "b", "on": {"day": 2}}]


def _content(document: object) -> DocumentContent:
    return DocumentContent(json.dumps(document).encode())


@pytest.mark.parametrize(
    ("document", "path"),
    [
        ({"rows": ROWS}, "rows"),
        ({"data": {"rows": ROWS}}, "data.rows"),
        ({"a": {"b": {"c": ROWS}}}, "a.b.c"),
        (ROWS, "."),
        ({"meta": [{"id": "q"}], "rows": ROWS}, "rows"),
        ({"data.rows": ROWS}, "data.rows"),
    ],
)
def test_the_one_list_with_the_known_values_is_found_and_opened(document: object, path: str) -> None:
    assert find_place(_content(document), IDS, ["x"]) == path

    opened = open_envelope(document, ["elsewhere", path])

    assert opened is not None
    assert opened[1] == ROWS


@pytest.mark.parametrize(
    "document",
    [
        {"rows": ROWS, "again": ROWS},
        {"rows": [{"id": "q"}]},
        {"a": {"b": {"c": {"d": {"e": ROWS}}}}},
        {},
        [],
        "text",
        None,
        {"rows": ["a", "b"]},
    ],
)
def test_what_is_not_certain_is_not_found(document: object) -> None:
    assert find_place(_content(document), IDS, ["x"]) is None


def test_without_known_values_nothing_is_found() -> None:
    assert find_place(_content({"rows": ROWS}), [], ["x"]) is None


def test_what_stands_beside_the_list_is_kept_the_nearest_last() -> None:
    opened = open_envelope({"at": 1, "data": {"at": 2, "rows": ROWS}}, ["data.rows"])

    assert opened is not None
    assert opened[0]["at"] == 2


def test_values_of_deeper_levels_are_columns_named_by_their_path() -> None:
    assert flatten([*ROWS, "no entry"]) == {"id": ["a", "b"], "on.day": [1, 2], "on.by.whom": ["x", None]}


@pytest.mark.parametrize(
    ("value", "path", "expected"),
    [
        ({"a": {"b": 1}}, "a.b", 1),
        ({"a.b": 2, "a": {"b": 1}}, "a.b", 2),
        ({"a": 1}, "a.b", None),
        ({"a": {"b": None}}, "a.b", None),
        ({}, "", None),
        ({"": 1}, "", 1),
        ({"a": {}}, "a.", None),
        (None, "a", None),
    ],
)
def test_a_path_that_leads_nowhere_gives_nothing(value: Any, path: str, expected: object) -> None:
    assert at_path(value, path) == expected


def test_a_document_that_is_nested_without_end_is_not_followed() -> None:
    deep: Any = ROWS
    for _ in range(10_000):
        deep = {"a": deep}

    assert list(lists_in(deep)) == []


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ('{"id": "a"}\n{"id": "b"}\n', "lines:"),
        ("id,day\na,1\nb,2\n", "table:,"),
        ("id;day\r\na;1\r\nb;2\r\n", "table:;"),
        ("#made:today\nid\tday\na\t1\nb\t2\n", "table:\t"),
        ("ID|day\na|1\nb|2\n", "table:|"),
        ('{"a": {"id": "a"}, "b": {"id": "b"}}', "values:."),
        ('{"all": {"x": {"id": "a"}, "y": {"id": "b"}}, "at": 1}', "values:all"),
    ],
)
def test_entries_are_found_in_lines_tables_and_values_of_an_object(body: str, place: str) -> None:
    content = DocumentContent(body.encode())

    assert find_place(content, ["a", "b"], ["x", "y"]) == place

    opened = content.open(place)
    assert opened is not None
    assert [entry["id"] for entry in opened.entries] == ["a", "b"]


@pytest.mark.parametrize("place", [".", "rows", "a.rows", "lines:", "table:;", "values:."])
def test_entries_that_are_written_to_a_place_are_opened_there(place: str) -> None:
    opened = DocumentContent(b"id,day\na,1\nb,2\n").open("table:,")
    assert opened is not None

    again = DocumentContent(write_place(place, opened, ["id", "day"])).open(place)

    assert again is not None
    assert [(entry["id"], entry["day"]) for entry in again.entries] == [("a", "1"), ("b", "2")]
