"""The documents on which a change is tried: what could not be read, what is in force, the last ones of its source."""

from collections.abc import Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime

from build_auditor.line_trial import LineChange
from company.fire.fire import Fire
from company.sandbox.changes import ChangeInFull

REPLAYED = 6
"""The last documents of the source that are read before and after; with a daily source it is a week of work."""
LARGEST = 48 << 20
"""Bytes of a document that a trial still reads; a larger one is left out and counted."""


@dataclass(frozen=True)
class FixtureDocument:
    """A document that the change's test reads."""

    id: int
    source: str
    sha256: str
    edition_at: datetime | None
    size: int
    has_failed: bool


@dataclass(frozen=True)
class DocumentInForce:
    """The document of a source's canonical rows, and how far the next edition may be from it."""

    id: int
    source: str
    sha256: str
    edition_at: datetime | None
    size: int
    max_drop: float
    max_growth: float


@dataclass(frozen=True)
class ReplayedDocuments:
    """measured: those of which the change must show that they are read; good: the ids of what they are measured by."""

    every: Sequence[FixtureDocument | DocumentInForce]
    in_force: Sequence[DocumentInForce]
    measured: Sequence[FixtureDocument]
    good: Set[int] = field(default_factory=set)

    @property
    def small(self) -> list[FixtureDocument | DocumentInForce]:
        """Each once."""
        return list({document.id: document for document in self.every if document.size <= LARGEST}.values())

    @property
    def left_out(self) -> int:
        return len({document.id for document in self.every} - {document.id for document in self.small})


def documents_of_trial(fire: Fire, change: ChangeInFull, line: LineChange) -> ReplayedDocuments:
    """Measured is what failed and what the change is for; with a line that is no column, what that line is about."""
    tested = _documents(fire, *change.documents)
    in_force = fire.brain.rows(DocumentInForce, "documents_in_force")
    last = fire.brain.rows(FixtureDocument, "documents_to_replay", source=change.subject, most=REPLAYED)
    standing = {document.id for document in in_force}
    every: list[FixtureDocument | DocumentInForce] = [*tested, *last, *in_force]
    if line.word:
        measured = _documents(fire, line.word.raw_id)
        return ReplayedDocuments([*every, *measured], in_force, measured, standing)
    if line.move is None:
        failed = [d for d in tested if d.has_failed and d.source == change.subject and d.id not in standing]
        return ReplayedDocuments(every, in_force, failed, standing)
    of_source = [document.id for document in in_force if document.source == line.move.source]
    came = _documents(fire, *([line.move.raw_id] if line.move.raw_id else of_source))
    before = fire.brain.rows(
        FixtureDocument, "last_good_before", source=line.move.source, before=line.move.first_at
    ) or _documents(fire, *of_source)
    return ReplayedDocuments([*every, *came, *before], in_force, came, {document.id for document in before})


def _documents(fire: Fire, *ids: int) -> list[FixtureDocument]:
    return fire.brain.rows(FixtureDocument, "documents_of_change", documents=list(ids))
