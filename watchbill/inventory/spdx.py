"""Packages of an SPDX 2 document, JSON or tag-value, by spdx-tools."""

import re
from collections.abc import Callable, Sequence
from contextlib import redirect_stderr
from io import StringIO

from packageurl import PackageURL
from spdx_tools.spdx.model.package import Package
from spdx_tools.spdx.parser.error import SPDXParsingError
from spdx_tools.spdx.parser.jsonlikedict.package_parser import PackageParser
from spdx_tools.spdx.parser.tagvalue.parser import Parser

from company.json_values import JsonObject
from company.text.decoding import split_lines
from company.text.wording import counted
from company.vertical import Component, Malformed
from watchbill.inventory.found import Found, first_readable, package_url, parts_of, plain, read_part

OPTIONAL = ("versionInfo", "externalRefs")
READ_REFERENCES = ("purl", "cpe22Type", "cpe23Type")
MOST_SAID = 3


def packages_of_json(document: JsonObject) -> Found:
    """Package by package: a fault in one, or in what is not read here, costs no other."""
    found = Found(_version(document["spdxVersion"]))
    given = document.get("packages", [])
    if not isinstance(given, list):
        raise Malformed("its packages are no list")
    for number, entry in enumerate(given, start=1):
        if isinstance(entry, dict):
            _add_entry(found, number, entry)
        else:
            found.faults.append(f"package {number} is no object and is left out.")
    return found


def packages_of_tags(text: str) -> Found:
    """The whole document: a line that breaks the standard may belong to any package."""
    version = re.search(r"^SPDXVersion:(.*)$", text, re.MULTILINE)
    found = Found(_version(version[1] if version else ""))
    try:
        with redirect_stderr(StringIO()):  # its parser generator says that it generates
            # Otherwise it writes its tables, and a report of them, where the library is installed.
            parser = Parser(debug=False, write_tables=False)  # type: ignore[no-untyped-call]
            document = parser.parse("\n".join(split_lines(text)))  # type: ignore[no-untyped-call]
    except SPDXParsingError as error:
        said = "; ".join(plain(message) for message in error.messages[:MOST_SAID])
        raise Malformed(f"it breaks the standard in {counted(len(error.messages), 'place')}: {said}") from error
    for number, package in enumerate(document.packages, start=1):
        _add(found, f"package {number} ({plain(package.name)})", package)
    return found


def _version(written: object) -> str:
    version = plain(written)
    if not version.startswith("SPDX-2."):
        raise Malformed(f"{version or 'a document without a version'} is not read: let your tool write SPDX 2.3")
    return version.replace("-", " ")


def _add_entry(found: Found, number: int, entry: JsonObject) -> None:
    where = f"package {number}" + (f" ({plain(entry.get('name'))})" if plain(entry.get("name")) else "")
    try:
        package, refused = first_readable(_from_json(entry), "name", OPTIONAL)
    except ValueError:
        found.faults.append(f"{where} cannot be read and is left out.")
        return
    found.faults.extend(f"{where}: its {part} cannot be read and is left out." for part in refused)
    _add(found, where, package)


def _from_json(entry: JsonObject) -> Callable[[Sequence[str]], Package]:
    """A reader of the fields that are named; what names no component is written for it, as the standard wants it."""

    def make(names: Sequence[str]) -> Package:
        wanted = {name: entry[name] for name in names if entry.get(name) is not None}
        if "externalRefs" in wanted:
            wanted["externalRefs"] = [ref for ref in wanted["externalRefs"] if ref["referenceType"] in READ_REFERENCES]
            if not all(isinstance(ref.get("referenceLocator"), str) for ref in wanted["externalRefs"]):
                raise ValueError("a reference without a locator")  # the library takes it
        parser = PackageParser()  # type: ignore[no-untyped-call]
        return parser.parse_package({"SPDXID": "SPDXRef-0", "downloadLocation": "NOASSERTION", **wanted})

    return make


def _add(found: Found, where: str, package: Package) -> None:
    named = [(ref.reference_type, ref.locator) for ref in package.external_references]
    purls = [read_part(found, where, "purl", package_url, locator) for kind, locator in named if kind == "purl"]
    cpes = tuple(plain(locator) for kind, locator in named if kind in READ_REFERENCES[1:])
    readable: list[PackageURL | None] = [purl for purl in purls if purl is not None]
    for purl in readable or [None]:
        found.add(where, Component(plain(package.name), plain(package.version), "", parts_of(purl), cpes))
