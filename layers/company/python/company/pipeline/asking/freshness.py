"""Opens a finding when a source has given nothing newer for too long, and closes it when it gives something newer."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from company.fire.fire import Fire
from company.json_values import JsonObject
from company.pipeline.delivering.effects import missed_of_source
from company.watch.findings import close_by_fingerprint, open_finding


@dataclass(frozen=True)
class SourceFreshness:
    """A source's edition in force, its age beside its limit, and the last request.

    newest_seen_at: the stamp of the newest edition that came, also when it was not promoted.
    """

    source: str
    batch_id: int | None
    edition_at: datetime | None
    promoted_at: datetime | None
    version: str | None
    rows_read: int | None
    age: timedelta
    fresh_within: timedelta
    is_stale: bool
    has_edition: bool
    newest_seen_at: datetime | None
    last_asked_at: datetime | None
    last_result: str | None
    last_route: str | None
    last_reason: str | None


def whole_hours(span: timedelta) -> int:
    """Whole hours of a span, as the pages print ages."""
    return int(span.total_seconds() // 3600)


def report_freshness(fire: Fire, source: str) -> bool:
    """Opens or closes the finding stale:<source>, by the edition in force; True when the source is stale."""
    fresh = fire.brain.row(SourceFreshness, "freshness_of", source=source)
    if fresh is None:
        return False
    if not fresh.is_stale:
        _close_stale(fire, fresh)
        return False
    open_finding(
        fire.brain,
        fingerprint=f"stale:{source}",
        kind="stale_source",
        subject=source,
        level="today",
        title=_title(fresh),
        effect=missed_of_source(fire.brain, source, fire.settings.owner_timezone),
        evidence=_evidence(fresh),
        watcher=fire.record.reports_to,
    )
    return True


def _title(fresh: SourceFreshness) -> str:
    limit = f"(limit {whole_hours(fresh.fresh_within)} h)"
    if fresh.edition_at is None and fresh.newest_seen_at is None:
        return f"{fresh.source}: no edition has come yet, for {whole_hours(fresh.age)} h {limit}"
    return f"{fresh.source} is {whole_hours(fresh.age)} h old {limit}"


def _close_stale(fire: Fire, fresh: SourceFreshness) -> None:
    if fresh.has_edition:
        close_by_fingerprint(fire.brain, f"stale:{fresh.source}", "a newer edition is in force")


def _evidence(fresh: SourceFreshness) -> JsonObject:
    stamp = fresh.edition_at or fresh.newest_seen_at
    return {
        "age_hours": whole_hours(fresh.age),
        "limit_hours": whole_hours(fresh.fresh_within),
        "last_edition": stamp.isoformat() if stamp else None,
        "last_result": fresh.last_result,
        "last_reason": fresh.last_reason,
    }
