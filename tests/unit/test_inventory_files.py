"""Inventories as tools write them, and as they should not: each file is read whole, or refused with what is wrong."""

import json
from pathlib import Path
from typing import Any

import pytest

from company.vertical import Component, PackageUrl
from watchbill.errors import DeskError
from watchbill.inventory.found import Found
from watchbill.inventory.reading import read_inventory

LODASH = PackageUrl("npm", "", "lodash", "4.17.20")
CPE = "cpe:2.3:a:harbourgate:edge_firewall:7.1:*:*:*:*:*:*:*"
CORE = PackageUrl("npm", "@angular", "core", "1.2.3")


@pytest.fixture
def read(tmp_path: Path) -> Any:
    def reader(content: str | bytes | dict[str, Any]) -> Found:
        raw = json.dumps(content) if isinstance(content, dict) else content
        path = tmp_path / "inventory"
        path.write_bytes(raw if isinstance(raw, bytes) else raw.encode())
        return read_inventory(path)[0]

    return reader


def cyclonedx(*components: Any, **more: Any) -> dict[str, Any]:
    return {"bomFormat": "CycloneDX", "specVersion": "1.6", "components": list(components), **more}


def spdx(*packages: Any, version: str = "SPDX-2.3") -> dict[str, Any]:
    return {"spdxVersion": version, "SPDXID": "SPDXRef-DOCUMENT", "packages": list(packages)}


XML = (
    '<?xml version="1.0"?><bom xmlns="http://cyclonedx.org/schema/bom/1.4" version="1"><metadata><component type='
    '"application"><name>shop</name></component></metadata><components><component type="library"><name>lodash</name>'
    "<version>4.17.20</version><licenses><license><id>no such licence</id></license></licenses>"
    "<purl>pkg:npm/lodash@4.17.20</purl><components><component type='library'><name>inner</name></component>"
    "</components></component></components></bom>"
)
TAGS = """SPDXVersion: SPDX-2.2
DataLicense: CC0-1.0
SPDXID: SPDXRef-DOCUMENT
DocumentName: d
DocumentNamespace: https://x.invalid/a
Creator: Tool: t
Created: 2026-01-01T00:00:00Z

PackageName: lodash
SPDXID: SPDXRef-p
PackageVersion: 4.17.20
PackageDownloadLocation: NOASSERTION
ExternalRef: PACKAGE-MANAGER purl pkg:npm/lodash@4.17.20
FilesAnalyzed: false
"""
REFERENCES = [
    {"referenceCategory": "PACKAGE_MANAGER", "referenceType": "purl", "referenceLocator": "pkg:npm/lodash@4.17.20"},
    {"referenceCategory": "OTHER", "referenceType": "nobody knows", "referenceLocator": "x"},
]


def test_components_of_cyclonedx_are_read_with_those_inside_of_them(read: Any) -> None:
    inner = {"type": "a type of tomorrow", "name": "core", "group": "@angular", "purl": "pkg:npm/%40angular/core@1.2.3"}
    outer = {"type": "library", "name": "lodash", "version": "4.17.20", "purl": "pkg:npm/lodash@4.17.20?a=b#c"}
    firewall = {"type": "device", "name": "Edge Firewall", "version": "7.1", "cpe": CPE, "licenses": "not a list"}

    found = read(cyclonedx({**outer, "components": [inner]}, firewall, metadata={"component": {"name": "shop"}}))

    assert found.format == "CycloneDX 1.6" and found.faults == []
    assert found.components == [
        Component("shop"),
        Component("lodash", "4.17.20", purl=LODASH),
        Component("core", "", "@angular", CORE),
        Component("Edge Firewall", "7.1", cpes=(CPE,)),
    ]


@pytest.mark.parametrize(
    ("content", "form", "names"),
    [
        (XML, "CycloneDX 1.4 XML", ["shop", "lodash", "inner"]),
        (TAGS, "SPDX 2.2", ["lodash"]),
        (TAGS.replace("\n", "\r\n"), "SPDX 2.2", ["lodash"]),
        (spdx({"name": "lodash", "versionInfo": "4.17.20", "externalRefs": REFERENCES}), "SPDX 2.3", ["lodash"]),
        ("\ufeffVendor;Product;Version;purl\n;lodash;4.17.20;pkg:npm/lodash@4.17.20\n\n;;;\n", "CSV", ["lodash"]),
        ("cpe\ncpe:/a:lodash:lodash:4.17.20", "CSV", ["lodash"]),
        ("purl\npkg:npm/lodash@4.17.20\npkg:npm/lodash@4.17.20", "CSV", ["lodash"]),
        ("name,purl\nlodash,pkg:npm/lodash@4.17.20".encode("utf-16"), "CSV", ["lodash"]),
    ],
)
def test_every_format_names_the_same_package(read: Any, content: Any, form: str, names: list[str]) -> None:
    found = read(content)

    assert (found.format, [one.name for one in found.components], found.faults) == (form, names, [])
    [one] = [one for one in found.components if one.name == "lodash"]
    assert one.version == "4.17.20" and (one.cpes or (one.purl and one.purl.name == "lodash"))


def test_a_table_is_read_by_the_names_of_its_columns(read: Any) -> None:
    found = read(f'Publisher\tcpe\tnotes\tProduct\nHarbour, Inc.\t{CPE}\t"two\nlines"\t\n\t\t\tLumen "X"\n')

    assert found.components == [
        Component("edge firewall", "7.1", "Harbour, Inc.", None, (CPE,)),
        Component('Lumen "X"'),
    ]


@pytest.mark.parametrize(
    "written",
    [
        "sep=;\nvendor;product;version\nHarbourgate;Edge Firewall;7.10\n",
        "vendor,product,version\rHarbourgate,Edge Firewall,7.10\r",
        'vendor,product,version\r\nHarbourgate,Edge Firewall,"=""7.10"""\r\n',
        "Manufacturer,Software Name,Installed Version\nHarbourgate,Edge Firewall,7.10",
        '"DisplayName","DisplayVersion","Publisher","InstallDate"\n"Edge Firewall","7.10","Harbourgate","20260101"',
        "Vendor_Name,PRODUCT-NAME,product version\nHarbourgate,Edge Firewall,7.10",
    ],
)
def test_a_table_as_spreadsheets_and_asset_lists_write_it_is_read(read: Any, written: str) -> None:
    assert read(written).components == [Component("Edge Firewall", "7.10", "Harbourgate")]


def test_of_two_columns_of_one_meaning_the_first_that_says_something_counts(read: Any) -> None:
    found = read("vendor,supplier,product,name\nHarbourgate,,Lamp,\n,Osterlume,,Quay\nA,B,C,D\n")

    assert [(one.vendor, one.name) for one in found.components] == [
        ("Harbourgate", "Lamp"),
        ("Osterlume", "Quay"),
        ("A", "C"),
    ]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_words_on_two_lines_of_a_quoted_cell_stay_two(read: Any, end: str) -> None:
    assert [one.name for one in read(f'product{end}"Edge{end}Firewall"{end}').components] == ["Edge Firewall"]


def test_a_fault_in_one_component_costs_that_part_alone_and_is_said(read: Any) -> None:
    broken: tuple[Any, ...] = (
        {"name": "a", "purl": "junk"},
        {"name": "b", "cpe": 7, "version": "2"},
        {"version": "1"},
        "text",
        {"name": {}},
    )

    found = read(cyclonedx(*broken, {"name": "\u202eevil\x1b[1m\nname"}))
    other = read(spdx({"name": "a", "externalRefs": [{"referenceType": "purl"}]}, {"versionInfo": "1"}, None))

    assert [(one.name, one.version) for one in found.components] == [("a", ""), ("b", "2"), ("evil[1m name", "")]
    assert [fault[:30] for fault in found.faults] == [
        "component 1 (a): its purl cann",
        "component 2 (b): its cpe canno",
        "component 3 cannot be read and",
        "component 4 is no object and i",
        "component 5 cannot be read and",
    ]
    assert [one.name for one in other.components] == ["a"] and len(other.faults) == 3


BOMB = '<!DOCTYPE l [<!ENTITY a "aaaa">]>' + XML.removeprefix('<?xml version="1.0"?>').replace("lodash", "&a;", 1)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "it is empty"),
        (b"\x7fELF\x02\x01\0\0", "it is no text"),
        (b"name\nM\xfcller", "line 2 is not UTF-8 text; an inventory is"),
        (b"name\nM\xfcller", 'saves a sheet so as "CSV UTF-8"'),
        (b"PK\x03\x04\x14\0", "it is a workbook or an archive"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "it is a workbook or an archive"),
        ("sep=;", "its first line names no column"),
        ('sep="\nproduct"version', "its first line names no column"),
        ("sep=;\nproduct;version\nx;1\n;2\n", "no product, cpe or purl that can be read on line 4"),
        ("{", "not whole JSON"),
        ("[" * 100_000, "nested too deeply"),
        ("{}", "neither bomFormat CycloneDX nor an spdxVersion"),
        ("[]", "neither bomFormat CycloneDX nor an spdxVersion"),
        ({"@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld", "@graph": []}, "SPDX 3 is not read"),
        (spdx(version="SPDX-3.0"), "SPDX-3.0 is not read"),
        (cyclonedx(), "this CycloneDX 1.6 names no component"),
        (cyclonedx(7), "component 1 is no object"),
        ({"bomFormat": "CycloneDX", "components": {}}, "its components are no list"),
        ({"spdxVersion": "SPDX-2.3", "packages": "x"}, "its packages are no list"),
        ("<html></html>", "this XML is no CycloneDX"),
        (XML[:-20], "not whole XML"),
        (BOMB, "not whole XML: EntitiesForbidden"),
        (TAGS + "Zork: 3\n", "Unknown tag provided in line 15"),
        ("vendor,version\na,1", "its first line names no column product, cpe or purl"),
        ("openssl 3.0", "its first line names no column"),
        ("product,version\nx,1\n,2\n", "no product, cpe or purl that can be read on line 3; nothing was stored"),
        ("purl\njunk\n", "no product, cpe or purl that can be read on line 2"),
        ("cpe\ncpe:2.3:a\n", "that can be read on line 2"),
        ('product\n"open', "line 2 is no line of CSV"),
        ("product\n" + "\n".join(f"p{n}" for n in range(20_001)), "20,001 components; 20,000 are read at most"),
    ],
)
def test_a_file_that_is_no_inventory_is_refused_with_what_is_wrong(read: Any, content: Any, said: str) -> None:
    with pytest.raises(DeskError) as refused:
        read(content)

    assert said in str(refused.value) and "\n" not in str(refused.value)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    for path in (tmp_path / "none.json", tmp_path):
        with pytest.raises(DeskError, match="it cannot be read"):
            read_inventory(path)
