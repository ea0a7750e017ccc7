"""What only build_worker does: take two documents apart beside each other, draft a change from it, and propose it."""

from dataclasses import asdict
from typing import Any

from company.errors import ToolError
from company.fire.fire import Fire
from company.pipeline.raw import classify_body, load_raw
from company.sandbox import code_root
from company.sandbox.diffs import files_of, make_diff
from company.tools import reading_tool, tool
from company.vertical import Source
from company.vertical.columns import Columns, RenamedColumn, Table, add_names, find_renamed

TEST = '''"""{title}."""

from pathlib import Path

from company.vertical import load

SOURCE = load("{vertical}").source("{source}")


def rows_of(name: str) -> int:
    parsed = SOURCE.parse(Path(name).read_bytes(), None)
    return parsed.staged + len(parsed.rejects)


def test_the_document_is_read_under_its_new_names() -> None:
    assert rows_of("document-{raw_id}") >= {rows}


def test_the_last_good_document_is_read_as_ever() -> None:
    assert rows_of("document-{good_raw_id}") >= {good_rows}
'''


@tool
def compare_columns(fire: Fire, raw_id: int) -> dict[str, Any]:
    """Compares the columns of a document that cannot be read with those of the last one of its source that could.

    renamed: columns that are gone, and the one new column that holds their values. unexplained: columns that are gone
    and that nothing new can be told to be. rows: how many rows each document holds, counted without the reader.
    Example: compare_columns(raw_id=41) gives {"renamed": [{"ours": "a", "was": "a", "becomes": "A",
    "same_values": 0.99, "is_same_place": true}], "unexplained": [], "new": ["A"], "rows": 396, ...}.
    """
    source, columns, good, (before, after) = _both(fire, raw_id)
    renamed, unexplained = find_renamed(columns.known_names(), before, after)
    seen = {
        "source": source.name,
        "raw_id": raw_id,
        "good_raw_id": good["id"],
        "renamed": [asdict(rename) for rename in renamed],
        "unexplained": unexplained,
        "new": [name for name in after if name not in before],
        "rows": _rows(after),
        "good_rows": _rows(before),
    }
    fire.learn("compared", f"{source.name}: raw document {raw_id} beside {good['id']}", **seen)
    return seen


@reading_tool
def draft_rename(fire: Fire, raw_id: int) -> dict[str, str]:
    """Drafts the change that teaches a reader a column's new name: one line of its column file, and a test of it.

    Example: draft_rename(raw_id=41) gives {"diff": "--- a/x.toml ...", "test": "def test_the_document_is_read ..."}.
    """
    source, columns, good, (before, after) = _both(fire, raw_id)
    renamed, unexplained = find_renamed(columns.known_names(), before, after)
    if unexplained or not renamed:
        raise ToolError(f"raw document {raw_id} shows no rename that could be believed")
    text = columns.file.read_text(encoding="utf-8")
    file = columns.file.relative_to(code_root(fire.vertical.name)).as_posix()
    test = TEST.format(
        title=f"{source.name}: {', '.join(_told(rename) for rename in renamed)}",
        vertical=fire.vertical.name,
        source=source.name,
        raw_id=raw_id,
        good_raw_id=good["id"],
        rows=_rows(after),
        good_rows=_rows(before),
    )
    return {"diff": make_diff(file, text, add_names(text, renamed)), "test": test}


@tool
def propose_change(
    fire: Fire, task_id: int, subject: str, title: str, reason: str, diff: str, test: str, documents: list[int]
) -> dict[str, Any]:
    """Proposes a change for a task that you hold: another than you proves or refuses it.

    diff: a unified diff against the deployed code. test: a text with functions test_*, which fail without the change.
    documents: numbers of raw documents that the test reads as files, document-<number>.
    Example: propose_change(task_id=12, subject="x", title="x: a comes as A", reason="...", diff="--- a/x.toml ...",
    test="def test_it_is_read(): ...", documents=[40, 41]) gives {"change_id": 3, "is_new": true}.
    """
    row = fire.brain.one(
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
    assert row is not None, "propose_change always answers"
    fire.learn("proposed", f"C-{row['change_id']}: {title}", task_id=task_id, change_id=row["change_id"])
    return dict(row)


def _both(fire: Fire, raw_id: int) -> tuple[Source, Columns, dict[str, Any], tuple[Table, Table]]:
    """The source, its columns, the last good document, and both documents taken apart."""
    document = fire.brain.one("raw_document", raw_id=raw_id)
    if document is None:
        raise ToolError(f"there is no raw document {raw_id}")
    source = fire.vertical.source(document["source"])
    good = fire.brain.one("last_good_document", source=source.name)
    if source.columns is None or good is None:
        raise ToolError(
            f"{source.name} {'has no list of columns' if good else 'was never read'}: nothing to compare with"
        )
    body = load_raw(fire, source.name, document["sha256"])
    found = classify_body(source, body, None, None)
    if found.verdict != "malformed":
        raise ToolError(f"raw document {raw_id} can be read: it is {found.verdict}")
    return (
        source,
        source.columns,
        good,
        (_look(fire, source, good["sha256"]), _look(fire, source, document["sha256"], found.reason)),
    )


def _look(fire: Fire, source: Source, sha256: str, reason: str | None = None) -> Table:
    assert source.columns is not None
    try:
        return source.columns.read_columns(load_raw(fire, source.name, sha256))
    except ValueError as error:
        raise ToolError(f"it holds no columns, so none was renamed: {reason or error}") from error


def _rows(table: Table) -> int:
    return max((len(values) for values in table.values()), default=0)


def _told(rename: RenamedColumn) -> str:
    return f"{rename.was} comes as {rename.becomes}"
