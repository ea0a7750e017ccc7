"""The reader of the daily probabilities."""

import gzip
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from company.vertical import Edition, Malformed
from patchfirst.sources.epss import parse
from tests.pipeline.works import epss, epss_of

STAMPS = {
    "2023-10-27T00:00:00+0000": datetime(2023, 10, 27, tzinfo=UTC),
    "2026-01-30T12:55:00Z": datetime(2026, 1, 30, 12, 55, tzinfo=UTC),
    "2026-07-01T12:00:21Z": datetime(2026, 7, 1, 12, 0, 21, tzinfo=UTC),
}


@pytest.mark.parametrize("written", STAMPS)
def test_the_date_is_read_in_all_its_spellings(written: str) -> None:
    parsed = parse(epss("CVE-2025-90001,0.1,0.5", at=written, model="v2026.06.15"))

    assert (parsed.edition_at, parsed.version) == (STAMPS[written], "v2026.06.15")


def test_small_numbers_may_be_written_with_an_exponent() -> None:
    parsed = parse(epss("CVE-2025-90001,4e-05,0.00012"))

    assert parsed.copy_text == b"3\tCVE-2025-90001\t4e-05\t0.00012\tv2025.03.14\n"


def test_the_oldest_files_have_neither_mark_nor_percentile() -> None:
    parsed = parse(gzip.compress(b"cve,epss\nCVE-2020-5902,0.65117\n"), date(2021, 4, 14))

    assert (parsed.edition_at, parsed.version) == (datetime(2021, 4, 14, tzinfo=UTC), None)
    assert parsed.copy_text == b"2\tCVE-2020-5902\t0.65117\t\\N\t\\N\n"


def test_a_dash_is_fixed_and_what_cannot_be_is_rejected_with_its_line() -> None:
    parsed = parse(
        epss(
            "CVE\u20132025-90001,0.1,0.5", "CVE_2025_90002,0.1,0.5", "CVE-2025-90003,n/a,0.5", "CVE-2025-90004,0.2,0.6"
        )
    )

    assert [line.split(b"\t")[:2] for line in parsed.copy_text.splitlines()] == [
        [b"3", b"CVE-2025-90001"],
        [b"6", b"CVE-2025-90004"],
    ]
    assert [(r.row_no, r.reason) for r in parsed.rejects] == [(4, "not a CVE id"), (5, "not cve,epss,percentile")]


def test_one_bad_line_does_not_change_how_the_others_are_read() -> None:
    good = parse(epss_of(50)).copy_text

    parsed = parse(epss(*(f"CVE-2025-{90000 + n},0.1,0.5" for n in range(50)), "rubbish"))

    assert parsed.copy_text == good
    assert len(parsed.rejects) == 1


def test_a_file_of_several_gzip_members_is_read_whole() -> None:
    first, rest = (
        gzip.compress(b"#model_version:v1,score_date:2026-01-30T12:55:00Z\n"),
        gzip.compress(b"cve,epss,percentile\nCVE-2025-90001,0.1,0.5\n"),
    )

    assert parse(first + rest).staged == 1


@pytest.mark.parametrize("written", ["99.1", "1.5", "9.9", "-1", "1.00001", "9.9e-0", "9.9e-00", "2e0"])
def test_a_percentile_that_is_no_share_is_unknown_and_counted_and_its_probability_taken(written: str) -> None:
    parsed = parse(epss("CVE-2025-90001,0.1,0.5", f"CVE-2025-90002,0.2,{written}", "CVE-2025-90003,1.2,0.5"))

    rows = [line.split(b"\t")[1:4] for line in parsed.copy_text.splitlines()]
    assert rows[1] == [b"CVE-2025-90002", b"0.2", b"\\N"]
    assert [float(rows[n][2]) for n in (0, 2)] == [0.5, 0.5]
    assert (parsed.rejects, {field: seen.count for field, seen in parsed.unread.items()}) == ([], {"percentile": 1})


@pytest.mark.parametrize("written", ["0", "1", "1.0", "1.000", "0.99999", "9e-05", "9.9e-1", " 1.", ".5", "+0.5"])
def test_a_percentile_that_is_a_share_is_read_however_it_is_written(written: str) -> None:
    parsed = parse(epss(f"CVE-2025-90001,0.1,{written}"))

    assert float(parsed.copy_text.split(b"\t")[3]) == pytest.approx(float(written))
    assert parsed.unread == {}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (epss_of(500)[:-60], "the gzip is cut"),
        (b"\x1f\x8b" + b"rubbish" * 20, "broken gzip"),
        (gzip.compress(b"cve,score,percentile\nCVE-2025-90001,0.1,0.5\n"), "no stamp"),
        (
            gzip.compress(b"#model_version:v1,score_date:2026-01-30T12:55:00Z\ncve,score,percentile\nx\n"),
            "the header is",
        ),
        (gzip.compress(b"#model_version:v1,score_date:soon\ncve,epss,percentile\nx\n"), "no stamp"),
        (gzip.compress(b"# a new comment\ncve,epss,percentile\n"), "no stamp"),
        (epss(), "no rows"),
        (gzip.compress(b""), "no stamp"),
    ],
)
def test_a_file_that_is_no_edition_is_refused_with_the_reason(body: bytes, expected: str) -> None:
    with pytest.raises(Malformed, match=expected):
        parse(body)


def test_every_real_edition_is_read_whole(real: list[Edition]) -> None:
    editions = [e for e in real if e.source == "epss"]

    for edition in editions:
        parsed = parse(edition.load())
        assert parsed.staged == gzip.decompress(edition.load()).count(b"\nCVE-")
        assert not parsed.rejects
        assert parsed.edition_at == edition.edition_at
    assert len(editions) == 4


def test_the_real_excerpt_of_2021_is_read(real_folder: Path) -> None:
    body = (real_folder / "epss" / "excerpt_epss_scores-2021-04-14.csv.gz").read_bytes()

    assert parse(body, date(2021, 4, 14)).staged == 21


def test_an_edition_of_many_parts_is_numbered_through() -> None:
    parsed = parse(epss_of(9_000))

    parts = list(parsed.copy_parts)

    numbers = [int(line.split(b"\t")[0]) for part in parts for line in part.splitlines()]
    assert (len(parts) > 1, numbers) == (True, list(range(3, 9_003)))
    assert all(part.endswith(b"\n") for part in parts)
    assert (b"".join(parts), parsed.staged) == (parsed.copy_text, 9_000)
