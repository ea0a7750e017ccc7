"""What only data_auditor does: read bytes again, judge held batches, take a promotion back, compare samples."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from struct import pack, unpack
from typing import Literal

from company.errors import ToolError
from company.fire.fire import Fire
from company.json_values import json_ready
from company.pipeline.asking.raw import ClassifiedBody, classify_body, load_raw
from company.pipeline.rows.batches import BatchOfDocument
from company.pipeline.rows.check_results import BatchCheck
from company.pipeline.rows.fitting import Fitter, Misfit
from company.pipeline.rows.staging import StagingTable
from company.text.wording import counted
from company.tools import reading_tool, tool
from company.vertical import Details, Parsed, Part
from data_auditor.drift import FieldFigures
from data_auditor.samples import (
    HOW_MANY,
    Difference,
    Draw,
    EditionRules,
    PutAside,
    RawRow,
    count_differs,
    rows_to_compare,
)

LOOKS_BACK_DAYS = 7
BatchVerdict = Literal["release", "refuse"]


@dataclass(frozen=True)
class SecondLook:
    """What a held batch's bytes hold at a second reading, beside what was read of them at the first."""

    verdict: str
    reason: str | None
    rows: int
    read: int
    failed: Sequence[str]
    failed_before: int


@dataclass(frozen=True)
class BatchInForce:
    """The batch from which a source's canonical rows come now."""

    source: str
    batch_id: int
    edition_at: datetime
    rows_read: int


@dataclass(frozen=True)
class Comparison:
    """A sample that was made again: the names of all, what differs, and the count of all rows where that differs."""

    looked_at: Sequence[str]
    differences: Sequence[Difference]
    miscounted: Sequence[Difference] = ()

    def only(self, items: Sequence[str]) -> "Comparison":
        """The same with some of the differences."""
        return replace(self, differences=[one for one in self.differences if one.item in items])


@dataclass(frozen=True)
class SampledScore:
    """A stored score with its parts."""

    entity: str
    score: Decimal
    parts: Sequence[float | None]
    model_version: str


@reading_tool
def look_again(fire: Fire, batch_id: int) -> SecondLook:
    """Reads a held batch's bytes a second time: what they hold, beside what was read of them.

    failed: the checks that hold it. failed_before: how many earlier refused editions failed the same checks.
    Example: look_again(batch_id=9) gives {"verdict": "new", "rows": 12, "read": 12, "failed": ["keys_remain"]}.
    """
    batch = fire.brain.row(BatchOfDocument, "batch_story", batch=batch_id)
    if batch is None:
        raise ToolError(f"there is no batch {batch_id}")
    found = _read(fire, batch.source, batch.sha256, batch.edition_at)
    checks = fire.brain.rows(BatchCheck, "batch_checks", batch=batch_id)
    failed = [check.check_name for check in checks if check.severity == "hold" and not check.is_ok]
    before = int(fire.brain.value("failed_before", batch=batch_id, checks=failed))
    rows = found.parsed.staged + len(found.parsed.rejects) if found.parsed else 0
    return SecondLook(found.verdict, found.reason, rows, batch.rows_read, failed, before)


@tool
def decide_batch(fire: Fire, batch_id: int, verdict: BatchVerdict, reason: str) -> dict[str, int | str]:
    """Judges a held batch: release lets promote take it, refuse keeps it out; the rows in force stay until then.

    Example: decide_batch(batch_id=9, verdict="refuse", reason="half of the keys are gone, in this edition alone").
    """
    status = fire.brain.value("decide_batch", batch=batch_id, verdict=verdict, reason=reason)
    fire.learn("judged", f"batch {batch_id}: {verdict}: {reason}", batch=batch_id)
    return {"batch_id": batch_id, "status": str(status)}


@tool
def undo_batch(fire: Fire, batch_id: int, reason: str) -> dict[str, int]:
    """Takes back the last promotion of a source: the rows before it are in force again, and history is kept.

    Example: undo_batch(batch_id=9, reason="its bytes say something else: see audit 4") gives {"taken_back": 120}.
    """
    taken_back = int(fire.brain.value("undo_batch", batch=batch_id, reason=reason))
    fire.learn("undone", f"batch {batch_id} taken back, {counted(taken_back, 'row')}: {reason}", batch=batch_id)
    return {"taken_back": taken_back}


@reading_tool
def batches_in_force(fire: Fire) -> list[BatchInForce]:
    """Lists for each source the batch from which its canonical rows come now.

    Example: batches_in_force() gives [{"source": "x", "batch_id": 9, "rows_read": 120}].
    """
    return fire.brain.rows(BatchInForce, "batches_in_force")


@tool
def derive_again(fire: Fire, source: str, batch_id: int, sample: int) -> Comparison:
    """Reads a batch's bytes with the source's reader and compares a sample of their rows with canonical.

    The brain draws the sample now, once a session; half as many again are drawn from the bytes, and the rows of both
    are counted. Rows in quarantine are left out. Nothing is looked at where a newer edition came meanwhile.
    Example: derive_again(source="x", batch_id=9, sample=100) gives
    {"looked_at": ["a", "b"], "differences": [{"item": "b", "expected": {...}, "found": {...}}], "miscounted": []}.
    """
    drawn, parsed = draw(fire, source, sample), _parsed(fire, source, batch_id)
    put_aside = fire.brain.rows(PutAside, "rows_put_aside_of_batch", batch=batch_id)
    rules = fire.brain.row(EditionRules, "rules_of_edition", batch=batch_id)
    stream = fire.brain.row(StagingTable, "stream_columns", source=source)
    assert stream is not None and rules is not None, "a batch in force has its stream"
    chosen = rows_to_compare(parsed, drawn, put_aside, sample)
    rows = [dict(zip(stream.columns, _as_stored(row, stream)[1:], strict=True)) for row in chosen.rows]
    derived = json.dumps(json_ready(rows))
    differences = fire.brain.rows(Difference, "compare_with_canonical", source=source, derived=derived)
    if rules.is_whole:
        differences += [Difference(name, None, "in force, and not in its bytes") for name in chosen.absent]
    if batch_id not in {batch.batch_id for batch in fire.brain.rows(BatchInForce, "batches_in_force")}:
        return Comparison([], [])
    named = [str(row[stream.columns[0]]) for row in rows]
    miscounted = count_differs(rules, drawn.population, chosen.in_bytes)
    counted = [Difference(HOW_MANY, chosen.in_bytes, drawn.population)] if miscounted else []
    return Comparison(list(dict.fromkeys([*drawn.items, *named])), differences, counted)


def _parsed(fire: Fire, source: str, batch_id: int) -> Parsed:
    batch = fire.brain.row(BatchOfDocument, "batch_story", batch=batch_id)
    if batch is None:
        raise ToolError(f"there is no batch {batch_id}")
    found = _read(fire, source, batch.sha256, batch.edition_at)
    if found.parsed is None:
        raise ToolError(f"the bytes of batch {batch_id} of {source} cannot be read any more: {found.reason}")
    return found.parsed


@reading_tool
def value_figures(fire: Fire, source: str) -> list[FieldFigures]:
    """Lists the columns of a source with how their values are spread now and a week ago; empty for a young source.

    known: the share of rows that have a value. mean, spread: of numbers.
    Example: value_figures(source="x") gives [{"field": "a", "known_before": 0.99, "known_now": 0.41, ...}].
    """
    before = fire.now - timedelta(days=LOOKS_BACK_DAYS)
    figures = fire.brain.rows(FieldFigures, "value_figures", source=source, before=before)
    return [one for one in figures if one.is_comparable]


@tool
def recompute_scores(fire: Fire, sample: int) -> Comparison:
    """Computes a sample of scores again from their stored parts and the product's weights; the brain draws it now.

    Example: recompute_scores(sample=100) gives {"looked_at": [...], "differences": []}.
    """
    scores = fire.vertical.scores
    if scores is None:
        return Comparison([], [])
    drawn = draw(fire, "scores", sample)
    rows = fire.brain.rows(SampledScore, "sampled_scores", entities=list(drawn.items))
    expected = {row.entity: weighted(row.parts, scores.parts) for row in rows if row.model_version == scores.version}
    wrong = [row for row in rows if row.entity in expected and row.score != expected[row.entity]]
    differences = [Difference(row.entity, float(expected[row.entity]), float(row.score)) for row in wrong]
    return Comparison(list(drawn.items), differences)


def draw(fire: Fire, subject: str, most: int) -> Draw:
    """What this session looks at of a source or of the scores; asked again, the same."""
    drawn = fire.brain.row(Draw, "draw_sample", session_id=fire.session_id, subject=subject, most=most)
    assert drawn is not None, "draw_sample always gives a row"
    return drawn


def _read(fire: Fire, source: str, sha256: str, edition_at: datetime | None) -> ClassifiedBody:
    """Reads a kept document with its source's reader; the stamp replaces the one that an old file lacks."""
    reader = fire.vertical.source(source)
    return classify_body(reader, load_raw(fire, source, sha256), edition_at)


def weighted(values: Sequence[float | None], parts: Sequence[Part]) -> Decimal:
    """A score of 0 to 100 with one decimal, rounded half away from zero, from values kept in single precision.

    What counts for a value that nobody knows, its part says.
    """
    known = [part.if_unknown if value is None else value for value, part in zip(values, parts, strict=True)]
    single = [float(unpack("f", pack("f", value))[0]) for value in known]
    total = sum(part.weight * value for part, value in zip(parts, single, strict=True))
    exact = Decimal(format(100 * total / sum(part.weight for part in parts), ".15g"))
    return exact.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)


def _as_stored(row: RawRow, stream: StagingTable) -> RawRow:
    """A row as staging cleaned it. A row of texts (from COPY's form) is compared as it is."""
    try:
        return Fitter(stream.columns, stream.types, Details()).fit(tuple(row))
    except Misfit:
        return row
