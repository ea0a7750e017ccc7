"""One spelling for CVE ids, whatever dash or blank a feed puts into them; one reading for moments and CVSS."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from company.json_values import JsonObject

CVE = re.compile(r"CVE-\d{4}-\d{4,}", re.ASCII)
DASHES = dict.fromkeys(range(0x2010, 0x2014), "-")
BLANKS = re.compile(r"\s+")
INVISIBLE = dict.fromkeys(map(ord, "\x00\u200b\ufeff"))
HIGHEST = 10.0


def normalise(text: str) -> str | None:
    """The id in its one spelling; None when it is none even without odd dashes and blanks."""
    plain = BLANKS.sub("", text.translate(DASHES)).upper()
    return plain if CVE.fullmatch(plain) else None


def clean(text: str) -> str:
    """Without the blanks, no-break blanks and invisible characters that feeds leave at the ends and inside."""
    return " ".join(text.translate(INVISIBLE).split())


def moment(text: str | None) -> datetime | None:
    """A moment written with or without its zone; without one it is UTC. ValueError when it is no moment."""
    if not text:
        return None
    found = datetime.fromisoformat(text.strip())
    return found if found.tzinfo else found.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Cvss:
    """One CVSS score and who gave it."""

    version: str
    score: float
    vector: str
    by: str


def best_cvss(candidates: Iterable[Cvss]) -> Cvss | None:
    """The first, in the caller's order; CVSS 2, another scale, only where there is nothing else."""
    ranked = list(candidates)
    return next((c for c in ranked if not c.version.startswith("2")), ranked[0] if ranked else None)


def read_cvss(data: JsonObject, by: str) -> Cvss | None:
    """A CVSS object; None when it has no score in range: a scorer's mistake must not cost the whole record."""
    score = data.get("baseScore")
    if isinstance(score, bool) or not isinstance(score, int | float) or not 0 <= score <= HIGHEST:
        return None
    return Cvss(str(data.get("version") or ""), float(score), str(data.get("vectorString") or ""), by)
