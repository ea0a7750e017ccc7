"""What the product is made of hangs together: its checks, its links, its scores, and how it reads ids and dates."""

from patchfirst.cves import moment
from patchfirst.ids import read_id, read_ids
from patchfirst.scores import SCORES
from patchfirst.vertical import VERTICAL

CHECKS = {
    "kev_dates_are_plausible", "kev_due_after_added", "epss_in_range", "cves_are_plausible", "nvd_is_plausible",
    "exploitdb_dates_are_plausible", "exploitdb_codes_can_be_read",
}  # fmt: skip
WARNINGS = {"kev_due_after_added", "exploitdb_codes_can_be_read"}


def test_no_check_is_missing_or_weaker() -> None:
    assert {check.name for check in VERTICAL.checks} >= CHECKS
    assert {check.name for check in VERTICAL.checks if check.severity == "warn"} <= WARNINGS


def test_every_check_is_of_a_source() -> None:
    sources = {source.name for source in VERTICAL.sources}
    assert {check.source for check in VERTICAL.checks} <= sources


def test_the_parts_of_a_score_are_a_hundred_and_a_fact_outweighs_every_estimate() -> None:
    assert round(sum(part.weight for part in SCORES.parts), 6) == 100
    facts = sum(part.weight for part in SCORES.parts if part.question == "now")
    assert facts > 100 - facts
    assert max(part.weight for part in SCORES.parts) > 100 - facts


def test_an_id_has_one_spelling() -> None:
    assert read_id(" cve\u20132025\u20131234 ") == "CVE-2025-1234"
    assert read_id("CVE-2025-1234-JETTY") is None
    assert read_id("CVE-2025-00012345") is None
    assert list(read_ids("CVE-2025-1234, CVE-2025-12345678; CVE-1").read) == ["CVE-2025-1234", "CVE-2025-12345678"]


def test_a_date_is_read_or_unknown() -> None:
    assert str(moment("2026-03-11")) == "2026-03-11 00:00:00+00:00"
    assert moment("N/A") is None
    for none in ("11/03/2026", "soon", "0001-01-01"):
        try:
            found = moment(none)
        except ValueError:
            continue
        raise AssertionError(f"{none} is read as {found}")
