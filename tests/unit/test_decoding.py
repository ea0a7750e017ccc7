"""The one door for bytes: whatever way a body is packed, marked and encoded, the same text comes out."""

import codecs
import gzip
import json
import math
import zlib
from collections.abc import Callable

import pytest

from company.text.decoding import (
    OTHER_ENCODING,
    beginning,
    parse_json,
    read_json,
    read_lines,
    read_table,
    read_text,
    unpacked,
)
from company.vertical import Details, Malformed

TEXT = '{"a": "Grüße, 🙂"}'
ENCODED = {
    "plain": TEXT.encode(),
    "utf-8 with its mark": codecs.BOM_UTF8 + TEXT.encode(),
    "utf-8 with two marks": codecs.BOM_UTF8 * 2 + TEXT.encode(),
    "utf-16 with two marks": codecs.BOM_UTF16_LE * 2 + TEXT.encode("utf-16-le"),
    "utf-16 little": codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"),
    "utf-16 big": codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
    "utf-16 little without its mark": TEXT.encode("utf-16-le"),
    "utf-32": TEXT.encode("utf-32"),
}
PACKED: dict[str, Callable[[bytes], bytes]] = {
    "plain": bytes,
    "once": gzip.compress,
    "twice": lambda body: gzip.compress(gzip.compress(body)),
}


def text_of(body: bytes) -> str:
    details = Details()
    text = read_text(body, details)
    assert details.unread == {}
    return text


@pytest.mark.parametrize("packed", PACKED)
@pytest.mark.parametrize("encoded", ENCODED)
def test_a_body_is_read_however_it_is_packed_and_encoded(packed: str, encoded: str) -> None:
    body = PACKED[packed](ENCODED[encoded])

    assert text_of(body) == TEXT
    assert beginning(body, 8).startswith(b'{"a": "G')
    assert read_json(body, Details()) == {"a": "Grüße, 🙂"}


def test_members_in_a_row_are_one_content_also_with_zeros_after_them() -> None:
    assert text_of(gzip.compress(b"one ") + gzip.compress(b"two") + b"\0" * 512) == "one two"


@pytest.mark.parametrize("after", [b"\0", b"<html>", b"\r\n--boundary--"])
def test_what_follows_the_last_member_and_is_none_costs_nothing(after: bytes) -> None:
    assert text_of(gzip.compress(b"one ") + gzip.compress(b"two") + after) == "one two"


@pytest.mark.parametrize(
    "body",
    [
        gzip.compress(b"x" * 999, mtime=0)[:-9],
        b"\x1f\x8b",
        b"\x1f\x8b\x08",
        b"\x1f\x8bnonsense",
        gzip.compress(b"x", mtime=0) + b"\x1f\x8b\x08",
    ],
    ids=["cut", "its sign", "its head's beginning", "nonsense", "a second one cut"],
)
def test_a_cut_or_broken_gzip_is_malformed(body: bytes) -> None:
    with pytest.raises(Malformed, match="gzip"):
        unpacked(body)


def test_a_bomb_is_malformed_before_it_fills_the_memory() -> None:
    bomb = gzip.compress(b"0" * 3_000_000)

    for body in (bomb, gzip.compress(bomb), gzip.compress(b"0" * 600_000) * 2):
        with pytest.raises(Malformed, match="larger than 1000000"):
            unpacked(body, most=1_000_000)
    assert len(unpacked(gzip.compress(b"0" * 1_000_000), most=1_000_000)) == 1_000_000


def test_the_beginning_of_a_large_body_costs_little() -> None:
    packer = zlib.compressobj(wbits=31)
    cut = packer.compress(b"[1, 2" * 100_000) + packer.flush(zlib.Z_FULL_FLUSH)

    assert beginning(cut, 6) == b"[1, 2[1,"


def test_a_byte_of_another_encoding_costs_one_sign_and_is_counted() -> None:
    details = Details()

    text = read_text("José, naïve, \N{REPLACEMENT CHARACTER}".encode().replace("é".encode(), b"\xe9"), details)

    assert text == "Jos\N{REPLACEMENT CHARACTER}, naïve, \N{REPLACEMENT CHARACTER}"
    assert details.unread[OTHER_ENCODING].count == 1
    assert "Jos\\xe9" in details.unread[OTHER_ENCODING].first


def test_a_line_ends_where_its_format_says_and_nowhere_else() -> None:
    within = "a\x0bb\x0cc\x1cd\x85e\u2028f\u2029g\rh"

    assert read_lines(f"{within}\n\r\nlast\r\n".encode(), Details()) == [within, "", "last"]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[" * 100_000, "nested too deeply"),
        ('{"a":' * 100_000, "nested too deeply"),
        ('{"a": 1', "not whole JSON"),
        ("", "not whole JSON"),
        ("<html>", "not whole JSON"),
        ("{} {}", "not whole JSON"),
    ],
)
def test_what_is_no_json_is_malformed(text: str, why: str) -> None:
    with pytest.raises(Malformed, match=why):
        parse_json(text)


def test_odd_json_is_read_and_its_odd_numbers_are_no_numbers_that_a_reader_takes() -> None:
    digits = "9" * 5000

    read = parse_json(f'{{"a": NaN, "b": -Infinity, "c": {digits}, "d": -{digits}, "e": 12, "f": 1e999, "g": 1e-999}}')

    assert math.isnan(read.pop("a"))
    assert read == {"b": -math.inf, "c": math.inf, "d": -math.inf, "e": 12, "f": math.inf, "g": 0.0}


def test_of_a_key_that_comes_twice_the_last_value_counts_and_control_signs_are_taken() -> None:
    assert parse_json('{"a": 1, "a": "x\ty\nz"}') == {"a": "x\ty\nz"}


def test_half_a_pair_is_left_for_the_cleaning() -> None:
    assert parse_json('"\\ud83d"') == "\ud83d"
    assert json.dumps(parse_json('"\\ud83d\\ude42"')) == '"\\ud83d\\ude42"'


def cells_of(text: str, *needed: str) -> list[object]:
    return [row.cells and [*row.cells.values()] for row in read_table(text.encode(), Details(), needed)]


@pytest.mark.parametrize("header", ["id,name,x", "\ufeffID, Name ,X", '"id","name","x"', "id\t,NAME,x", "id,name,x\r"])
def test_a_header_is_read_in_any_case_with_marks_and_blanks(header: str) -> None:
    [row] = read_table(f"{header}\n1,A,B\n".encode(), Details(), ("id", "name"))

    assert (row.number, row.cells) == (2, {"id": "1", "name": "A", "x": "B"})


def test_columns_stand_in_any_order_and_a_needed_one_that_is_missing_is_named() -> None:
    [row] = read_table(b"extra,name,id\n,A,1\n", Details(), ("id", "name"))

    assert row.cells == {"extra": "", "name": "A", "id": "1"}
    with pytest.raises(Malformed, match="the header lacks codes, when"):
        read_table(b"id,name\n1,A\n", Details(), ("id", "codes", "when"))


@pytest.mark.parametrize("before", ["\n", "\r\n \r\n", "\ufeff\r\n", "\t\n"])
def test_blank_lines_before_the_header_are_no_header(before: str) -> None:
    assert cells_of(f"{before}a,b\n1,2\n", "a", "b") == [["1", "2"]]
    with pytest.raises(Malformed, match="the header lacks a"):
        cells_of(before, "a")


def test_a_row_of_more_or_fewer_cells_costs_itself_alone() -> None:
    assert cells_of("a,b\n1,2\n1\n1,2,3\n\n3,4\n", "a") == [["1", "2"], None, None, ["3", "4"]]


@pytest.mark.parametrize("opened", ['2,"open', '"2,open', '2,"open""', '2,"op""en'])
def test_a_quote_that_nothing_closes_costs_its_row_alone(opened: str) -> None:
    others = '3,"quoted, twice"\n4,""\n5,"a ""word"""\n6,plain\n'

    rows = read_table(f"a,b\n1,x\n{opened}\n{others * 50}".encode(), Details(), ("a",))

    assert [row.cells["a"] for row in rows if row.cells][:6] == ["1", "3", "4", "5", "6", "3"]
    assert [row.raw for row in rows if row.cells is None] == [opened]


def test_two_open_quotes_do_not_become_one_row() -> None:
    assert cells_of('a,b\n1,"x\n2,y\n3,"z\n4,w\n', "a") == [None, ["2", "y"], None, ["4", "w"]]


def test_a_quoted_cell_may_go_over_several_lines() -> None:
    [row, last] = read_table(b'a,b\n1,"x\ny\r\nz"\n2,w\n', Details(), ("a",))

    assert (row.cells, row.raw) == ({"a": "1", "b": "x\ny\nz"}, '1,"x\ny\nz"')
    assert (last.number, last.cells) == (3, {"a": "2", "b": "w"})


def test_a_cell_may_be_of_any_length_and_have_a_zero_in_it() -> None:
    [row] = read_table(f"a,b\n1,{'x' * 300_000}\0y\n".encode(), Details(), ("a",))

    assert row.cells is not None and len(row.cells["b"]) == 300_002
