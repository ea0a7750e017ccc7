"""Faults planted on the desk's day, so that a run shows the watch at work. Each is marked as planted in the brain."""

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
"""Does it, and says in a sentence what was done."""


@dataclass(frozen=True)
class PlantableFault:
    """One fault: its name, how long after the day's start it begins, what it befalls (None: a feed), and the deed."""

    name: str
    after: timedelta
    words: str
    act: Action
    role: str | None = None
    source: Callable[[Vertical], str] = lambda product: product.sources[-1].name
    goes_on: timedelta = timedelta(0)
    """How much longer than 24 hours the day must be for the owner to hear of it."""

    def plant(self, desk: Desk, feeds: FeedServer, now: datetime) -> None:
        """Plants it now. The mark comes first, so that nothing of it is ever found unmarked."""
        subject = self.role or self.source(desk.vertical)
        with desk.brain() as brain:
            brain.run("plant", fault=self.name, subject=subject, note=self.words)
        self.act(desk, feeds, subject, now)


def _mute(desk: Desk, _: FeedServer, subject: str, __: datetime) -> str:
    return cloud_faults.plant_mute(desk.cloud, desk.deployed.schedule_group, subject)


def _renaming(product: Vertical) -> str:
    """The first source of which the product says how its publisher would rename a column."""
    for source in product.sources:
        if source.columns and source.columns.rename:
            return source.name
    raise DeskError(f"--plant renamed: {product.name} says of no source how a column is renamed.")


def _rename(desk: Desk, feeds: FeedServer, subject: str, now: datetime) -> str:
    columns = desk.vertical.source(subject).columns
    assert columns is not None, "_renaming chose it for its columns"
    assert columns.rename is not None, "and for the way to rename one"
    return cloud_faults.plant_changed(feeds, subject, now, columns.rename, "a column renamed")


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
        PlantableFault("renamed", AFTERNOON, "a column is renamed", _rename, source=_renaming),
        PlantableFault("empty", AFTERNOON, "a feed is empty", lambda _, f, s, at: cloud_faults.plant_empty(f, s, at)),
        *(PlantableFault(name, after, words, act, role) for name, after, words, act, role in SCHEDULE_FAULTS),
        PlantableFault(
            "no_brief", timedelta(0), "the ceo dies each morning", no_brief, "ceo", goes_on=timedelta(hours=1)
        ),
    )
}


def chosen(names: tuple[str, ...] | None, *, live: bool, recorded: bool) -> list[PlantableFault]:
    """What is planted on a day: what was named, or what the demo shows; DeskError for what is unknown or cannot be."""
    demo = () if live else ("mute",) if recorded else ("stale", "mute")
    wanted = demo if names is None else names
    unknown = [name for name in wanted if name not in FAULTS]
    if unknown:
        raise DeskError(f"--plant {', '.join(unknown)}: unknown fault. Known: {', '.join(FAULTS)}.")
    of_feeds = [name for name in wanted if FAULTS[name].role is None]
    if live and of_feeds:
        raise DeskError(f"--live: {', '.join(of_feeds)} cannot be planted in a publisher's own feed.")
    return [FAULTS[name] for name in wanted]
