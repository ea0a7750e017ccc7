"""Components of a CycloneDX document, JSON or XML, of any version. Only what names a component is read.

A licence or a hash that breaks the standard costs nothing; the parts that name a component are read by
cyclonedx-python-lib, one component at a time, so that one that it refuses is left out alone and said.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from cyclonedx.model.component import Component as CdxComponent
from defusedxml.common import DefusedXmlException  # type: ignore[import-untyped]
from defusedxml.ElementTree import fromstring  # type: ignore[import-untyped]

from company.json_values import JsonObject
from company.vertical import Component, Malformed
from watchbill.inventory.found import Found, first_readable, parts_of, plain

TEXTS = ("version", "group", "cpe", "purl")
NAMESPACE = "http://cyclonedx.org/schema/bom/"


def components_of_json(document: JsonObject) -> Found:
    found = Found(f"CycloneDX {plain(document.get('specVersion'))}".strip())
    metadata = document.get("metadata")
    own = metadata.get("component") if isinstance(metadata, dict) else None
    given = document.get("components", [])
    if not isinstance(given, list):
        raise Malformed("its components are no list")
    for number, entry in enumerate(_nested([own, *given] if own is not None else given), start=1):
        if isinstance(entry, dict):
            _add(found, number, entry.get("name"), _from_json(entry))
        else:
            found.faults.append(f"component {number} is no object and is left out.")
    return found


def components_of_xml(text: str) -> Found:
    """Entities and external documents are refused: they can name files of this machine, and grow without end."""
    try:
        root = fromstring(text)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise Malformed(f"not whole XML: {plain(str(error))}") from error
    namespace = root.tag.partition("}")[0].lstrip("{")
    found = Found(f"CycloneDX {namespace.removeprefix(NAMESPACE)} XML")
    for number, element in enumerate(root.iter(f"{{{namespace}}}component"), start=1):
        _add(found, number, element.findtext(f"{{{namespace}}}name"), _from_xml(element, namespace))
    return found


def is_cyclonedx_xml(text: str) -> bool:
    return NAMESPACE in text[:4096]


def _nested(given: Sequence[Any]) -> Iterator[Any]:
    """Each entry, and those inside of it after it."""
    waiting = list(reversed(given))
    while waiting:
        entry = waiting.pop()
        yield entry
        inside = entry.get("components") if isinstance(entry, dict) else None
        waiting += reversed(inside) if isinstance(inside, list) else []


Make = Callable[[Sequence[str]], CdxComponent]


def _from_json(entry: JsonObject) -> Make:
    """A reader of the fields that are named; its type does not matter here, and may be one of a newer standard."""

    def make(names: Sequence[str]) -> CdxComponent:
        wanted = {name: entry[name] for name in names if entry.get(name) is not None}
        if not all(isinstance(text, str) for text in wanted.values()):
            raise ValueError("a part that is no text")  # the library takes some of them
        return CdxComponent.from_json({"type": "library", **wanted})  # type: ignore[attr-defined, no-any-return]

    return make


def _from_xml(element: Element, namespace: str) -> Make:
    def make(names: Sequence[str]) -> CdxComponent:
        wanted = Element(element.tag, {"type": "library"})
        wanted.extend(child for name in names for child in element.findall(f"{{{namespace}}}{name}")[:1])
        return CdxComponent.from_xml(wanted, namespace)  # type: ignore[attr-defined, no-any-return]

    return make


def _add(found: Found, number: int, name: object, make: Make) -> None:
    where = f"component {number}" + (f" ({plain(name)})" if plain(name) else "")
    try:
        read, refused = first_readable(make, "name", TEXTS)
    except ValueError:
        found.faults.append(f"{where} cannot be read and is left out.")
        return
    found.faults.extend(f"{where}: its {part} cannot be read and is left out." for part in refused)
    cpes = (plain(read.cpe),) if read.cpe else ()
    found.add(where, Component(plain(read.name), plain(read.version), plain(read.group), parts_of(read.purl), cpes))
