"""One inventory out of a file of any format that is read: the file's content says which, its name does not matter."""

import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

from company.json_values import JsonObject
from company.text.decoding import as_utf8, parse_json
from company.text.wording import counted
from company.vertical import Component, Malformed, Row
from watchbill.errors import DeskError
from watchbill.inventory.cyclonedx import components_of_json, components_of_xml, is_cyclonedx_xml
from watchbill.inventory.found import Found
from watchbill.inventory.spdx import packages_of_json, packages_of_tags
from watchbill.inventory.table import components_of_table

LARGEST = 64 * 1024 * 1024
MOST = 20_000
"""Components: as many as the brain takes."""
WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""How a spreadsheet program's own files begin: .xlsx and .ods are zips, .xls is older."""
SAVE_AS = 'a spreadsheet program saves a sheet so as "CSV UTF-8"'
READ = "CycloneDX (JSON or XML), SPDX 2 (JSON or tag-value), or CSV with a first line such as vendor,product,version"


def read_inventory(path: Path) -> tuple[Found, bytes]:
    """What the file holds, each component once, and the file's digest. DeskError says what is wrong with it."""
    return _read_whole(_bytes(path), path.name)


def read_inventory_text(text: str) -> tuple[Found, bytes]:
    """The same of the text of a file."""
    return _read_whole(text.encode(), "the text")


def _read_whole(content: bytes, name: str) -> tuple[Found, bytes]:
    try:
        found = _once(_read(_text(content)))
    except Malformed as error:
        raise DeskError(f"{name}: {error}.") from error
    if not found.components:
        said = f" {found.faults[0]}" if found.faults else ""
        raise DeskError(f"{name}: this {found.format} names no component.{said} Nothing was stored.")
    if len(found.components) > MOST:
        raise DeskError(f"{name}: it names {counted(len(found.components), 'component')}; {MOST:,} are read at most.")
    return found, sha256(content).digest()


def as_parameters(name: str, found: Found, digest: bytes, identify: Callable[[Component], Row]) -> JsonObject:
    """What the query set_inventory takes, beside the customer."""
    return {
        "format": found.format,
        "file": name,
        "sha256": digest,
        "items": json.dumps([item(component, identify) for component in found.components]),
        "faults": found.faults,
    }


def item(component: Component, identify: Callable[[Component], Row]) -> JsonObject:
    """A component as the brain keeps it: its own words, and what the product knows it by."""
    return {"name": component.name, "version": component.version, **identify(component)}


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST:
            raise DeskError(f"{path.name}: it is larger than {LARGEST // 1024 // 1024} MB.")
        return path.read_bytes()
    except OSError as error:
        raise DeskError(f"{path}: it cannot be read: {error.strerror}.") from error


def _text(content: bytes) -> str:
    if content.startswith(WORKBOOKS):
        raise Malformed(f"it is a workbook or an archive; an inventory is {READ}: {SAVE_AS}")
    try:
        return as_utf8(content).decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise Malformed(f"line {line} is not UTF-8 text; an inventory is {READ}: {SAVE_AS}") from error


def _read(text: str) -> Found:
    begin = text.lstrip()
    if begin.startswith(("{", "[")):
        return _read_json(parse_json(text))
    if begin.startswith("<"):
        if is_cyclonedx_xml(begin):
            return components_of_xml(begin)
        raise Malformed(f"this XML is no CycloneDX; an inventory is {READ}")
    if any(line.startswith("SPDXVersion:") for line in begin.splitlines()[:50]):
        return packages_of_tags(text)
    if "\0" in text or not begin:
        raise Malformed(f"{'it is empty' if not begin else 'it is no text'}; an inventory is {READ}")
    return components_of_table(text)


def _read_json(document: Any) -> Found:
    known = document if isinstance(document, dict) else {}
    if known.get("bomFormat") == "CycloneDX":
        return components_of_json(known)
    if isinstance(known.get("spdxVersion"), str):
        return packages_of_json(known)
    if "@graph" in known or "spdx" in str(known.get("@context", "")).lower():
        raise Malformed(
            "SPDX 3 is not read: let your tool write SPDX 2.3 or CycloneDX, as `syft DIR -o cyclonedx-json` does"
        )
    raise Malformed(f"this JSON has neither bomFormat CycloneDX nor an spdxVersion; an inventory is {READ}")


def _once(found: Found) -> Found:
    return Found(found.format, list(dict.fromkeys(found.components)), found.faults)
