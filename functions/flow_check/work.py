"""Whether data still flows: how long each stage has been idle, beside how long it may be."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from company.fire.apart import attempt, each
from company.fire.fire import Fire
from company.fire.role import RoleCode
from company.json_values import JsonObject
from company.outcomes import Done, Outcome
from company.pipeline.asking.freshness import whole_hours
from company.watch.findings import MyFinding, close_finding, is_reported, my_open_findings, open_finding
from flow_check.trail import LostTasks, check_trail

WATCHERS = {"asked": "scraping_manager", "in force": "scraping_manager", "published": "content_manager"}
"""In whose domain a stage is; every other stage is data_manager's."""
PREFIX = "flow:"


@dataclass(frozen=True)
class Stage:
    """One stage of a pipeline: when it last moved, how long it has been idle and may be. facts: what is known of it."""

    pipeline: str
    stage: str
    last_at: datetime | None
    rested: timedelta | None
    may_rest: timedelta
    is_flowing: bool
    facts: JsonObject

    @property
    def fingerprint(self) -> str:
        return f"{PREFIX}{self.pipeline}:{self.stage}"


def work(fire: Fire) -> Outcome:
    """Never skips: a company without pipelines has zeros in its figures."""
    stages = fire.brain.rows(Stage, "flow_check")
    idle = [stage for stage in stages if not stage.is_flowing]
    known = [stage for stage in idle if _is_reported(fire, stage)]
    new = [stage for stage in idle if stage not in known]
    opened = sum(each(fire, "idle stages", new, partial(_report, fire), name=lambda stage: stage.fingerprint))
    closed = _close_what_flows(fire, {stage.fingerprint for stage in idle})
    trail = attempt(fire, "looks at the tasks' trail", lambda: check_trail(fire), LostTasks(0, None))
    return Done(
        {
            "pipelines": len({stage.pipeline for stage in stages}),
            "stages": len(stages),
            "flowing": len(stages) - len(idle),
            "known": len(known),
            "findings_opened": opened,
            "findings_closed": closed,
            "lines_without_task": trail.events,
        }
    )


def _is_reported(fire: Fire, stage: Stage) -> bool:
    """What a source's own machine reports as stale, or heartbeat as stuck, is followed by that finding."""
    if stage.stage == "checked and promoted":
        return is_reported(fire.brain, "stuck_source", f"stuck:{stage.pipeline}")
    return stage.stage == "in force" and is_reported(fire.brain, "stale_source", f"stale:{stage.pipeline}")


def _report(fire: Fire, stage: Stage) -> bool:
    opened = open_finding(
        fire.brain,
        fingerprint=stage.fingerprint,
        kind="not_flowing",
        subject=stage.pipeline,
        level="today",
        title=_title(stage),
        effect="customers read older data than they should",
        evidence={**stage.facts, "stage": stage.stage, "limit_hours": whole_hours(stage.may_rest)},
        watcher=WATCHERS.get(stage.stage, "data_manager"),
    )
    return opened.is_new


def _title(stage: Stage) -> str:
    if "could_not_look" in stage.facts:
        return f"{stage.pipeline}: {stage.stage} cannot be looked at"
    idle = "never moved" if stage.rested is None else f"has not moved for {whole_hours(stage.rested)} h"
    return f"{stage.pipeline}: {stage.stage} {idle} (limit {whole_hours(stage.may_rest)} h)"


def _close_what_flows(fire: Fire, idle: set[str]) -> int:
    over = [finding for finding in my_open_findings(fire.brain, PREFIX) if finding.fingerprint not in idle]
    return sum(each(fire, "stages that flow", over, partial(_close, fire), name=lambda f: f"F-{f.id}"))


def _close(fire: Fire, finding: MyFinding) -> bool:
    return close_finding(fire.brain, finding.id, "it flows again")


ROLE = RoleCode(work=work)
