"""A word in the place of a name hides nobody who is named elsewhere, and is shown to nobody."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from company.vertical import Details
from patchfirst.affected import affected_by_cpe, affected_of, pair_of_cpe
from patchfirst.nobody import names_nobody
from patchfirst.sources import kev, vulncheck
from tests.pipeline.works import kev as edition
from tests.pipeline.works import kev_entry

WRITTEN = [
    "[UNKNOWN]", "* n/a *", "*** n/a ***", "no", "N.A.", "n / a", "\uff2e\uff0f\uff21", "--", "\u2014", "?",
    "undefined", "Multiple Vendors", "Various", "Not specified", "TBA", "NONE", "<none>", "'n/a'", "&nbsp;", "null",
    "unknown vendor", "Unspecified_Vendor", "none specified", "\u300cN/A\u300d", "Not Applicable", "tbd.", "-",
    "*", "...", " ", "",
]  # fmt: skip
NAMES = [
    "Unknown Worlds", "Nobody", "No Magic", "NA Systems", "Various Artists", "C++", "#", "Nullsoft", "Notepad",
    "None of Us", "デモ", "Élan", "Multiple Listing Corp", "N", "Tbaas",
]  # fmt: skip
NOON = datetime(2026, 3, 11, 12, tzinfo=UTC)
NAMED = {"vendor": "Marlowe", "product": "Lattice Switch"}


@pytest.mark.parametrize("word", WRITTEN)
def test_a_word_for_nobody_does_not_hide_who_is_named_beside_it(word: str) -> None:
    assigner = {"affected": [{"vendor": word, "product": word}, {"vendor": word, "product": "Lattice Switch"}]}

    affected = affected_of([assigner, {"affected": [NAMED]}], Details())

    assert list(zip(affected.vendors, affected.products, strict=True)) == [
        ("Marlowe", "Lattice Switch"),
        ("", "Lattice Switch"),
    ]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_only_begins_like_one_of_them_stays(name: str) -> None:
    assert not names_nobody(name)
    assert affected_of([{"affected": [{"vendor": name, "product": name}]}], Details()).vendor == name


@pytest.mark.parametrize("read", [kev.parse, vulncheck.parse])
def test_an_entry_of_a_list_has_no_name_either(read: Any) -> None:
    entry = kev_entry(1, vendorProject="N/A", product="[unknown]", vulnerabilityName="Unknown", cve=["CVE-2025-90001"])
    body = edition(entry) if read is kev.parse else json.dumps([entry]).encode()

    (row,) = read(body, NOON).rows

    assert (None, None, "Unknown") in (row[2:5], row[3:6])


def test_a_cpe_may_name_nobody() -> None:
    assert pair_of_cpe("cpe:2.3:a:unknown:not_specified:1:*") == ("", "")
    assert (
        affected_by_cpe([{"nodes": [{"cpeMatch": [{"criteria": r"cpe:2.3:a:n\/a:-:1:*"}]}]}], Details()).vendors == []
    )


def test_a_line_of_punctuation_of_any_length_names_nobody() -> None:
    assert names_nobody("*" * 500) and names_nobody("\u2014" * 500)
