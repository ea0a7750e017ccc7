"""Whether data still flows: each stage of each pipeline beside how long it may rest."""

from collections.abc import Mapping
from typing import Any

from company.fire.fire import Fire
from company.fire.role import RoleCode
from company.outcomes import Done, Outcome
from company.pipeline.freshness import hours
from company.watch.findings import close_finding, open_finding

WATCHERS = {"asked": "scraping_manager", "in force": "scraping_manager", "published": "content_manager"}
"""Whose domain a stage lies in; every other stage is data_manager's."""
PREFIX = "flow:"


def work(fire: Fire) -> Outcome:
    """Never skips: a company without pipelines says so in its figures."""
    stages = fire.brain.all("flow_check")
    resting = [stage for stage in stages if not stage["is_flowing"]]
    known = [stage for stage in resting if _is_reported(fire, stage)]
    fresh = sum(_report(fire, stage) for stage in resting if stage not in known)
    closed = _close_what_flows(fire, {_fingerprint(stage) for stage in resting})
    return Done(
        {
            "pipelines": len({stage["pipeline"] for stage in stages}),
            "stages": len(stages),
            "flowing": len(stages) - len(resting),
            "known": len(known),
            "findings_opened": fresh,
            "findings_closed": closed,
        }
    )


def _fingerprint(stage: Mapping[str, Any]) -> str:
    return f"{PREFIX}{stage['pipeline']}:{stage['stage']}"


def _is_reported(fire: Fire, stage: Mapping[str, Any]) -> bool:
    """A source's own machine tells of a stale edition as soon as it is; that finding is the one to follow."""
    stale = f"stale:{stage['pipeline']}"
    return stage["stage"] == "in force" and fire.brain.one("open_finding_of", fingerprint=stale) is not None


def _report(fire: Fire, stage: Mapping[str, Any]) -> bool:
    rested = "never moved" if stage["last_at"] is None else f"rests for {hours(stage['rested'])} h"
    limit = f"limit {hours(stage['may_rest'])} h"
    opened = open_finding(
        fire.brain,
        fingerprint=_fingerprint(stage),
        kind="not_flowing",
        subject=stage["pipeline"],
        level="today",
        title=f"{stage['pipeline']}: {stage['stage']} {rested} ({limit})",
        effect="customers read older data than they should",
        evidence={"stage": stage["stage"], "detail": stage["detail"], "limit_hours": hours(stage["may_rest"])},
        watcher=WATCHERS.get(stage["stage"], "data_manager"),
    )
    return opened.is_new


def _close_what_flows(fire: Fire, resting: set[str]) -> int:
    over = [row for row in fire.brain.all("my_open_findings_like", prefix=PREFIX) if row["fingerprint"] not in resting]
    return sum(close_finding(fire.brain, row["id"], "it flows again") for row in over)


ROLE = RoleCode(work=work)
