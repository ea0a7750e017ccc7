"""The reader of the known exploited list."""

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

from company.vertical import Edition, Malformed
from patchfirst.sources.kev import FLAG, parse
from tests.pipeline.works import kev, kev_entry


def _renamed(old: str, new: str) -> bytes:
    entry = kev_entry(1)
    entry[new] = entry.pop(old)
    return kev(entry)


@pytest.mark.parametrize(
    ("written", "read"), [(3, 3), (" 3 ", 3), (None, None), ("many", None), (-1, None), (True, None), (10**20, None)]
)
def test_the_number_of_entries_that_an_edition_states_is_read_where_it_is_one(written: Any, read: Any) -> None:
    document = json.loads(kev(kev_entry(1)))

    assert parse(json.dumps({**document, "count": written}).encode()).stated == read


def test_an_edition_is_known_by_date_released_to_the_fraction() -> None:
    four, three = (
        parse(kev(kev_entry(1), at="2025-02-04T15:00:47.7171Z")),
        parse(kev(kev_entry(1), at="2025-02-04T15:00:47.717Z")),
    )

    assert four.edition_at == datetime(2025, 2, 4, 15, 0, 47, 717100, UTC)
    assert three.edition_at == datetime(2025, 2, 4, 15, 0, 47, 717000, UTC)


@pytest.mark.parametrize(
    "written",
    [
        "2025-02-04t15:00:47z",
        "2025-02-04T15:00:47 UTC",
        "2025-02-04 15:00:47 GMT",
        " 2025-02-04T15:00:47Z\u200b",
        "2025-02-04 16:00:47 +0100",
        "2025-02-04T15:00:47 Z",
    ],
)
def test_a_moment_is_read_in_each_way_in_which_zones_are_written(written: str) -> None:
    parsed = parse(kev(kev_entry(1, dateAdded=written), at=written))

    assert parsed.edition_at == datetime(2025, 2, 4, 15, 0, 47, tzinfo=UTC)
    assert parsed.rows[0][5] == date(2025, 2, 4)
    assert parsed.unread == {}


def test_invisible_blanks_are_trimmed() -> None:
    parsed = parse(
        kev(kev_entry(1, vendorProject="Harbourgate\u00a0 ", product=" Edge\u00a0Firewall\u200b", notes="a  b "))
    )

    assert parsed.rows[0][2:4] == ("Harbourgate", "Edge Firewall")
    assert parsed.rows[0][10] == "a b"


def test_keys_of_later_editions_may_be_missing_and_unknown_keys_are_ignored() -> None:
    old = kev_entry(1, somethingNew={"a": 1})
    del old["cwes"], old["knownRansomwareCampaignUse"]

    (row,) = parse(kev(old)).rows

    assert (row[7], row[11]) == (None, [])


@pytest.mark.parametrize(("at", "unread"), [("2023-10-12T14:00:00Z", {FLAG: 1}), ("2023-10-11T14:00:00Z", {})])
def test_an_entry_without_its_flag_is_counted_since_editions_have_it(at: str, unread: dict[str, int]) -> None:
    bare = kev_entry(2, dateAdded="2021-11-03", dueDate="2021-11-17")
    del bare[FLAG]

    parsed = parse(kev(kev_entry(1, dateAdded="2021-11-03"), bare, at=at), datetime(2026, 3, 10, tzinfo=UTC))

    assert {field: seen.count for field, seen in parsed.unread.items()} == unread


def test_an_entry_needs_its_id_alone() -> None:
    parsed = parse(kev(kev_entry(1), {"cveID": "CVE-2025-90002"}))

    assert parsed.rows[1][1:] == ("CVE-2025-90002", *[None] * 6, "", "", "", [])
    assert (parsed.rejects, {*parsed.unread}) == ([], {FLAG, "vendorProject", "product", "vulnerabilityName"})


@pytest.mark.parametrize("empty", [None, "", " \u200b"])
@pytest.mark.parametrize(("field", "column"), [("vendorProject", 2), ("product", 3), ("vulnerabilityName", 4)])
def test_a_name_that_is_empty_is_unknown_and_counted(field: str, column: int, empty: object) -> None:
    parsed = parse(kev(kev_entry(1), kev_entry(2, **{field: empty})))

    assert parsed.rows[1][column] is None
    assert {name: seen.count for name, seen in parsed.unread.items()} == {field: 1}


@pytest.mark.parametrize(
    ("field", "column", "value"),
    [
        (field, column, value)
        for column, field in enumerate(
            ("vendorProject", "product", "vulnerabilityName", "dateAdded", "dueDate", "knownRansomwareCampaignUse",
             "shortDescription", "requiredAction", "notes", "cwes"), start=2)
        for value in (7, 1.5, ["x", 7], {"a": "b"}, float("nan"))
    ],
)  # fmt: skip
def test_a_detail_of_another_type_costs_the_detail_and_is_counted(field: str, column: int, value: Any) -> None:
    parsed = parse(kev(kev_entry(1), kev_entry(2, **{field: value})))

    assert parsed.rows[1][1] == "CVE-2025-90002" and not parsed.rows[1][column]
    assert parsed.rejects == [] and ({*parsed.unread} == {field} or field == "cwes")


@pytest.mark.parametrize(
    ("written", "read", "unread"),
    [
        ("2026-02-03", date(2026, 2, 3), 0),
        (" 2026-02-03\u200b", date(2026, 2, 3), 0),
        ("2026-02-03T00:00:00.000Z", date(2026, 2, 3), 0),
        ("2026-02-03 10:20:30.123456789 +0000", date(2026, 2, 3), 0),
        ("N/A", None, 0),
        ("", None, 0),
        (None, None, 0),
        ("2026-02-30", None, 1),
        ("0000-00-00", None, 1),
        ("1970-01-01", None, 1),
        ("2205-01-01", None, 1),
        ("02/03/2026", None, 1),
        (1_770_000_000, None, 1),
    ],
)
@pytest.mark.parametrize(("field", "column"), [("dateAdded", 5), ("dueDate", 6)])
def test_a_date_that_cannot_be_read_is_unknown(
    field: str, column: int, written: object, read: date | None, unread: int
) -> None:
    parsed = parse(kev(kev_entry(1), kev_entry(2, **{field: written})))

    assert parsed.rows[1][column] == read
    assert sum(seen.count for seen in parsed.unread.values()) == unread


@pytest.mark.parametrize(
    ("written", "read", "words"),
    [
        ("known", True, []), ("KNOWN", True, []), ("Known ", True, []), (True, True, []), ("unknown", False, []),
        ("Yes", None, ["Yes"]), (None, None, []), ("", None, []),
    ],
)  # fmt: skip
def test_a_flag_is_read_in_any_letters_and_a_new_word_is_unknown_and_reported(
    written: object, read: bool | None, words: list[str]
) -> None:
    parsed = parse(kev(kev_entry(1, knownRansomwareCampaignUse=written)))

    assert parsed.rows[0][7] is read
    assert bool(parsed.unread) == (read is None)
    assert [word for known in parsed.new_words.values() for word in known] == words


def test_weaknesses_may_be_one_text() -> None:
    assert parse(kev(kev_entry(1, cwes="CWE-79, cwe-80"))).rows[0][11] == ["CWE-79", "CWE-80"]
    assert parse(kev(kev_entry(1, cwes=None))).rows[0][11] == []


@pytest.mark.parametrize("entry", [None, 7, "text", [], {}, kev_entry(3, cveID=None), kev_entry(3, cveID=["x"])])
def test_whatever_is_in_the_list_is_one_row_with_one_fate(entry: Any) -> None:
    document = json.loads(kev(kev_entry(1)))
    document["vulnerabilities"].append(entry)

    parsed = parse(json.dumps(document).encode())

    assert (parsed.staged, len(parsed.rejects)) == (1, 1)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (kev(kev_entry(1))[:-40], "not whole JSON"),
        (b"[]", "no list named vulnerabilities"),
        (kev(), "the list is empty"),
        (_renamed("dateAdded", "date_added"), "no entry has dateAdded"),
    ],
)
def test_a_document_that_is_no_edition_is_refused_with_the_reason(body: bytes, expected: str) -> None:
    with pytest.raises(Malformed, match=expected):
        parse(body)


@pytest.mark.parametrize("stamp", ["", "soon", None, 7, ["2026-03-10"], "2026-13-40T00:00:00Z"])
def test_an_unreadable_stamp_costs_no_entry(stamp: object) -> None:
    document = {**json.loads(kev(kev_entry(1), kev_entry(2))), "dateReleased": stamp}
    came = datetime(2026, 3, 10, 17, 5, tzinfo=UTC)

    parsed = parse(json.dumps(document).encode(), came)

    assert (parsed.staged, parsed.edition_at, parsed.has_stamp) == (2, came, False)
    assert "dateReleased" in parsed.new_words


def test_every_real_edition_is_read_whole(real: list[Edition]) -> None:
    editions = [e for e in real if e.source == "kev"]
    sizes = {e.name: json.loads(e.load())["count"] for e in editions}

    read = {e.name: parse(e.load()) for e in editions}

    assert len(editions) > 40
    assert {name: p.staged for name, p in read.items()} == sizes
    assert not any(p.rejects for p in read.values())
    assert [read[e.name].edition_at for e in editions] == [e.edition_at for e in editions]


def test_the_real_bodies_of_a_refusing_server_are_not_editions(real_folder: Any) -> None:
    bodies = [path.read_bytes() for path in sorted((real_folder / "kev" / "malformed").iterdir())]

    assert len(bodies) >= 2
    for body in bodies:
        with pytest.raises(Malformed):
            parse(body)


def test_dates_are_dates() -> None:
    (row,) = parse(kev(kev_entry(1))).rows

    assert row[5:7] == (date(2026, 2, 1), date(2026, 2, 22))
