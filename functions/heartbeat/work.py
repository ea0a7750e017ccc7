"""One beat: read the schedules, bring the ledger up to date, report to and wake the watchers, record the beat.

Each step stands apart, and each item in it. A beat that reached its end is recorded whatever failed in it, with what it
left out; what failed has a finding of its own.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from company.errors import CompanyError
from company.fire.apart import attempt, each, together
from company.fire.failed_items import left_out
from company.fire.fire import Fire
from company.fire.role import RoleCode
from company.money.budget import BudgetSpent
from company.outcomes import Done, Outcome
from company.owner import marks
from company.owner.alerts import send_due_alerts
from company.watch.healing import close_healed_schedules
from company.watch.ledger import ShortSchedule, fill_ledger, retire_old_sessions, retire_old_slots, write_ahead
from heartbeat import deployed, ending, findings, going_back, idle_work, logins, mail, money, retrying, sources, waking
from heartbeat.metric import emit_beat

Figures = dict[str, int]
KEPT_SECONDS = 6
"""Of the fire, for recording the beat: a step that would begin later waits for the next one."""


class NoTimeLeft(CompanyError):
    """The seconds of this beat are spent; the step waits for the next one."""


@dataclass(frozen=True)
class LedgerFigures:
    """How many slots a beat looked at, and how many hours ahead the shortest ledger is written."""

    looked_at: int
    hours_ahead: int


def work(fire: Fire) -> Outcome:
    """All steps in their order, then the beat is recorded and emitted, then the owner is alerted."""
    evidence: Counter[str] = Counter()
    for figures in each(fire, "steps", STEPS, partial(_do, fire)):
        evidence.update(figures)
    ledger = attempt(fire, "figures of the ledger", partial(_ledger_figures, fire), LedgerFigures(0, 0))
    is_late = attempt(fire, "lateness of the brief", lambda: bool(fire.brain.value("brief_is_late")), otherwise=False)
    fire.brain.run(
        "record_beat",
        session_id=fire.session_id,
        slots_looked_at=ledger.looked_at,
        schedules_seen=evidence["schedules"],
        left_out=left_out(fire),
    )
    marks.mark_beat(fire)
    emit_beat(fire.settings.company, brief_is_late=is_late)
    alerts = attempt(fire, "alerts to the owner", lambda: send_due_alerts(fire), 0)
    last = {"slots_looked_at": ledger.looked_at, "hours_ahead": ledger.hours_ahead, "alerts_sent": alerts}
    return Done({**evidence, **last})


def _do(fire: Fire, step: str) -> Figures:
    if fire.budget.seconds_left() < KEPT_SECONDS:
        raise NoTimeLeft(f"{step} waits for the next beat: no time is left")
    try:
        return STEPS[step](fire)
    except BudgetSpent as spent:
        raise NoTimeLeft(f"{step} goes on at the next beat: {spent}") from spent


def _fill_ledger(fire: Fire) -> int:
    """For all schedules at once; where that fails, for each by itself."""

    def write(rows: Sequence[ShortSchedule]) -> int:
        act = partial(write_ahead, fire.brain, fire.now)
        return sum(together(fire, "ledgers", rows, act, name=lambda row: row.schedule))

    return fill_ledger(fire.brain, fire.now, fire.budget, write=write)


def _ledger_figures(fire: Fire) -> LedgerFigures:
    return fire.brain.row(LedgerFigures, "ledger_figures") or LedgerFigures(0, 0)


STEPS: Mapping[str, Callable[[Fire], Figures]] = {
    # First: what a brain that went back does not know of is not missed.
    "the mark outside the brain": lambda fire: {"gap_withdrawn": going_back.report(fire)},
    "reading the schedules": lambda fire: {"schedules": deployed.read(fire)},
    "writing the ledger": lambda fire: {"written_ahead": _fill_ledger(fire)},
    "ending sessions": ending.end_overdue_sessions,
    "ending slots": ending.end_overdue_slots,
    "returning leases": ending.return_expired_leases,
    "idle work": idle_work.settle,
    "logins": logins.restore,
    "reporting": findings.report_troubles,
    "the budget": lambda fire: {"findings_opened": money.report_spent_budget(fire)},
    "healed schedules": lambda fire: {"findings_healed": close_healed_schedules(fire)},
    "stuck sources": sources.report_stuck_sources,
    "the model": lambda fire: {"findings_healed": money.end_model_trouble(fire)},
    "retries": lambda fire: {"fired_again": retrying.fire_again(fire)},
    "escalating": lambda fire: {"escalated": waking.escalate_unanswered(fire)},
    "waking": lambda fire: {"woken": waking.wake_watchers(fire)},
    "waking builders": lambda fire: {"woken": waking.wake_builders(fire)},
    "mail": mail.read_mail_events,
    "old slots": lambda fire: {"slots_retired": retire_old_slots(fire.brain)},
    "old sessions": lambda fire: {"sessions_retired": retire_old_sessions(fire.brain)},
}

ROLE = RoleCode(work=work)
