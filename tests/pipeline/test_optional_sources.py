"""Sources that need their owner's address or key: quiet while they are off, read like any other once they are on."""

import io
import json
import zipfile
from datetime import datetime, timedelta
from typing import Any

import pytest

from company.brain import Brain
from company.errors import NothingKnown
from company.pages.why import why
from patchfirst.lookup.reading import read_answer, read_past
from patchfirst.vertical import VERTICAL
from tests.pipeline.works import SOURCES, Works, adds_up, kev_of
from tests.support.brains import TestBrain, run_sql
from tests.support.refusals import refused
from watchbill.cloud.feeds import KEY


def vulncheck(*cves: str, **fields: Any) -> bytes:
    entries = [{"cve": [cve], "date_added": "2026-03-01T00:00:00Z", "vendorProject": "v", **fields} for cve in cves]
    return archive({"vulncheck_known_exploited_vulnerabilities.json": entries})


def advisory(name: str, *aliases: str, **fields: Any) -> dict[str, Any]:
    affected = [{"package": {"ecosystem": "PyPI", "name": name.lower(), "purl": f"pkg:pypi/{name.lower()}"}}]
    return {"id": name, "modified": "2026-03-10T10:00:00Z", "aliases": [*aliases], "affected": affected, **fields}


def advisories(*records: dict[str, Any]) -> bytes:
    return archive({f"{record['id']}.json": record for record in records})


def archive(documents: dict[str, Any]) -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as zipped:
        for name, document in documents.items():
            zipped.writestr(zipfile.ZipInfo(name), json.dumps(document))
    return body.getvalue()


def take_in(works: Works, source: str, body: bytes, at: str = "2026-03-10T17:00:00Z") -> dict[str, Any]:
    works.serve_only(source, body, at)
    works.run(VERTICAL_MACHINE[source], "check", "promote", "link")
    return works.rows("SELECT * FROM company.batches WHERE source = %(s)s ORDER BY id DESC LIMIT 1", s=source)[0]


VERTICAL_MACHINE = {"vulncheck": "scrape_exploits", "ghsa": "scrape_cves", "osv": "scrape_cves"}


def states(works: Works) -> dict[str, str | None]:
    return {row["source"]: row["off_because"] for row in works.brain.owner.all("optional_sources")}


def last_request(works: Works, source: str) -> dict[str, Any]:
    return works.rows("SELECT * FROM company.fetches WHERE source = %(s)s ORDER BY id DESC LIMIT 1", s=source)[0]


def paths(works: Works) -> list[tuple[str, int]]:
    return [(request.path, request.status) for request in works.server.requests]


def test_a_source_that_is_off_is_asked_by_nobody_and_missed_by_nobody(works: Works) -> None:
    works.serve("vulncheck", vulncheck("CVE-2026-0001"))
    works.run("scrape_exploits", "scrape_cves")
    works.brain.wait(hours=24 * 30)
    works.run("scrape_exploits", "scrape_cves", "flow_check", "heartbeat")

    assert not [path for path, _ in paths(works) if "vulncheck" in path or "osv" in path or "ghsa" in path]
    assert states(works) == {"ghsa": "no address", "osv": "no address", "vulncheck": "no key"}
    told = works.rows("SELECT title FROM company.findings") + works.rows("SELECT body FROM company.inbox")
    assert not [row for row in told if any(name in str(row) for name in VERTICAL_MACHINE)]
    shown = {row["source"] for row in works.brain.owner.all("source_freshness")}
    assert shown == set(SOURCES)


def test_a_key_alone_switches_its_source_on_and_the_key_goes_nowhere_else(works: Works) -> None:
    works.switch("vulncheck", works.server.url("vulncheck"), KEY)
    batch = take_in(works, "vulncheck", vulncheck("CVE-2026-0001", "CVE-2026-0002"))

    assert batch["status"] == "promoted" and adds_up(batch) and batch["promoted"] == 2
    assert paths(works)[-2:] == [
        ("/vulncheck/v3/backup/vulncheck-kev", 200),
        ("/vulncheck/v3/backup/vulncheck-kev/file", 200),
    ]
    everything = json.dumps(works.rows("SELECT * FROM company.fetches"), default=str)
    everything += json.dumps(works.rows("SELECT * FROM company.raw_documents"), default=str)
    assert KEY not in everything and "signature" not in everything


def test_what_it_lists_is_exploited_by_its_own_word_and_not_on_the_other_list(works: Works) -> None:
    works.switch("vulncheck", works.server.url("vulncheck"), KEY)
    take_in(works, "vulncheck", vulncheck("CVE-2026-0001"))
    works.take_in("kev", kev_of(1))
    works.run("link", "score")

    listed = works.rows("SELECT cve, source FROM patchfirst.exploited ORDER BY cve")
    assert listed == [{"cve": "CVE-2025-90000", "source": "kev"}, {"cve": "CVE-2026-0001", "source": "vulncheck"}]
    facts = works.rows("SELECT cve, is_known_exploited FROM patchfirst.cve_facts ORDER BY cve")
    assert [row["is_known_exploited"] for row in facts] == [True, False]
    story = why(works.brain.owner, "cve-2026-0001", vertical=VERTICAL)
    assert "listed as exploited since 2026-03-01" in str(story.events) and "vulncheck" in str(story.events)


@pytest.mark.parametrize("key", ["", "another-key"])
def test_a_key_that_is_refused_says_what_to_do(works: Works, key: str) -> None:
    works.serve("vulncheck", vulncheck("CVE-2026-0001"))
    works.switch("vulncheck", works.server.url("vulncheck"), key or "expired")
    works.run("scrape_exploits")

    request = last_request(works, "vulncheck")
    assert (request["result"], request["status_code"]) == ("blocked", 401)
    assert "give another as FEED_VULNCHECK_KEY" in request["reason"] and "/feeds/vulncheck" in request["reason"]
    assert (key or "expired") not in request["reason"]


def test_the_key_is_read_from_ssm_where_the_environment_has_none(works: Works) -> None:
    where = f"/watchbill/{works.brain.company.name}/feeds/vulncheck"
    works.serve("vulncheck", vulncheck("CVE-2026-0001"))
    works.switch("vulncheck", works.server.url("vulncheck"))
    works.run("scrape_exploits")
    assert states(works)["vulncheck"] == "no key"

    works.cloud.client("ssm").put_parameter(Name=where, Value=f"{KEY}\n", Type="SecureString", Overwrite=True)
    works.run("scrape_exploits")
    assert states(works)["vulncheck"] is None and last_request(works, "vulncheck")["result"] == "new"


def test_a_source_that_is_switched_on_late_is_not_stale_at_once_and_later_is(works: Works) -> None:
    works.brain.wait(hours=24 * 30)
    works.switch("osv", works.server.url("osv"))
    works.run("scrape_cves")
    stale = "SELECT is_stale FROM company.source_freshness WHERE source = 'osv'"
    assert works.value(stale) is False

    works.brain.wait(hours=49)
    assert works.value(stale) is True
    works.switch("osv")
    works.run("scrape_cves")
    assert works.rows(stale) == [] and states(works)["osv"] == "no address"
    assert works.rows("SELECT title FROM company.findings WHERE subject = 'osv' AND closed_at IS NULL") == []


def test_only_its_machine_switches_a_source_and_only_an_optional_one(brain: TestBrain) -> None:
    for role, source in (("scrape_kev", "osv"), ("scrape_cves", "cves"), ("scrape_exploits", "osv")):
        with refused("a_source_is_switched_by_its_machine"):
            brain.connect(role).run("switch_source", source=source, reason="no address")


def test_each_address_of_a_source_of_many_documents_is_asked(works: Works) -> None:
    served = works.server.url("osv")
    works.serve("osv", advisories(advisory("GO-2026-0001", "CVE-2026-0001")))
    works.switch("osv", f"{works.server.base_url}/gone/all.zip {served} {served}?again")
    works.run("scrape_cves")

    asked = works.rows("SELECT route, result FROM company.fetches WHERE source = 'osv' ORDER BY id")
    assert [row["route"] for row in asked] == ["document 1", "document 2", "document 3"]
    assert [row["result"] for row in asked] == ["not_yet", "new", "unchanged"]


def names(works: Works) -> dict[str, list[str]]:
    rows = works.rows("SELECT id, array_agg(cve ORDER BY cve) AS cves FROM patchfirst.aliases GROUP BY id")
    return {row["id"]: row["cves"] for row in rows}


NAMED = (
    advisory("GHSA-aaaa-aaaa-aaaa", "CVE-2026-0001"),
    advisory("GHSA-bbbb-bbbb-bbbb", "CVE-2026-0002"),
    # By way of another database; and of that one by way of a second.
    advisory("PYSEC-2026-1", "GHSA-aaaa-aaaa-aaaa"),
    advisory("BIT-x-2026-1", "PYSEC-2026-1"),
    # An id without a record of its own, and one that the record of a CVE names.
    advisory("GO-2026-0001", "CVE-2026-0003", "RUSTSEC-2026-0001"),
    advisory("CVE-2026-0004", "A-100200300"),
    # Between two CVEs: a bridge, and what is behind it, names neither. A circle that leads to no CVE has none.
    advisory("OSV-2026-1", "GHSA-aaaa-aaaa-aaaa", "GHSA-bbbb-bbbb-bbbb"),
    advisory("OSV-2026-5", "OSV-2026-1"),
    advisory("OSV-2026-2", "OSV-2026-3"),
    advisory("OSV-2026-3", "OSV-2026-2"),
    # Two flaws in one advisory stay two.
    advisory("GO-2026-0002", "CVE-2026-0005", "CVE-2026-0006"),
    advisory("OSV-2026-4", "CVE-2026-0007", withdrawn="2026-03-01T00:00:00Z"),
)


def test_one_vulnerability_has_its_names_and_two_are_never_one(works: Works) -> None:
    works.switch("osv", works.server.url("osv"))
    take_in(works, "osv", advisories(*NAMED))

    assert names(works) == {
        "GHSA-aaaa-aaaa-aaaa": ["CVE-2026-0001"],
        "GHSA-bbbb-bbbb-bbbb": ["CVE-2026-0002"],
        "PYSEC-2026-1": ["CVE-2026-0001"],
        "BIT-x-2026-1": ["CVE-2026-0001"],
        "GO-2026-0001": ["CVE-2026-0003"],
        "RUSTSEC-2026-0001": ["CVE-2026-0003"],
        "A-100200300": ["CVE-2026-0004"],
        "GO-2026-0002": ["CVE-2026-0005", "CVE-2026-0006"],
    }
    owner = works.brain.owner
    assert why(owner, "ghsa-AAAA-aaaa-aaaa", vertical=VERTICAL).subject == "CVE-2026-0001"
    assert why(owner, "pysec-2026-1", vertical=VERTICAL).subject == "CVE-2026-0001"
    with pytest.raises(NothingKnown, match="more than one CVE: CVE-2026-0005, CVE-2026-0006"):
        why(owner, "GO-2026-0002", vertical=VERTICAL)
    found = read_answer(owner, " Ghsa-aaaa-aaaa-aaaa.")
    assert (found.cve, found.status) == ("CVE-2026-0001", "known") and "PYSEC-2026-1" in found.names
    assert "names 2 CVEs, ask for one: CVE-2026-0005" in read_answer(owner, "go-2026-0002").says
    assert read_answer(owner, "OSV-2026-1").status == "unknown"
    with pytest.raises(NothingKnown, match="nothing here is called"):
        why(owner, "OSV-2026-1", vertical=VERTICAL)


def test_a_withdrawn_advisory_leaves_with_its_names_and_packages(works: Works) -> None:
    works.switch("osv", works.server.url("osv"))
    works.switch("ghsa", works.server.url("ghsa"))
    ours, theirs = advisory("GHSA-aaaa-aaaa-aaaa", "CVE-2026-0001"), advisory("PYSEC-2026-1", "CVE-2026-0001")
    other = advisory("GHSA-cccc-cccc-cccc")
    works.serve("ghsa", advisories(ours, other))
    take_in(works, "osv", advisories(ours, theirs))
    packages = "SELECT cve, source, ecosystem, name FROM patchfirst.packages_of ORDER BY name"
    assert [(row["cve"], row["source"], row["name"]) for row in works.rows(packages)] == [
        ("CVE-2026-0001", "ghsa", "ghsa-aaaa-aaaa-aaaa"),
        ("CVE-2026-0001", "osv", "pysec-2026-1"),
    ]
    then = works.brain.now()

    works.brain.wait(hours=7)
    # OSV's copy does not know it yet: GitHub's own word counts.
    take_in(works, "ghsa", advisories({**ours, "withdrawn": "2026-03-11T09:00:00Z"}, other), "2026-03-11T10:00:00Z")
    assert [row["name"] for row in works.rows(packages)] == ["pysec-2026-1"]
    assert set(names(works)) == {"PYSEC-2026-1"}
    _require_names_as_of(works.brain.owner, then)


def _require_names_as_of(owner: Brain, then: datetime) -> None:
    """A name that was taken back since is shown, and leads to its CVE, as of when it was believed."""
    gone, cve = "GHSA-aaaa-aaaa-aaaa", "CVE-2026-0001"
    assert read_past(owner, cve, then).names == (gone, "PYSEC-2026-1")
    assert read_past(owner, gone.lower(), then).cve == cve
    assert read_answer(owner, gone).status == "unknown"
    assert read_past(owner, cve, owner.now()).names == ("PYSEC-2026-1",)
    before = then - timedelta(days=30)
    assert read_past(owner, gone, before).status == "unknown"
    assert "other names: kept since 2026-03-11 07:00Z" in str(read_past(owner, cve, before).not_reached)
    assert "other names" not in str(read_past(owner, cve, then).not_reached)


def test_an_older_record_of_another_archive_does_not_replace_a_newer_one(works: Works) -> None:
    works.switch("osv", works.server.url("osv"))
    take_in(works, "osv", advisories(advisory("GO-2026-0001", "CVE-2026-0001")))
    works.brain.wait(hours=7)
    older = advisory("GO-2026-0001", "CVE-2026-0009", modified="2026-03-01T00:00:00Z")
    batch = take_in(works, "osv", advisories(older, advisory("GO-2026-0002")), "2026-03-11T10:00:00Z")

    assert adds_up(batch)
    assert names(works) == {"GO-2026-0001": ["CVE-2026-0001"]}


@pytest.mark.parametrize(
    ("source", "because", "rule"),
    [("kev", "no key", "only_optional_sources_are_off"), ("vulncheck", "", "what_is_off_says_why")],
)
def test_only_an_optional_source_is_off_and_it_says_why(brain: TestBrain, source: str, because: str, rule: str) -> None:
    off = "UPDATE company.streams SET off_because = %(because)s WHERE source = %(source)s"

    with refused(rule):
        run_sql(brain.as_login("superuser"), off, source=source, because=because)
