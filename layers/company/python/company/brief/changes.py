"""Changes of the company's own code in the brief: what was done about each deployment, and whether its failure stayed
away afterwards."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NotRequired, TypedDict
from zoneinfo import ZoneInfo

from company.text.clauses import fitted
from company.text.wording import counted, day_and_time
from company.watch.mistakes import signature

PROMISED_FOR = timedelta(days=14)
"""How long a failure has to stay away after the change that is for it."""
MOST_TITLE = 50
"""Characters of a change's title within a line."""


class SeenFailure(TypedDict):
    """One failure of what a change is about; the first, which the change is for, has no moment."""

    at: NotRequired[str]
    kind: str
    message: str


@dataclass(frozen=True)
class BriefDeployment:
    """A deployment about which something was done, with the moments of its steps. functions: how many it is in."""

    change_id: int
    title: str
    status: str
    started_at: datetime
    live_at: datetime | None
    ended_at: datetime | None
    reason: str | None
    functions: int

    def line(self, until: datetime, zone: ZoneInfo) -> str:
        """'C-7 x: a comes as A: began Mon 10:41, live 10:42 in 13 functions, kept Mon 12:10: 3 fires worked'."""
        parts = [f"began {day_and_time(self.started_at, zone, until)}"]
        if self.live_at:
            parts.append(f"live {day_and_time(self.live_at, zone, until)} in {counted(self.functions, 'function')}")
        if self.ended_at:
            parts.append(f"{self.status.replace('_', ' ')} {day_and_time(self.ended_at, zone, until)}: {self.reason}")
        return f"C-{self.change_id} {fitted(self.title, MOST_TITLE)}: {', '.join(parts)}"


@dataclass(frozen=True)
class PromisedChange:
    """A change that is live and was not taken back. first: the failure that it is for; later: all of its kind since.

    signature: of the failure, where its task was filed under one; else `first` has it. days_tried: on how many of the
    days since it could have been seen.
    """

    change_id: int
    title: str
    live_at: datetime
    signature: str | None
    days_tried: int
    first: Sequence[SeenFailure]
    later: Sequence[SeenFailure]

    @property
    def signatures(self) -> set[str]:
        """What makes a failure this one, however it is spelled; empty where nobody has said."""
        known = {signature(failure["kind"], failure["message"]) for failure in self.first}
        return {self.signature} if self.signature else known

    @property
    def came_back_at(self) -> datetime | None:
        """When the same failure was seen again for the first time."""
        same = (f["at"] for f in self.later if signature(f["kind"], f["message"]) in self.signatures)
        return next((datetime.fromisoformat(at) for at in same), None)

    def line(self, until: datetime, zone: ZoneInfo) -> str:
        """Kept after two weeks; or when it came back; or the day that is counted, also of one of an unknown failure.

        Days on which nothing was tried (a source is paused, a schedule is muted) show nothing, and the line says so.
        """
        name = f"C-{self.change_id} ({fitted(self.title, MOST_TITLE)})"
        since = f"live since {day_and_time(self.live_at, zone, until)}"
        if back := self.came_back_at:
            return (
                f"{name}: its failure came back {day_and_time(back, zone, until)}, on day {_days(self.live_at, back)}"
            )
        days = min((until - self.live_at).days, PROMISED_FOR.days)
        if days and not self.days_tried:
            return f"{name}: nothing of its kind was tried, so nobody knows, {since}"
        tried = f", tried on {self.days_tried} of these days" if self.days_tried < days else ""
        if days == PROMISED_FOR.days:
            return f"{name}: kept, {counted(days, 'day')} without its failure{tried}, {since}"
        return f"{name}: day {_days(self.live_at, until)} of {PROMISED_FOR.days} without its failure{tried}, {since}"


def _days(since: datetime, until: datetime) -> int:
    """Which day it is, counted from 1."""
    return (until - since).days + 1
