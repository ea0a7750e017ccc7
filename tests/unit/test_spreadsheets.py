"""A table opens in a spreadsheet as it was meant: no text in it runs, and none is cut."""

import csv
import io

import pytest

from company.text.spreadsheets import BOM, as_table


def _read(table: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(table.removeprefix(BOM))))


@pytest.mark.parametrize(
    "text",
    [
        "=HYPERLINK(A1)", "+1+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "\u200b=1",
        "\u202e=1", "\uff1d1+1", "\uff0b1", "\u00a0@x", "\x00=1", "\ufeff=1", "\x1b=1",
    ],
)  # fmt: skip
def test_no_text_becomes_a_formula(text: str) -> None:
    [[name, key], [cell, part]] = _read(as_table([{"a": text, text: [text, "b"]}]))

    assert all(value.startswith("'") for value in (cell, key, part))
    assert name == "a"


def test_numbers_stay_numbers_and_every_sign_comes_back() -> None:
    rows: list[dict[str, object]] = [
        {"n": -3.2, "t": 'a "quoted", line; \N{GREEK SMALL LETTER ALPHA}', "none": None, "is": True},
        {"new": 1},
    ]

    table = as_table(rows)

    assert table.encode().startswith(b"\xef\xbb\xbf") and table.endswith("\r\n")
    assert _read(table) == [
        ["n", "t", "none", "is", "new"],
        ["-3.2", 'a "quoted", line; \N{GREEK SMALL LETTER ALPHA}', "", "yes", ""],
        ["", "", "", "", "1"],
    ]


def test_a_text_of_several_lines_is_one_cell_of_one_line() -> None:
    assert _read(as_table([{"t": "one\r\ntwo\u2028=three"}])) == [["t"], ["one two =three"]]


def test_a_table_of_nothing_is_a_file_all_the_same() -> None:
    assert as_table([]).startswith(BOM)
