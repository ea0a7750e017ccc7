"""Each source in another form, as a publisher might send it: what the book learns of it gives the rows of before."""

import gzip
import io
import re
import zipfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from build_worker.comparison import FormComparison, compare
from company.pipeline.asking.raw import check_beginning
from company.vertical import Malformed, Source
from company.vertical.bodies import Body
from company.vertical.columns import Columns, add_names, read_form
from patchfirst.feeds import SOURCES
from patchfirst.own_tests.documents import (
    CHANGED,
    DOCUMENTS,
    EPSS_HEADER,
    EPSS_MARK,
    EXPLOITS,
    EXPLOITS_HEADER,
    LISTED,
    MODULES,
    NVD_PAGE,
    SCORED,
    TEMPLATES,
    VULNCHECKED,
    cells_of,
    json_of,
    kev_document,
    lines_of,
)
from patchfirst.sources.kev import KEV

NUMBER = re.compile(r"\b0\.[0-9]+")
AT = datetime(2026, 3, 11, 12, tzinfo=UTC)


def _without(entry: dict[str, Any], gone: str, /, **given: Any) -> dict[str, Any]:
    return {key: value for key, value in entry.items() if key != gone} | given


def _each(entries: list[dict[str, Any]], name: str, becomes: str) -> list[dict[str, Any]]:
    """The entries with one column under another name, or one level deeper."""
    first, _, below = becomes.partition(".")
    return [_without(e, name, **{first: {below: e[name]} if below else e[name]}) for e in entries]


def _dated(write: Callable[[datetime], object]) -> list[Any]:
    """KEV with its dates in another spelling."""
    return [e | {"dateAdded": write(datetime.fromisoformat(e["dateAdded"]).replace(tzinfo=UTC))} for e in LISTED]


CVES = [entry["cve"] for entry in CHANGED]
OTHERWISE: list[tuple[str, str, bytes]] = [
    ("kev", "a list alone", json_of(LISTED)),
    ("kev", "lines", lines_of(LISTED)),
    ("kev", "data", json_of({"data": LISTED, "dateReleased": "2026-03-10T17:00:00Z"})),
    ("kev", "a wrapper", json_of({"status": "ok", "body": {"kev": kev_document(LISTED)}})),
    ("kev", "by id", json_of({"entries": {entry["cveID"]: entry for entry in LISTED}})),
    ("kev", "a column one level deeper", json_of(kev_document(_each(LISTED, "dueDate", "d.due")))),
    ("kev", "all names", json_of(kev_document([{f"{k}_": v for k, v in e.items()} for e in LISTED]))),
    ("kev", "list and name", json_of(kev_document(_each(LISTED, "cveID", "id"), "items"))),
    ("kev", "an added column", json_of(kev_document([e | {"added": 1} for e in _each(LISTED, "dueDate", "by")]))),
    ("kev", "days first", json_of(kev_document(_dated(lambda d: f"{d:%d/%m/%Y}")))),
    ("kev", "months first", json_of(kev_document(_dated(lambda d: f"{d:%m/%d/%Y}")))),
    ("kev", "years without signs", json_of(kev_document(_dated(lambda d: f"{d:%Y/%m/%d}")))),
    ("kev", "months by name", json_of(kev_document(_dated(lambda d: f"{d:%B %d, %Y}")))),
    ("kev", "RFC 2822", json_of(kev_document(_dated(lambda d: f"{d:%a, %d %b %Y %H:%M:%S} +0000")))),
    ("kev", "seconds", json_of(kev_document(_dated(lambda d: int(d.timestamp()))))),
    ("kev", "milliseconds", json_of(kev_document(_dated(lambda d: str(int(d.timestamp() * 1000)))))),
    ("epss", "another sign", EPSS_MARK + cells_of(EPSS_HEADER, SCORED, ";")),
    ("epss", "a decimal comma", EPSS_MARK + cells_of(EPSS_HEADER, SCORED, ";").replace(b".", b",")),
    ("epss", "percent", EPSS_MARK + cells_of(EPSS_HEADER, [[a, f"{float(b):.0%}", c] for a, b, c in SCORED])),
    ("epss", "a renamed column", EPSS_MARK + cells_of(["cve", "probability", "percentile"], SCORED)),
    ("exploitdb", "another sign", cells_of(EXPLOITS_HEADER, EXPLOITS, "\t")),
    ("exploitdb", "a renamed column", cells_of([*EXPLOITS_HEADER[:-1], "cves"], EXPLOITS)),
    ("exploitdb", "a list", json_of([dict(zip(EXPLOITS_HEADER, row, strict=True)) for row in EXPLOITS])),
    ("metasploit", "a wrapper", json_of({"modules": MODULES, "made": "today"})),
    ("metasploit", "a list", json_of([{"name_": k, **module} for k, module in MODULES.items()])),
    ("metasploit", "a renamed column", json_of({k: _each([m], "references", "refs")[0] for k, m in MODULES.items()})),
    ("nuclei", "a list", json_of(TEMPLATES)),
    ("nuclei", "data", json_of({"data": TEMPLATES})),
    ("nuclei", "a renamed id", lines_of(_each(TEMPLATES, "ID", "id"))),
    ("nuclei", "flat", lines_of([{"ID": t["ID"], "name": t["Info"]["Name"], "severity": t["Info"]["Severity"],
                                "text": t["Info"]["Description"], "score": t["Info"]["Classification"]["CVSSScore"],
                                "file_path": t["file_path"]} for t in TEMPLATES])),
    ("vulncheck", "results", json_of({"results": VULNCHECKED})),
    ("vulncheck", "lines", lines_of(VULNCHECKED)),
    ("vulncheck", "a renamed id", json_of(_each(VULNCHECKED, "cve", "ids"))),
    ("nvd", "another list", json_of({**NVD_PAGE, "entries": CHANGED})),
    ("nvd", "a renamed id", json_of({**NVD_PAGE, "vulnerabilities": [{"cve": e} for e in _each(CVES, "id", "name")]})),
    ("nvd", "one level less", json_of({**NVD_PAGE, "vulnerabilities": CVES})),
]  # fmt: skip


def _columns(source: Source) -> Columns:
    assert source.columns is not None
    return source.columns


def _source(name: str) -> Source:
    return next(source for source in SOURCES if source.name == name)


def _learned(source: Source, found: FormComparison, folder: Path) -> Source:
    """The source with what was found in its list."""
    columns = _columns(source)
    file = folder / columns.file.name
    file.write_text(add_names(columns.file.read_text(), found.renamed, found.place, found.respelled))
    return replace(source, columns=replace(columns, form=read_form(file)))


def _rows(source: Source, body: bytes) -> tuple[list[str], dict[str, int]]:
    """Each row without its number and its model, and how many values of each field were unreadable."""
    parsed = source.read_bytes(body, AT)
    text = NUMBER.sub(lambda found: repr(float(found[0])), parsed.copy_text.decode())
    lines = [line.partition("\t")[2] for line in text.splitlines()]
    rows = lines or [repr(row[1:] if source.name != "metasploit" else row[2:]) for row in parsed.rows]
    return sorted(rows), {field: one.count for field, one in parsed.unread.items()}


@pytest.mark.parametrize(
    ("name", "body"), [(n, b) for n, _, b in OTHERWISE], ids=[f"{n}: {w}" for n, w, _ in OTHERWISE]
)
def test_what_the_book_learns_of_another_form_gives_the_rows_of_before(name: str, body: bytes, tmp_path: Path) -> None:
    source = _source(name)
    wanted = _rows(source, DOCUMENTS[name])

    found = compare(_columns(source), DOCUMENTS[name], body)

    assert found.is_certain, found
    learned = _learned(source, found, tmp_path)
    check_beginning(learned, Body(body))
    assert _rows(learned, body) == wanted
    assert _rows(learned, DOCUMENTS[name]) == wanted
    with suppress(Malformed):
        assert _rows(source, body) != wanted


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (json_of(kev_document([_without(e, "dueDate") for e in LISTED])), "dueDate"),
        (json_of(kev_document([_without(e, "dueDate", a=e["dueDate"], b=e["dueDate"]) for e in LISTED])), "dueDate"),
        (
            json_of(kev_document([e | {"dateAdded": f"the {n}th"} for n, e in enumerate(LISTED)])),
            "dateAdded is written",
        ),
        (json_of({"one": LISTED, "other": LISTED}), ""),
    ],
    ids=["gone", "two of them", "no spelling", "two lists"],
)
def test_what_is_not_certain_is_said_and_not_chosen(body: bytes, said: str) -> None:
    found = compare(_columns(KEV), DOCUMENTS["kev"], body)

    assert not found.is_certain
    assert said in " ".join([*found.unexplained, *found.unclear])


def test_a_date_that_may_be_two_days_is_read_as_neither() -> None:
    before = [{"cveID": f"CVE-2025-9{n:04}", "dateAdded": f"2025-01-{n + 10}"} for n in range(4)]
    after = [{"cveID": f"CVE-2026-9{n:04}", "dateAdded": f"0{n + 1}/0{n + 2}/2026"} for n in range(4)]

    found = compare(_columns(KEV), json_of(kev_document(before)), json_of(kev_document(after)))

    assert found.respelled == []
    assert "day/month/year or month/day/year explains" in found.unclear[0]


def _zipped(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in files.items():
            archive.writestr(name, body)
    return out.getvalue()


@pytest.mark.parametrize("name", DOCUMENTS)
@pytest.mark.parametrize(
    "pack_", [gzip.compress, lambda body: _zipped(**{"x.json": body}), lambda b: gzip.compress(gzip.compress(b))]
)
def test_a_body_is_unpacked_by_what_it_is_and_not_by_its_name(name: str, pack_: Callable[[bytes], bytes]) -> None:
    source = _source(name)
    body = pack_(DOCUMENTS[name])

    check_beginning(source, Body(body))
    assert _rows(source, body) == _rows(source, DOCUMENTS[name])


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"\x28\xb5\x2f\xfd" + bytes(300), "zstd"),
        (_zipped(a=b"{}", b=b"{}"), "the zip has 2 files"),
        (_zipped(x=DOCUMENTS["kev"])[:-40], "broken zip"),
    ],
)
def test_a_packing_that_nobody_here_opens_is_named(body: bytes, why: str) -> None:
    with pytest.raises(Malformed, match=why):
        KEV.read_bytes(body, AT)
