"""The end of a day on the desk: its report, and what later commands open it from."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from company.brain import Brain
from company.json_values import JsonObject
from company.text.wording import counted
from watchbill.cloud.notices import Notice
from watchbill.cloud.scheduler import Scheduler
from watchbill.cloud.snapshots.snapshot import save
from watchbill.days.options import DEPLOY_LEAD, DayOptions
from watchbill.desk.desk import Desk
from watchbill.home import LastDay, desk_folder, remember, snapshot_folder


@dataclass(frozen=True)
class DayReport:
    """The result of a day. Seconds are wall time; slots are counted by status; pipelines has one row per source."""

    date: date
    started_at: datetime
    ended_at: datetime
    fires: int
    wall_seconds: float
    setup_seconds: float
    slots: Mapping[str, int]
    pipelines: tuple[JsonObject, ...]
    brief: str
    brief_html: str
    failed_fires: int
    notes: tuple[str, ...] = field(default=())
    briefs: tuple[str, ...] = field(default=())
    """One for each morning, the last one included."""
    notices: tuple[Notice, ...] = field(default=())
    """What reached the owner beside the brief: from her topic, in simulated time."""

    def as_json(self) -> JsonObject:
        """What `day --json` prints; other tools depend on these keys."""
        return {
            "date": self.date.isoformat(),
            "fires": self.fires,
            "wall_seconds": round(self.wall_seconds, 2),
            "setup_seconds": round(self.setup_seconds, 2),
            "failed_fires": self.failed_fires,
            "slots": dict(self.slots),
            "pipelines": [dict(row) for row in self.pipelines],
            "brief": self.brief,
            "briefs": list(self.briefs),
            "notes": list(self.notes),
            "heard": [notice.as_json() for notice in self.notices],
        }


def report_of(
    desk: Desk,
    options: DayOptions,
    scheduler: Scheduler,
    failed: int,
    clocks: tuple[float, float],
    notes: tuple[str, ...],
) -> DayReport:
    setup_seconds, began = clocks
    start = options.starts_at
    with desk.brain() as brain:
        brief = brain.one("latest_brief") or {
            "body": "No brief was written: see `watchbill findings`.",
            "html": "",
        }
        return DayReport(
            date=options.date,
            started_at=start,
            ended_at=options.ends_at,
            fires=scheduler.fires,
            wall_seconds=time.monotonic() - began,
            setup_seconds=setup_seconds,
            slots={row["status"]: row["slots"] for row in brain.all("slots_by_end", since=start, until=desk.now())},
            pipelines=tuple(_pipelines(brain, start, options.ends_at)),
            brief=brief["body"],
            brief_html=brief["html"],
            failed_fires=failed,
            notes=(*notes, *_outages(desk.outages.survived)),
            briefs=tuple(row["body"] for row in brain.all("briefs_since", since=start)),
        )


def _outages(survived: int) -> list[str]:
    """A line for the owner when Postgres went away in the middle of the day."""
    times = "once" if survived == 1 else counted(survived, "time")
    return [f"postgres  went away {times} during the day; the day went on when it was back"] if survived else []


def _pipelines(brain: Brain, since: datetime, until: datetime) -> list[JsonObject]:
    rows = brain.all("pipeline_counts", since=since - DEPLOY_LEAD, until=until)
    return [dict(row) for row in rows]


def save_day(desk: Desk, options: DayOptions, report: DayReport) -> None:
    folder = desk_folder(options.home)
    (folder / "brief.txt").write_text(report.brief + "\n", encoding="utf-8")
    (folder / "brief.html").write_text(report.brief_html, encoding="utf-8")
    keep_company(desk, date=options.date, days=options.days, ended_at=report.ended_at, figures=report.as_json())


def keep_company(desk: Desk, *, date: date, days: int, ended_at: datetime, figures: JsonObject) -> None:
    """The company as it is becomes the last one, from which later commands read."""
    desk.logs.flush()
    save(desk.cloud, snapshot_folder(desk.plan.home, desk.company))
    remember(
        desk.plan.home,
        LastDay(
            database=desk.database,
            company=desk.company,
            vertical=desk.plan.vertical,
            data_kind=desk.plan.data_kind,
            date=date.isoformat(),
            days=days,
            owner_timezone=desk.owner_timezone,
            ended_at=ended_at.isoformat(),
            logins=desk.outages.surviving(desk.logins),
            figures=figures,
        ),
    )
