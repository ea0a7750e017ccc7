"""VulnCheck's list: in its zip, alone, or as a page of its API; an entry needs an id of a CVE and nothing else."""

import io
import json
import zipfile
from datetime import UTC, date, datetime
from typing import Any

import pytest

from company.vertical import Malformed
from patchfirst.sources.vulncheck import address_in, answer_with, parse

AT = datetime(2026, 3, 11, 12, tzinfo=UTC)
ENTRY = {
    "cve": ["CVE-2026-0001", "CVE-2026-0002"],
    "vendorProject": "v",
    "product": "p",
    "vulnerabilityName": "n",
    "date_added": "2026-03-10T00:00:00Z",
    "cisa_date_added": "2026-03-11T00:00:00Z",
    "knownRansomwareCampaignUse": "Known",
    "vulncheck_reported_exploitation": [{"date_added": "2026-03-09T00:00:00Z"}, {"date_added": "2026-03-02T00:00:00Z"}],
    "vulncheck_xdb": [{"xdb_id": "1"}],
}


def zipped(content: bytes) -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as archive:
        archive.writestr("vulncheck_known_exploited_vulnerabilities.json", content)
    return body.getvalue()


@pytest.mark.parametrize(
    "body", [zipped(json.dumps([ENTRY]).encode()), json.dumps([ENTRY]).encode(), json.dumps({"data": [ENTRY]}).encode()]
)
def test_the_list_is_read_however_it_comes(body: bytes) -> None:
    both, added, listed = ["CVE-2026-0001", "CVE-2026-0002"], date(2026, 3, 10), date(2026, 3, 11)

    assert parse(body, AT).rows == [
        (1, "CVE-2026-0001", both, "v", "p", "n", added, listed, True, 2, date(2026, 3, 2), 1)
    ]


def test_what_cannot_be_read_costs_the_detail_or_the_entry() -> None:
    odd: dict[str, Any] = {
        "cve": ["CVE-2026-0003", "x"],
        "date_added": "2099-01-01",
        "knownRansomwareCampaignUse": "Perhaps",
        "vulncheck_reported_exploitation": "often",
    }
    parsed = parse(json.dumps([odd, {"cve": []}, {"cve": "CVE-2026-0004"}, None]).encode(), AT)

    assert [row[1] for row in parsed.rows] == ["CVE-2026-0003", "CVE-2026-0004"]
    assert [reject.row_no for reject in parsed.rejects] == [2, 4]
    assert parsed.rows[0][6:] == (None, None, None, 0, None, 0)
    assert set(parsed.unread) == {
        "cve", "date_added", "knownRansomwareCampaignUse", "vulncheck_reported_exploitation",
    }  # fmt: skip
    assert list(parsed.new_words["knownRansomwareCampaignUse"]) == ["Perhaps"]


@pytest.mark.parametrize("body", [b"[]", b"{}", b'{"data": {}}', b'[{"cves": []}]', b'{"error":true,"errors":["x"]}'])
def test_what_is_no_list_is_refused(body: bytes) -> None:
    with pytest.raises(Malformed):
        parse(body, AT)


def test_the_address_of_the_file_is_in_the_answer() -> None:
    assert (
        address_in(answer_with("https://files.invalid/a.zip?signature=1")) == "https://files.invalid/a.zip?signature=1"
    )


@pytest.mark.parametrize(
    "answer",
    [b"[]", b'{"data": []}', b'{"data": [{"url": 7}]}', b'{"data": [{"url": "file:///etc/passwd"}]}', b"<html>", b"{"],
)
def test_an_answer_that_names_no_address_is_no_ticket(answer: bytes) -> None:
    with pytest.raises(Malformed):
        address_in(answer)
