"""Every optional value of a row, replaced by every kind of value: the row is taken, and what was odd is counted."""

import copy
import json
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from company.vertical import Parsed
from patchfirst.sources import cves, kev, nvd
from tests.pipeline.test_changes import tarred
from tests.properties.test_parsers import CVE_RECORD, KEV_ENTRY, NVD_ENTRY

AT = datetime(2026, 3, 11, 12, tzinfo=UTC)
Path = tuple[str | int, ...]
ODD: tuple[Any, ...] = (
    None, True, False, 0, -1, 7, 1.5, 2**70, float("nan"), float("inf"), "", "a word", "N/A", "\x00", "\ud83d",
    "x" * 3_000_000, "2026-02-30", "0000-00-00", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00",
    [], {}, ["a word"], [None], [[]], [{}], {"a": "b"}, [7, "x", {"lang": "en"}],
)  # fmt: skip
REQUIRED: dict[str, Sequence[Path]] = {
    "cves": [("cveMetadata",), ("cveMetadata", "cveId")],
    "kev": [("cveID",)],
    "nvd": [("cve",), ("cve", "id")],
}
MORE_OF_A_RECORD = {
    "configurations": [{"nodes": [{"cpeMatch": [{"vulnerable": True, "criteria": "cpe:2.3:a:v:p:1:*"}]}]}],
}


def _record(changed: Any) -> Parsed:
    return cves.parse(tarred(changed), AT)


def _entry(changed: Any) -> Parsed:
    rest = {**KEV_ENTRY, "cveID": "CVE-2026-0009"}
    document = {"dateReleased": "2026-03-11T10:00:00Z", "vulnerabilities": [changed, rest]}
    return kev.parse(json.dumps(document).encode())


def _page(changed: Any) -> Parsed:
    head = {"startIndex": 0, "totalResults": 1, "timestamp": "2026-03-11T10:00:00.000"}
    return nvd.parse(json.dumps({**head, "vulnerabilities": [changed]}).encode(), AT)


SOUND: dict[str, tuple[Any, Callable[[Any], Parsed]]] = {
    "cves": (CVE_RECORD, _record),
    "kev": (KEV_ENTRY, _entry),
    "nvd": ({"cve": {**NVD_ENTRY["cve"], **MORE_OF_A_RECORD}}, _page),
}


def _paths(value: Any, before: Path = ()) -> Iterator[Path]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, below in inner:
        yield (*before, step)
        yield from _paths(below, (*before, step))


def _with(sound: Any, path: Path, value: Any) -> Any:
    changed = copy.deepcopy(sound)
    at = changed
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = value
    return changed


@pytest.mark.parametrize(
    ("source", "path"),
    [(source, path) for source, (sound, _) in SOUND.items() for path in _paths(sound) if path not in REQUIRED[source]],
    ids=lambda part: ".".join(map(str, part)) if isinstance(part, tuple) else part,
)
def test_an_odd_value_costs_no_row(source: str, path: Path) -> None:
    sound, parse = SOUND[source]

    for odd in ODD:
        parsed = parse(_with(sound, path, odd))

        assert not parsed.rejects, odd
        assert parsed.rows[0][1] == "CVE-2026-0001", odd


@pytest.mark.parametrize("source", SOUND)
def test_of_a_sound_row_nothing_is_unread(source: str) -> None:
    sound, parse = SOUND[source]

    parsed = parse(sound)

    assert (parsed.unread, parsed.new_words) == ({}, {})
