"""Which products a CVE affects: every vendor and product that its record, an addition to it, or NVD's CPE names, and of
which versions it says so.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from company.json_values import JsonObject
from company.vertical import Details
from patchfirst.affected_versions import default_of_entry, is_of_commits, joined, merged, part_of_cpe, parts_of_entry
from patchfirst.cves import LONGEST_NAME, clean
from patchfirst.nobody import names_nobody, read_name

MOST = 100
"""More pairs say nothing more to a customer; single records name thousands."""
PART = r"(?:\\.|[^:\\])*"
CPE = re.compile(rf"cpe:(?:2\.3:|/)[aho*-]:(?P<vendor>{PART}):(?P<product>{PART})(?P<rest>.*)", re.IGNORECASE)
ESCAPE = re.compile(r"\\(.)|%([0-9a-fA-F]{2})")


@dataclass(frozen=True)
class Affected:
    """The n-th vendor makes the n-th product; what was not named is ''. The first pair is the one to show.

    versions: of which versions of the n-th product that is said, as patchfirst.affected_versions writes it.
    """

    vendors: Sequence[str] = ()
    products: Sequence[str] = ()
    versions: Sequence[str] = ()

    @property
    def vendor(self) -> str | None:
        return self.vendors[0] or None if self.vendors else None

    @property
    def product(self) -> str | None:
        return self.products[0] or None if self.products else None


Pair = tuple[str, str]
"""A vendor and a product."""
Said = dict[Pair, tuple[list[str], str]]
"""What one container says of the versions of each product, and of every version that it does not name."""
Entries = dict[Pair, list[tuple[list[str], str]]]


def affected_of(containers: Sequence[JsonObject], details: Details) -> Affected:
    """What the containers of a CVE record name, the assigner's first; where none does, what they name by CPE alone."""
    said = [_said(container, details) for container in containers]
    found = _collected({pair: merged(said, pair) for container in said for pair in container})
    if found.vendors:
        return found
    by_cpe = [one for c in containers for one in details.objects("cpe", c.get("cpeApplicability"))]
    return affected_by_cpe(by_cpe, details)


def _said(container: JsonObject, details: Details) -> Said:
    """A product may have several entries, as for several platforms; where these differ, other versions are unknown."""
    entries: Entries = {}
    for entry in details.objects("affected", container.get("affected")):
        if not _is_unaffected(entry, details):
            for pair in _pairs(entry, details):
                entries.setdefault(pair, []).append((parts_of_entry(entry), default_of_entry(entry)))
    return {pair: _of_one_product(given) for pair, given in entries.items()}


def _pairs(entry: JsonObject, details: Details) -> list[Pair]:
    """The names of an entry; of one that has none, those in its CPE names."""
    pair = (
        read_name(details, "affected", entry.get("vendor")),
        read_name(details, "affected", entry.get("product"))
        or read_name(details, "affected", entry.get("packageName")),
    )
    given = entry.get("cpes")
    if any(pair) or not isinstance(given, list):
        return [pair]
    return list(dict.fromkeys(filter(None, (details.read("cpe", pair_of_cpe, one) for one in given))))


def _of_one_product(entries: Sequence[tuple[list[str], str]]) -> tuple[list[str], str]:
    """An entry of commits says again what another says in versions: it counts where there is no other."""
    counted = [entry for entry in entries if not is_of_commits(entry[0])] or entries
    defaults = {default for _, default in counted}
    return [part for parts, _ in counted for part in parts], defaults.pop() if len(defaults) == 1 else ""


def affected_by_cpe(configurations: object, details: Details) -> Affected:
    """What NVD's configurations name as vulnerable; what only has to be there too is left out."""
    found: dict[Pair, list[str]] = {}
    for configuration in details.objects("configurations", configurations):
        for node in details.objects("configurations", configuration.get("nodes")):
            for match in details.objects("configurations", node.get("cpeMatch")):
                criteria = match.get("criteria")
                if match.get("vulnerable") is not False and (pair := details.read("cpe", pair_of_cpe, criteria)):
                    found.setdefault(pair, []).append(part_of_cpe(match, _version_of_cpe(str(criteria))))
    return _collected({pair: joined(parts) for pair, parts in found.items()})


def _collected(said: Mapping[Pair, str]) -> Affected:
    """Each pair once; those with both names first, because the first is shown."""
    ranked = sorted(filter(any, said), key=lambda pair: not all(pair))[:MOST]
    return Affected(
        [vendor for vendor, _ in ranked], [product for _, product in ranked], [said[pair] for pair in ranked]
    )


def _version_of_cpe(criteria: str) -> list[str]:
    """The version and its update; a sign that was escaped stays so, and is compared with nothing."""
    found = CPE.match(criteria)
    return re.findall(PART, found["rest"].removeprefix(":"))[:3:2] if found else []


def _is_unaffected(entry: JsonObject, details: Details) -> bool:
    """An assigner may also list what is not affected."""
    return set(_statuses(entry, details)) == {"unaffected"}


def _statuses(entry: JsonObject, details: Details) -> Iterator[str]:
    versions = details.objects("affected", entry.get("versions"))
    yield from (
        str(of[key]).strip().lower() for of in (entry, *versions) for key in ("defaultStatus", "status") if of.get(key)
    )


def pair_of_cpe(criteria: object) -> tuple[str, str]:
    """Vendor and product of a CPE name, 2.3 or 2.2, as people write them."""
    found = CPE.match(criteria) if isinstance(criteria, str) else None
    if found is None:
        raise ValueError("not a CPE name")
    vendor, product = (_unescaped(found[part]) for part in ("vendor", "product"))
    return ("" if names_nobody(vendor) else vendor), ("" if names_nobody(product) else product)


def _unescaped(part: str) -> str:
    return clean(ESCAPE.sub(lambda m: m[1] or chr(int(m[2], 16)), part).replace("_", " "))[:LONGEST_NAME]
