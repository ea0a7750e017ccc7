"""Tools that read the product's pipeline: how fresh each source is, what waits, what was asked of the sources."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from company.errors import ToolError
from company.fire.fire import Fire
from company.json_values import json_ready, json_rows
from company.pipeline.asking.freshness import SourceFreshness
from company.pipeline.rows.batches import Batch, HeldBatch
from company.tools import by_need, reading_tool


@dataclass(frozen=True)
class RequestCount:
    """How many requests by one route of a source had one result."""

    source: str
    route: str
    result: str
    requests: int
    last_at: datetime


@reading_tool
def source_freshness(fire: Fire) -> list[SourceFreshness]:
    """Lists each source with the edition in force, its age beside its limit (both in hours), and the last request.

    Example: source_freshness() gives [{"source": "x", "age": 42.0, "fresh_within": 29.0, "is_stale": true, ...}].
    """
    return fire.brain.rows(SourceFreshness, "source_freshness")


@reading_tool
def held_batches(fire: Fire) -> list[HeldBatch]:
    """Lists batches that wait for a judgement, with the reason why they were held.

    Example: held_batches() gives [{"id": 9, "source": "x", "rows_read": 120, "reason": "keys_remain: ..."}].
    """
    return fire.brain.rows(HeldBatch, "held_batches")


@reading_tool
def request_figures(fire: Fire, hours: int = 24) -> list[RequestCount]:
    """Counts what the sources were asked in the last hours, per source, route and result.

    Example: request_figures(hours=24) gives [{"source": "x", "route": "primary", "result": "not_yet", "requests": 14}].
    """
    since = fire.now - timedelta(hours=hours)
    return fire.brain.rows(RequestCount, "fetch_counts", since=since, until=fire.now)


@reading_tool
def pipeline_figures(fire: Fire, hours: int = 24) -> list[dict[str, Any]]:
    """Counts rows per source of the last hours: read = promoted + unchanged + quarantined + held.

    Example: pipeline_figures(hours=24) gives [{"name": "x", "read": 120, "promoted": 2, "unchanged": 118, ...}].
    """
    since = fire.now - timedelta(hours=hours)
    return json_rows(fire.brain.all("pipeline_counts", since=since, until=fire.now))


@by_need
@reading_tool
def list_batches(fire: Fire, limit: int = 20) -> list[Batch]:
    """Lists batches, newest first: how many rows each has, how many had which fate, who decided.

    Example: list_batches(limit=5) gives [{"id": 9, "source": "x", "status": "promoted", "rows_read": 120, ...}].
    """
    return fire.brain.rows(Batch, "list_batches", limit=min(limit, 200))


@by_need
@reading_tool
def explain_score(fire: Fire, entity: str) -> dict[str, Any]:
    """Says why a score is what it is: each part, its weight and the points it brings, and how the score moved before.

    Example: explain_score(entity="a") gives {"score": 96.0, "parts": [{"part": "...", "points": 31.0}], ...}.
    """
    row = fire.brain.one("score_of", entity=entity)
    if row is None:
        raise ToolError(f"{entity} has no score")
    parts, moves = fire.brain.all("explain_score", entity=entity), fire.brain.all("score_changes_of", entity=entity)
    return {**json_ready(row), "parts": json_rows(parts), "moves": json_rows(moves)}
