"""Envelopes: the list of entries is found where it stands, one level deeper or shallower; nothing is guessed."""

from typing import Any

import pytest

from company.vertical.envelopes import at_path, find_list, flatten, lists_in, open_envelope

ROWS = [{"id": "a", "on": {"day": 1, "by": {"whom": "x"}}}, {"id": "b", "on": {"day": 2}}]


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
    assert find_list(document, ["a", "b", "c"]) == path

    opened = open_envelope(document, ["elsewhere", path])

    assert opened is not None
    assert opened[1] == ROWS


@pytest.mark.parametrize(
    "document",
    [
        {"rows": ROWS, "again": ROWS},
        {"rows": [{"id": "q"}]},
        {"rows": {"a": {"id": "a"}}},
        {"a": {"b": {"c": {"d": {"e": ROWS}}}}},
        {},
        [],
        "text",
        None,
        {"rows": ["a", "b"]},
    ],
)
def test_what_is_not_certain_is_not_found(document: object) -> None:
    assert find_list(document, ["a", "b", "c"]) is None


def test_without_known_values_nothing_is_found() -> None:
    assert find_list({"rows": ROWS}, []) is None


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
