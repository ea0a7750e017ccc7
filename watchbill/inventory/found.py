"""What was found in an inventory, and how its texts are read."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from packageurl import PackageURL

from company.text.cleaning import visible_line
from company.text.wording import clipped
from company.vertical import Component, PackageUrl

LONGEST = 200
T = TypeVar("T")


@dataclass
class Found:
    """Fills up while a file is read.

    format: as people call it. faults: a sentence for each thing that was left out or taken without a part.
    """

    format: str
    components: list[Component] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def add(self, where: str, component: Component) -> None:
        """Keeps a component, and a fault for one that nothing names."""
        if component.name:
            self.components.append(component)
        else:
            self.faults.append(f"{where} has no name and is left out.")


def plain(text: object) -> str:
    """A text of a file as one visible line; '' for what is none."""
    return clipped(visible_line(text), LONGEST) if isinstance(text, str) else ""


def package_url(text: str) -> PackageURL:
    """ValueError for a text that is no package URL."""
    return PackageURL.from_string(text.strip())


def parts_of(purl: PackageURL | None) -> PackageUrl | None:
    if purl is None:
        return None
    return PackageUrl(*(plain(part) for part in (purl.type, purl.namespace, purl.name, purl.version)))


def read_part(found: Found, where: str, what: str, reader: Callable[[str], T], text: str) -> T | None:
    """What the reader makes of a text; None with a fault where it refuses it."""
    try:
        return reader(text) if text.strip() else None
    except ValueError as error:
        found.faults.append(f"{where}: its {what} cannot be read and is left out: {plain(str(error))}.")
        return None


def first_readable(make: Callable[[Sequence[str]], T], needed: str, optional: Sequence[str]) -> tuple[T, list[str]]:
    """What a library makes of the named fields; where it refuses them, of those that it takes, and the others' names.

    ValueError where it refuses the needed one. What it raises of a field is whatever its own code stumbled on.
    """
    try:
        return make([needed, *optional]), []
    except Exception:
        refused = [name for name in optional if not _is_readable(make, [needed, name])]
    try:
        return make([needed, *(name for name in optional if name not in refused)]), refused
    except Exception as error:
        raise ValueError(f"{needed} is refused") from error


def _is_readable(make: Callable[[Sequence[str]], object], names: Sequence[str]) -> bool:
    try:
        make(names)
    except Exception:
        return False
    return True
