"""Writes the rows of an edition into staging in one transaction: all of them with their batch, or nothing."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from typing import TYPE_CHECKING

from psycopg import sql

from company.fire.fire import Fire
from company.text.cleaning import storable
from company.vertical import Parsed, Source

if TYPE_CHECKING:
    from psycopg import Copy

REJECTS_AT_ONCE = 1000


@dataclass(frozen=True)
class StagedBatch:
    """One sealed batch: how many rows were read, and how many of them could not be."""

    batch_id: int
    read: int
    rejected: int


@dataclass(frozen=True)
class StagingTable:
    """The table in which a source's rows are staged, and its columns."""

    schema_name: str
    staging: str
    columns: Sequence[str]


def stage(fire: Fire, source: Source, raw_id: int, parsed: Parsed, *, is_whole: bool = False) -> StagedBatch:
    """Loads a new edition by COPY. Rows that could not be read go to quarantine at once; they count as read.

    is_whole: everything, in a stream whose other editions hold changes.
    """
    with fire.brain.transaction():
        batch: int = fire.brain.value(
            "open_batch",
            source=source.name,
            raw_id=raw_id,
            edition_at=parsed.edition_at,
            version=parsed.version,
            session_id=fire.session_id,
            is_whole=is_whole,
        )
        _copy(fire, source.name, batch, parsed)
        _reject(fire, batch, parsed)
        _note_words(fire, batch, parsed)
        unread = {field: asdict(seen) for field, seen in parsed.unread.items()}
        fire.brain.run("seal_batch", batch=batch, staged=parsed.staged, unread=unread, stated=parsed.stated)
    return StagedBatch(batch, parsed.staged + len(parsed.rejects), len(parsed.rejects))


def _copy(fire: Fire, source: str, batch: int, parsed: Parsed) -> None:
    target = fire.brain.row(StagingTable, "stream_columns", source=source)
    if target is None:
        raise ValueError(f"{source} has no stream: its product's migration must call company.create_stream")
    command = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(target.schema_name, target.staging),
        sql.SQL(", ").join(map(sql.Identifier, ["batch_id", "row_no", *target.columns])),
    )
    with fire.brain.connection.cursor().copy(command) as copy:
        if parsed.copy_text:
            _write_text(copy, batch, parsed.copy_text)
        for row in parsed.rows:
            copy.write_row((batch, *row))


def _write_text(copy: "Copy", batch: int, text: bytes) -> None:
    """Puts the batch before every line by one replace in C; a loop would cost more than the COPY."""
    prefix = b"%d\t" % batch
    whole = prefix + text.replace(b"\n", b"\n" + prefix)
    copy.write(memoryview(whole)[: -len(prefix)])


def _reject(fire: Fire, batch: int, parsed: Parsed) -> None:
    waiting = iter(parsed.rejects)
    while rejects := list(islice(waiting, REJECTS_AT_ONCE)):
        fire.brain.run(
            "reject_rows",
            batch=batch,
            numbers=[r.row_no for r in rejects],
            entities=[r.entity for r in rejects],
            reasons=[r.reason for r in rejects],
            raws=[r.raw.replace("\x00", "")[:2000] for r in rejects],
        )


def _note_words(fire: Fire, batch: int, parsed: Parsed) -> None:
    words = [(field, storable(word)) for field, known in parsed.new_words.items() for word in known]
    if words:
        fire.brain.run("note_new_words", batch=batch, fields=[f for f, _ in words], words=[w for _, w in words])
