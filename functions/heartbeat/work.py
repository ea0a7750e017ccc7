"""One beat: read the schedules, bring the ledger up to date, report to and wake the watchers, record the beat."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from company.fire.fire import Fire
from company.fire.role import RoleCode
from company.outcomes import Done, Outcome
from company.owner.alerts import send_due_alerts
from company.watch.ledger import EVENT_AGE_SECONDS, MOST_ATTEMPTS, fill_ledger, retire_old_slots
from heartbeat import deployed, findings, mail, money, retrying, waking
from heartbeat.findings import EndedSlot
from heartbeat.metric import emit_beat


@dataclass(frozen=True)
class EndedSession:
    """A session that ran past its deadline and was ended."""

    session_id: int
    role: str
    schedule: str
    due_at: datetime


@dataclass(frozen=True)
class ReturnedTask:
    """A task whose lease ran out, whose it was, and its status now."""

    task_id: int
    held_by: str | None
    becomes: str


@dataclass(frozen=True)
class LedgerFigures:
    """How many slots a beat looked at, and how many hours ahead the shortest ledger is written."""

    looked_at: int
    hours_ahead: int


@dataclass(frozen=True)
class Ended:
    """What ended badly since the last beat."""

    sessions: Sequence[EndedSession]
    slots: Sequence[EndedSlot]
    tasks: Sequence[ReturnedTask]


def work(fire: Fire) -> Outcome:
    """Everything is found in set-based statements, each at one moment; then the beat is recorded and emitted."""
    schedules = deployed.read(fire)
    written = fill_ledger(fire.brain, fire.now, fire.budget)
    ended = end_overdue(fire)
    reported = respond(fire, ended.slots) | mail.read_mail_events(fire)
    retired = retire_old_slots(fire.brain)
    figures = fire.brain.row(LedgerFigures, "ledger_figures") or LedgerFigures(0, 0)
    fire.brain.run(
        "record_beat", session_id=fire.session_id, slots_looked_at=figures.looked_at, schedules_seen=schedules
    )
    emit_beat(fire.settings.company, brief_is_late=fire.brain.value("brief_is_late"))
    by_status = Counter(slot.status for slot in ended.slots)
    return Done(
        {
            "slots_looked_at": figures.looked_at,
            "schedules": schedules,
            "hours_ahead": figures.hours_ahead,
            "written_ahead": written,
            **{status: by_status[status] for status in ("missed", "failed", "timed_out")},
            "ended_sessions": len(ended.sessions),
            "returned_tasks": len(ended.tasks),
            **reported,
            "slots_retired": retired,
            "alerts_sent": send_due_alerts(fire),
        }
    )


def respond(fire: Fire, ended: Sequence[EndedSlot]) -> dict[str, int]:
    """Reports what is wrong and what has healed, fires again what was asked for, escalates, wakes."""
    return {
        "findings_opened": findings.report_troubles(fire, ended) + money.report_spent_budget(fire),
        "findings_healed": findings.close_healed(fire) + money.end_model_trouble(fire),
        "fired_again": retrying.fire_again(fire),
        "escalated": waking.escalate_unanswered(fire),
        "woken": waking.wake_watchers(fire),
    }


def end_overdue(fire: Fire) -> Ended:
    """Ends sessions past their deadline and slots that failed or can no longer be worked; returns expired leases."""
    sessions = fire.brain.rows(EndedSession, "end_overdue_sessions")
    failed = fire.brain.rows(EndedSlot, "failed_since_last_beat")
    overdue = fire.brain.rows(
        EndedSlot, "end_overdue_slots", most_attempts=MOST_ATTEMPTS, event_age_seconds=EVENT_AGE_SECONDS
    )
    tasks = fire.brain.rows(ReturnedTask, "return_expired_leases")
    for task in tasks:
        fire.learn("returned", f"task {task.task_id} came back from {task.held_by}", about_task=task.task_id)
    return Ended(sessions, failed + overdue, tasks)


ROLE = RoleCode(work=work)
