"""The documents on which a change is tried: what could not be read, what is in force, the last ones of its source."""

from collections.abc import Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime

from build_auditor.line_trial import LineChange
from company.fire.fire import Fire
from company.sandbox.changes import ChangeInFull

REPLAYED = 6
"""The last documents of the source that are read before and after; with a daily source it is a week of work."""
GOOD = 3
"""The good documents of which the newest is chosen that the code before the change reads."""
LARGEST = 48 << 20
"""Bytes of a document that a trial still reads; a larger one is left out and counted."""


@dataclass(frozen=True)
class FixtureDocument:
    """A document that the change's test reads. was_taken_back: it was read by a change that is in force no more."""

    id: int
    source: str
    sha256: str
    edition_at: datetime | None
    size: int
    has_failed: bool
    was_taken_back: bool


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
    was_taken_back: bool


@dataclass(frozen=True)
class ReplayedDocuments:
    """measured: those of which the change must show that they are read; good: the ids of what they may be measured by,
    the newest first; of_subject: of those that came into force, the ids of the changed source's."""

    every: Sequence[FixtureDocument | DocumentInForce]
    in_force: Sequence[DocumentInForce]
    measured: Sequence[FixtureDocument]
    good: Sequence[int] = ()
    of_subject: Set[int] = field(default_factory=set)

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
    good = last_good_documents(fire, line.word.source if line.word else change.subject)
    every: list[FixtureDocument | DocumentInForce] = [*good, *tested, *last, *in_force]
    if line.word:
        measured = _documents(fire, line.word.raw_id)
        return ReplayedDocuments([*every, *measured], in_force, measured, _ids(good))
    if line.move is None:
        standing = {document.id for document in in_force}
        failed = [d for d in tested if d.has_failed and d.source == change.subject and d.id not in standing]
        of_subject = {*_ids(good), *_ids(last), *(d.id for d in in_force if d.source == change.subject)}
        return ReplayedDocuments(every, in_force, failed, _ids(good), of_subject)
    of_source = [document.id for document in in_force if document.source == line.move.source]
    came = _documents(fire, *([line.move.raw_id] if line.move.raw_id else of_source))
    before = fire.brain.rows(
        FixtureDocument, "last_good_before", source=line.move.source, before=line.move.first_at
    ) or _documents(fire, *of_source)
    return ReplayedDocuments([*before, *every, *came], in_force, came, _ids(before))


def last_good_documents(fire: Fire, source: str) -> list[FixtureDocument]:
    """Those that came into force, the newest first; at the end what was read by a change that was taken back."""
    return fire.brain.rows(FixtureDocument, "last_good_documents", source=source, most=GOOD)


def _ids(documents: Sequence[FixtureDocument]) -> list[int]:
    return [document.id for document in documents]


def _documents(fire: Fire, *ids: int) -> list[FixtureDocument]:
    return fire.brain.rows(FixtureDocument, "documents_of_change", documents=list(ids))
