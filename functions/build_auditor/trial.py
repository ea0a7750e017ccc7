"""One change on a copy of what is deployed: its test without and with it, the product's own tests, and a replay.

Replayed are the documents in force of every source, and the last ones of the source that the change is about: each is
read before and after, and every row that differs is named.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from build_auditor.code_facts import CodeFacts
from build_auditor.line_trial import LineChange, line_change
from build_auditor.page_code_facts import PageCodeFacts
from build_auditor.page_code_trial import touches_page_code, try_page_code
from build_auditor.replayed import DocumentInForce, FixtureDocument, ReplayedDocuments, documents_of_trial
from build_auditor.skill_trial import PageFacts, try_page
from build_auditor.statement_facts import StatementFacts
from build_auditor.statement_trial import touches_statements, try_statement
from build_auditor.touched import broken_rules, damaged_copies, files_outside, rows_by_heart, touches_reader
from company.fire.fire import Fire
from company.json_values import JsonObject
from company.pipeline.asking.raw import load_raw
from company.pipeline.rows.meanings import SeenWord
from company.sandbox import Sandbox, TrialResult, sandbox
from company.sandbox.changes import ChangeInFull
from company.sandbox.diffs import DiffError, files_of
from company.sandbox.in_force import diffs_in_force
from company.sandbox.pages import page_of

NAMED = 20
DAMAGED = "damaged: "


def try_change(fire: Fire, change: ChangeInFull) -> CodeFacts | PageFacts | StatementFacts | PageCodeFacts:
    """Tries the change on a copy: of an employee's page, a statement, code of customers' pages, or a source; what
    touches more is not run."""
    if list(change.files) == _touched_files(change.diff):
        if role := page_of(change.files):
            return try_page(fire, change, role)
        if touches_statements(fire, change.files):
            return try_statement(fire, change)
        if touches_page_code(fire, change.files):
            return try_page_code(fire, change)
    return _try_code(fire, change)


def _try_code(fire: Fire, change: ChangeInFull) -> CodeFacts:
    if outside := files_outside(fire, change, _touched_files(change.diff)):
        return CodeFacts(outside=outside)
    if broken := broken_rules(fire, change):
        return CodeFacts(broken=broken)
    line = line_change(fire, change) or LineChange()
    if line.doubt:
        return CodeFacts(applies=1, line_doubt=line.doubt)
    copies = damaged_copies(fire, change)
    if touches_reader(fire, change) and not copies:
        return CodeFacts(broken=["no damaged copy of a good document of its source can be made, so nothing shows it"])
    documents = documents_of_trial(fire, change, line)
    with sandbox("company", fire.vertical.name, statements=fire.settings.sql_dir) as trial:
        for deployed in diffs_in_force(fire):
            trial.change(deployed.diff)
        for document in documents.small:
            trial.put(_file_name(document), load_raw(fire, document.source, document.sha256).read())
        requests = [_read_request(fire, document, documents) for document in documents.small]
        requests += [_put_damaged(fire, trial, change, *copy) for copy in copies.items()]
        facts = _try(fire, trial, change, requests, line.word)
    return replace(
        facts,
        is_unread=line.move is not None and line.move.raw_id is None,
        left_out=documents.left_out,
        damaged=sum(request["name"].startswith(DAMAGED) for request in requests),
        is_within_limits=_are_within(fire, facts, documents),
    )


def _try(
    fire: Fire, trial: Sandbox, change: ChangeInFull, documents: Sequence[JsonObject], word: SeenWord | None
) -> CodeFacts:
    without = trial.test(change.test)
    before = TrialResult(False, {}, "") if without.is_ok else trial.read(fire.vertical.name, documents)
    try:
        trial.change(change.diff)
    except DiffError as error:
        return CodeFacts(error=str(error))
    if without.is_ok:
        return CodeFacts(applies=1)
    if broken := rows_by_heart(fire, change, before.result):
        return CodeFacts(broken=broken)
    if not (with_it := trial.test(change.test)).is_ok:
        return CodeFacts(applies=1, failed_without=1, error=with_it.message)
    after, own = trial.read(fire.vertical.name, documents), trial.test_all(fire.vertical.name)
    facts = CodeFacts(
        applies=1,
        failed_without=1,
        passed_with=1,
        own_tests=own.result.get("passed", 0) if own.is_ok else 0,
        own_tests_error=own.message,
        error=before.message or after.message,
    )
    if not (before.is_ok and after.is_ok):
        return facts
    return _compare(facts, before, after, documents, word)


def _compare(
    facts: CodeFacts,
    before: TrialResult,
    after: TrialResult,
    documents: Sequence[JsonObject],
    word: SeenWord | None,
) -> CodeFacts:
    """Compares the documents that could not be read with the one of their source in force; and all the others.

    A word that means something now may change the rows that have it, in every document, and none beside them.
    """
    failed = [document for document in documents if document["has_failed"]]
    failed += [document for document in documents if _is_read_again(document, before, after)]
    others = {d["name"]: after.result[d["name"]] for d in documents if word or d not in failed}
    changed = [name for name, read in others.items() if read_values(read) != read_values(before.result[name])]
    rows = {name: _rows_differing(before.result[name], others[name]) for name in changed}
    by_word = [n for n in changed if word and _is_by_word(word, before.result[n], others[n], rows[n])]
    differing = [name for name in changed if name not in by_word]
    facts = replace(
        facts,
        others=sum(not name.startswith(DAMAGED) for name in others),
        others_differing=len(differing),
        differing=[f"{name}{_some(rows[name])}" for name in differing],
        by_word=[f"{name}{_some(rows[name])}" for name in by_word],
        rows_differing=sum(map(len, rows.values())),
    )
    return _measure_all(facts, failed, after, _good_readings(documents, before, after))


def _is_read_again(document: JsonObject, before: TrialResult, after: TrialResult) -> bool:
    """Whether a document came into force by code that was taken back since, and is read now: then it is measured."""
    was, becomes = before.result[document["name"]], after.result[document["name"]]
    is_unknown = document["was_taken_back"] or ("error" in was and "error" not in becomes)
    return document["came_into_force"] and is_unknown and read_values(was) != read_values(becomes)


def _good_readings(documents: Sequence[JsonObject], before: TrialResult, after: TrialResult) -> dict[str, JsonObject]:
    """By source, the newest good document that the code before the change read too: what only the change reads is no
    measure of it."""
    good = sorted((document for document in documents if document["good"]), key=lambda document: document["good"])
    read = [document for document in good if "error" not in before.result[document["name"]]]
    return {document["source"]: after.result[document["name"]] for document in reversed(read)}


def _rows_differing(before: JsonObject, after: JsonObject) -> list[str]:
    """The keys of the rows that are not the same, or that only one reading has."""
    was, becomes = before.get("rows_of", {}), after.get("rows_of", {})
    return sorted(key for key in {*was, *becomes} if was.get(key) != becomes.get(key))


def read_values(read: JsonObject) -> JsonObject:
    """What was read of a document, without what was said about it: an error may be worded otherwise."""
    return {name: name == "error" or value for name, value in read.items() if name != "words"}


def _is_by_word(word: SeenWord, before: JsonObject, after: JsonObject, rows: Sequence[str]) -> bool:
    """Whether the same entries were read, and no more rows differ than the word had stood in."""
    times = before.get("words", {}).get(word.field, {}).get(word.word, 0)
    is_whole = before.get("keys") == after.get("keys") and before.get("rejects") == after.get("rejects")
    return is_whole and bool(rows) and len(rows) <= times


def _some(keys: Sequence[str]) -> str:
    """' (x-1, x-2 and 30 more)'."""
    more = f" and {len(keys) - NAMED} more" if len(keys) > NAMED else ""
    return f" ({', '.join(keys[:NAMED])}{more})" if keys else ""


def _measure_all(
    facts: CodeFacts, measured: Sequence[JsonObject], after: TrialResult, good: Mapping[str, JsonObject]
) -> CodeFacts:
    """The rows of all, and of the keys what the worst of them kept."""
    readings = [(after.result[one["name"]], good.get(one["source"], {}), one["is_delta"]) for one in measured]
    return replace(
        facts,
        error=next(filter(None, [facts.error, *(read.get("error", "") for read, _, _ in readings)]), ""),
        rows=sum(read.get("rows", 0) for read, _, _ in readings),
        rows_before=sum(before.get("rows", 0) for _, before, _ in readings),
        keys_kept=min((_keys_kept(*reading) for reading in readings), default=0.0),
    )


def _keys_kept(read: JsonObject, good: JsonObject, is_delta: bool) -> float:
    """Two editions of changes have no keys in common: of one of them the share of its own entries counts."""
    keys, known = set(read.get("keys", ())), set(good.get("keys", ()))
    entries = read.get("rows", 0) + read.get("rejects", 0)
    kept = read.get("rows", 0) / max(entries, 1) if is_delta else len(keys & known) / max(len(known), 1)
    return round(kept, 3)


def _are_within(fire: Fire, facts: CodeFacts, documents: ReplayedDocuments) -> bool:
    """Of each source of which a document is measured, but of those whose editions hold changes."""
    sources = {d.source for d in documents.measured if not fire.vertical.source(d.source).is_delta}
    return all(_is_within(facts, document) for document in documents.in_force if document.source in sources)


def _is_within(facts: CodeFacts, stream: DocumentInForce) -> bool:
    """The stream's own limits on how far an edition may be from the one before."""
    before = facts.rows_before
    return before * (1 - stream.max_drop) <= facts.rows <= before * stream.max_growth


def _touched_files(diff: str) -> list[str]:
    try:
        return files_of(diff)
    except DiffError as error:
        return [str(error)]


def _put_damaged(fire: Fire, trial: Sandbox, change: ChangeInFull, what: str, body: bytes) -> JsonObject:
    """Of a damaged copy nothing is measured: it is read, or refused, as before."""
    name = f"{DAMAGED}{what}"
    trial.put(name, body)
    flags = dict.fromkeys(("with_keys", "has_failed", "good", "is_delta", "came_into_force", "was_taken_back"), False)
    return {"name": name, "source": change.subject, "moment": fire.now.isoformat(), **flags}


def _read_request(fire: Fire, document: FixtureDocument | DocumentInForce, documents: ReplayedDocuments) -> JsonObject:
    """How the trial reads a document; keys are needed where a document is compared with one that failed."""
    return {
        "name": _file_name(document),
        "source": document.source,
        "moment": (document.edition_at or fire.now).isoformat(),
        "with_keys": document.source in {other.source for other in documents.measured},
        "has_failed": document.id in {other.id for other in documents.measured},
        "good": 1 + documents.good.index(document.id) if document.id in documents.good else 0,
        "came_into_force": document.id in documents.of_subject,
        "was_taken_back": document.was_taken_back,
        "is_delta": fire.vertical.source(document.source).is_delta,
    }


def _file_name(document: FixtureDocument | DocumentInForce) -> str:
    return f"document-{document.id}"
