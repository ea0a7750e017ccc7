"""A changed check, over the staged rows of its source's last editions: stricter where its task says so, never weaker.

That it is never weaker is shown by its text, which stays whole and has rows added behind it by UNION, and so it holds
for editions that nobody has seen yet. Where it became stricter is shown by the rows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from build_auditor.statement_facts import StatementFacts
from build_auditor.statement_rules import NoStatement, added_to, broken_by_text, known_by_heart, tokens_of
from build_auditor.trial_login import StatementFailed, TrialLogin, trial_login
from company.fire.fire import Fire
from company.json_values import JsonObject
from company.pipeline.rows.checks import holds_the_batch
from company.sandbox.changes import ChangeInFull
from company.text.wording import counted, join_with_and
from company.vertical import Check

TRIED = 6
"""The last editions of the source; their staged rows are kept for some days."""
NAMED = 5
"""Rows that are named in words."""
COLUMNS = """given.row_no, given.reason,
  (SELECT s.{key}::text FROM {staging} s WHERE s.batch_id = %(batch)s AND s.row_no = given.row_no) AS key"""


@dataclass(frozen=True)
class TriedBatch:
    """An edition whose staged rows are there. is_named: the task of the change is about its document."""

    id: int
    raw_id: int
    edition_at: datetime
    rows_read: int
    is_named: bool


@dataclass(frozen=True)
class StagedPlace:
    """Where a source's staged rows are, and the column of their key, as SQL has them."""

    staging: str
    key: str


@dataclass(frozen=True)
class WrongStagedRow:
    """A row that a check finds wrong; key is None where the batch has no such row."""

    row_no: int
    reason: str
    key: str | None


Found = Mapping[int, Sequence[WrongStagedRow]]
"""The rows found, by batch."""


def try_check(
    fire: Fire, change: ChangeInFull, name: str, before: str, after: str
) -> tuple[StatementFacts, JsonObject, JsonObject]:
    """The facts, and what its test reads: what the check found before and what it finds with the change."""
    check = next(check for check in fire.vertical.checks if check.query == name)
    facts = StatementFacts(of="check")
    if change.subject != check.source:
        return (
            replace(facts, outside=[f"{name} checks {check.source}, and the change is about {change.subject}"]),
            {},
            {},
        )
    try:
        added, was = added_to(before, after), tokens_of(before)
    except NoStatement as error:
        return replace(facts, applies=1, broken=[f"{name}: {error}"]), {}, {}
    facts = replace(facts, applies=1, broken=[f"{name}: {one}" for one in broken_by_text(added, was)])
    if facts.broken:
        return facts, {}, {}
    try:
        return _try_over_editions(fire, change, check, facts, before, after)
    except StatementFailed as error:
        return replace(facts, error=str(error)), {}, {}


def _try_over_editions(
    fire: Fire, change: ChangeInFull, check: Check, facts: StatementFacts, before: str, after: str
) -> tuple[StatementFacts, JsonObject, JsonObject]:
    task = (fire.brain.one("task_of_change", task_id=change.task_id) or {"payload": {}})["payload"]
    raw_id = task["raw_id"] if isinstance(task.get("raw_id"), int) else None
    batches = fire.brain.rows(TriedBatch, "batches_to_try", source=check.source, raw_id=raw_id, most=TRIED)
    if not any(batch.is_named for batch in batches):
        raise StatementFailed("its task names no document whose rows are still staged")
    (was, becomes), facts = _run_both(fire, facts, check, (before, after), batches)
    keys = {row.key for batch in batches for row in _more_in(was[batch.id], becomes[batch.id]) if row.key}
    heart = known_by_heart(added_to(before, after), tokens_of(before), keys)
    facts = replace(_compare(facts, check, was, becomes, batches, task.get("entities")), broken=heart)
    return facts, _as_test_reads(was, batches), _as_test_reads(becomes, batches)


def _run_both(
    fire: Fire, facts: StatementFacts, check: Check, texts: tuple[str, str], batches: Sequence[TriedBatch]
) -> tuple[tuple[Found, Found], StatementFacts]:
    table = fire.brain.row(StagedPlace, "staging_of", source=check.source)
    assert table is not None, "a source has its stream"
    columns = COLUMNS.format(**vars(table))
    found: list[Found] = []
    took: list[float] = []
    with trial_login(fire) as login:
        for text in texts:
            given = {batch.id: _found(login, text, columns, batch) for batch in batches}
            found.append({number: rows for number, (rows, _) in given.items()})
            took.append(sum(milliseconds for _, milliseconds in given.values()))
    return (found[0], found[1]), replace(facts, is_tried=True, milliseconds_before=took[0], milliseconds=took[1])


def _found(login: TrialLogin, text: str, columns: str, batch: TriedBatch) -> tuple[list[WrongStagedRow], float]:
    rows, milliseconds = login.ask(text, columns, {"batch": batch.id})
    return sorted((WrongStagedRow(**row) for row in rows), key=lambda row: (row.row_no, row.reason or "")), milliseconds


def _more_in(was: Sequence[WrongStagedRow], becomes: Sequence[WrongStagedRow]) -> list[WrongStagedRow]:
    known = {row.row_no for row in was}
    return [row for row in becomes if row.row_no not in known]


def _compare(
    facts: StatementFacts,
    check: Check,
    was: Found,
    becomes: Found,
    batches: Sequence[TriedBatch],
    entities: Sequence[str] | None,
) -> StatementFacts:
    """Rows more are wanted in what the task names: its document, and of that the entities, if it names some."""
    named = [batch for batch in batches if batch.is_named]
    more = [(batch, _more_in(was[batch.id], becomes[batch.id])) for batch in batches]
    wanted = [(b, [row for row in rows if b.is_named and _is_named(row, entities)]) for b, rows in more]
    beside = [(b, [row for row in rows if not (b.is_named and _is_named(row, entities))]) for b, rows in more]
    odd = [_oddity(batch, becomes[batch.id]) for batch in batches]
    differing = [_say(batch, rows) for batch, rows in beside if rows]
    return replace(
        facts,
        rows=sum(len(rows) for _, rows in wanted),
        rows_before=sum(len(was[batch.id]) for batch in named),
        others=len(batches) - len(named),
        others_differing=len(differing),
        differing=differing,
        beyond="; ".join(filter(None, odd)),
        shows=[_say(batch, rows, _fate(check, batch, becomes[batch.id])) for batch, rows in wanted if rows],
    )


def _is_named(row: WrongStagedRow, entities: Sequence[str] | None) -> bool:
    return not entities or row.key in entities


def _oddity(batch: TriedBatch, rows: Sequence[WrongStagedRow]) -> str:
    """What the machine that checks could not take of an answer."""
    if any(row.key is None for row in rows):
        return f"it names a row that batch {batch.id} does not have"
    if len({row.row_no for row in rows}) < len(rows):
        return f"it finds a row of batch {batch.id} twice: what is added leaves out what is found already"
    return f"it gives no reason for a row of batch {batch.id}" if any(not row.reason for row in rows) else ""


def _fate(check: Check, batch: TriedBatch, rows: Sequence[WrongStagedRow]) -> str:
    if check.severity == "warn":
        return "which is a warning"
    held = check.severity == "hold" or holds_the_batch(len(rows), batch.rows_read)
    return "so the batch is held" if held else "which are put aside"


def _say(batch: TriedBatch, rows: Sequence[WrongStagedRow], fate: str = "") -> str:
    """'batch 12 of 2026-03-10 18:00: 2 rows more (a-1: it is wrong, a-2: so is this), which are put aside'."""
    samples = [f"{row.key}: {row.reason}"[:100] for row in rows[:NAMED]]
    samples += [f"{len(rows) - NAMED:,} more"] if len(rows) > NAMED else []
    what = f"batch {batch.id} of {batch.edition_at:%Y-%m-%d %H:%M}: {counted(len(rows), 'row')} more"
    return f"{what} ({join_with_and(samples)}){f', {fate}' if fate else ''}"


def _as_test_reads(found: Found, batches: Sequence[TriedBatch]) -> JsonObject:
    """{"document-12": [{"row_no", "key", "reason"}, ...]}."""
    return {f"document-{batch.raw_id}": [vars(row) for row in found[batch.id]] for batch in batches}
