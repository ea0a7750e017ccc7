"""An inventory is matched by name and by package, however it names them, and decides what is on a customer's pages."""

import json
from typing import Any

import pytest

from company.vertical import Component, Customer, Details, PackageUrl
from patchfirst.affected import affected_of
from patchfirst.components import identify_component
from tests.pipeline.test_changes import nvd_page, record, tarred
from tests.pipeline.test_optional_sources import advisories, advisory, take_in
from tests.pipeline.works import Works, kev, kev_entry
from tests.support.brains import TestBrain, run_sql
from tests.support.refusals import NO_RIGHT, refused
from watchbill.inventory.reading import item

FIRST, SECOND = "2026-03-10T17:00:00.1234Z", "2026-03-11T07:30:00.1234Z"
CUSTOMER = Customer("Alder Bank", "desk@alder.invalid", "brief", {})
UNCONFIRMED = "EDGE FIREWALL 7.1 (version not confirmed)"
CPE = "cpe:2.3:a:harbourgate:edge_firewall"
OTHERS = tuple(kev_entry(n, vendorProject="Osterlume", product="Lamp") for n in range(50, 90))
VERSIONS = [
    ("1.2.3", ">=1.0|<1.2.4", "affected"),
    ("1.2.4", ">=1.0|<1.2.4", "unaffected"),
    ("1.2", ">=1.2.0|<=1.2.0", "affected"),
    ("v1.10.0", ">=1.9|<1.11", "affected"),
    ("2.5", ">=1.0|<1.2|>=2.0|<2.6", "affected"),
    ("1.5", ">=1.0|<1.2|>=2.0|<2.6", "unaffected"),
    ("3", "1.0|3.0.0", "affected"),
    ("3.1", "1.0|3.0.0", "unaffected"),
    ("1.0", "1.0-beta|2", "unaffected"),
    ("1.2.3-rc1", ">=1.0|<1.2", "unknown"),
    ("1.1", ">=1.0-rc1|<1.0.5", "unaffected"),
    ("0.9", ">=0|<1.0-rc1", "unknown"),
    ("", ">=1|<2", "unknown"),
    ("9", "", "unknown"),
    ("9", ">=1", "affected"),
    ("0.5", "<1", "affected"),
    ("99999999999999999999", ">=1|<2", "unknown"),
    ("9.11.0", "<8.0.0-20250218121836-a1b2c3d4e5f6", "unknown"),
    ("1.1", ">=1.0|<1.2|>=2.0|<2.6-rc1", "affected"),
    ("2.5", ">=1.0|<1.2|>=2.0|<2.6-rc1", "unknown"),
    ("1.5", ">=1.0|<1.2|>=2.0|<2.6-rc1", "unaffected"),
]
RANGE = {"version": "1.0", "lessThan": "2.0", "status": "affected", "versionType": "semver"}
FIXED_LATER = {**RANGE, "changes": [{"at": "1.5", "status": "unaffected"}, {"at": "1.7", "status": "affected"}]}
FIXED_BEYOND = {
    "version": "0",
    "lessThanOrEqual": "2.3.0",
    "status": "affected",
    "changes": [{"at": "3.0.0", "status": "unaffected"}],
}
RPM = {"version": "0:1.2-3.el9", "lessThan": "*", "status": "unaffected", "versionType": "rpm"}
SAID: list[tuple[list[dict[str, Any]], str | None, str, str]] = [
    ([RANGE], "unaffected", "1.9.9", "affected"),
    ([RANGE], "unaffected", "2.0", "unaffected"),
    ([RANGE], "unaffected", "2.0.0-rc1", "unknown"),
    ([RANGE], "unaffected", "", "unknown"),
    ([RANGE], None, "2.0", "unknown"),
    ([RANGE], "affected", "2.0", "affected"),
    ([RANGE, {"version": "2.0", "lessThan": "*", "status": "unaffected"}], None, "3", "unaffected"),
    ([{"version": "0", "lessThanOrEqual": "2.4", "status": "affected"}], "unaffected", "2.4.0", "affected"),
    ([{"version": "unspecified", "lessThan": "2.4", "status": "affected"}], "unaffected", "0.1", "affected"),
    ([{"version": "1.2", "lessThanOrEqual": "1.x", "status": "affected"}], "unaffected", "9", "unaffected"),
    ([{"version": "1.2", "lessThanOrEqual": "1.5.*", "status": "affected"}], "unaffected", "1.5.99", "affected"),
    ([FIXED_BEYOND], "unaffected", "2.3.0", "affected"),
    ([FIXED_BEYOND], "unaffected", "2.5.1", "unaffected"),
    ([{**FIXED_BEYOND, "lessThanOrEqual": "3"}], "unaffected", "3.0", "unaffected"),
    ([RPM], "affected", "2.0", "unknown"),
    ([RANGE, RPM], "unaffected", "3", "unaffected"),
    ([RANGE, RPM], None, "3", "unknown"),
    ([{"version": "1.2", "lessThanOrEqual": "the next", "status": "affected"}], "unaffected", "9", "unknown"),
    ([{"version": "< 2.4.5", "status": "affected"}], "unaffected", "2.4.4", "affected"),
    ([{"version": ">= 1.0, < 1.2.3", "status": "affected"}], "unaffected", "1.2.3", "unaffected"),
    ([{"version": "before 3", "status": "affected"}], "unaffected", "9", "unknown"),
    ([{"version": "n/a", "status": "affected"}], None, "9", "unknown"),
    ([{"version": "*", "status": "affected"}], None, "9", "affected"),
    ([{"version": v, "status": "affected"} for v in ("1.1", "1.3")], "unaffected", "1.2", "unaffected"),
    ([{**RANGE, "versionType": "git"}], "unaffected", "9", "unknown"),
    ([FIXED_LATER], "unaffected", "1.4", "affected"),
    ([FIXED_LATER], "unaffected", "1.6", "unaffected"),
    ([FIXED_LATER], "unaffected", "1.8", "affected"),
    ([RANGE, {"version": "1.5", "status": "unaffected"}], None, "1.5", "affected"),
    ([{"version": "1.5", "status": "unknown"}], "unaffected", "1.5", "unknown"),
    ([{**RANGE, "version": str(n), "lessThan": f"{n}.5"} for n in range(99)], "unaffected", "1000", "unknown"),
    ([{"version": 7, "lessThan": ["x"], "status": "affected"}], "unaffected", "9", "unknown"),
]  # fmt: skip
"""Versions and default of an entry of `affected`, a component's version, and what the record says of that."""


def give(works: Works, *components: Component, faults: tuple[str, ...] = ()) -> None:
    items = json.dumps([item(component, identify_component) for component in components])
    given = {"format": "CSV", "file": "f.csv", "sha256": b"", "items": items, "faults": list(faults)}
    works.brain.owner.run("set_inventory", customer=CUSTOMER.name, **given)


def watched(works: Works) -> list[str]:
    """The last three figures of what the customer watches."""
    return sorted(row["cve"][-3:] for row in works.rows("SELECT watched_by AS cve FROM patchfirst.watched_by(1)"))


def affected(n: int, vendor: str, product: str) -> dict[str, Any]:
    return record(n, "2026-03-10T06:00:00Z", affected=[{"vendor": vendor, "product": product}])


@pytest.mark.parametrize(
    ("component", "names", "packages"),
    [
        (Component("x", cpes=("cpe:2.3:a:big_co:edge\\:wall:7:*:*:*:*:*:*:*",)), [("big co", "edge:wall")], []),
        (Component("x", cpes=("cpe:/o:big_co:wall",), vendor="Other"), [("big co", "wall"), ("Other", "x")], []),
        (Component("x", cpes=("cpe:2.3:a:*:-:*:*:*:*:*:*:*:*",)), [("", "x")], []),
        (Component("Wall", "7", "Big Co"), [("Big Co", "Wall")], []),
        (
            Component("databind", "2", "com.fasterxml"),
            [("com.fasterxml", "databind"), ("com", "databind"), ("fasterxml", "databind")],
            [],
        ),
        (
            Component("n", purl=PackageUrl("deb", "debian", "openssl", "3.0")),
            [("", "openssl")],
            [("debian/openssl", "3.0")],
        ),
        (
            Component("core", "1", purl=PackageUrl("npm", "@angular", "core", "")),
            [("", "@angular/core"), ("angular", "core")],
            [("@angular/core", "1")],
        ),
        (
            Component("b", purl=PackageUrl("maven", "org.a", "b", "1")),
            [("", "org.a:b"), ("org", "b"), ("a", "b")],
            [("org.a:b", "1")],
        ),
    ],
)
def test_a_component_is_known_by_its_cpe_its_maker_or_its_package(
    component: Component, names: list[tuple[str, str]], packages: list[tuple[str, str]]
) -> None:
    known = identify_component(component)

    assert [(name["vendor"], name["product"]) for name in known["names"]] == names
    assert [(package["name"], package["version"]) for package in known["packages"]] == packages


def test_a_version_is_told_apart_only_where_that_is_sure(steadfast_brain: TestBrain) -> None:
    statement = "SELECT patchfirst.package_verdict(%(version)s, %(versions)s) AS verdict"

    found = [
        (version, versions, steadfast_brain.sql("owner", statement, version=version, versions=versions)[0]["verdict"])
        for version, versions, _ in VERSIONS
    ]

    assert found == VERSIONS


def test_a_verdict_is_one_of_three(steadfast_brain: TestBrain) -> None:
    unheard = "INSERT INTO patchfirst.inventory_cves (customer_id, cve, place, verdict) VALUES (1, 'CVE-1', 1, 'safe')"
    with refused("a_verdict_is_known"):
        run_sql(steadfast_brain.as_login("migrate"), unheard)


def test_a_record_says_of_a_version_what_its_ranges_say_and_no_more(steadfast_brain: TestBrain) -> None:
    found = []
    for versions, default, version, _ in SAID:
        entry = {"vendor": "A", "product": "B", "versions": versions, "defaultStatus": default}
        [said] = affected_of([{"affected": [entry]}], Details()).versions
        ask = "SELECT patchfirst.version_verdict(%(version)s, %(said)s) AS verdict"
        [row] = steadfast_brain.sql("owner", ask, version=version, said=said)
        found.append((versions, default, version, row["verdict"]))

    assert found == SAID


def test_a_version_that_the_record_calls_unaffected_is_on_no_list_and_an_unknown_one_is_said(works: Works) -> None:
    sure = {"vendor": "Harbourgate", "product": "Edge Firewall", "versions": [RANGE], "defaultStatus": "unaffected"}
    vague = {"vendor": "Harbourgate", "product": "Edge Router", "versions": [RANGE]}
    nvds = [{"nodes": [{"cpeMatch": [{"criteria": f"{CPE}:*:*:*:*:*:*:*:*", "versionEndExcluding": "1.5"}]}]}]
    document = json.loads(nvd_page("CVE-2025-90007", 7.0))
    document["vulnerabilities"][0]["cve"]["configurations"] = nvds
    works.serve_only("nvd", json.dumps(document).encode())
    works.take_in("cves", tarred(*(record(n, "2026-03-10T06:00:00Z", affected=[sure, vague]) for n in (100, 7))))
    works.take_in("kev", kev(*OTHERS, kev_entry(100), at=FIRST))
    works.open_for(CUSTOMER)

    def shown(product: str, version: str) -> dict[str, list[str]]:
        give(works, Component(product, version, "Harbourgate"))
        rows = works.rows("SELECT cve, components FROM patchfirst.components_of(1)")
        return {row["cve"][-3:]: row["components"] for row in rows}

    assert shown("Edge Firewall", "2.1") == {}, "also not what CISA lists: the record is sure"
    assert shown("Edge Firewall", "1.9") == {n: ["Edge Firewall 1.9"] for n in ("007", "100")}
    assert shown("Edge Firewall", "1.9-rc") == {
        n: ["Edge Firewall 1.9-rc (version not confirmed)"] for n in ("007", "100")
    }
    assert shown("Edge Router", "2.1") == {n: ["Edge Router 2.1 (version not confirmed)"] for n in ("007", "100")}
    assert shown("Edge Router", "1.2") == {n: ["Edge Router 1.2"] for n in ("007", "100")}
    assert shown("Edge Firewall", "0.5") == {"007": ["Edge Firewall 0.5"]}, "NVD names it, though the record does not"


def test_a_customer_reads_of_what_its_inventory_holds_and_of_nothing_else(works: Works) -> None:
    records = affected(1, "n/a", "openssl"), affected(2, "Apache", "Core"), affected(3, "Angular", "Core")
    works.take_in("cves", tarred(*records, affected(4, "Harbourgate, Inc.", "Edge-Firewall")))
    works.take_in("kev", kev(*OTHERS, kev_entry(100), at=FIRST))
    works.run("link", "score")
    works.open_for(CUSTOMER)
    assert len(watched(works)) > 40, "who names nothing watches all"

    give(
        works,
        Component("EDGE FIREWALL", "7.1", "Harbourgate"),
        Component("openssl", "3.0.11", purl=PackageUrl("deb", "debian", "openssl", "3.0.11")),
        Component("core", purl=PackageUrl("npm", "@angular", "core", "1")),
        Component("Lamp", "", "Somebody else"),
    )

    assert watched(works) == ["001", "003", "004", "100"]
    rows = works.brain.owner.all("inventory_components", customer_id=1)
    assert [(row["name"][:4], row["entities"]) for row in rows] == [("EDGE", 2), ("open", 1), ("core", 1), ("Lamp", 0)]
    _require_pages(works)
    give(works)
    assert len(watched(works)) > 40 and works.rows("SELECT * FROM patchfirst.inventory_cves") == []


def _require_pages(works: Works) -> None:
    works.run("deliver")
    [page] = works.rows("SELECT body, further FROM company.deliveries")
    assert "CVE-2025-90100" in page["body"] and "CVE-2025-90001" in page["body"] and "Osterlume" not in page["body"]
    assert f"you run {UNCONFIRMED}" in " ".join(page["body"].split())
    assert page["further"]["fix_now"][0]["components"] == [UNCONFIRMED]

    works.take_in("kev", kev(*OTHERS, kev_entry(100), kev_entry(101), at=SECOND))
    works.run("deliver")  # before anything is linked
    [alert] = works.rows("SELECT items FROM company.deliveries WHERE occasion = 'important'")
    assert [(i["cve"][-3:], i["components"]) for i in alert["items"]] == [("101", [UNCONFIRMED])]


def test_a_package_is_matched_by_its_advisory_and_parted_by_its_version(works: Works) -> None:
    works.switch("osv", works.server.url("osv"))
    package = {"ecosystem": "PyPI", "name": "Zope.Interface"}
    ranges = [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "5.0"}]}]
    old = advisory("GHSA-1111-1111-1111", "CVE-2025-90007", affected=[{"package": package, "ranges": ranges}])
    works.take_in("kev", kev(*OTHERS, at=FIRST))
    works.open_for(CUSTOMER)
    give(works, Component("zope-interface", purl=PackageUrl("pypi", "", "zope-interface", "4.9")))
    assert works.rows("SELECT cve FROM patchfirst.inventory_of(1)") == []

    take_in(works, "osv", advisories(old))
    assert works.rows("SELECT cve, place FROM patchfirst.inventory_of(1)") == [{"cve": "CVE-2025-90007", "place": 1}]

    give(works, Component("zope_interface", purl=PackageUrl("pypi", "", "zope_interface", "5.0.0")))
    assert works.rows("SELECT cve FROM patchfirst.inventory_of(1)") == []


def test_only_the_owner_gives_an_inventory_of_components_for_a_customer(brain: TestBrain) -> None:
    brain.owner.run("add_customer", name=CUSTOMER.name, email=CUSTOMER.email, kind="brief", filters={})
    given = {"format": "CSV", "file": "f", "sha256": b"", "faults": []}
    many = [{"name": "x", "version": ""}] * 20_001

    wrong: tuple[Any, ...] = ({}, 7, [7], [{"name": "x"}], [{"version": "x"}], [{"name": 1, "version": ""}], many)
    for items in wrong:
        with refused("an_inventory_is_a_list_of_components"):
            brain.owner.run("set_inventory", customer=CUSTOMER.name, items=json.dumps(items), **given)
    with refused("an_inventory_belongs_to_a_customer"):
        brain.owner.run("set_inventory", customer="Nobody", items="[]", **given)
    with refused(NO_RIGHT):
        brain.as_role("deliver").run("set_inventory", customer=CUSTOMER.name, items="[]", **given)
    brain.owner.run("set_inventory", customer=CUSTOMER.name, items="[]", **given)
    with refused("inventories_is_append_only"):
        run_sql(brain.as_login("migrate"), "DELETE FROM company.inventories")
    brain.admin.execute("ALTER FUNCTION patchfirst.link_inventory(bigint) RENAME TO link_no_inventory")
    with refused("an_inventory_is_for_a_product_that_reads_one"):
        brain.owner.run("set_inventory", customer=CUSTOMER.name, items="[]", **given)
