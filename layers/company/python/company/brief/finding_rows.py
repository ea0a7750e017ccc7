"""Findings as the brief reads them from the brain, with the columns of their queries. Times are UTC."""

from dataclasses import dataclass
from datetime import datetime

from company.watch.finding_records import FindingRecord


@dataclass(frozen=True)
class BriefFinding(FindingRecord):
    """A finding that is open, or was closed in the span."""

    planted: bool
    is_muted: bool
    watchers_manager: str | None
    decision_id: int | None
    """The question about it that waits for the owner."""
    declined_id: int | None
    declined_by: str | None
    declined_at: datetime | None
    """The last question about it that somebody answered, where that was the owner's no, or silence."""

    def is_about(self, source: str) -> bool:
        """Whether it is about a source: by name, by a batch or an edition of it, or as one that failed in a fire."""
        errors = self.evidence.get("errors")
        return (
            source in (self.subject, self.evidence.get("source"))
            or self.evidence.get("what") == f"editions of {source}"
            or (self.evidence.get("what") == "sources" and isinstance(errors, dict) and source in errors)
        )


@dataclass(frozen=True)
class LastFinding:
    """The last finding that was closed before the span."""

    id: int
    title: str
    closed_at: datetime


@dataclass(frozen=True)
class PromisedFinding:
    """A finding of the last brief, as it is now."""

    id: int
    title: str
    closed_at: datetime | None
    resolution: str | None
