"""Which products a CVE affects: every vendor and product that its record, an addition to it, or NVD's CPE names."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from company.json_values import JsonObject
from company.vertical import Details
from patchfirst.cves import LONGEST_NAME, clean, read_text

MOST = 100
"""More pairs say nothing more to a customer; single records name thousands."""
NAMELESS = frozenset({"", "-", "*", "n/a", "na", "none", "null", "unknown", "unspecified", "not applicable", "tbd"})
CPE = re.compile(r"cpe:(?:2\.3:|/)[aho*-]:(?P<vendor>(?:\\.|[^:\\])*):(?P<product>(?:\\.|[^:\\])*)", re.IGNORECASE)
ESCAPE = re.compile(r"\\(.)|%([0-9a-fA-F]{2})")


@dataclass(frozen=True)
class Affected:
    """The n-th vendor makes the n-th product; what was not named is ''. The first pair is the one to show."""

    vendors: Sequence[str] = ()
    products: Sequence[str] = ()

    @property
    def vendor(self) -> str | None:
        return self.vendors[0] or None if self.vendors else None

    @property
    def product(self) -> str | None:
        return self.products[0] or None if self.products else None


def affected_of(containers: Iterable[JsonObject], details: Details) -> Affected:
    """What the containers of a CVE record name, the assigner's first."""
    found = (entry for container in containers for entry in details.objects("affected", container.get("affected")))
    return _collected(
        (_named(entry.get("vendor"), details), _named(entry.get("product"), details))
        for entry in found
        if not _is_unaffected(entry, details)
    )


def affected_by_cpe(configurations: object, details: Details) -> Affected:
    """What NVD's configurations name as vulnerable; what only has to be there too is left out."""
    return _collected(
        pair
        for configuration in details.objects("configurations", configurations)
        for node in details.objects("configurations", configuration.get("nodes"))
        for match in details.objects("configurations", node.get("cpeMatch"))
        if match.get("vulnerable") is not False and (pair := details.read("cpe", pair_of_cpe, match.get("criteria")))
    )


def _collected(pairs: Iterable[tuple[str, str]]) -> Affected:
    """Each pair once; those with both names first, because the first is shown."""
    named = [pair for pair in dict.fromkeys(pairs) if any(pair)]
    ranked = sorted(named, key=lambda pair: not all(pair))[:MOST]
    return Affected([vendor for vendor, _ in ranked], [product for _, product in ranked])


def _named(name: object, details: Details) -> str:
    """The name; '' for one like n/a, which assigners often write."""
    plain = read_text(details, "affected", name)
    return "" if plain.lower() in NAMELESS else plain


def _is_unaffected(entry: JsonObject, details: Details) -> bool:
    """An assigner may also list what is not affected."""
    return set(_statuses(entry, details)) == {"unaffected"}


def _statuses(entry: JsonObject, details: Details) -> Iterator[str]:
    versions = details.objects("affected", entry.get("versions"))
    yield from (str(of[key]) for of in (entry, *versions) for key in ("defaultStatus", "status") if of.get(key))


def pair_of_cpe(criteria: object) -> tuple[str, str]:
    """Vendor and product of a CPE name, 2.3 or 2.2, as people write them."""
    found = CPE.match(criteria) if isinstance(criteria, str) else None
    if found is None:
        raise ValueError("not a CPE name")
    vendor, product = (_unescaped(found[part]) for part in ("vendor", "product"))
    return ("" if vendor in NAMELESS else vendor), ("" if product in NAMELESS else product)


def _unescaped(part: str) -> str:
    return clean(ESCAPE.sub(lambda m: m[1] or chr(int(m[2], 16)), part).replace("_", " "))[:LONGEST_NAME]
