"""One change on a copy of what is deployed: its test without and with it, the product's own tests, and a replay.

Replayed are the documents in force of every source, and the last ones of the source that the change is about: each is
read before and after, and every row that differs is named.
"""

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

REPLAYED = 6
"""The last documents of the source that are read before and after; with a daily source it is a week of work."""
NAMED = 20
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
class TrialFacts:
    """What each step of a trial showed. A step that was not reached counts as failed."""

    outside: Sequence[str] = ()
    applies: int = 0
    failed_without: int = 0
    passed_with: int = 0
    own_tests: int = 0
    own_tests_error: str = ""
    rows: int = 0
    rows_before: int = 0
    is_within_limits: bool = False
    keys_kept: float = 0.0
    others: int = 0
    others_differing: int = 0
    differing: Sequence[str] = ()
    rows_differing: int = 0
    left_out: int = 0
    error: str = ""


def try_change(fire: Fire, change: ChangeInFull) -> TrialFacts | PageFacts:
    """Tries the change on a copy: of an employee's page, or of lists of columns; what touches more is not run."""
    role = page_of(change.files) if list(change.files) == _touched_files(change.diff) else None
    return try_page(fire, change, role) if role else _try_code(fire, change)


def _try_code(fire: Fire, change: ChangeInFull) -> TrialFacts:
    touched = sorted(set(change.files) | set(_touched_files(change.diff)))
    if outside := [file for file in touched if file not in column_files(fire)]:
        return TrialFacts(outside=outside)
    tested = fire.brain.rows(FixtureDocument, "documents_of_change", documents=list(change.documents))
    in_force = fire.brain.rows(DocumentInForce, "documents_in_force")
    last = fire.brain.rows(FixtureDocument, "documents_to_replay", source=change.subject, most=REPLAYED)
    documents: list[FixtureDocument | DocumentInForce] = [*tested, *last, *in_force]
    small_enough = [document for document in documents if document.size <= LARGEST]
    standing = {document.id for document in in_force}
    failed = [d for d in tested if d.has_failed and d.source == change.subject and d.id not in standing]
    with sandbox("company", fire.vertical.name) as trial:
        for deployed in diffs_in_force(fire):
            trial.change(deployed.diff)
        for document in small_enough:
            trial.put(_file_name(document), load_raw(fire, document.source, document.sha256).read())
        once = {document.id: document for document in small_enough}.values()
        requests = [_read_request(fire, document, failed) for document in once]
        facts = _try(fire, trial, change, requests)
    sources = {document.source for document in failed}
    return replace(
        facts,
        left_out=len({document.id for document in documents} - {document.id for document in small_enough}),
        is_within_limits=all(
            fire.vertical.source(document.source).is_delta or _is_within(facts, document)
            for document in in_force
            if document.source in sources
        ),
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
    own = trial.test_all(fire.vertical.name) if with_it.is_ok else with_it
    facts = TrialFacts(
        applies=1,
        failed_without=int(not without.is_ok),
        passed_with=int(with_it.is_ok),
        own_tests=own.result.get("passed", 0) if own.is_ok else 0,
        own_tests_error=own.message,
        error=with_it.message or before.message or after.message,
    )
    if not (before.is_ok and after.is_ok):
        return facts
    return _compare(facts, before, after, documents)


def _compare(facts: TrialFacts, before: TrialResult, after: TrialResult, documents: Sequence[JsonObject]) -> TrialFacts:
    """Compares the documents that could not be read with the one of their source in force; and all the others."""
    failed = [document for document in documents if document["has_failed"]]
    others = {document["name"]: after.result[document["name"]] for document in documents if document not in failed}
    in_force = {document["source"]: others[document["name"]] for document in documents if document["is_in_force"]}
    differing = [name for name, read in others.items() if read != before.result[name]]
    rows = {name: _rows_differing(before.result[name], others[name]) for name in differing}
    facts = replace(
        facts,
        others=len(others),
        others_differing=len(differing),
        differing=[f"{name}{_some(rows[name])}" for name in differing],
        rows_differing=sum(map(len, rows.values())),
    )
    for document in failed:
        good = in_force.get(document["source"], {})
        facts = _measure(facts, after.result[document["name"]], good, is_delta=document["is_delta"])
    return facts


def _rows_differing(before: JsonObject, after: JsonObject) -> list[str]:
    """The keys of the rows that are not the same, or that only one reading has."""
    was, becomes = before.get("rows_of", {}), after.get("rows_of", {})
    return sorted(key for key in {*was, *becomes} if was.get(key) != becomes.get(key))


def _some(keys: Sequence[str]) -> str:
    """' (x-1, x-2 and 30 more)'."""
    more = f" and {len(keys) - NAMED} more" if len(keys) > NAMED else ""
    return f" ({', '.join(keys[:NAMED])}{more})" if keys else ""


def _measure(facts: TrialFacts, read: JsonObject, good: JsonObject, *, is_delta: bool) -> TrialFacts:
    """Two editions of changes have no keys in common: of one of them the share of its own entries counts."""
    keys, known = set(read.get("keys", ())), set(good.get("keys", ()))
    entries = read.get("rows", 0) + read.get("rejects", 0)
    kept = read.get("rows", 0) / max(entries, 1) if is_delta else len(keys & known) / max(len(known), 1)
    return replace(
        facts,
        error=facts.error or read.get("error", ""),
        rows=facts.rows + read.get("rows", 0),
        rows_before=facts.rows_before + good.get("rows", 0),
        keys_kept=round(kept, 3),
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
    fire: Fire, document: FixtureDocument | DocumentInForce, failed: Sequence[FixtureDocument]
) -> JsonObject:
    """How the trial reads a document; keys are needed where a document is compared with one that failed."""
    return {
        "name": _file_name(document),
        "source": document.source,
        "moment": (document.edition_at or fire.now).isoformat(),
        "with_keys": document.source in {other.source for other in failed},
        "has_failed": document.id in {other.id for other in failed},
        "is_in_force": isinstance(document, DocumentInForce),
        "is_delta": fire.vertical.source(document.source).is_delta,
    }


def _file_name(document: FixtureDocument | DocumentInForce) -> str:
    return f"document-{document.id}"
