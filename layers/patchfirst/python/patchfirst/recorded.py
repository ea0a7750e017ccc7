"""Finds recorded editions in a folder, for the desk's feed server: by name what may be one, by content its stamp.

Layout: kev/known_exploited_vulnerabilities-*.json and epss/[derived_]epss_scores-YYYY-MM-DD.csv, each plain, .gz, or
inside a .tar.gz. Anything else is passed over; a file that should be an edition and is not gives a warning.
"""

import gzip
import re
import tarfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path

from company.vertical import Edition, Malformed
from patchfirst.sources import epss, kev

KEV_NAME = re.compile(r"known_exploited_vulnerabilities(?:[-_.]\d[^/]*)?\.json(?:\.gz)?")
EPSS_NAME = re.compile(r"(?:derived_)?epss_scores-(?P<day>\d{4}-\d\d-\d\d)\.csv(?:\.gz)?")
RELEASED = re.compile(rb'"dateReleased"\s*:\s*"([^"]+)"')
PASSED_OVER = {"malformed"}


@dataclass(frozen=True)
class Found:
    """A file, or a member of an archive, whose name is an edition's."""

    name: str
    source: str
    read: Callable[[], bytes]


def recorded(folder: Path) -> tuple[list[Edition], list[str]]:
    """Every edition under the folder, oldest first, and a warning for each file whose name promises one in vain."""
    editions: dict[tuple[str, datetime], Edition] = {}
    warnings: list[str] = []
    for found in _find(folder, warnings):
        try:
            edition = _edition(found)
        except (Malformed, OSError, EOFError, zlib.error, ValueError) as error:
            warnings.append(f"{found.name}: left out, it cannot be read: {error}")
            continue
        editions.setdefault((edition.source, edition.edition_at), edition)
    return sorted(editions.values(), key=lambda e: (e.edition_at, e.source)), warnings


def _find(folder: Path, warnings: list[str]) -> Iterator[Found]:
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or PASSED_OVER & set(path.relative_to(folder).parts):
            continue
        if path.name.endswith((".tar.gz", ".tgz", ".tar")):
            yield from _members(path, warnings)
        elif source := _source_of(path.name):
            yield Found(str(path), source, path.read_bytes)


def _members(archive: Path, warnings: list[str]) -> Iterator[Found]:
    """Editions inside an archive. Archives of other sources have no member of a name that we know."""
    try:
        with tarfile.open(archive) as tar:
            names = [m.name for m in tar.getmembers() if m.isfile() and _source_of(Path(m.name).name)]
    except (tarfile.TarError, OSError, EOFError, zlib.error) as error:
        warnings.append(f"{archive}: left out, the archive cannot be read: {error}")
        return
    for name in names:
        source = _source_of(Path(name).name)
        assert source is not None, "names were chosen by their source"
        yield Found(f"{archive}:{name}", source, lambda name=name: _extract(archive, name))  # type: ignore[misc]


def _extract(archive: Path, name: str) -> bytes:
    with tarfile.open(archive) as tar:
        member = tar.extractfile(name)
        if member is None:
            raise Malformed("the member is no file")
        return member.read()


def _source_of(name: str) -> str | None:
    if KEV_NAME.fullmatch(name):
        return "kev"
    return "epss" if EPSS_NAME.fullmatch(name) else None


def _edition(found: Found) -> Edition:
    content = _unpacked(found.read())
    at = _kev_stamp(content) if found.source == "kev" else _epss_stamp(content, found.name)
    return Edition(found.source, at, lambda: _as_served(found), Path(found.name).name)


def _unpacked(body: bytes) -> bytes:
    return gzip.decompress(body) if body.startswith(b"\x1f\x8b") else body


def _kev_stamp(content: bytes) -> datetime:
    released = RELEASED.search(content)
    if released is None or not content.rstrip().endswith(b"}"):
        raise Malformed("not a whole document with a dateReleased")
    return kev.stamp({"dateReleased": released[1].decode()})


def _epss_stamp(content: bytes, name: str) -> datetime:
    """From line 1; the files of 2021 have no such line and are dated by their names."""
    first = content.split(b"\n", 1)[0].decode("utf-8", "replace")
    if marked := epss.MARK.fullmatch(first):
        moment = datetime.fromisoformat(marked["stamp"])
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    named = EPSS_NAME.search(Path(name).name)
    if named is None or not first.startswith("cve,"):
        raise Malformed(f"the first line is {first[:60]!r}")
    return datetime.combine(date.fromisoformat(named["day"]), time(0), UTC)


def _as_served(found: Found) -> bytes:
    """KEV is served as plain JSON, EPSS as gzip, however the file was kept."""
    body = found.read()
    if found.source == "kev":
        return _unpacked(body)
    return body if body.startswith(b"\x1f\x8b") else epss.pack(body)
