"""What a publisher sends is an edition whose every row has one fate, or it is refused as unreadable.

The documents are sound ones in which single values were replaced by others, as outages and renamed columns do.
"""

import codecs
import copy
import gzip
import io
import json
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from company.vertical import Malformed, NothingNew, Parsed, Source
from patchfirst.sources.archives import GZIP, ZIP
from patchfirst.vertical import VERTICAL

AT = datetime(2026, 3, 11, 12, tzinfo=UTC)
SOURCES = {source.name: source for source in VERTICAL.sources}
WORDS = st.one_of(
    st.text(st.characters(codec="utf-8"), max_size=12),
    st.sampled_from(
        ["", "CVE-2026-0001", "CVE\u20112026\u20110002", "2026-03-11", "2026-13-45T99:99", "N/A", "\x00", "-1"]
    ),
)
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(2**63), 2**63), st.floats(), WORDS),
    lambda inner: st.one_of(st.lists(inner, max_size=2), st.dictionaries(WORDS, inner, max_size=2)),
    max_leaves=4,
)

CVE_RECORD = {
    "dataVersion": "5.1",
    "cveMetadata": {
        "cveId": "CVE-2026-0001",
        "state": "PUBLISHED",
        "assignerShortName": "x",
        "datePublished": "2026-03-10T01:00:00Z",
        "dateUpdated": "2026-03-10T02:00:00Z",
    },
    "containers": {
        "cna": {
            "title": "A title",
            "descriptions": [{"lang": "en", "value": "Words"}],
            "affected": [{"vendor": "v", "product": "p"}],
            "metrics": [{"cvssV3_1": {"version": "3.1", "baseScore": 9.8, "vectorString": "CVSS:3.1/AV:N"}}],
            "problemTypes": [{"descriptions": [{"cweId": "CWE-79"}]}],
            "providerMetadata": {"dateUpdated": "2026-03-10T02:00:00Z"},
        },
        "adp": [
            {
                "metrics": [
                    {"other": {"type": "ssvc", "content": {"options": [{"Exploitation": "poc"}]}}},
                    {"other": {"type": "kev", "content": {"dateAdded": "2026-03-10"}}},
                ]
            }
        ],
    },
}
KEV_ENTRY = {
    "cveID": "CVE-2026-0001",
    "vendorProject": "v",
    "product": "p",
    "vulnerabilityName": "n",
    "dateAdded": "2026-03-10",
    "shortDescription": "s",
    "requiredAction": "r",
    "dueDate": "2026-03-31",
    "knownRansomwareCampaignUse": "Known",
    "notes": "",
    "cwes": ["CWE-79"],
}
NVD_ENTRY = {
    "cve": {
        "id": "CVE-2026-0001",
        "vulnStatus": "Analyzed",
        "published": "2026-03-10T01:00:00.000",
        "lastModified": "2026-03-10T02:00:00.000",
        "descriptions": [{"lang": "en", "value": "Words"}],
        "metrics": {"cvssMetricV31": [{"type": "Primary", "source": "nvd", "cvssData": {"baseScore": 9.8}}]},
        "weaknesses": [{"description": [{"value": "CWE-79"}]}],
    }
}
MODULE = {
    "fullname": "exploit/x",
    "name": "X",
    "type": "exploit",
    "rank": 600,
    "disclosure_date": "2026-03-10",
    "mod_time": "2026-03-10 02:00:00 +0000",
    "references": ["CVE-2026-0001", "URL-https://example.com"],
}
TEMPLATE = {
    "ID": "CVE-2026-0001",
    "Info": {"Name": "n", "Severity": "high", "Description": "d", "Classification": {"CVSSScore": "9.8"}},
    "file_path": "http/cves/2026/CVE-2026-0001.yaml",
}
LISTING = {
    "vendorProject": "v",
    "product": "p",
    "vulnerabilityName": "n",
    "knownRansomwareCampaignUse": "Known",
    "cve": ["CVE-2026-0001"],
    "vulncheck_xdb": [{"xdb_id": "1"}],
    "vulncheck_reported_exploitation": [{"url": "https://example.com", "date_added": "2026-03-10T00:00:00Z"}],
    "date_added": "2026-03-10T00:00:00Z",
    "cisa_date_added": "2026-03-11T00:00:00Z",
}
ADVISORY = {
    "id": "GHSA-aaaa-aaaa-aaaa",
    "modified": "2026-03-10T02:00:00Z",
    "published": "2026-03-10T01:00:00Z",
    "withdrawn": "2026-03-11T01:00:00Z",
    "aliases": ["CVE-2026-0001"],
    "summary": "A title",
    "affected": [
        {
            "package": {"ecosystem": "PyPI", "name": "x", "purl": "pkg:pypi/x"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1.2"}]}],
            "versions": ["1.0"],
        }
    ],
}


def zipped(records: list[Any]) -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as archive:
        for number, record in enumerate(records):
            archive.writestr(f"cves/CVE-2026-{number:04}.json", json.dumps(record))
    return body.getvalue()


def listed(entries: list[Any]) -> bytes:
    return json.dumps(entries).encode()


def kev(entries: list[Any]) -> bytes:
    return json.dumps({"dateReleased": "2026-03-11T10:00:00.000Z", "vulnerabilities": entries}).encode()


def nvd(entries: list[Any]) -> bytes:
    page = {"totalResults": 9, "startIndex": 0, "timestamp": "2026-03-11T10:00:00.000", "vulnerabilities": entries}
    return json.dumps(page).encode()


def metasploit(modules: list[Any]) -> bytes:
    return json.dumps({f"key {number}": module for number, module in enumerate(modules)}).encode()


def nuclei(templates: list[Any]) -> bytes:
    return "\n".join(json.dumps(template) for template in templates).encode()


DOCUMENTS: dict[str, tuple[dict[str, Any], Callable[[list[Any]], bytes]]] = {
    "cves": (CVE_RECORD, zipped),
    "kev": (KEV_ENTRY, kev),
    "nvd": (NVD_ENTRY, nvd),
    "metasploit": (MODULE, metasploit),
    "nuclei": (TEMPLATE, nuclei),
    "vulncheck": (LISTING, listed),
    "ghsa": (ADVISORY, zipped),
    "osv": (ADVISORY, zipped),
}


def places(thing: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place of a document that holds a value."""
    keys = list(thing) if isinstance(thing, dict) else range(len(thing)) if isinstance(thing, list) else []
    return [found for key in keys for found in [(*path, key), *places(thing[key], (*path, key))]]


def changed(record: dict[str, Any], path: tuple[Any, ...], value: Any) -> dict[str, Any]:
    copied = copy.deepcopy(record)
    inner: Any = copied
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    return copied


def read(source: Source, body: bytes) -> Parsed | None:
    """The edition, or None when the reader refuses the body in one of the two ways that it may."""
    try:
        return source.parse(body, AT)
    except (Malformed, NothingNew) as error:
        assert str(error)
        return None


def fates(parsed: Parsed) -> list[int]:
    """The number of every row, whether it was read or rejected."""
    staged = [int(line.split(b"\t")[0]) for line in parsed.copy_text.splitlines()] or [
        int(str(row[0])) for row in parsed.rows
    ]
    return sorted([*staged, *(reject.row_no for reject in parsed.rejects)])


@pytest.mark.parametrize("name", SOURCES)
@given(data=st.data())
def test_any_bytes_are_an_edition_or_refused(name: str, data: st.DataObject) -> None:
    source = SOURCES[name]
    start = data.draw(st.sampled_from([b"", GZIP, ZIP, codecs.BOM_UTF8, codecs.BOM_UTF16_LE, *source.begins_with]))

    parsed = read(source, start + data.draw(st.binary(max_size=80)))

    assert parsed is None or len(set(fates(parsed))) == len(parsed.rejects) + parsed.staged


@pytest.mark.parametrize("name", SOURCES)
@given(value=VALUES)
def test_any_json_is_an_edition_or_refused(name: str, value: Any) -> None:
    parsed = read(SOURCES[name], json.dumps(value).encode())

    assert parsed is None or len(set(fates(parsed))) == len(parsed.rejects) + parsed.staged


@pytest.mark.parametrize("name", DOCUMENTS)
@given(data=st.data(), value=VALUES)
def test_a_row_with_any_other_value_has_one_fate_and_costs_no_other_row_its_own(
    name: str, data: st.DataObject, value: Any
) -> None:
    record, written = DOCUMENTS[name]
    path = data.draw(st.sampled_from(places(record)))

    parsed = read(SOURCES[name], written([record, changed(record, path, value), record]))

    assert parsed is not None
    assert fates(parsed) == [1, 2, 3]
    assert {1, 3} <= {row[0] for row in parsed.rows}


# A page's timestamp is text or is not there: this reader takes it for granted.
@pytest.mark.parametrize("name", ["kev", "nvd"])
@given(data=st.data(), value=VALUES)
def test_a_document_with_any_other_value_is_an_edition_or_refused(name: str, data: st.DataObject, value: Any) -> None:
    record, written = DOCUMENTS[name]
    document = json.loads(written([record]))
    key = data.draw(st.sampled_from(sorted(document)))
    assume(key != "timestamp" or value is None or isinstance(value, str))

    parsed = read(SOURCES[name], json.dumps({**document, key: value}).encode())

    assert parsed is None or parsed.edition_at.tzinfo is not None


CELLS = st.one_of(WORDS, st.sampled_from(["CVE-2026-0001", "0.5", "1e-05", "1", "2026-03-10", "CVE-2026-1;OSVDB-2"]))


@given(rows=st.lists(st.lists(CELLS.filter(lambda cell: not set(cell) & set("\r\n")), max_size=4).map(",".join)))
def test_every_line_of_a_csv_of_estimates_has_one_fate(rows: list[str]) -> None:
    sound = "CVE-2026-0002,0.5,0.5"
    lines = ["#model_version:v2026.01.01,score_date:2026-03-11T12:00:00Z", "cve,epss,percentile", sound, *rows]

    parsed = read(SOURCES["epss"], gzip.compress("\n".join([*lines, ""]).encode()))

    assert parsed is not None
    is_row = [True, *(bool(row.strip()) and not row.startswith(("#", '"#')) for row in rows)]
    assert fates(parsed) == [number for number, is_one in enumerate(is_row, start=3) if is_one]


@given(rows=st.lists(st.lists(CELLS.filter(lambda cell: not set(cell) & set('\r\n"')), max_size=9).map(",".join)))
def test_every_line_of_the_csv_of_exploits_has_one_fate(rows: list[str]) -> None:
    header = "id,description,date_published,type,platform,date_added,verified,codes"
    sound = "7,d,2026-03-10,remote,linux,2026-03-10,1,CVE-2026-0001"

    parsed = read(SOURCES["exploitdb"], "\n".join([header, sound, *rows, ""]).encode())

    assert parsed is not None and parsed.rows[0][:2] == (2, "7")
    assert fates(parsed) == list(range(2, 3 + sum(bool(row) for row in rows)))
