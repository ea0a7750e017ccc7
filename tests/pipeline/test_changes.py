"""Streams of changes: hours that come late or twice, pages that shift, empty windows; the newer row is kept."""

import gzip
import io
import json
import tarfile
import zipfile
from typing import Any

import psycopg
import pytest

from company.vertical import Edition
from company.vertical.bodies import Body
from tests.pipeline.works import Works, adds_up
from tests.support.refusals import refused


def record(n: int, updated: str, **changes: Any) -> dict[str, Any]:
    about = {"cveId": f"CVE-2025-{90000 + n}", "state": "PUBLISHED", "dateUpdated": updated, "datePublished": updated}
    cna = {"descriptions": [{"lang": "en", "value": "It breaks."}], "providerMetadata": {}, **changes}
    return {"dataVersion": "5.1", "cveMetadata": about, "containers": {"cna": cna}}


def tarred(*records: dict[str, Any]) -> bytes:
    inner = io.BytesIO()
    with tarfile.open(fileobj=inner, mode="w") as tar:
        for one in records:
            content = json.dumps(one).encode()
            entry = tarfile.TarInfo(f"cves/2025/90xxx/{one['cveMetadata']['cveId']}.json")
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return gzip.compress(inner.getvalue(), mtime=0)


def zipped(*records: dict[str, Any]) -> bytes:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("deltaCves/delta.json", "{}")
        for one in records:
            archive.writestr(f"deltaCves/{one['cveMetadata']['cveId']}.json", json.dumps(one))
    return inner.getvalue()


def _show(works: Works, *editions: tuple[str, str, bytes]) -> None:
    """(kind, when, body) each; kind is whole or part."""
    shown = [
        Edition("cves", works.brain.now().fromisoformat(at), lambda body=body: body, at, kind == "part")  # type: ignore[misc]
        for kind, at, body in editions
    ]
    works.show(shown)
    works.server._bodies.clear()


def _titles(works: Works) -> dict[str, str]:
    return {row["cve"]: row["title"] for row in works.rows("SELECT cve, title FROM patchfirst.cves")}


def test_without_any_edition_the_whole_list_comes_first_and_then_the_hours_after_it(works: Works) -> None:
    whole = tarred(record(1, "2026-03-11T00:00:01Z", title="old"), record(2, "2026-03-11T00:00:02Z", title="kept"))
    hour = zipped(record(1, "2026-03-11T04:10:00Z", title="new"))
    _show(works, ("whole", "2026-03-11T00:30:00Z", whole), ("part", "2026-03-11T05:00:00Z", hour))

    works.run("scrape_cves", "check", "promote")

    assert _titles(works) == {"CVE-2025-90001": "new", "CVE-2025-90002": "kept"}
    batches = works.rows("SELECT * FROM company.batches ORDER BY id")
    assert [b["rows_read"] for b in batches] == [2, 1]
    assert all(adds_up(batch) for batch in batches)


def test_an_hour_that_comes_late_brings_what_is_new_and_overwrites_nothing_newer(works: Works) -> None:
    first = tarred(record(1, "2026-03-11T06:30:00Z", title="newest"))
    _show(works, ("whole", "2026-03-11T06:40:00Z", first))
    works.run("scrape_cves", "check", "promote")
    late = tarred(record(1, "2026-03-11T05:10:00Z", title="older"), record(3, "2026-03-11T06:50:00Z", title="missed"))
    _show(works, ("part", "2026-03-11T07:00:00Z", late))

    works.run("scrape_cves", "check", "promote")

    assert _titles(works) == {"CVE-2025-90001": "newest", "CVE-2025-90003": "missed"}
    batch = works.last_batch()
    assert (batch["status"], batch["promoted"], batch["unchanged"], batch["removed"]) == ("promoted", 1, 1, 0)


def test_of_a_record_that_is_twice_in_one_hour_the_newer_is_kept(works: Works) -> None:
    twice = tarred(record(1, "2026-03-11T05:00:00Z", title="older"), record(1, "2026-03-11T06:00:00Z", title="newer"))
    _show(works, ("whole", "2026-03-11T06:40:00Z", twice))

    works.run("scrape_cves", "check", "promote")

    assert _titles(works) == {"CVE-2025-90001": "newer"}
    assert works.last_batch()["quarantined"] == 1


def test_what_came_last_is_undone_first_even_when_it_was_late(works: Works) -> None:
    _show(works, ("whole", "2026-03-11T06:40:00Z", tarred(record(1, "2026-03-11T06:30:00Z", title="first"))))
    works.run("scrape_cves", "check", "promote")
    _show(works, ("part", "2026-03-11T07:00:00Z", tarred(record(2, "2026-03-11T05:00:00Z", title="late"))))
    works.run("scrape_cves", "check", "promote")
    late = works.last_batch()["id"]

    with refused("only_the_last_promotion_is_undone"):
        works.brain.as_role("data_auditor").run("undo_batch", batch=late - 1, reason="the wrong one")
    works.brain.as_role("data_auditor").run("undo_batch", batch=late, reason="it was a mistake")

    assert _titles(works) == {"CVE-2025-90001": "first"}


def test_an_hour_without_a_change_moves_nothing_and_is_no_error(works: Works) -> None:
    _show(works, ("whole", "2026-03-11T06:40:00Z", tarred(record(1, "2026-03-11T06:30:00Z"))))
    works.run("scrape_cves")
    _show(works, ("part", "2026-03-11T07:00:00Z", zipped()))

    (fire,) = works.run("scrape_cves")

    assert fire["outcome"] == "skipped"
    assert "nothing changed in that time" in fire["reason"]
    assert works.value("SELECT count(*) FROM company.batches") == 1


def page(start: int, total: int, *numbers: int, at: str = "2026-03-11T06:00:00.000", changed: str = "05") -> bytes:
    entries = [
        {"cve": {"id": f"CVE-2025-{90000 + n}", "lastModified": f"2026-03-11T{changed}:00:00.000", "metrics": {}}}
        for n in numbers
    ]
    head = {"startIndex": start, "resultsPerPage": len(entries), "totalResults": total, "timestamp": at}
    return json.dumps({**head, "vulnerabilities": entries}).encode()


def nvd_page(cve: str, score: float) -> bytes:
    """A whole answer with one entry, scored by NVD."""
    vector = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
    data = {"version": "3.1", "baseScore": score, "vectorString": vector}
    metrics = {"cvssMetricV31": [{"type": "Primary", "source": "nvd@nist.gov", "cvssData": data}]}
    entry = {"id": cve, "lastModified": "2026-03-10T15:00:00.000", "metrics": metrics}
    head = {"startIndex": 0, "totalResults": 1, "timestamp": "2026-03-10T16:00:00.000"}
    return json.dumps({**head, "vulnerabilities": [{"cve": entry}]}).encode()


def test_a_list_whose_reading_dies_leaves_nothing_half_and_is_read_at_the_next_fire(
    works: Works, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = {"cveMetadata": {"cveId": "CVE-of-nobody"}, "containers": {}}
    _show(works, ("whole", "2026-03-11T06:40:00Z", zipped(record(1, "2026-03-11T06:30:00Z"), broken)))

    def die(*_: object) -> None:
        raise OSError("the function's time is over")

    with monkeypatch.context() as patched:
        patched.setattr("company.pipeline.rows.staging._Loading._reject", die)
        works.run("scrape_cves")
    half = works.rows(
        "SELECT (SELECT count(*) FROM patchfirst.cves_staging) + (SELECT count(*) FROM company.batches) n"
    )
    works.run("scrape_cves")

    assert half == [{"n": 0}]
    assert (works.last_batch()["status"], works.last_batch()["rows_read"]) == ("staged", 2)


def test_a_wrong_key_or_parameter_is_a_fault_and_no_feed_that_is_still_to_come(
    works: Works, monkeypatch: pytest.MonkeyPatch
) -> None:
    from company.pipeline.asking.fetch import SourceResponse

    wrong = SourceResponse(404, {"message": "Invalid apiKey."})
    monkeypatch.setattr(
        "company.pipeline.asking.access.get",
        lambda url, source, **_: wrong if source.name == "nvd" else SourceResponse(404),
    )
    works.run("scrape_cves")

    assert works.rows("SELECT result, reason FROM company.fetches WHERE source = 'nvd'") == [
        {"result": "failed", "reason": "primary: status 404: Invalid apiKey."}
    ]


class _Pages:
    """Answers of an API, one after another, instead of the network."""

    def __init__(self, *bodies: bytes) -> None:
        self.bodies, self.asked = list(bodies), list[str]()

    def __call__(self, url: str, source: Any, **_: Any) -> Any:
        from company.pipeline.asking.fetch import SourceResponse

        if source.name != "nvd":
            return SourceResponse(404)
        self.asked.append(url)
        return SourceResponse(200, {}, Body(self.bodies.pop(0)))


def _answers(monkeypatch: pytest.MonkeyPatch, *bodies: bytes) -> _Pages:
    pages = _Pages(*bodies)
    monkeypatch.setattr("company.pipeline.asking.access.get", pages)
    return pages


def test_pages_are_read_until_the_last_each_a_batch_of_its_own(works: Works, monkeypatch: pytest.MonkeyPatch) -> None:
    pages = _answers(monkeypatch, page(0, 3, 1, 2), page(2, 3, 3))

    works.run("scrape_cves", "check", "promote")

    assert ["startIndex=0" in pages.asked[0], "startIndex=2" in pages.asked[1]] == [True, True]
    assert works.value("SELECT count(*) FROM patchfirst.nvd") == 3
    assert works.value("SELECT max(edition_at)::text FROM company.batches WHERE source = 'nvd'").startswith(
        "2026-03-11 06"
    )


def test_an_answer_that_grew_while_it_was_read_is_read_once_more(works: Works, monkeypatch: pytest.MonkeyPatch) -> None:
    grown = (page(0, 4, 4, 1), page(2, 4, 2, 3))
    pages = _answers(monkeypatch, page(0, 3, 1, 2), page(2, 4, 2, 3), *grown)

    works.run("scrape_cves", "check", "promote")

    assert len(pages.asked) >= 3
    assert works.value("SELECT count(*) FROM patchfirst.nvd") == 4


def test_an_empty_window_moves_no_cursor(works: Works, monkeypatch: pytest.MonkeyPatch) -> None:
    _answers(monkeypatch, page(0, 1, 1))
    works.run("scrape_cves")
    works.brain.wait(hours=2)
    pages = _answers(monkeypatch, page(0, 0, at="2026-03-11T09:00:00.000"))

    (fire,) = works.run("scrape_cves")

    assert "the cursor stays" in fire["reason"]
    assert "lastModStartDate=2026-03-10T06" in pages.asked[0]
    assert works.value("SELECT count(*) FROM company.batches WHERE source = 'nvd'") == 1


def test_nvd_is_asked_every_other_hour_however_often_its_machine_fires(
    works: Works, monkeypatch: pytest.MonkeyPatch
) -> None:
    _answers(monkeypatch, page(0, 1, 1))
    works.run("scrape_cves")
    pages = _answers(monkeypatch)
    works.brain.wait(hours=1)

    works.run("scrape_cves")

    assert pages.asked == []


def test_a_full_edition_is_not_compared_row_by_row(works_at_rest: Works) -> None:
    with pytest.raises(psycopg.errors.CheckViolation, match="only_a_stream_of_changes_compares_its_rows"):
        works_at_rest.brain.admin.execute("UPDATE company.streams SET newer_by = 'date_added' WHERE source = 'kev'")


def test_one_failing_source_stops_no_other(works: Works, monkeypatch: pytest.MonkeyPatch) -> None:
    works.serve("nuclei", b'{"ID":"CVE-2025-90001","Info":{"Name":"x"}}\n')
    works.serve("exploitdb", b"<html>busy</html>")

    (fire,) = works.run("scrape_exploits")

    assert (fire["outcome"], fire["evidence"]["rows_nuclei"], fire["evidence"]["malformed"]) == ("done", 1, 1)
