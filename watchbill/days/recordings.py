"""Recorded feed files: every file under <folder>/<source>/ is one edition, unless the product reads them itself."""

import os
import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from company.text.wording import counted
from company.vertical import Edition, Malformed, Source, Vertical
from watchbill.days.options import DayOptions
from watchbill.errors import DeskError

DAY = re.compile(r"\d{4}-\d\d-\d\d")


def editions_in(product: Vertical, folder: Path, day: date | None = None) -> tuple[list[Edition], list[str]]:
    """The editions of a folder, oldest first, and a line for what was left out; a product may have its own reader."""
    if product.recorded is not None:
        return product.recorded(folder, day)
    editions: list[Edition] = []
    warnings: list[str] = []
    for source, path in _files(product, folder):
        try:
            editions.append(_edition(source, path))
        except (Malformed, OSError, ValueError) as error:
            warnings.append(f"{path}: left out, it cannot be read: {error}")
    return sorted(editions, key=lambda edition: (edition.edition_at, edition.source)), warnings


def require_readable(product: Vertical, place: Path) -> None:
    """Raises DeskError where nothing can be read at the place that the owner gave as --feeds."""
    if not os.access(place, os.R_OK):
        what = "it cannot be read" if os.path.lexists(place) else "there is no such folder or file"
        raise DeskError(f"--feeds {place}: {what}. {_accepted(product)}")


def editions_for(product: Vertical, place: Path, options: DayOptions) -> tuple[list[Edition], tuple[str, ...]]:
    """The editions of what the owner gave as --feeds, and what to say of the files; DeskError when no edition is left.

    Editions that are later than the day stay among them, and are never served.
    """
    require_readable(product, place)
    editions, lines = editions_in(product, place, options.date)
    if not editions:
        raise DeskError("\n".join([f"--feeds {place}: it holds no edition. {_accepted(product)}", *lines]))
    later = [edition for edition in editions if edition.edition_at > options.ends_at]
    if len(later) == len(editions):
        first = min(later, key=lambda edition: edition.edition_at)
        raise DeskError(
            f"--feeds {place}: {_later(later, options)}, and there is no other. The earliest is {first.name}, of"
            f" {first.edition_at:%Y-%m-%d}: give that day with --date."
        )
    return editions, (*lines, *([_later(later, options)] if later else ()))


def _later(later: list[Edition], options: DayOptions) -> str:
    last_day = options.date + timedelta(days=options.days - 1)
    return f"{counted(len(later), 'edition')} {'is' if len(later) == 1 else 'are'} later than {last_day}"


def _accepted(product: Vertical) -> str:
    names = f"; known names are {product.recorded_names}" if product.recorded_names else ""
    folders = ", ".join(source.name for source in product.sources)
    return f"Give a folder with files of {folders}, or one file{names}."


def _files(product: Vertical, folder: Path) -> Iterator[tuple[Source, Path]]:
    for source in product.sources:
        yield from ((source, path) for path in sorted((folder / source.name).rglob("*")) if path.is_file())


def _edition(source: Source, path: Path) -> Edition:
    """The time of the edition comes from the content; a date in the file's name is the date that was asked for."""
    named = DAY.search(path.name)
    parsed = source.read_bytes(path.read_bytes(), date.fromisoformat(named[0]) if named else None)
    return Edition(source.name, parsed.edition_at, path.read_bytes, path.name)
