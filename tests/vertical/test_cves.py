"""One spelling for CVE ids."""

import pytest

from patchfirst.cves import normalise


@pytest.mark.parametrize(
    "spelt",
    ["CVE-2022-25765", "CVE\u20132022\u201325765", "CVE-2022\u201125765", "CVE-2022- 25765", " cve-2022-25765\u00a0"],
)
def test_an_id_is_one_whatever_dash_or_blank_was_typed(spelt: str) -> None:
    assert normalise(spelt) == "CVE-2022-25765"


@pytest.mark.parametrize(
    "spelt",
    ["", "CVE_2022_25765", "CVE-22-25765", "CVE-2022-123", "CVE-2022-25765x", "CVE-\u0662\u0660\u0662\u0662-25765"],
)
def test_what_is_no_id_is_not_made_into_one(spelt: str) -> None:
    assert normalise(spelt) is None
