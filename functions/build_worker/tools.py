"""What only build_worker does: compare the columns of two documents, draft a change from that, and propose it."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from build_worker.comparison import FormComparison, compare
from build_worker.lines import draft_address  # noqa: F401  a tool on the record's list
from build_worker.page_code import draft_page_code, read_page_code, try_page_code  # noqa: F401  tools on its list
from build_worker.pages import draft_page  # noqa: F401  a tool on the record's list
from build_worker.readers import draft_reader, read_reader  # noqa: F401  tools on the record's list
from build_worker.statements import (  # noqa: F401  tools on the record's list
    draft_check,
    draft_link,
    read_checks,
    read_links,
    staged_rows,
)
from build_worker.weights import draft_weights  # noqa: F401  a tool on the record's list
from build_worker.words import draft_word  # noqa: F401  a tool on the record's list
from company.errors import ToolError
from company.fire.fire import Fire
from company.pipeline.asking.raw import classify_body, load_raw
from company.sandbox import code_root
from company.sandbox.diffs import files_of, make_diff
from company.sandbox.in_force import source_in_force, text_in_force
from company.tools import reading_tool, tool
from company.vertical import Source
from company.vertical.columns import Columns, add_names

TEST = '''"""{title}."""

from datetime import datetime
from pathlib import Path

from company.vertical import load

SOURCE = load("{vertical}").source("{source}")
MOMENT = datetime.fromisoformat("{moment}")


def rows_of(name: str) -> int:
    """The rows that are read, where no column is unreadable in most of them."""
    parsed = SOURCE.read_bytes(Path(name).read_bytes(), MOMENT)
    unread = max((one.count for one in parsed.unread.values()), default=0)
    return parsed.staged if 2 * unread <= parsed.staged else 0


def test_the_document_is_read_in_its_new_form() -> None:
    assert rows_of("document-{raw_id}") >= {rows}


def test_the_last_good_document_is_read_as_ever() -> None:
    assert rows_of("document-{good_raw_id}") >= {good_rows}
'''
LARGEST = 48 << 20
"""Bytes of a document whose columns are compared. Of a larger one somebody must look at a part."""
GOOD_LOOKED_AT = 6
"""Of the documents that came into force: how many are tried, until one is read by the code in force."""
MOST_LOST = 0.1
"""Of a document's entries, those that may be unreadable for reasons of their own."""


class NotCompared(ToolError):
    """A document whose columns cannot be compared here: nobody has looked at it yet."""


@dataclass(frozen=True)
class ColumnComparison(FormComparison):
    """A document that cannot be read beside the last one of its source that could."""

    source: str
    raw_id: int
    good_raw_id: int


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
    """A document of a source whose rows came into force."""

    id: int
    source: str
    sha256: str
    size: int
    edition_at: datetime | None
    rows_staged: int


@dataclass(frozen=True)
class FailedDocument:
    """A document that came. has_failed: it could not be read, or its rows were held or refused."""

    id: int
    source: str
    sha256: str
    size: int
    has_failed: bool
    reason: str | None


@tool
def compare_columns(fire: Fire, raw_id: int) -> ColumnComparison:
    """Compares a document that cannot be read, or whose values cannot, with the last good one of its source.

    renamed: columns that are gone, and the one new column that holds their values, also at another level, as a path.
    place: where its entries are, when that is new: a path, "lines:" or "table:;". respelled: columns whose dates or
    numbers are written otherwise. unexplained, unclear: what no value shows, so that nobody may choose.
    Example: compare_columns(raw_id=41) gives {"renamed": [{"ours": "a", "was": "a", "becomes": "A",
    "same_values": 0.99, "is_same_place": true}], "unexplained": [], "new": ["A"], "rows": 396, ...}.
    """
    found, _ = _compare(fire, raw_id)
    fire.learn("compared", f"{found.source}: raw document {raw_id} beside {found.good_raw_id}", **asdict(found))
    return found


@reading_tool
def draft_rename(fire: Fire, raw_id: int) -> DraftedChange:
    """Drafts the change that adds a new name, place or spelling: a line of the source's list, and a test.

    Example: draft_rename(raw_id=41) gives {"diff": "--- a/x.toml ...", "test": "def test_the_document_is_read ..."}.
    """
    found, columns = _compare(fire, raw_id)
    if not found.is_certain:
        raise ToolError(f"raw document {raw_id} shows nothing that is certain")
    file = columns.file.relative_to(code_root(fire.vertical.name)).as_posix()
    text = text_in_force(fire, file)
    test = TEST.format(
        title=f"{found.source}: {', '.join(found.in_words())}",
        moment=fire.now.isoformat(),
        vertical=fire.vertical.name,
        source=found.source,
        raw_id=raw_id,
        good_raw_id=found.good_raw_id,
        rows=round(found.rows * (1 - MOST_LOST)) or 1,
        good_rows=round(found.good_rows * (1 - MOST_LOST)) or 1,
    )
    return DraftedChange(make_diff(file, text, add_names(text, found.renamed, found.place, found.respelled)), test)


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


def _compare(fire: Fire, raw_id: int) -> tuple[ColumnComparison, Columns]:
    """The comparison, and the list that it was made by; ToolError where there is nothing to compare."""
    document, good, source, columns = _both(fire, raw_id)
    read_before, failed = load_raw(fire, source.name, good.sha256), load_raw(fire, source.name, document.sha256)
    found = compare(columns, read_before.read(), failed.read())
    if not found.rows:
        raise ToolError(f"it holds no entries that are known, so none was renamed: {document.reason}")
    given: dict[str, Any] = {**vars(found), "source": source.name, "raw_id": raw_id, "good_raw_id": good.id}
    return ColumnComparison(**given), columns


def _both(fire: Fire, raw_id: int) -> tuple[FailedDocument, GoodDocument, Source, Columns]:
    """A document that failed, and the last good one of its source."""
    document = fire.brain.row(FailedDocument, "failed_document", raw_id=raw_id)
    if document is None:
        raise ToolError(f"there is no raw document {raw_id}")
    source = source_in_force(fire, document.source)
    if source.columns is None:
        raise ToolError(f"{source.name} has no list of columns: nothing to compare with")
    _require_comparable(source, document)
    read = classify_body(source, load_raw(fire, source.name, document.sha256), fire.now)
    if not document.has_failed or (read.verdict != "malformed" and document.reason):
        raise ToolError(f"raw document {raw_id} can be read: it is {read.verdict}")
    return document, _last_good(fire, source), source, source.columns


def _last_good(fire: Fire, source: Source) -> GoodDocument:
    """The newest that the code in force reads. What only a change could read that was taken back is in force, and has
    names that no list knows."""
    documents = fire.brain.rows(GoodDocument, "good_documents", source=source.name, most=GOOD_LOOKED_AT)
    if not documents:
        raise ToolError(f"{source.name} was never read: nothing to compare with")
    for document in documents:
        _require_comparable(source, document)
        if _is_read(fire, source, document):
            return document
    raise NotCompared(f"the code in force reads none of the last {len(documents)} good documents of {source.name}")


def _require_comparable(source: Source, document: GoodDocument | FailedDocument) -> None:
    if document.size > LARGEST:
        raise NotCompared(
            f"raw document {document.id} of {source.name} has {document.size:,} bytes, and at most {LARGEST:,} are"
            " compared"
        )


def _is_read(fire: Fire, source: Source, document: GoodDocument) -> bool:
    """As its test says it: nearly all of its rows, and no column is unreadable in most of them."""
    parsed = classify_body(source, load_raw(fire, source.name, document.sha256), fire.now).parsed
    if parsed is None:
        return False
    unread = max((one.count for one in parsed.unread.values()), default=0)
    return parsed.staged >= document.rows_staged * (1 - MOST_LOST) and 2 * unread <= parsed.staged
