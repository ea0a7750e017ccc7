"""What several sources of CVEs have in common: one way to read texts, moments and CVSS scores."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from company.json_values import JsonObject
from company.text.cleaning import visible

HIGHEST = 10.0


def clean(text: object) -> str:
    """The text without invisible characters, and with single blanks between its words; TypeError when it is none."""
    if not isinstance(text, str):
        raise TypeError(f"not a text: {text!r:.40}")
    plain = " ".join(text.split())
    return plain if plain.isprintable() else " ".join(visible(plain).split())


def moment(text: str | None) -> datetime | None:
    """A moment written with or without its zone; without one it is UTC. ValueError when it cannot be read."""
    if not text:
        return None
    found = datetime.fromisoformat(text.strip())
    return found if found.tzinfo else found.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Cvss:
    """One CVSS score and its scorer."""

    version: str
    score: float
    vector: str
    by: str


def best_cvss(candidates: Iterable[Cvss]) -> Cvss | None:
    """The first, in the caller's order. CVSS 2 has another scale, and is taken only where there is no other."""
    ranked = list(candidates)
    return next((c for c in ranked if not c.version.startswith("2")), ranked[0] if ranked else None)


def read_cvss(data: JsonObject, by: str) -> Cvss | None:
    """A CVSS object; None when its score is out of range: a scorer's mistake must not lose the whole record."""
    score = data.get("baseScore")
    if isinstance(score, bool) or not isinstance(score, int | float) or not 0 <= score <= HIGHEST:
        return None
    return Cvss(str(data.get("version") or ""), float(score), str(data.get("vectorString") or ""), by)
