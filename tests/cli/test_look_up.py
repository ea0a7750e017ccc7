"""`watchbill cve` and `watchbill as-of`: one answer, and an exit code that says whether anything is known."""

import json

import pytest

from tests.cli.conftest import Watchbill
from watchbill.home import LastDay


@pytest.mark.parametrize(
    ("written", "status"), [("CVE-2025-1", "malformed"), ("cve 2025 12345", "malformed"), ("cve–2025–12345", "unknown")]
)
def test_what_is_in_no_source_is_an_answer_with_exit_code_one(
    last_day: LastDay, watchbill: Watchbill, written: str, status: str
) -> None:
    page, document = watchbill("cve", written), watchbill("cve", written, "--json")

    assert (page.code, document.code, page.err) == (1, 1, "")
    assert json.loads(document.out)["status"] == status
    assert json.loads(document.out)["says"] in " ".join(page.out.split()), "a long line goes on below"


@pytest.mark.parametrize(
    ("day", "code"),
    [
        ("2026-03-10", 1),
        ("2026-03-11", 1),
        ("2026-03-11T06:30", 1),
        ("2026-03-11T06:30+05:00", 1),
        ("2026-03-12", 2),
        ("yesterday", 2),
        ("0001-01-01T00:00+14:00", 2),
    ],
)
def test_a_past_day_is_read_and_a_day_to_come_is_refused(
    last_day: LastDay, watchbill: Watchbill, day: str, code: int
) -> None:
    result = watchbill("as-of", day, "CVE-2025-12345")

    assert result.code == code, result.err
    assert "WHERE HISTORY DOES NOT REACH" in result.out if code == 1 else day in result.err


def test_no_line_is_wider_than_the_terminal(
    last_day: LastDay, watchbill: Watchbill, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("watchbill.cli.printing.width", lambda: 40)

    now, then = watchbill("cve", "CVE-2025-12345"), watchbill("as-of", "2026-03-11", "CVE-2025-12345")

    assert max(map(len, (now.out + then.out).splitlines())) <= 40
