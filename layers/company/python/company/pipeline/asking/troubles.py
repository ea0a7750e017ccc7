"""What stands in the way of a source, in words: its fires or requests fail, or an edition of it waits."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from company.fire.fire import Fire
from company.text.wording import clipped, counted, day_and_time
from company.watch.finding_records import Finding

KIND = "stuck_source"
MOST_REASON = 140
"""Characters."""
WAITS = {
    "not staged": "not staged",
    "not checked": "staged and not checked",
    "not promoted": "checked and not promoted",
    "held": "held",
    "refused": "refused",
}


@dataclass(frozen=True)
class SourceTrouble:
    """A source whose fires or requests fail since a moment, or whose edition waits since one; Nones where it is not so.

    failing_what: fires or requests, failing_times of them in a row. waiting_state: a key of WAITS. since: the earlier
    of the two moments. is_stuck: it lasts longer than may_last.
    """

    source: str
    edition_in_force: datetime | None
    failing_since: datetime | None
    failing_times: int | None
    failing_what: str | None
    failing_reason: str | None
    waiting_since: datetime | None
    waiting_edition: datetime | None
    waiting_batch: int | None
    waiting_state: str | None
    waiting_reason: str | None
    waiting_editions: int | None
    since: datetime
    is_stuck: bool
    may_last: timedelta
    machines: Sequence[str]
    """Who asks it by its own schedule."""

    @property
    def state(self) -> str:
        """One word for a table."""
        if self.failing_since is not None:
            return "FAILING"
        return {"held": "HELD", "refused": "REFUSED"}.get(self.waiting_state or "", "STUCK")

    def in_words(self, zone: ZoneInfo, now: datetime) -> str:
        """'14 fires in a row failed since Wed 17:05: ...; the edition of Wed 17:03 is not staged since Wed 17:05'."""
        return "; ".join((*self._failing(zone, now), *self._waiting(zone, now)))

    def _failing(self, zone: ZoneInfo, now: datetime) -> Iterator[str]:
        if self.failing_since is None:
            return
        what = (self.failing_what or "fires").removesuffix("s")
        times = f"{counted(self.failing_times or 1, what)}{' in a row' if (self.failing_times or 1) > 1 else ''}"
        yield f"{times} failed since {day_and_time(self.failing_since, zone, now)}{_because(self.failing_reason)}"

    def _waiting(self, zone: ZoneInfo, now: datetime) -> Iterator[str]:
        if self.waiting_since is None:
            return
        of = day_and_time(self.waiting_edition, zone, now) if self.waiting_edition else "an unknown moment"
        many = (self.waiting_editions or 1) > 1
        which = f"{self.waiting_editions} editions, the first of {of}, are" if many else f"the edition of {of} is"
        state = WAITS[self.waiting_state or "not staged"]
        batch = f" (B-{self.waiting_batch})" if self.waiting_batch else ""
        since = day_and_time(self.waiting_since, zone, now)
        yield f"{which} {state} since {since}{batch}{_because(self.waiting_reason)}"


def answer_stuck(fire: Fire, finding: Finding) -> str:
    """Every watcher's answer: what stands in the way now. Who asks, checks and promotes tries again at each fire."""
    troubles = fire.brain.rows(SourceTrouble, "source_troubles")
    words = [
        row.in_words(ZoneInfo(fire.settings.owner_timezone), fire.now)
        for row in troubles
        if row.source == finding.subject
    ]
    return f"Read: {'; '.join(words) or 'nothing any more'}. It is tried again at each fire; the owner reads of it."


def _because(reason: str | None) -> str:
    return f": {clipped(' '.join(reason.split()), MOST_REASON)}" if reason else ""
