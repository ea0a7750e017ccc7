"""One component of what a customer runs, as its inventory names it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class PackageUrl:
    """The parts of a package URL, decoded: pkg:npm/%40scope/name@1.0 is npm, @scope, name, 1.0."""

    type: str
    namespace: str
    name: str
    version: str


@dataclass(frozen=True)
class Component:
    """Each text is '' where the file says nothing. cpes: names by CPE 2.2 or 2.3, as written."""

    name: str
    version: str = ""
    vendor: str = ""
    purl: PackageUrl | None = None
    cpes: tuple[str, ...] = ()
