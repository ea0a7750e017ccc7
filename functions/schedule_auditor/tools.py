"""What only schedule_auditor reads: the beats, the ledger's reach, managers' notes, and who does not answer."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from company.fire.apart import each
from company.fire.fire import Fire
from company.tools import reading_tool, tool
from company.watch.unread import since_hours

HOUR = timedelta(hours=1)
RAISED_AFTER_HOURS = 6


@dataclass(frozen=True)
class BeatFigures:
    """Heartbeat's beats in a span of time; longest_gap is in minutes.

    left_out: what the last beats did not do, where none of the last three did all; else empty.
    """

    beats: int
    last_at: datetime | None
    longest_gap: int
    left_out: str


@dataclass(frozen=True)
class ShortLedger:
    """A schedule whose slots are not written far enough ahead."""

    schedule: str
    role: str
    filled_until: datetime | None


@dataclass(frozen=True)
class RegularSchedule:
    """A deployed schedule that is no one-off, and who watches it."""

    schedule: str
    state: str
    watched_by: str | None
    is_paused: bool
    is_reported: bool
    """Whether heartbeat has said that it is switched off, or may not have had the time to."""

    @property
    def is_muted_unsaid(self) -> bool:
        """Switched off by no pause of the owner's, and nobody said so."""
        return self.state == "DISABLED" and not self.is_paused and not self.is_reported


@dataclass(frozen=True)
class ManagerFire:
    """A manager's fire that did its work, and whether it was closed with a note."""

    role: str
    session_id: int
    schedule: str
    due_at: datetime
    has_note: bool


@dataclass(frozen=True)
class LateAnswer:
    """A finding whose watcher has not answered in time."""

    id: int
    kind: str
    subject: str
    title: str
    watcher: str
    found_at: datetime
    woken_at: datetime | None


@dataclass(frozen=True)
class WaitingEscalation:
    """An escalation that nobody has answered, and how often it was raised again."""

    id: int
    from_role: str
    to_role: str
    subject: str
    sent_at: datetime
    raised: int


@reading_tool
def beat_figures(fire: Fire, hours: int | None = None) -> BeatFigures:
    """Counts heartbeat's beats, with the longest silence in minutes and what the last ones left out.

    hours: how far back; if left out, since your last fire that did its work: two hours at least, a day at most.
    Example: beat_figures() gives {"beats": 24, "longest_gap": 5, "last_at": "...", "left_out": ""}.
    """
    since = since_hours(fire, hours, at_least=2 * HOUR, at_most=24 * HOUR)
    figures = fire.brain.row(BeatFigures, "beat_figures", since=since, until=fire.now)
    assert figures is not None, "beat_figures always gives a row"
    return figures


@reading_tool
def short_ledgers(fire: Fire, hours: int = 24) -> list[ShortLedger]:
    """Lists enabled schedules whose slots are not written so many hours ahead.

    Example: short_ledgers(hours=24) gives [{"schedule": "x", "filled_until": "..."}].
    """
    return fire.brain.rows(ShortLedger, "short_ledgers", hours=hours)


@reading_tool
def standing_schedules(fire: Fire) -> list[RegularSchedule]:
    """Lists the deployed schedules that are no one-offs, with who watches each.

    Example: standing_schedules() gives [{"schedule": "x", "state": "ENABLED", "watched_by": "y"}].
    """
    return fire.brain.rows(RegularSchedule, "standing_schedules")


@reading_tool
def fires_without_note(fire: Fire, hours: int | None = None) -> list[ManagerFire]:
    """Lists the managers' fires that did their work, each with whether a note closed it.

    hours: how far back; if left out, since your last fire that did its work: three hours at least, a week at most.
    Example: fires_without_note() gives [{"role": "x", "session_id": 90, "has_note": true}].
    """
    since = since_hours(fire, hours, at_least=3 * HOUR, at_most=7 * 24 * HOUR)
    return fire.brain.rows(ManagerFire, "fires_without_note", since=since)


@reading_tool
def late_answers(fire: Fire, hours: int = 2) -> list[LateAnswer]:
    """Lists findings of today's level without an answer for so many hours, which you have not escalated yet.

    Example: late_answers(hours=2) gives [{"id": 7, "watcher": "x", "title": "...", "woken_at": "..."}].
    """
    return fire.brain.rows(LateAnswer, "late_answers", hours=hours)


@tool
def raise_stale_escalations(fire: Fire, hours: int = RAISED_AFTER_HOURS) -> list[int]:
    """Puts escalations that wait too long back on top of their inbox; twice at most. Gives their numbers.

    Example: raise_stale_escalations(hours=6) gives [4].
    """
    waiting = fire.brain.rows(WaitingEscalation, "waiting_escalations", hours=hours)
    tried = each(fire, "escalations", waiting, partial(_raise_again, fire, hours), name=lambda one: f"message {one.id}")
    return [message for message in tried if message is not None]


def _raise_again(fire: Fire, hours: int, waiting: WaitingEscalation) -> int | None:
    """Its number; None where it was answered meanwhile."""
    if not fire.brain.value("raise_again", message_id=waiting.id, hours=hours):
        return None
    fire.learn("raised", f"message {waiting.id} is raised again: nobody answered it", escalation=waiting.id)
    return waiting.id
