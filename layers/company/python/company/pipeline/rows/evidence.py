"""What a build task shows of a document that failed: its bytes by digest, the error, what was good last, the rows."""

from dataclasses import asdict, dataclass
from datetime import datetime

from company.fire.fire import Fire
from company.json_values import JsonObject


@dataclass(frozen=True)
class FailureEvidence:
    """rows_affected: those of this edition that are not in force, or all of the last one where none could be read."""

    sha256: str
    bytes: int
    error: str | None
    last_good_document: int | None
    last_good_edition: datetime | None
    last_good_rows: int | None
    rows_affected: int | None


def evidence_of(fire: Fire, raw_id: int) -> JsonObject:
    """As a task's payload keeps it."""
    found = fire.brain.row(FailureEvidence, "failure_evidence", raw_id=raw_id)
    if found is None:
        return {}
    edition = found.last_good_edition
    return {**asdict(found), "last_good_edition": edition.isoformat() if edition else None}
