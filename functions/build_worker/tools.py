"""What only build_worker does: compare the columns of two documents, draft a change from that, and propose it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from build_worker.pages import draft_page  # noqa: F401  a tool on the record's list
from company.errors import ToolError
from company.fire.fire import Fire
from company.pipeline.raw import classify_body, load_raw
from company.sandbox import code_root
from company.sandbox.diffs import files_of, make_diff
from company.sandbox.in_force import text_in_force
from company.tools import reading_tool, tool
from company.vertical import Source
from company.vertical.columns import Columns, RenamedColumn, Table, add_names, find_renamed
from company.vertical.envelopes import find_list, flatten, open_envelope

TEST = '''"""{title}."""

from datetime import datetime
from pathlib import Path

from company.vertical import load

SOURCE = load("{vertical}").source("{source}")
MOMENT = datetime.fromisoformat("{moment}")


def rows_of(name: str) -> int:
    parsed = SOURCE.parse(Path(name).read_bytes(), MOMENT)
    return parsed.staged + len(parsed.rejects)


def test_the_document_is_read_under_its_new_names() -> None:
    assert rows_of("document-{raw_id}") >= {rows}


def test_the_last_good_document_is_read_as_ever() -> None:
    assert rows_of("document-{good_raw_id}") >= {good_rows}
'''


@dataclass(frozen=True)
class ColumnComparison:
    """The columns of a document that cannot be read beside those of the last one that could."""

    source: str
    raw_id: int
    good_raw_id: int
    renamed: Sequence[RenamedColumn]
    unexplained: Sequence[str]
    new: Sequence[str]
    rows: int
    good_rows: int
    entries: str | None = None


@dataclass(frozen=True)
class DraftedChange:
    """A unified diff, and a test that fails without it."""

    diff: str
    test: str


@dataclass(frozen=True)
class ProposedChange:
    """The change's number, and whether it is new: the same change is not proposed twice."""

    change_id: int
    is_new: bool


@dataclass(frozen=True)
class GoodDocument:
    """The newest document of a source whose rows are in force."""

    id: int
    source: str
    sha256: str
    edition_at: datetime | None
    rows_read: int


@dataclass(frozen=True)
class _Pair:
    """A document that cannot be read and the last good one of its source, both split into columns."""

    source: Source
    columns: Columns
    good: GoodDocument
    before: Table
    after: Table
    entries: str | None


@tool
def compare_columns(fire: Fire, raw_id: int) -> ColumnComparison:
    """Compares the columns of a document that cannot be read with those of the last one of its source that could.

    renamed: columns that are gone, and the one new column that holds their values, also one level deeper, as a path.
    entries: the path of the list of entries, where it comes in a new envelope. unexplained: columns that are gone and
    for which no new column fits. rows: how many rows each document holds, counted without the reader.
    Example: compare_columns(raw_id=41) gives {"renamed": [{"ours": "a", "was": "a", "becomes": "A",
    "same_values": 0.99, "is_same_place": true}], "unexplained": [], "new": ["A"], "rows": 396, ...}.
    """
    pair = _both(fire, raw_id)
    renamed, unexplained = find_renamed(pair.columns.known_names(), pair.before, pair.after)
    found = ColumnComparison(
        source=pair.source.name,
        raw_id=raw_id,
        good_raw_id=pair.good.id,
        renamed=renamed,
        unexplained=unexplained,
        new=[name for name in pair.after if name not in pair.before],
        rows=_rows(pair.after),
        good_rows=_rows(pair.before),
        entries=pair.entries,
    )
    fire.learn("compared", f"{found.source}: raw document {raw_id} beside {found.good_raw_id}", **asdict(found))
    return found


@reading_tool
def draft_rename(fire: Fire, raw_id: int) -> DraftedChange:
    """Drafts the change that adds a column's new name or the list's new path: a line of the column file, and a test.

    Example: draft_rename(raw_id=41) gives {"diff": "--- a/x.toml ...", "test": "def test_the_document_is_read ..."}.
    """
    pair = _both(fire, raw_id)
    renamed, unexplained = find_renamed(pair.columns.known_names(), pair.before, pair.after)
    if unexplained or not (renamed or pair.entries):
        raise ToolError(f"raw document {raw_id} shows no rename that is certain")
    file = pair.columns.file.relative_to(code_root(fire.vertical.name)).as_posix()
    text = text_in_force(fire, file)
    test = TEST.format(
        title=f"{pair.source.name}: {', '.join(_describe_all(renamed, pair.entries))}",
        moment=fire.now.isoformat(),
        vertical=fire.vertical.name,
        source=pair.source.name,
        raw_id=raw_id,
        good_raw_id=pair.good.id,
        rows=_rows(pair.after),
        good_rows=_rows(pair.before),
    )
    return DraftedChange(make_diff(file, text, add_names(text, renamed, pair.entries)), test)


@tool
def propose_change(
    fire: Fire, task_id: int, subject: str, title: str, reason: str, diff: str, test: str, documents: list[int]
) -> ProposedChange:
    """Proposes a change for a task that you hold: build_auditor proves or refuses it.

    diff: a unified diff against the deployed code. test: a text with functions test_*, which fail without the change.
    documents: numbers of raw documents that the test reads as files, document-<number>.
    Example: propose_change(task_id=12, subject="x", title="x: a comes as A", reason="...", diff="--- a/x.toml ...",
    test="def test_it_is_read(): ...", documents=[40, 41]) gives {"change_id": 3, "is_new": true}.
    """
    proposed = fire.brain.row(
        ProposedChange,
        "propose_change",
        task_id=task_id,
        session_id=fire.session_id,
        subject=subject,
        title=title,
        reason=reason,
        diff=diff,
        files=files_of(diff),
        test=test,
        documents=documents,
    )
    assert proposed is not None, "propose_change always answers"
    fire.learn("proposed", f"C-{proposed.change_id}: {title}", task_id=task_id, change_id=proposed.change_id)
    return proposed


def _both(fire: Fire, raw_id: int) -> _Pair:
    document = fire.brain.one("raw_document", raw_id=raw_id)
    if document is None:
        raise ToolError(f"there is no raw document {raw_id}")
    source, sha256 = fire.vertical.source(document["source"]), document["sha256"]
    good = fire.brain.row(GoodDocument, "last_good_document", source=source.name)
    if source.columns is None or good is None:
        raise ToolError(
            f"{source.name} {'has no list of columns' if good else 'was never read'}: nothing to compare with"
        )
    read = classify_body(source, load_raw(fire, source.name, sha256), None)
    if read.verdict != "malformed":
        raise ToolError(f"raw document {raw_id} can be read: it is {read.verdict}")
    before = _read_columns(fire, source, source.columns, good.sha256)
    after, entries = _read_failed(fire, source, source.columns, sha256, before, read.reason)
    return _Pair(source, source.columns, good, before, after, entries)


def _read_failed(
    fire: Fire, source: Source, columns: Columns, sha256: str, before: Table, reason: str | None
) -> tuple[Table, str | None]:
    """The columns of the document that cannot be read, and the path of its list where its envelope is new."""
    try:
        return _read_columns(fire, source, columns, sha256, reason), None
    except ToolError:
        path = _new_envelope(columns, load_raw(fire, source.name, sha256).read(), before)
        if path is None:
            raise
        document = columns.read_document(load_raw(fire, source.name, sha256).read()) if columns.read_document else None
        opened = open_envelope(document, [path])
        return (flatten(opened[1]) if opened else {}), path


def _new_envelope(columns: Columns, body: bytes, before: Table) -> str | None:
    """The path of the one list that has the keys of the last good document; None where it is not certain."""
    key = next((name for name in next(iter(columns.known_names().values()), ()) if name in before), None)
    if columns.read_document is None or key is None:
        return None
    try:
        return find_list(columns.read_document(body), before[key])
    except ValueError:
        return None


def _read_columns(fire: Fire, source: Source, columns: Columns, sha256: str, reason: str | None = None) -> Table:
    try:
        return columns.read_columns(load_raw(fire, source.name, sha256).read())
    except ValueError as error:
        raise ToolError(f"it holds no columns, so none was renamed: {reason or error}") from error


def _rows(table: Table) -> int:
    return max((len(values) for values in table.values()), default=0)


def _describe_all(renamed: Sequence[RenamedColumn], entries: str | None) -> list[str]:
    """What changed, in a few words each."""
    return [*(_describe(rename) for rename in renamed), *([f"its entries come at {entries}"] if entries else [])]


def _describe(rename: RenamedColumn) -> str:
    return f"{rename.was} comes as {rename.becomes}"
