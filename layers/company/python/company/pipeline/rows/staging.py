"""Writes the rows of an edition into staging in one transaction: all of them with their batch, or nothing.

Staging is total: each row that a reader gives is staged, or quarantined with the reason, whatever it holds. A row that
its columns cannot hold is found before the COPY. Where Postgres refuses one all the same, it refuses that one only.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import chain, islice
from typing import TypeVar

import psycopg
from psycopg import sql

from company.fire.fire import Fire
from company.pipeline.rows.copy_text import values_of_text
from company.pipeline.rows.fitting import Fitter, Misfit, fit_reject, show_row
from company.text.cleaning import storable
from company.vertical import Details, Parsed, Reject, Source
from company.vertical.feeds import StagedRow

ROWS_AT_ONCE = 5000
"""One COPY in a savepoint of its own, so that a refused row costs a search among so many, and little memory."""
ROW_NUMBERS = range(2**31)
OF_A_VALUE = (
    psycopg.DataError,
    psycopg.IntegrityError,
    psycopg.errors.ProgramLimitExceeded,
    ArithmeticError,
    TypeError,
    ValueError,
)
T = TypeVar("T")


@dataclass(frozen=True)
class StagedBatch:
    """One sealed batch: how many rows were read, and how many of them could not be."""

    batch_id: int
    read: int
    rejected: int


@dataclass(frozen=True)
class StagingTable:
    """The table in which a source's rows are staged, and its columns with their types, the key's first."""

    schema_name: str
    staging: str
    columns: Sequence[str]
    types: Sequence[str]


def stage(fire: Fire, source: Source, raw_id: int, parsed: Parsed, *, is_whole: bool = False) -> StagedBatch:
    """Loads a new edition by COPY. Rows that cannot be read or stored go to quarantine at once; they count as read.

    is_whole: everything, in a stream whose other editions hold changes.
    """
    table = fire.brain.row(StagingTable, "stream_columns", source=source.name)
    if table is None:
        raise ValueError(f"{source.name} has no stream: its product's migration must call company.create_stream")
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
        loading = _Loading(fire, table, batch)
        loading.take(parsed)
        _note_words(fire, batch, parsed)
        unread = {field: asdict(seen) for field, seen in ({**parsed.unread, **loading.details.unread}).items()}
        fire.brain.run("seal_batch", batch=batch, staged=loading.staged, unread=unread, stated=parsed.stated)
    return StagedBatch(batch, loading.staged + loading.rejected, loading.rejected)


class _Loading:
    """The rows of one batch on their way into staging, counted by their fate."""

    def __init__(self, fire: Fire, table: StagingTable, batch: int) -> None:
        self.details = Details()
        self.staged = 0
        self.rejected = 0
        self._fire = fire
        self._table = table
        self._batch = batch
        self._fitter = Fitter(table.columns, table.types, self.details)
        self._numbers: set[int] = set()
        self._highest = 0
        self._refusal = ""
        self._command = sql.SQL("COPY {} ({}) FROM STDIN").format(
            sql.Identifier(table.schema_name, table.staging),
            sql.SQL(", ").join(map(sql.Identifier, ["batch_id", "row_no", *table.columns])),
        )

    def take(self, parsed: Parsed) -> None:
        """Stages or rejects every row."""
        self._take_text(parsed)
        for rows in _in_parts(parsed.rows):
            self._take_rows(rows)
        for rejects in _in_parts(parsed.rejects):
            self._reject([fit_reject(one, self._number(one.row_no)) for one in rejects])

    def _take_text(self, parsed: Parsed) -> None:
        """All lines by one COPY; where that is refused, line by line as rows."""
        lines = self._copied(parsed.copy_parts)
        if lines is None:
            for some in _in_parts(parsed.copy_text.removesuffix(b"\n").split(b"\n")):
                self._take_rows([values_of_text(line, self._table.types) for line in some])
            return
        self.staged += lines
        if lines and parsed.rejects:
            self._numbers.update(int(line.partition(b"\t")[0]) for line in parsed.copy_text.splitlines())
            self._highest = max(self._numbers)

    def _take_rows(self, rows: Sequence[StagedRow]) -> None:
        fitted: list[StagedRow] = []
        misfits: list[Reject] = []
        for row in rows:
            number = self._number(row[0] if row else None)
            try:
                values = self._fitter.fit(row)
            except Misfit as misfit:
                misfits.append(self._misfit(number, row, str(misfit)))
            else:
                fitted.append(values if values[0] == number else (number, *values[1:]))
        self._copy(fitted)
        self._reject(misfits)

    def _number(self, number: object) -> int:
        """A row's number in its edition; the next free one for a number that came before, or that is none."""
        is_free = type(number) is int and number in ROW_NUMBERS and number not in self._numbers
        free = number if is_free and isinstance(number, int) else self._highest + 1
        self._numbers.add(free)
        self._highest = max(self._highest, free)
        return free

    def _copy(self, rows: Sequence[StagedRow]) -> None:
        """Halves what Postgres refuses until the rows are found that it refuses."""
        if self._copied(rows) is not None:
            self.staged += len(rows)
        elif len(rows) == 1:
            self._reject([self._misfit(int(str(rows[0][0])), rows[0], self._refusal)])
        else:
            middle = len(rows) // 2
            self._copy(rows[:middle])
            self._copy(rows[middle:])

    def _copied(self, rows: Iterable[StagedRow | bytes]) -> int | None:
        """How many rows one COPY took: tuples, or parts of text with whole lines. None where Postgres refused one."""
        connection, lines, prefix = self._fire.brain.connection, 0, b"%d\t" % self._batch
        waiting = iter(rows)
        first = next(waiting, None)
        if first is None:
            return 0
        try:
            with connection.transaction(), connection.cursor().copy(self._command) as copy:
                for row in chain((first,), waiting):
                    if isinstance(row, bytes):
                        copy.write(_with_prefix(row, prefix))
                        lines += row.count(b"\n")
                    else:
                        copy.write_row((self._batch, *row))
                        lines += 1
        except (psycopg.Error, ArithmeticError, TypeError, ValueError) as error:
            if not _is_of_a_value(error):
                raise
            self._refusal = f"Postgres refuses it: {error}"
            return None
        return lines

    def _misfit(self, number: int, row: StagedRow, reason: str) -> Reject:
        key = row[1] if len(row) > 1 and isinstance(row[1], str) else None
        return fit_reject(Reject(number, reason, show_row(self._table.columns, row), key), number)

    def _reject(self, rejects: Sequence[Reject]) -> None:
        if not rejects:
            return
        self.rejected += len(rejects)
        self._fire.brain.run(
            "reject_rows",
            batch=self._batch,
            numbers=[r.row_no for r in rejects],
            entities=[r.entity for r in rejects],
            reasons=[r.reason for r in rejects],
            raws=[r.raw for r in rejects],
        )


def _is_of_a_value(error: Exception) -> bool:
    """Whether a value of a row is to blame, and not a rule of the company, a right, or the server.

    The driver itself refuses a value of a kind that it does not know, without a state; a rule names no table.
    """
    if not isinstance(error, psycopg.Error):
        return True
    if error.diag.constraint_name and not error.diag.table_name:
        return False
    return isinstance(error, OF_A_VALUE) or (isinstance(error, psycopg.ProgrammingError) and error.sqlstate is None)


def _with_prefix(text: bytes, prefix: bytes) -> memoryview:
    """Puts it before every line by one replace in C; a loop would cost more than the COPY."""
    whole = prefix + text.replace(b"\n", b"\n" + prefix)
    return memoryview(whole)[: -len(prefix)]


def _in_parts(items: Iterable[T]) -> Iterator[list[T]]:
    waiting = iter(items)
    while part := list(islice(waiting, ROWS_AT_ONCE)):
        yield part


def _note_words(fire: Fire, batch: int, parsed: Parsed) -> None:
    words = [(field, storable(w), times) for field, new in parsed.new_words.items() for w, times in new.items()]
    if words:
        fields, spelled, times = zip(*words, strict=True)
        fire.brain.run("note_new_words", batch=batch, fields=[*fields], words=[*spelled], times=[*times])
