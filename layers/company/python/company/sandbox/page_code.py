"""The modules of the product that write customers' pages from facts alone, as a change names them."""

from pathlib import Path

from company.fire.fire import Fire
from company.sandbox import code_root


def page_files(fire: Fire) -> list[str]:
    """Their paths from the root of the code; none for a product that names none."""
    deliveries, root = fire.vertical.deliveries, code_root(fire.vertical.name)
    places = [root / name.replace(".", "/") for name in (deliveries.written_by if deliveries else ())]
    found = {file for place in places for file in (place.rglob("*.py") if place.is_dir() else [_module(place)])}
    return sorted(file.relative_to(root).as_posix() for file in found)


def _module(place: Path) -> Path:
    return place.with_suffix(".py")
