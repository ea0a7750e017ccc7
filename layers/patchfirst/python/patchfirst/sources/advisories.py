"""GitHub's advisories and OSV's: one JSON record per advisory, both in the OSV format, in archives.

An advisory says under which other ids a vulnerability is known, and which packages have it. Records of malicious
packages are not read: what they describe has no CVE and no correction.
"""

import io
import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import IO

from company.json_values import JsonObject
from company.text.decoding import read_json
from company.text.wording import counted
from company.vertical import Details, Malformed, Parsed, Reject, Route, Source
from company.vertical.columns import Columns
from company.vertical.details import UNREADABLE
from company.vertical.feeds import StagedRow, default_stamp
from company.vertical.forms import columns_of, named
from company.vertical.spool import Spool
from patchfirst.affected_versions import COMPARABLE, numbers_of
from patchfirst.cves import LONGEST_TEXT, moment, read_text
from patchfirst.ids import read_advisory_id
from patchfirst.sources.lists import first_records, records

MOST = 100
"""More aliases or packages of one advisory say nothing more to a customer."""
LONGEST_REJECT = 2000
NOT_READ = re.compile(r"(?:^|/)MAL-[^/]*$|(?:^|/)unreviewed/")
"""Malicious packages; and GitHub's copies of CVE records that nobody has assigned to a package."""
BOUNDS = {"introduced": ">=", "fixed": "<", "last_affected": "<="}
AT_ONE_VERSION = ("<", ">=", "<=")
"""In which order bounds of the same version stand: one span ends before another begins, or holds this version alone."""
BUCKET = "https://osv-vulnerabilities.storage.googleapis.com"
ECOSYSTEMS = ("PyPI", "npm", "Go", "Maven", "NuGet", "crates.io", "Packagist", "RubyGems")
ALL_DAY = timedelta(hours=5, minutes=55)
"""Their machine fires each hour, some seconds late: four times a day."""


def parse(body: bytes, at: date | None = None) -> Parsed:
    """An archive's records. at replaces the missing stamp."""
    return parse_file(io.BytesIO(body), at)


def parse_file(file: IO[bytes], at: date | None = None) -> Parsed:
    """The same from a file: one record at a time is in memory."""
    rows: Spool[StagedRow] = Spool()
    rejects: Spool[Reject] = Spool()
    edition_at, details = default_stamp(at), Details()
    for number, (name, content) in enumerate(records(file, is_advisory, COLUMNS.form), start=1):
        try:
            record = named(COLUMNS.form, read_json(content, details))
            rows.append((number, *read_advisory(record, details)))
        except UNREADABLE as error:
            rejects.append(Reject(number, str(error), content[:LONGEST_REJECT].decode("utf-8", "replace"), _file(name)))
    if not rows:
        why = f"; the first: {rejects[0].reason}" if rejects else ""
        raise Malformed(f"none of {counted(len(rejects), 'record')} can be read{why}")
    return Parsed(edition_at, rows, rejects, unread=details.unread, has_stamp=False)


def is_advisory(name: str) -> bool:
    return name.lower().endswith(".json") and NOT_READ.search(name) is None


def _file(name: str) -> str | None:
    return read_advisory_id(name.rsplit("/", 1)[-1].removesuffix(".json"))


def read_advisory(record: JsonObject, details: Details) -> StagedRow:
    """A record's values in the order of the stream's columns. Only its id is needed."""
    if not isinstance(record, dict):
        raise ValueError("the record is no object")
    advisory = read_advisory_id(record.get("id"))
    if advisory is None:
        raise ValueError(f"not an id: {record.get('id')!r:.80}")
    packages = list(dict.fromkeys(_packages(record.get("affected"), details)))[:MOST]
    return (
        advisory,
        *(details.read(name, moment, record.get(name)) for name in ("published", "modified", "withdrawn")),
        read_text(details, "summary", record.get("summary")),
        _aliases(record.get("aliases"), details),
        *([package[n] for package in packages] for n in range(4)),
    )


def _aliases(value: object, details: Details) -> list[str]:
    """The other ids of the same vulnerability. Related and upstream ids are of other ones, and are not read."""
    found: dict[str, None] = {}
    for given in value if isinstance(value, list) else [] if value is None else [value]:
        alias = read_advisory_id(given)
        if alias is None:
            details.count("aliases", given)
        else:
            found[alias] = None
    return list(found)[:MOST]


def _packages(value: object, details: Details) -> Iterator[tuple[str, str, str, str]]:
    """Ecosystem, name, purl and versions of each package that is named."""
    for affected in details.objects("affected", value):
        package = details.one_object("package", affected.get("package"))
        ecosystem, name = (read_text(details, key, package.get(key)) for key in ("ecosystem", "name"))
        if ecosystem and name:
            yield ecosystem, name, read_text(details, "purl", package.get("purl")), _versions(affected, details)


def _versions(affected: JsonObject, details: Details) -> str:
    """Bounds as '>=1.0|<1.2|>=2.0|<2.1', or single versions as '1.0|1.1'; '' where none is said, or too many are."""
    ranges = [r for r in details.objects("ranges", affected.get("ranges")) if r.get("type") in ("SEMVER", "ECOSYSTEM")]
    bounds: list[str] = []
    for one in ranges:
        if (read := _bounds(one, details)) is None:
            return ""
        bounds += read
    given = affected.get("versions")
    single = [read_text(details, "versions", version) for version in given] if isinstance(given, list) else []
    return _joined(bounds or list(filter(None, single)), details)


def _bounds(given: JsonObject, details: Details) -> list[str] | None:
    """A range's bounds, a span after the other: its events may stand in any order. None where nobody can tell it."""
    events = [
        (sign, version)
        for event in details.objects("events", given.get("events"))
        for name, sign in BOUNDS.items()
        if (version := read_text(details, "events", event.get(name)))
    ]
    if all(COMPARABLE.fullmatch(version) for _, version in events):
        events.sort(key=lambda event: (numbers_of(event[1]), AT_ONE_VERSION.index(event[0])))
    elif events[0][0] != ">=":
        details.count("events", given.get("events"))
        return None
    return [sign + version for sign, version in events]


def _joined(parts: Sequence[str], details: Details) -> str:
    """A list that was cut would say something else: one that is too long is not kept at all."""
    joined = "|".join(parts)
    if len(joined) > LONGEST_TEXT:
        details.count("versions", joined)
        return ""
    return joined


COLUMNS: Columns = columns_of(__file__, records=lambda body: first_records(body, is_advisory, COLUMNS.form))
GHSA = Source(
    name="ghsa",
    title="GitHub advisories",
    urls=("https://codeload.github.com/github/advisory-database/tar.gz/refs/heads/main",),
    parse=parse,
    parse_file=parse_file,
    columns=COLUMNS,
    route=Route("/ghsa/tar.gz/refs/heads/main", "application/x-gzip"),
    is_optional=True,
    asked_every=ALL_DAY,
    max_bytes=1024 * 1024 * 1024,
    timeout_seconds=90.0,
)
OSV = Source(
    name="osv",
    title="OSV",
    urls=tuple(f"{BUCKET}/{ecosystem}/all.zip" for ecosystem in ECOSYSTEMS),
    parse=parse,
    parse_file=parse_file,
    columns=COLUMNS,
    route=Route("/osv/all.zip", "application/zip"),
    is_optional=True,
    has_many_documents=True,
    # Each ecosystem has its own archive, and none holds what another has.
    is_delta=True,
    asked_every=ALL_DAY,
    max_bytes=1024 * 1024 * 1024,
    timeout_seconds=90.0,
)
