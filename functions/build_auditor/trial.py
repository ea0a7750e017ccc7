"""One change on a copy of what is deployed: its test without and with it, then every document with both readers."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from build_auditor.page_trial import PageFacts, try_page
from company.fire.fire import Fire
from company.json_values import JsonObject
from company.pipeline.raw import load_raw
from company.sandbox import Sandbox, TrialResult, code_root, sandbox
from company.sandbox.changes import ChangeInFull
from company.sandbox.diffs import DiffError, files_of
from company.sandbox.in_force import diffs_in_force
from company.sandbox.pages import page_of

LARGEST = 48 << 20
"""Bytes of a document that a trial still reads; a larger one is left out and counted."""


@dataclass(frozen=True)
class FixtureDocument:
    """A document that the change's test reads."""

    id: int
    source: str
    sha256: str
    edition_at: datetime | None
    verdict: str
    size: int


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
class TrialFacts:
    """What each step of a trial showed. A step that was not reached counts as failed."""

    outside: Sequence[str] = ()
    applies: int = 0
    failed_without: int = 0
    passed_with: int = 0
    rows: int = 0
    rows_before: int = 0
    is_within_limits: bool = False
    keys_kept: float = 0.0
    others: int = 0
    others_differing: int = 0
    differing: Sequence[str] = ()
    left_out: int = 0
    error: str = ""


def try_change(fire: Fire, change: ChangeInFull) -> TrialFacts | PageFacts:
    """Tries the change on a copy: of an employee's page, or of lists of columns; what touches more is not run."""
    if role := page_of(change.files) if list(change.files) == _touched_files(change.diff) else None:
        return try_page(fire, change, role)
    touched = sorted(set(change.files) | set(_touched_files(change.diff)))
    if outside := [file for file in touched if file not in column_files(fire)]:
        return TrialFacts(outside=outside)
    tested = fire.brain.rows(FixtureDocument, "documents_of_change", documents=list(change.documents))
    in_force = fire.brain.rows(DocumentInForce, "documents_in_force")
    documents: list[FixtureDocument | DocumentInForce] = [*tested, *in_force]
    small_enough = [document for document in documents if document.size <= LARGEST]
    failed = [document for document in tested if document.verdict == "malformed"]
    with sandbox("company", fire.vertical.name) as trial:
        for deployed in diffs_in_force(fire):
            trial.change(deployed.diff)
        for document in small_enough:
            trial.put(_file_name(document), load_raw(fire, document.source, document.sha256).read())
        once = {document.id: document for document in small_enough}.values()
        facts = _try(fire, trial, change, [_read_request(document, failed, fire.now) for document in once])
    sources = {document.source for document in failed}
    return replace(
        facts,
        left_out=len(documents) - len(small_enough),
        is_within_limits=all(_is_within(facts, document) for document in in_force if document.source in sources),
    )


def column_files(fire: Fire) -> set[str]:
    """The files that a change may touch: the sources' lists of columns."""
    root = code_root(fire.vertical.name)
    return {s.columns.file.relative_to(root).as_posix() for s in fire.vertical.sources if s.columns}


def _try(fire: Fire, trial: Sandbox, change: ChangeInFull, documents: Sequence[JsonObject]) -> TrialFacts:
    without, before = trial.test(change.test), trial.read(fire.vertical.name, documents)
    try:
        trial.change(change.diff)
    except DiffError as error:
        return TrialFacts(error=str(error))
    with_it, after = trial.test(change.test), trial.read(fire.vertical.name, documents)
    facts = TrialFacts(
        applies=1,
        failed_without=int(not without.is_ok),
        passed_with=int(with_it.is_ok),
        error=with_it.message or before.message or after.message,
    )
    if not (before.is_ok and after.is_ok):
        return facts
    return _compare(facts, before, after, [d["name"] for d in documents if d["has_failed"]])


def _compare(facts: TrialFacts, before: TrialResult, after: TrialResult, failed: Sequence[str]) -> TrialFacts:
    """Compares the documents that could not be read with the last good one of their source; and all the others."""
    others = {name: read for name, read in after.result.items() if name not in failed}
    differing = [name for name, read in others.items() if read != before.result[name]]
    facts = replace(facts, others=len(others), others_differing=len(differing), differing=differing)
    for name in failed:
        read = after.result.get(name, {})
        good = [other for other in others.values() if other["source"] == read.get("source")]
        facts = _measure(facts, read, good[-1] if good else {})
    return facts


def _measure(facts: TrialFacts, read: JsonObject, good: JsonObject) -> TrialFacts:
    keys, known = set(read.get("keys", ())), set(good.get("keys", ()))
    return replace(
        facts,
        error=facts.error or read.get("error", ""),
        rows=facts.rows + read.get("rows", 0),
        rows_before=facts.rows_before + good.get("rows", 0),
        keys_kept=round(len(keys & known) / len(known), 3) if known else 0.0,
    )


def _is_within(facts: TrialFacts, stream: DocumentInForce) -> bool:
    """The stream's own limits on how far an edition may be from the one before."""
    before = facts.rows_before
    return before * (1 - stream.max_drop) <= facts.rows <= before * stream.max_growth


def _touched_files(diff: str) -> list[str]:
    try:
        return files_of(diff)
    except DiffError as error:
        return [str(error)]


def _read_request(
    document: FixtureDocument | DocumentInForce, failed: Sequence[FixtureDocument], now: datetime
) -> JsonObject:
    """How the trial reads a document; keys are needed where a document is compared with one that failed."""
    return {
        "name": _file_name(document),
        "source": document.source,
        "moment": (document.edition_at or now).isoformat(),
        "with_keys": document.source in {other.source for other in failed},
        "has_failed": document.id in {other.id for other in failed},
    }


def _file_name(document: FixtureDocument | DocumentInForce) -> str:
    return f"document-{document.id}"
