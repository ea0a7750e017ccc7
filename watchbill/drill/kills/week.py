"""One week of the company without a fault, in which nothing or something is killed."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from random import Random

from watchbill.cloud.mail import sent_mail
from watchbill.cloud.scheduler import Scheduler, SimulatedClock
from watchbill.cloud.template.build import deploy_artefacts
from watchbill.days.day import Progress
from watchbill.days.options import DEPLOY_LEAD
from watchbill.desk.desk import Desk
from watchbill.desk.platform import PlatformServices
from watchbill.drill.company import OnProgress, open_company
from watchbill.drill.evidence import DrillRows, Outside, left_acts, read_rows
from watchbill.drill.kills.figures import WeekFigures, read_holdings
from watchbill.drill.kills.killer import Kill, Killer, Victim
from watchbill.drill.kills.twice import mailed_too_often
from watchbill.drill.options import DAYS, DrillOptions
from watchbill.drill.verdict import false_alarms
from watchbill.home import CHECKOUT


@dataclass(frozen=True)
class WeekWithKills:
    """What a week left, and what was killed in it."""

    figures: WeekFigures
    rows: DrillRows
    kills: Sequence[Kill]


def run_week(options: DrillOptions, plan: Mapping[int, Victim], on_progress: OnProgress) -> WeekWithKills:
    """plan: in which fires what is killed; empty for a week in which all goes well."""
    starts_at = options.week_starts_at
    clock = SimulatedClock(starts_at - DEPLOY_LEAD)
    with open_company(options, clock, on_progress) as (desk, _):
        killer = Killer(desk, dict(plan), Random(f"{options.seed} kills"))
        scheduler = Scheduler(desk.cloud, desk.deployed, killer.invoke, clock, desk.overrides.is_blocked)
        platform = PlatformServices(desk, scheduler, starts_at)
        for day in range(DAYS):
            at = starts_at + timedelta(days=day)
            scheduler.call_later(at, partial(_say, on_progress, clock, scheduler, f"day {day + 1} of {DAYS}"))
        scheduler.run(
            starts_at,
            starts_at + timedelta(days=DAYS),
            before_instant=desk.set_now,
            after_fire=platform.after_fire,
            on_progress=lambda at, fires: on_progress(Progress("", at, fires)),
        )
        desk.set_now(clock.now)
        return desk.outages.surviving(lambda: _read(desk, platform, scheduler.fires, killer.done))


def _say(on_progress: OnProgress, clock: SimulatedClock, scheduler: Scheduler, step: str) -> None:
    on_progress(Progress(step, clock.now, scheduler.fires))


def _read(desk: Desk, platform: PlatformServices, fires: int, kills: Sequence[Kill]) -> WeekWithKills:
    mails = sent_mail(desk.cloud)
    with desk.brain() as brain:
        rows = read_rows(brain, Outside(platform.received, mails, left_acts(desk)), may_doubt=bool(kills))
        twice = [*(str(row["what"]) for row in brain.all("done_twice")), *mailed_too_often(mails, kills)]
        lost = (*rows.lost, *twice)
        return WeekWithKills(
            WeekFigures(fires, read_holdings(brain), tuple(false_alarms([], rows)), lost), rows, list(kills)
        )


def calm_figures(options: DrillOptions, on_progress: OnProgress) -> WeekFigures:
    """The figures of a week in which all goes well: kept for the same code and product, so that it is run once."""
    if (known := kept_figures(options)) is not None:
        return known
    on_progress(Progress("first a week in which all goes well, to compare with"))
    figures, kept = run_week(options, {}, on_progress).figures, _kept_in(options)
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_text(json.dumps(figures.as_json()), encoding="utf-8")
    return figures


def kept_figures(options: DrillOptions) -> WeekFigures | None:
    """The same where that week was run before."""
    kept = _kept_in(options)
    return WeekFigures.from_json(json.loads(kept.read_text(encoding="utf-8"))) if kept.exists() else None


def _kept_in(options: DrillOptions) -> Path:
    digest = deploy_artefacts(CHECKOUT, options.home).digest
    return options.home / "cache" / f"calm-week-{options.vertical}-{digest}.json"
