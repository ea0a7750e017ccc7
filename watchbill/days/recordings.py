"""Recorded feed files: every file under <folder>/<source>/ is one edition, unless the product reads them itself."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from company.vertical import Edition, Malformed, Source, Vertical

DAY = re.compile(r"\d{4}-\d\d-\d\d")


def editions_in(product: Vertical, folder: Path) -> tuple[list[Edition], list[str]]:
    """The editions of a folder, oldest first, and a warning per unreadable file; a product may have its own reader."""
    if product.recorded is not None:
        return product.recorded(folder)
    editions: list[Edition] = []
    warnings: list[str] = []
    for source, path in _files(product, folder):
        try:
            editions.append(_edition(source, path))
        except (Malformed, OSError, ValueError) as error:
            warnings.append(f"{path}: left out, it cannot be read: {error}")
    return sorted(editions, key=lambda edition: (edition.edition_at, edition.source)), warnings


def _files(product: Vertical, folder: Path) -> Iterator[tuple[Source, Path]]:
    for source in product.sources:
        yield from ((source, path) for path in sorted((folder / source.name).rglob("*")) if path.is_file())


def _edition(source: Source, path: Path) -> Edition:
    """The time of the edition comes from the content; a date in the file's name is the date that was asked for."""
    named = DAY.search(path.name)
    parsed = source.parse(path.read_bytes(), date.fromisoformat(named[0]) if named else None)
    return Edition(source.name, parsed.edition_at, path.read_bytes, path.name)
