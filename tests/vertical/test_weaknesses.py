"""The weaknesses (CWE) of a record, as its assigner writes them: by their id, or only in words."""

from typing import Any

import pytest

from company.vertical import Details
from patchfirst.sources.cves import read_record
from tests.pipeline.test_changes import record
from tests.vertical.test_cve_list import COLUMNS


def _weaknesses(*descriptions: object, details: Details | None = None) -> Any:
    one = record(1, "2026-03-11T05:00:00Z", problemTypes=[{"descriptions": list(descriptions)}])
    return dict(zip(COLUMNS, read_record(one, details or Details()), strict=True))["cwes"]


@pytest.mark.parametrize(
    ("description", "read"),
    [
        ("CWE-79 Cross-site scripting", ["CWE-79"]),
        ("CWE-200\nCWE-378", ["CWE-200", "CWE-378"]),
        ("CWE 74: Injection", ["CWE-74"]),
        ("cwe - 522 - weak keeping of passwords", ["CWE-522"]),
        ("Injection", []),
        ("n/a", []),
    ],
)
def test_a_weakness_that_stands_only_in_the_words_is_read(description: str, read: list[str]) -> None:
    assert _weaknesses({"lang": "en", "description": description, "type": "text"}) == read
    assert _weaknesses({"lang": "en", "description": description, "cweId": "n/a"}) == read


def test_an_id_says_it_alone() -> None:
    named = {"cweId": "CWE-122", "description": "CWE-122, and not CWE-787"}

    assert _weaknesses(named, {"description": "CWE-20"}) == ["CWE-122", "CWE-20"]


def test_words_that_are_no_text_are_counted_and_cost_only_themselves() -> None:
    details = Details()

    assert _weaknesses({"description": 79}, {"description": "CWE-79"}, details=details) == ["CWE-79"]
    assert details.unread["cwes"].count == 1
