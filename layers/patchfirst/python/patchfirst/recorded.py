"""Finds recorded editions in a folder, for the desk's feed server: files with an edition's name, and their stamps.

KEV, EPSS and NVD have their stamp inside; the others are dated by their names. Each may be plain, .gz, or inside a
.tar.gz, except the CVE List, whose editions are archives themselves. Other files are ignored; a file that should be an
edition and is not gives a warning. Where a mirror kept only a list of CVEs, the list is the edition, unless the full
file of that day is there too.
"""

import gzip
import re
import tarfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path, PurePath

from company.vertical import Edition, Malformed
from patchfirst.sources import epss, kev

STAMP = r"(?P<day>\d{4}-\d\d-\d\d)(?:T(?P<hour>\d\d)(?P<minute>\d\d)Z)?"
PACKED = r"(?:\.gz)?"
NAMES = {
    "kev": re.compile(r".*/known_exploited_vulnerabilities(?:[-_.]\d[^/]*)?\.json" + PACKED),
    "epss": re.compile(rf".*/(?:derived_)?epss_scores-{STAMP}\.csv{PACKED}"),
    "cves": re.compile(rf".*/(?:cves|(?P<part>delta))-{STAMP}\.(?:tar\.gz|tgz|zip)"),
    "exploitdb": re.compile(rf".*/files_exploits-{STAMP}\.csv{PACKED}"),
    "metasploit": re.compile(
        rf".*/(?:(?:derived_)?modules_metadata_base-(?:asof-)?|metasploit_cves-){STAMP}\.(?:json|txt){PACKED}"
    ),
    "nuclei": re.compile(rf".*/(?:(?<=nuclei/)cves-|nuclei_cves-){STAMP}\.(?:json|txt){PACKED}"),
    # One page of an answer; the answer about a single CVE is no edition.
    "nvd": re.compile(rf".*/(?<=nvd/)cves-(?!cveId)[^/]*\.json{PACKED}"),
}
RELEASED = re.compile(rb'"dateReleased"\s*:\s*"([^"]+)"')
MADE = re.compile(rb'"timestamp"\s*:\s*"(\d{4}-[^"]+)"')
IGNORED = {"malformed"}
ARCHIVES = (".tar.gz", ".tgz", ".tar")


@dataclass(frozen=True)
class RecordedFile:
    """A file, or a member of an archive, with the name of an edition."""

    name: str
    source: str
    named: re.Match[str]
    read: Callable[[], bytes]


def recorded(folder: Path) -> tuple[list[Edition], list[str]]:
    """Every edition under the folder, oldest first, and a warning for each file that only has the name of one."""
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


def _find(folder: Path, warnings: list[str]) -> Iterator[RecordedFile]:
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or IGNORED & set(path.relative_to(folder).parts):
            continue
        if known := _known(path):
            yield RecordedFile(str(path), *known, path.read_bytes)
        elif path.name.endswith(ARCHIVES):
            yield from _members(path, warnings)


def _members(archive: Path, warnings: list[str]) -> Iterator[RecordedFile]:
    """Editions inside an archive: the members with a name that we know."""
    try:
        with tarfile.open(archive) as tar:
            names = [m.name for m in tar.getmembers() if m.isfile()]
    except (tarfile.TarError, OSError, EOFError, zlib.error) as error:
        warnings.append(f"{archive}: left out, the archive cannot be read: {error}")
        return
    for name in names:
        if known := _known(PurePath(archive.parent.name) / name):
            yield RecordedFile(f"{archive}:{name}", *known, lambda name=name: _extract(archive, name))  # type: ignore[misc]


def _extract(archive: Path, name: str) -> bytes:
    with tarfile.open(archive) as tar:
        member = tar.extractfile(name)
        if member is None:
            raise Malformed("the member is no file")
        return member.read()


def _known(path: PurePath) -> tuple[str, re.Match[str]] | None:
    """The source whose edition has such a name, or None."""
    wanted = f"/{path.parent.name}/{path.name}"
    return next(((source, found) for source, name in NAMES.items() if (found := name.fullmatch(wanted))), None)


def _edition(found: RecordedFile) -> Edition:
    is_part = bool(found.named.groupdict().get("part"))
    return Edition(found.source, _stamp(found), lambda: _as_served(found), Path(found.name).name, is_part)


def _stamp(found: RecordedFile) -> datetime:
    if found.source == "kev":
        return _kev_stamp(_unpacked(found.read()))
    if found.source == "epss":
        return _epss_stamp(_unpacked(found.read()), found)
    if found.source == "nvd":
        return _nvd_stamp(_unpacked(found.read()))
    return _named_stamp(found)


def _named_stamp(found: RecordedFile) -> datetime:
    """From the name: the beginning of its day, or its minute."""
    at = time(int(found.named["hour"] or 0), int(found.named["minute"] or 0), tzinfo=UTC)
    return datetime.combine(date.fromisoformat(found.named["day"]), at)


def _nvd_stamp(content: bytes) -> datetime:
    made = MADE.search(content)
    if made is None or not content.rstrip().endswith(b"}"):
        raise Malformed("not a whole page with a timestamp")
    return datetime.fromisoformat(made[1].decode()).replace(tzinfo=UTC)


def _unpacked(body: bytes) -> bytes:
    return gzip.decompress(body) if body.startswith(b"\x1f\x8b") else body


def _kev_stamp(content: bytes) -> datetime:
    released = RELEASED.search(content)
    if released is None or not content.rstrip().endswith(b"}"):
        raise Malformed("not a whole document with a dateReleased")
    return kev.stamp({"dateReleased": released[1].decode()})


def _epss_stamp(content: bytes, found: RecordedFile) -> datetime:
    """From line 1; the files of 2021 have no stamp there and are dated by their names."""
    first = content.split(b"\n", 1)[0].decode("utf-8", "replace")
    if marked := epss.MARK.fullmatch(first):
        moment = datetime.fromisoformat(marked["stamp"])
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    if not first.startswith("cve,"):
        raise Malformed(f"the first line is {first[:60]!r}")
    return _named_stamp(found)


def _as_served(found: RecordedFile) -> bytes:
    """EPSS is served as gzip and the CVE List as it was packed; all others plain, also when the file is packed."""
    body = found.read()
    if found.source == "cves":
        return body
    if found.source != "epss":
        return _unpacked(body)
    return body if body.startswith(b"\x1f\x8b") else epss.pack(body)
