"""Turns recorded files into the editions that the desk's feed server serves, as their publisher would have."""

import io
import zipfile
from datetime import date, datetime
from functools import partial
from pathlib import Path, PurePath

from company.vertical import Edition
from patchfirst.recorded.dating import merged_pages, moment_of
from patchfirst.recorded.finding import Finder, FoundFile
from patchfirst.recorded.left_out import LeftOut
from patchfirst.recorded.packing import BROKEN, GZIP, archive_for_reader, unpacked, unpacked_once
from patchfirst.sources import epss

ARCHIVES = ("ghsa", "osv", "vulncheck")
"""They are served as archives, which their readers open."""
YEAR_FEED = "nvdcve-"


def recorded(place: Path, day: date | None = None) -> tuple[list[Edition], list[str]]:
    """Every edition in a folder or a file, oldest first, and a line for what was left out and why.

    day: the day that is asked for, for files that nothing dates; None takes the file's own time.
    """
    left_out = LeftOut(place)
    found: dict[tuple[str, datetime], Edition] = {}
    feeds: list[tuple[datetime, FoundFile]] = []
    for file in Finder(left_out).find(place):
        try:
            at = moment_of(file, day)
        except BROKEN as error:
            left_out.add(file.name, f"it cannot be read: {error}")
            continue
        if PurePath(file.name).name.startswith(YEAR_FEED):
            feeds.append((at, file))
            continue
        _take(found, _edition(file, at), file, left_out)
    if feeds:
        at = max(at for at, _ in feeds)
        load = partial(_merged, [file for _, file in feeds])
        found.setdefault(("nvd", at), Edition("nvd", at, load, "NVD's feeds"))
    return sorted(found.values(), key=lambda e: (e.edition_at, e.source)), left_out.lines()


def _take(found: dict[tuple[str, datetime], Edition], edition: Edition, file: FoundFile, left_out: LeftOut) -> None:
    """Of two files of one source and time the first by name is served: the full file before a mirror's list."""
    first = found.setdefault((edition.source, edition.edition_at), edition)
    if first is not edition:
        left_out.add(
            file.name, f"another {edition.source} file of {edition.edition_at:%Y-%m-%d %H:%M} is read: {first.name}"
        )


def _edition(file: FoundFile, at: datetime) -> Edition:
    assert file.kind.source is not None
    return Edition(file.kind.source, at, partial(_as_served, file), PurePath(file.name).name, file.kind.is_part)


def _merged(files: list[FoundFile]) -> bytes:
    return merged_pages(file.read() for file in files)


def _as_served(file: FoundFile) -> bytes:
    """As the publisher serves it: what a mirror packed is unpacked, and what was recorded under the publisher's own
    name is served as it is, also when the name promises gzip and the content is none."""
    if file.kind.source == "cves":
        return _zipped(file.records) if file.records else archive_for_reader(file.read())
    content = file.read()
    if file.kind.source in ARCHIVES:
        return content
    if file.kind.source != "epss":
        return unpacked_once(content) if file.name.endswith((".gz", ".xz", ".bz2", ".zip")) else content
    if content.startswith(GZIP) or file.name.endswith(".csv.gz"):
        return content
    return epss.pack(unpacked(content))


def _zipped(records: tuple[Path, ...]) -> bytes:
    """Loose records as one archive."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for record in records:
            archive.writestr(zipfile.ZipInfo(record.name), record.read_bytes())
    return packed.getvalue()
