"""CVE records, GitHub's advisories and OSV's in another form: what the book learns gives the rows of before."""

import copy
import gzip
import io
import json
import tarfile
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from build_worker.comparison import compare
from company.vertical import Malformed, NothingNew
from company.vertical.columns import Columns, add_names, parse_form
from patchfirst.feeds import SOURCES
from patchfirst.sources import advisories, cves

AT = datetime(2026, 3, 11, 12, tzinfo=UTC)
Record = dict[str, Any]


def _cve(n: int) -> Record:
    at = {"datePublished": f"2026-01-{n + 10:02}T10:00:00.000Z", "dateUpdated": f"2026-02-{n + 5:02}T10:00:00.000Z"}
    about = {"cveId": f"CVE-2026-9{n:04}", "state": "PUBLISHED", "assignerShortName": f"assigner {n}", **at}
    cna = {
        "title": f"title {n}", "descriptions": [{"lang": "en", "value": f"it is {n}"}],
        "affected": [{"vendor": f"v{n}", "product": f"p{n}", "versions": [{"version": f"{n}", "status": "affected"}]}],
        "metrics": [{"cvssV3_1": {"version": "3.1", "baseScore": round(4 + n / 10, 1)}}],
        "problemTypes": [{"descriptions": [{"cweId": f"CWE-{n + 20}"}]}], "providerMetadata": {"orgId": "x"},
    }  # fmt: skip
    decided = {"timestamp": "2026-02-01T00:00:00Z", "options": [{"Exploitation": "poc"}, {"Automatable": "yes"}]}
    added = {"providerMetadata": {"orgId": cves.CISA}, "metrics": [{"other": {"type": "ssvc", "content": decided}}]}
    return {"dataVersion": "5.1", "cveMetadata": about, "containers": {"cna": cna, "adp": [added]}}


def _advisory(n: int, name: str) -> Record:
    ranges = [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": f"{n}.1"}]}]
    return {
        "schema_version": "1.4.0", "id": name, "summary": f"it is {n}", "aliases": [f"CVE-2026-9{n:04}"],
        "published": f"2026-01-{n + 10:02}T10:00:00Z", "modified": f"2026-02-{n + 5:02}T10:00:00Z",
        "affected": [{"package": {"ecosystem": "PyPI", "name": f"package-{n}"}, "ranges": ranges}],
    }  # fmt: skip


RECORDS: dict[str, list[Record]] = {
    "cves": [_cve(n) for n in range(12)],
    "ghsa": [_advisory(n, f"GHSA-2222-3333-44{'23456789cfgh'[n]}5") for n in range(12)],
    "osv": [_advisory(n, f"PYSEC-2026-{n + 1}") for n in range(12)],
}
NAMES = {"cves": "cves/CVE-2026-9{:04}.json", "ghsa": "advisories/github-reviewed/{}.json", "osv": "PYSEC-2026-{}.json"}


def _zipped(name: str, records: Sequence[Record]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for n, record in enumerate(records):
            archive.writestr(NAMES[name].format(n), json.dumps(record))
    return out.getvalue()


def _tarred(name: str, records: Sequence[Record]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for n, record in enumerate(records):
            entry, content = tarfile.TarInfo(NAMES[name].format(n)), json.dumps(record).encode()
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return out.getvalue()


def _each(
    name: str, path: str, becomes: str, write: Callable[[Any], Any] = lambda value: value, **added: Any
) -> list[Record]:
    """The records with one value at another path, in another spelling, and something beside it."""
    changed = []
    for record in copy.deepcopy(RECORDS[name]):
        *above, last = path.split(".")
        value = _below(record, above).pop(last)
        *above, last = becomes.split(".")
        _below(record, above)[last] = write(value)
        changed.append(record | added)
    return changed


def _below(record: Record, keys: Sequence[str]) -> Record:
    for key in keys:
        record = record.setdefault(key, {})
    return record


def _seconds(value: str) -> int:
    return int(datetime.fromisoformat(value).timestamp())


def _mailed(value: str) -> str:
    return f"{datetime.fromisoformat(value):%a, %d %b %Y %H:%M:%S} +0000"


OTHERWISE: list[tuple[str, str, list[Record]]] = [
    ("cves", "a renamed id", _each("cves", "cveMetadata.cveId", "cveMetadata.id")),
    ("cves", "a renamed object", _each("cves", "cveMetadata", "metadata")),
    ("cves", "other containers", _each("cves", "containers", "parts")),
    ("cves", "a level less", _each("cves", "containers.cna", "cna")),
    ("cves", "additions under another name", _each("cves", "containers.adp", "containers.additions")),
    ("cves", "each in an envelope", [{"record": record} for record in RECORDS["cves"]]),
    ("cves", "an added column", _each("cves", "cveMetadata.state", "cveMetadata.status", new=1)),
    ("cves", "seconds", _each("cves", "cveMetadata.datePublished", "cveMetadata.datePublished", _seconds)),
    ("cves", "RFC 2822", _each("cves", "cveMetadata.dateUpdated", "cveMetadata.dateUpdated", _mailed)),
    ("cves", "another name and spelling", _each("cves", "cveMetadata.dateUpdated", "cveMetadata.changed", _seconds)),
    ("ghsa", "a renamed id", _each("ghsa", "id", "ghsaId")),
    ("ghsa", "a renamed column", _each("ghsa", "aliases", "alias")),
    ("ghsa", "a level deeper", _each("ghsa", "published", "dates.published")),
    ("ghsa", "each in an envelope", [{"advisory": record} for record in RECORDS["ghsa"]]),
    ("ghsa", "an added column", _each("ghsa", "affected", "packages", new=1)),
    ("ghsa", "seconds", _each("ghsa", "modified", "modified", _seconds)),
    ("osv", "a renamed id", _each("osv", "id", "osvId")),
    ("osv", "a renamed column", _each("osv", "affected", "packages")),
    ("osv", "RFC 2822", _each("osv", "published", "published", _mailed)),
    ("osv", "another name and spelling", _each("osv", "modified", "updated", _seconds)),
]


def _columns(name: str) -> Columns:
    columns = next(source.columns for source in SOURCES if source.name == name)
    assert columns is not None
    return columns


def _rows(name: str, body: bytes) -> tuple[list[str], int, dict[str, int]]:
    parsed = next(source for source in SOURCES if source.name == name).read_bytes(body, AT)
    unread = {field: one.count for field, one in parsed.unread.items()}
    return sorted(repr(row[1:]) for row in parsed.rows), len(parsed.rejects), unread


@pytest.mark.parametrize(
    ("name", "records"), [(n, r) for n, _, r in OTHERWISE], ids=[f"{n}: {what}" for n, what, _ in OTHERWISE]
)
def test_what_the_book_learns_of_records_in_another_form_gives_the_rows_of_before(
    name: str, records: list[Record], monkeypatch: pytest.MonkeyPatch
) -> None:
    columns, good, other = _columns(name), _zipped(name, RECORDS[name]), _zipped(name, records)
    wanted = _rows(name, good)

    found = compare(columns, good, other)

    assert found.is_certain, found
    text = add_names(columns.file.read_text(), found.renamed, found.place, found.respelled)
    learned = replace(columns, form=parse_form(columns.file.name, text))
    monkeypatch.setattr(cves if name == "cves" else advisories, "COLUMNS", learned)
    assert _rows(name, other) == wanted
    assert _rows(name, good) == wanted


@pytest.mark.parametrize("name", RECORDS)
def test_an_archive_is_opened_by_what_it_is(name: str) -> None:
    zipped = _zipped(name, RECORDS[name])
    wanted = _rows(name, zipped)

    assert wanted[1:] == (0, {})
    for packed in (gzip.compress(zipped), gzip.compress(gzip.compress(zipped)), _tarred(name, RECORDS[name])):
        assert _rows(name, packed) == wanted


def _lines(records: Sequence[Record]) -> bytes:
    return b"".join(json.dumps(record).encode() + b"\n" for record in records)


def _array(records: Sequence[Record]) -> bytes:
    return json.dumps(list(records), indent=2).encode()


def _zip_of(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("_", "."), content)
    return out.getvalue()


def _tar_of(name: str, content: bytes) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        entry = tarfile.TarInfo(name)
        entry.size = len(content)
        archive.addfile(entry, io.BytesIO(content))
    return out.getvalue()


LISTS: dict[str, Callable[[Sequence[Record]], bytes]] = {
    "lines": _lines,
    "an array": _array,
    "lines with a mark and blanks": lambda records: b"\xef\xbb\xbf\n" + _lines(records).replace(b"\n", b"\r\n\r\n"),
    "lines in gzip": lambda records: gzip.compress(_lines(records)),
    "an array in gzip twice": lambda records: gzip.compress(gzip.compress(_array(records))),
    "lines in a zip": lambda records: _zip_of(all_jsonl=_lines(records)),
    "an array in a zip": lambda records: _zip_of(all_json=_array(records)),
    "an array in a zip beside another list": lambda records: _zip_of(
        deltaLog_json=json.dumps([{"fetchTime": "2026-03-11", "new": []}]).encode(), all_json=_array(records)
    ),
    "lines in a tar": lambda records: _tar_of("all.ndjson", _lines(records)),
    "two lists in a zip": lambda records: _zip_of(a_jsonl=_lines(records[:5]), b_jsonl=_lines(records[5:])),
}


@pytest.mark.parametrize("how", LISTS)
@pytest.mark.parametrize("name", RECORDS)
def test_records_that_come_as_one_list_give_the_rows_of_an_archive(name: str, how: str) -> None:
    assert _rows(name, LISTS[how](RECORDS[name])) == _rows(name, _zipped(name, RECORDS[name]))


@pytest.mark.parametrize("name", RECORDS)
def test_a_renamed_column_is_found_in_a_list_too(name: str) -> None:
    path = {"cves": "cveMetadata.state"}.get(name, "aliases")
    other = _lines(_each(name, path, f"{path}Of"))

    found = compare(_columns(name), _zipped(name, RECORDS[name]), other)

    assert [(one.was, one.becomes) for one in found.renamed] == [(path, f"{path}Of")]


def test_a_list_is_read_one_record_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of an array of 12 records no more than one chunk, and what is left of a record, is in memory."""
    monkeypatch.setattr("patchfirst.sources.lists.CHUNK", 64)
    monkeypatch.setattr("patchfirst.sources.lists.LONGEST_RECORD", 4096)

    assert len(_array(RECORDS["osv"])) > 4096
    assert len(_rows("osv", _array(RECORDS["osv"]))[0]) == 12


def test_a_broken_line_is_one_record_and_a_cut_array_is_none() -> None:
    lines = _lines(RECORDS["osv"]).replace(b'"PYSEC-2026-3", ', b'"PYSEC-2026-3" ')
    rows, rejects, _ = _rows("osv", lines)
    assert (len(rows), rejects) == (11, 1)
    for cut in (_array(RECORDS["osv"])[:-2], _array(RECORDS["osv"])[:-200], b"[]", b"{}", b'{"error": "later"}'):
        with pytest.raises(Malformed):
            _rows("osv", cut)


def test_a_list_about_its_records_is_no_record() -> None:
    """An hour in which nothing changed has only the publisher's own log."""
    log = json.dumps([{"fetchTime": "2026-03-11T10:00:00Z", "new": [{"cveId": "CVE-2026-90001"}]}]).encode()

    with pytest.raises(NothingNew):
        _rows("cves", _zip_of(deltaLog_json=log, delta_json=b'{"new": [], "updated": []}'))


def test_of_two_columns_with_the_same_days_none_is_chosen_for_one_that_is_written_otherwise() -> None:
    twice = _each("osv", "modified", "updated", _seconds)
    twice = [record | {"touched": record["updated"]} for record in twice]

    found = compare(_columns("osv"), _zipped("osv", RECORDS["osv"]), _zipped("osv", twice))

    assert (found.is_certain, found.unexplained) == (False, ["modified"])
