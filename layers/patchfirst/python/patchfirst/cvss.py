"""Which of many CVSS scores is the one: a rule that is the same for every source (docs/data.md).

The newest version first; of one version whose word it is, as the caller gives them; of those the worst. A score of zero
is none where another stands.
"""

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass

from company.json_values import JsonObject
from company.vertical import Details
from patchfirst.cves import read_text

HIGHEST = 10.0
VERSIONS = ("4.0", "3.1", "3.0", "2.0")
VERSION = re.compile(r"[0-9]\.[0-9]")
URGENCY = re.compile(r"(?<=/U:)[A-Z]+")
"""Its values are the only words of a vector: Clear, Green, Amber, Red."""
IN_VECTOR = re.compile(r"CVSS:([0-9]\.[0-9])/")


@dataclass(frozen=True)
class Cvss:
    """One CVSS score and its scorer. whose: 0 for the first whose word counts, 1 for the next."""

    version: str
    score: float
    vector: str
    by: str
    whose: int = 0


def best_cvss(candidates: Iterable[Cvss]) -> Cvss | None:
    """The one to show and to rank by; None when there is none."""
    return min(candidates, key=lambda c: (c.score == 0, _age(c.version), c.whose, -c.score), default=None)


def read_cvss(details: Details, data: JsonObject, key_version: str, by: str, whose: int) -> Cvss | None:
    """A CVSS object; None when its score cannot be: a scorer's mistake must not lose the whole record.

    key_version: the version of the key under which it stands; its vector says better which one it is.
    """
    score = details.read("cvss_score", _score, data.get("baseScore"))
    vector = _vector(read_text(details, "cvss_vector", data.get("vectorString")))
    version = _version(details, data, vector, key_version)
    if score is None:
        if vector and data.get("baseScore") is None:
            details.count("cvss_score", vector)
        return None
    return Cvss(version, score, vector, by, whose)


def _vector(written: str) -> str:
    """In its own letters: from version 3 on they are capitals but for version 4's U:Amber, in version 2 not all."""
    if written[:5].upper() != "CVSS:":
        return written
    return URGENCY.sub(lambda found: found[0].capitalize(), written.upper())


def _version(details: Details, data: JsonObject, vector: str, key_version: str) -> str:
    in_vector = IN_VECTOR.match(vector)
    stated = read_text(details, "cvss_version", data.get("version"))
    version = in_vector[1] if in_vector else stated if VERSION.fullmatch(stated) else key_version
    if {version, key_version} != {version} or stated not in ("", version):
        details.count("cvss_version", stated or key_version)
    if version not in VERSIONS:
        details.note_word("cvss_version", version)
    return version


def _score(value: object) -> float | None:
    """A number from 0 to 10, also written as text."""
    if isinstance(value, str) and value.strip().lower() in ("", "n/a", "none"):
        return None
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise TypeError(f"no number: {value!r:.40}")
    score = float(value)
    if math.isnan(score) or not 0 <= score <= HIGHEST:
        raise ValueError(f"no score: {score}")
    return score


def _age(version: str) -> float:
    """Smaller for a newer version; what is no version comes last."""
    return -float(version) if VERSION.fullmatch(version) else 0.0
