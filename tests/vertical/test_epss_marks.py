"""The comment lines of an edition of EPSS: whatever is odd in them costs that word, and never the day."""

import gzip
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from company.vertical import Parsed
from patchfirst.recorded import recorded
from patchfirst.sources.epss import parse

DAY, MIDNIGHT = date(2026, 3, 11), datetime(2026, 3, 11, tzinfo=UTC)
NOON = datetime(2026, 3, 11, 12, 55, tzinfo=UTC)
MODEL = "v2025.03.14"
ROWS = "cve,epss,percentile\nCVE-2025-90001,0.1,0.5\nCVE-2025-90002,0.2,0.6\n"


def _read(*comments: str, rows: str = ROWS) -> Parsed:
    return parse(gzip.compress("\n".join([*comments, rows]).encode()), DAY)


@pytest.mark.parametrize(
    "comment",
    [
        f"#model_version:{MODEL},score_date:2026-03-11 12:55:00 UTC",
        f"#model_version:{MODEL},score_date:2026-03-11T12:55:00 +0000",
        f"#model_version:{MODEL},score_date:2026-03-11T14:55:00+02:00",
        f"#model_version:{MODEL},score_date:2026-03-11T12:55:00Z,rows:300000",
        f"#score_date:2026-03-11T12:55:00Z,model_version:{MODEL}",
        f"# Model_Version: {MODEL}; Score_Date: 2026-03-11T12:55:00Z",
        f'"#model_version:{MODEL},score_date:2026-03-11T12:55:00Z"',
        f"#model_version:{MODEL},score_date:2026-03-11T12:55:00Z\n# https://www.example.invalid/epss",
        f"# EPSS\n\n#model_version:{MODEL}\n#score_date:2026-03-11T12:55:00Z\n",
    ],
)
def test_the_words_of_the_comment_lines_are_read_wherever_they_stand(comment: str) -> None:
    parsed = _read(comment)

    assert (parsed.edition_at, parsed.has_stamp, parsed.version) == (NOON, True, MODEL)
    assert (parsed.staged, parsed.rejects, parsed.unread) == (2, [], {})


@pytest.mark.parametrize("written", ["N/A", "soon", "", "2026-13-40T00:00:00Z"])
def test_a_stamp_that_cannot_be_read_is_the_day_that_was_asked_for_and_is_counted(written: str) -> None:
    parsed = _read(f"#model_version:{MODEL},score_date:{written}")

    assert (parsed.edition_at, parsed.has_stamp, parsed.staged) == (MIDNIGHT, False, 2)
    assert {field: seen.count for field, seen in parsed.unread.items()} == {"score_date": 1}


@pytest.mark.parametrize("said", ["", "model_version:,", "model_version:v1\t2,", "model_version:v%d,"])
def test_a_model_that_is_not_named_is_unknown_and_counted(said: str) -> None:
    parsed = _read(f"#{said}score_date:2026-03-11T12:55:00Z")

    assert (parsed.edition_at, parsed.version, parsed.staged) == (NOON, None, 2)
    assert {*parsed.unread} == {"model_version"}
    assert parsed.copy_text.startswith(b"3\tCVE-2025-90001\t0.1\t0.5\t\\N\n")


def test_comments_and_blank_lines_among_the_rows_are_no_rows() -> None:
    parsed = _read(f"#model_version:{MODEL},score_date:{NOON.isoformat()}", rows=f"{ROWS}\n# 2 rows\n\n")

    assert (parsed.staged, parsed.rejects) == (2, [])


def test_a_recorded_edition_without_a_readable_stamp_is_dated_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "epss").mkdir()
    (tmp_path / "epss" / "epss_scores-2026-03-11.csv").write_text(f"#score_date:soon,model_version:v1\n{ROWS}")

    editions, left_out = recorded(tmp_path)

    assert [(edition.source, edition.edition_at) for edition in editions] == [("epss", MIDNIGHT)]
    assert left_out == []
