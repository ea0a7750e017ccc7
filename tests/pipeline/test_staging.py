"""Staging is total: whatever a reader gives, each row is staged or quarantined with its reason, and no other pays."""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import psycopg
import pytest

from company.pipeline.rows import fitting
from company.pipeline.rows.copy_text import fields_of_text, values_of_text
from company.vertical import Malformed, Parsed, Reject
from company.vertical.feeds import StagedRow
from tests.pipeline.works import Works, adds_up, epss_of, kev_of
from tests.support.brains import run_sql

AT = datetime(2026, 3, 10, 17, tzinfo=UTC)
SOUND: StagedRow = (1, "exploit/sound", "Sound", "exploit", 600, date(2026, 3, 10), AT, ["CVE-2025-90001"], 1)
COLUMNS = ("row_no", "module", "title", "type", "rank", "disclosed_on", "touched_at", "cves", "modules")
Given = Callable[[Parsed], dict[str, Any]]


def changed(number: int, **values: object) -> StagedRow:
    row = {**dict(zip(COLUMNS, SOUND, strict=True)), "row_no": number, "module": f"exploit/{number}", **values}
    return tuple(row.values())


@pytest.fixture
def given(works: Works, monkeypatch: pytest.MonkeyPatch) -> Given:
    """given(parsed) is the batch as it ended when Metasploit's reader gives that."""

    def batch_of(parsed: Parsed) -> dict[str, Any]:
        source = works.fire.container("scrape_exploits").vertical().source("metasploit")
        monkeypatch.setitem(source.__dict__, "parse", lambda *_: parsed)
        works.serve("metasploit", b"{" + b" " * 300)
        fires = works.run("scrape_exploits", "check", "promote")
        assert all("items_failed" not in fire["evidence"] for fire in fires), fires
        return works.last_batch()

    return batch_of


def stored(works: Works, module: str) -> dict[str, Any]:
    return works.rows("SELECT * FROM patchfirst.metasploit WHERE module = %(m)s", m=module)[0]


UNFIT: dict[str, dict[str, object]] = {
    "a text in a number's place": {"rank": "high"},
    "a number beyond the column's type": {"rank": 2**31},
    "a number of thousands of digits": {"rank": 10**5000},
    "a fraction in a whole number's place": {"rank": 1.5},
    "no number": {"rank": math.nan},
    "infinity": {"modules": math.inf},
    "true in a number's place": {"rank": True},
    "a text in a date's place": {"disclosed_on": "2026-03-10"},
    "a moment in a date's place": {"disclosed_on": AT},
    "a date in a moment's place": {"touched_at": date(2026, 3, 10)},
    "a moment before the year 1": {"touched_at": datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14)))},
    "a moment after the year 9999": {"touched_at": datetime(9999, 12, 31, 23, tzinfo=timezone(-timedelta(hours=9)))},
    "an object": {"title": {"a": 1}},
    "a number in a text's place": {"title": 7},
    "a list with a number in it": {"cves": ["CVE-2025-90001", 7]},
    "a list in a list": {"cves": [["CVE-2025-90001"]]},
    "a text in a list's place": {"cves": "CVE-2025-90001"},
    "no key": {"module": None},
    "an empty key": {"module": " \x00"},
    "a key that no index takes": {"module": "exploit/" + "é" * 5000},
}


def test_a_value_that_its_column_cannot_hold_costs_its_row_and_says_why(works: Works, given: Given) -> None:
    unfit = [changed(number, **values) for number, values in enumerate(UNFIT.values(), start=100)]

    batch = given(Parsed(AT, [SOUND, *unfit, changed(2)], version="modules"))

    assert (batch["status"], batch["promoted"], batch["quarantined"]) == ("promoted", 2, len(UNFIT))
    assert adds_up(batch)
    rows = works.rows("SELECT row_no, check_name, reason, raw FROM company.quarantine ORDER BY row_no")
    assert [row["row_no"] for row in rows] == [*range(100, 100 + len(UNFIT))]
    assert {row["check_name"] for row in rows} == {"rows_can_be_read"}
    assert rows[0]["reason"] == "rank is a text and no whole number"
    assert "rank: high" in rows[0]["raw"] and all(len(row["raw"]) <= 2000 for row in rows)
    assert [row["reason"] for row in rows[-3:-1]] == ["the row has no id", "the row has no id"]


def test_a_text_is_cleaned_and_its_row_is_taken(works: Works, given: Given) -> None:
    row = changed(7, module="exploit/\x00odd\ud83d", title="a\x00b\ud83dc", cves=["CVE-2025-90001\x00", None])

    batch = given(Parsed(AT, [row], version="mod\x00ules"))

    assert (batch["promoted"], batch["version"]) == (1, "modules")
    kept = stored(works, "exploit/odd\ufffd")
    assert (kept["title"], kept["cves"]) == ("ab\ufffdc", ["CVE-2025-90001", None])


def test_a_text_of_ten_megabytes_is_cut_and_counted(works: Works, given: Given) -> None:
    batch = given(Parsed(AT, [changed(7, title="x" * 10_000_000, cves=["CVE-2025-90001"] * 5000)]))

    kept = stored(works, "exploit/7")
    assert (len(kept["title"]), kept["title"][-5:], len(kept["cves"])) == (10_000, "xx...", 1000)
    assert {field: seen["count"] for field, seen in batch["unread"].items()} == {
        fitting.CUT_TEXT: 1,
        fitting.CUT_LIST: 1,
    }


def test_a_row_is_numbered_anew_when_its_number_came_before_or_is_none(works: Works, given: Given) -> None:
    numbers: Sequence[Any] = (1, 1, None, "x", True, -4, 2**31, 9, 9)
    rows = [(number, f"exploit/{place}", *SOUND[2:]) for place, number in enumerate(numbers)]

    batch = given(Parsed(AT, rows, rejects=[Reject(1, "odd", "raw"), Reject(9, "odd", "raw")]))

    assert (batch["promoted"], batch["quarantined"], adds_up(batch)) == (9, 2, True)
    assert works.value("SELECT count(*) FROM patchfirst.metasploit") == 9


def test_a_row_of_another_length_is_put_aside(given: Given) -> None:
    batch = given(Parsed(AT, [SOUND, (2, "short"), (3,), (), (4, *SOUND[1:], "more")]))

    assert (batch["promoted"], batch["quarantined"]) == (1, 4)


def test_a_reject_is_kept_whatever_its_texts_hold(works: Works, given: Given) -> None:
    rejects = [
        Reject(2, "", "\x00\ud83d" * 5000, "k" * 9000),
        Reject(3, "\ud83d" * 9000, "", "\x00"),
        Reject(3, "twice", "raw", None),
    ]

    batch = given(Parsed(AT, [SOUND], rejects=rejects))

    assert (batch["promoted"], batch["quarantined"]) == (1, 3)
    rows = works.rows("SELECT reason, raw, entity FROM company.quarantine ORDER BY id")
    assert rows[0] == {"reason": "it cannot be read", "raw": "\ufffd" * 1000, "entity": "k" * 400}
    assert len(rows[1]["reason"]) == 500


def test_a_row_that_postgres_alone_refuses_is_found_among_the_others(
    works: Works, given: Given, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("company.pipeline.rows.staging.ROWS_AT_ONCE", 300)
    works.brain.admin.execute("ALTER TABLE patchfirst.metasploit_staging ADD CHECK (rank <> 13)")
    rows = [changed(n, rank=13 if n in (5, 444) else 1000) for n in range(1, 900)]

    batch = given(Parsed(AT, rows))

    assert (batch["promoted"], batch["quarantined"]) == (897, 2)
    found = works.rows("SELECT row_no, reason FROM company.quarantine ORDER BY row_no")
    assert [row["row_no"] for row in found] == [5, 444]
    assert all("Postgres refuses it" in row["reason"] for row in found)


def test_a_rule_of_the_company_is_no_fault_of_a_row(works: Works, given: Given) -> None:
    """Who may not stage is refused as before; no row is quarantined for it."""
    works.brain.admin.execute("UPDATE company.streams SET writers = '{scrape_kev}' WHERE source = 'metasploit'")

    with pytest.raises((AssertionError, IndexError)):
        given(Parsed(AT, [SOUND]))

    assert works.rows("SELECT * FROM company.quarantine") == []


def test_lines_of_copy_text_that_postgres_refuses_are_taken_one_by_one(
    works: Works, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = works.fire.container("scrape_epss").vertical().source("epss")
    read = source.parse(epss_of(50), None)
    odd = b"60\tCVE-2025-91000\t1e-400\t0.5\t\\N\n61\tCVE-2025-91001\tmuch\t0.5\t\\N\n"
    odd += b"62\tCVE\xff\t0.5\t0.5\ta\\tb\n63\tx\n"
    parsed = replace(read, copy_parts=[*read.copy_parts, odd], rejects=[Reject(3, "its number is taken", "raw")])
    monkeypatch.setitem(source.__dict__, "parse", lambda *_: parsed)

    batch = works.take_in("epss", epss_of(50))

    assert (batch["promoted"], batch["quarantined"], adds_up(batch)) == (52, 3, True)
    rows = works.rows(
        "SELECT * FROM patchfirst.epss WHERE cve IN ('CVE-2025-91000', %(odd)s) ORDER BY cve", odd="CVE\ufffd"
    )
    assert [(row["cve"], row["epss"], row["model_version"]) for row in rows] == [
        ("CVE-2025-91000", 0.0, None),
        ("CVE\ufffd", 0.5, "a\tb"),
    ]


def test_staging_is_analysed_with_few_statistics(works: Works) -> None:
    """At the usual hundred each edition's ANALYZE reads ten times as many rows."""
    targets = works.rows(
        "SELECT DISTINCT attstattarget AS target FROM pg_attribute"
        " WHERE attrelid = 'patchfirst.epss_staging'::regclass AND attnum > 0 AND NOT attisdropped"
    )

    assert [row["target"] for row in targets] == [10]


@pytest.mark.parametrize(("rows", "others"), [(50, set()), (1000, {"epss", "percentile", "model_version"})])
def test_few_staged_rows_are_analysed_by_their_number_and_keys(works: Works, rows: int, others: set[str]) -> None:
    """Figures of every column of the CVE List took ten times as long, at each hour's few changes."""
    works.take_in("epss", epss_of(rows))

    found = works.rows("SELECT attname FROM pg_stats WHERE schemaname = 'patchfirst' AND tablename = 'epss_staging'")

    assert {row["attname"] for row in found} == {"batch_id", "row_no", "cve"} | others


def test_staging_that_has_few_statistics_is_not_altered_again(works: Works) -> None:
    """A deploy applies the doctrine whole; an ALTER would wait for whoever stages."""
    changed = "SELECT DISTINCT xmin::text FROM pg_attribute WHERE attrelid = 'patchfirst.epss_staging'::regclass"
    before = works.rows(f"{changed} AND attnum > 0")

    run_sql(works.brain.as_login("superuser"), "SELECT company.protect_stream('epss')")

    assert works.rows(f"{changed} AND attnum > 0") == before


def test_copys_text_is_taken_apart_as_postgres_does() -> None:
    line = rb"7	a\\tb	\N	tab\there	0.5	x"

    assert fields_of_text(line) == ("7", "a\\tb", None, "tab\there", "0.5", "x")
    assert values_of_text(line, ["text", "text", "text", "real", "integer"]) == (
        7,
        "a\\tb",
        None,
        "tab\there",
        0.5,
        "x",
    )


@pytest.mark.parametrize(
    "value", [Decimal("1e400"), Decimal("nan"), 10**400, math.inf, 4e38, "1e300", "1e", "\u0663", "1_0"]
)
def test_a_real_takes_no_number_beyond_its_range(value: object) -> None:
    with pytest.raises(fitting.Misfit):
        fitting.FITS["real"](value)


def test_a_number_that_came_as_a_text_is_a_number() -> None:
    assert [fitting.FITS[kind](" 1"[1:]) for kind in ("integer", "real", "numeric")] == [1, 1.0, "1"]


def test_what_is_too_small_for_a_real_is_zero(works: Works) -> None:
    small = [fitting.FITS["real"](value) for value in (1e-400, 1e-60, -1e-60, 5e-324)]

    assert small == [0.0] * 4
    with pytest.raises(psycopg.DataError):
        works.brain.admin.execute("SELECT '1e-60'::real")


def test_one_source_in_trouble_stops_no_other_of_its_machine(works: Works, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where its rows would raise while they are read, in the midst of staging."""

    def rows(*_: Any) -> Any:
        class Trap(list[StagedRow]):
            def __iter__(self) -> Any:
                yield SOUND
                raise RuntimeError("the spool is gone")

        return Parsed(AT, Trap([SOUND]))

    sources = works.fire.container("scrape_exploits").vertical()
    monkeypatch.setitem(sources.source("metasploit").__dict__, "parse", rows)
    works.serve("metasploit", b"{" + b" " * 300)
    works.serve("nuclei", b'{"ID": "CVE-2025-90001"}\n')

    scraped, *_ = works.run("scrape_exploits", "check", "promote")

    assert scraped["evidence"]["items_failed"] == 1
    [finding] = works.rows("SELECT title, level FROM company.findings WHERE kind = 'item_failed'")
    assert "the spool is gone" in finding["title"] and finding["level"] == "today"
    assert works.value("SELECT count(*) FROM patchfirst.nuclei") == 1
    assert works.value("SELECT count(*) FROM company.batches WHERE source = 'metasploit'") == 0


def test_whatever_a_refusal_says_is_stored(works: Works, monkeypatch: pytest.MonkeyPatch) -> None:
    def parse(*_: Any) -> Parsed:
        raise Malformed("it begins with \x00\ud83d")

    source = works.fire.container("scrape_kev").vertical().source("kev")
    monkeypatch.setitem(source.__dict__, "parse", parse)
    works.serve("kev", kev_of(3))

    (fire,) = works.run("scrape_kev")

    assert fire["outcome"] == "done"
    assert works.value("SELECT reason FROM company.raw_documents") == "it begins with \ufffd"
