"""What a component of an inventory is known by: vendor and product as CVE records have them, and a package."""

import re
from collections.abc import Iterator

from company.vertical import Component, PackageUrl, Row
from patchfirst.affected import pair_of_cpe

PARTS = re.compile(r"[./]")
GROUPED = frozenset({"maven", "golang", "npm", "composer", "github", "bitbucket", "swift", "huggingface"})
"""Types of packages whose namespace says who makes one; that of others says whose copy it is, such as debian."""
NAMED_BY = {"maven": "{namespace}:{name}"}
"""How an ecosystem writes a package with its namespace; others write namespace/name."""


def identify_component(component: Component) -> Row:
    """names: pairs of vendor ("" where nobody says) and product; packages: type, name as its ecosystem writes it.

    A CPE name or a vendor decides. A package alone is known by its own name, and by its namespace's parts as vendors:
    com.fasterxml.jackson.core is Fasterxml's.
    """
    names = dict.fromkeys([*_by_cpe(component), *_by_vendor(component)] or _by_package(component))
    packages = [_package(component.purl, component.version)] if component.purl else []
    return {"names": [{"vendor": vendor, "product": product} for vendor, product in names], "packages": packages}


def _by_cpe(component: Component) -> Iterator[tuple[str, str]]:
    for cpe in component.cpes:
        vendor, product = pair_of_cpe(cpe)
        if product:
            yield vendor, product


def _by_vendor(component: Component) -> list[tuple[str, str]]:
    """By its whole name or any part of it: a group such as com.fasterxml.jackson.core is one."""
    if component.purl is not None or not component.vendor:
        return []
    return [(maker, component.name) for maker in (component.vendor, *_parts(component.vendor))]


def _by_package(component: Component) -> list[tuple[str, str]]:
    purl = component.purl
    if purl is None:
        return [("", component.name)]
    if not purl.namespace or purl.type not in GROUPED:
        return [("", purl.name)]
    return [("", _whole_name(purl)), *((maker, purl.name) for maker in _parts(purl.namespace))]


def _parts(namespace: str) -> list[str]:
    return [part for part in PARTS.split(namespace.lstrip("@")) if part]


def _package(purl: PackageUrl, version: str) -> Row:
    return {"type": purl.type, "name": _whole_name(purl), "version": purl.version or version}


def _whole_name(purl: PackageUrl) -> str:
    pattern = NAMED_BY.get(purl.type, "{namespace}/{name}") if purl.namespace else "{name}"
    return pattern.format(namespace=purl.namespace, name=purl.name)
