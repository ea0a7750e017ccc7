"""The faults that can be planted on a day, to see who notices them. Each is marked as planted in the brain."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from company.vertical import Vertical
from watchbill.cloud.feeds import FeedServer
from watchbill.desk.desk import Desk
from watchbill.errors import DeskError
from watchbill.faults import cloud_faults
from watchbill.faults.schedule_faults import SCHEDULE_FAULTS, no_brief

MUTED = "data_auditor"
Action = Callable[[Desk, FeedServer, str, datetime], str]
"""Plants the fault on a target; returns a sentence that says what was done."""


@dataclass(frozen=True)
class PlantableFault:
    """One fault: its name, its start after the day's start, its action, and its target (role None: a feed)."""

    name: str
    after: timedelta
    description: str
    action: Action
    role: str | None = None
    source: Callable[[Vertical], str] = lambda product: product.sources[-1].name
    extra_time: timedelta = timedelta(0)
    """How much longer than 24 hours the day must be until the owner is notified."""

    def plant(self, desk: Desk, feeds: FeedServer, now: datetime) -> None:
        """Plants it now. The mark is written first, so that no finding of it is ever unmarked."""
        target = self.role or self.source(desk.vertical)
        with desk.brain() as brain:
            brain.run("plant", fault=self.name, subject=target, note=self.description)
        self.action(desk, feeds, target, now)


def _mute(desk: Desk, _: FeedServer, target: str, __: datetime) -> str:
    return cloud_faults.plant_mute(desk.cloud, desk.deployed.schedule_group, target)


def _source_with_rename(product: Vertical) -> str:
    """The first source for which the product defines a renamed column."""
    for source in product.sources:
        if source.columns and source.columns.rename:
            return source.name
    raise DeskError(f"--plant renamed: {product.name} defines no renamed column for any source.")


def _rename(desk: Desk, feeds: FeedServer, target: str, now: datetime) -> str:
    columns = desk.vertical.source(target).columns
    assert columns is not None, "_source_with_rename chose it for its columns"
    assert columns.rename is not None, "and for its renamed column"
    return cloud_faults.plant_changed(feeds, target, now, columns.rename, "a column renamed")


AFTERNOON = timedelta(hours=9)
FAULTS = {
    plant.name: plant
    for plant in (
        PlantableFault(
            "stale", timedelta(0), "a feed goes stale", lambda _, f, s, at: cloud_faults.plant_stale(f, s, at)
        ),
        PlantableFault("mute", timedelta(hours=14, minutes=14), "a schedule is set to DISABLED", _mute, MUTED),
        PlantableFault(
            "html", AFTERNOON, "a feed is a web page", lambda _, f, s, at: cloud_faults.plant_html(f, s, at, 200)
        ),
        PlantableFault(
            "blocked", AFTERNOON, "a feed refuses us", lambda _, f, s, at: cloud_faults.plant_html(f, s, at, 403)
        ),
        PlantableFault(
            "truncated", AFTERNOON, "a feed is cut in half", lambda _, f, s, at: cloud_faults.plant_truncated(f, s, at)
        ),
        PlantableFault("renamed", AFTERNOON, "a column is renamed", _rename, source=_source_with_rename),
        PlantableFault("empty", AFTERNOON, "a feed is empty", lambda _, f, s, at: cloud_faults.plant_empty(f, s, at)),
        *(
            PlantableFault(name, after, description, action, role)
            for name, after, description, action, role in SCHEDULE_FAULTS
        ),
        PlantableFault(
            "no_brief", timedelta(0), "the ceo crashes each morning", no_brief, "ceo", extra_time=timedelta(hours=1)
        ),
    )
}


def chosen(names: tuple[str, ...] | None, *, live: bool, recorded: bool) -> list[PlantableFault]:
    """The faults of a day: the named ones, or those of the demo; DeskError for an unknown or impossible one."""
    demo = () if live else ("mute",) if recorded else ("stale", "mute")
    wanted = demo if names is None else names
    unknown = [name for name in wanted if name not in FAULTS]
    if unknown:
        raise DeskError(f"--plant {', '.join(unknown)}: unknown fault. Known: {', '.join(FAULTS)}.")
    of_feeds = [name for name in wanted if FAULTS[name].role is None]
    if live and of_feeds:
        raise DeskError(f"--live: {', '.join(of_feeds)} cannot be planted in a publisher's own feed.")
    return [FAULTS[name] for name in wanted]
