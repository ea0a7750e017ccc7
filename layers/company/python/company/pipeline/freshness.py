"""Tells when a source has given nothing newer for too long, and when it has again."""

from datetime import timedelta
from typing import Any

from company.fire.fire import Fire
from company.watch.findings import close_by_fingerprint, open_finding


def whole_hours(span: timedelta) -> int:
    """Whole hours of a span, as the pages print ages."""
    return int(span.total_seconds() // 3600)


def report_freshness(fire: Fire, source: str) -> bool:
    """Opens or closes the finding stale:<source>, by what is in force; True when the source is stale."""
    fresh = fire.brain.one("freshness_of", source=source)
    if fresh is None:
        return False
    if not fresh["is_stale"]:
        _tell_fresh_again(fire, source, fresh)
        return False
    open_finding(
        fire.brain,
        fingerprint=f"stale:{source}",
        kind="stale_source",
        subject=source,
        level="today",
        title=_title(source, fresh),
        effect="scores and deliveries use the last good edition, and say so",
        evidence=_facts(fresh),
        watcher=fire.record.reports_to,
    )
    return True


def _title(source: str, fresh: dict[str, Any]) -> str:
    limit = f"(limit {whole_hours(fresh['fresh_within'])} h)"
    if fresh["edition_at"] is None and fresh["newest_seen_at"] is None:
        return f"{source}: no edition has come yet, for {whole_hours(fresh['age'])} h {limit}"
    return f"{source} is {whole_hours(fresh['age'])} h old {limit}"


def _tell_fresh_again(fire: Fire, source: str, fresh: dict[str, Any]) -> None:
    if fresh["has_edition"]:
        close_by_fingerprint(fire.brain, f"stale:{source}", "a newer edition is in force")


def _facts(fresh: dict[str, Any]) -> dict[str, Any]:
    stamp = fresh["edition_at"] or fresh["newest_seen_at"]
    return {
        "age_hours": whole_hours(fresh["age"]),
        "limit_hours": whole_hours(fresh["fresh_within"]),
        "last_edition": stamp.isoformat() if stamp else None,
        "last_result": fresh["last_result"],
        "last_reason": fresh["last_reason"],
    }
