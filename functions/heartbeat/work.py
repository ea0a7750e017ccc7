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
from heartbeat.agenda import Agenda
from heartbeat.metric import emit_beat

Figures = dict[str, int]
HasWritten = Callable[[Fire, Figures], bool]
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
    """All steps in their order, then the beat is recorded. The rest goes on while its mark is put."""
    evidence: Counter[str] = Counter()
    for figures in each(fire, "steps", STEPS, partial(_do, fire, Agenda(fire))):
        evidence.update(figures)
    ledger = attempt(fire, "figures of the ledger", partial(_ledger_figures, fire), LedgerFigures(0, 0))
    fire.brain.run(
        "record_beat",
        session_id=fire.session_id,
        slots_looked_at=ledger.looked_at,
        schedules_seen=evidence["schedules"],
        left_out=left_out(fire),
    )
    marks.mark_beat(fire)
    is_late = attempt(fire, "lateness of the brief", lambda: bool(fire.brain.value("brief_is_late")), otherwise=False)
    emit_beat(fire.settings.company, brief_is_late=is_late)
    alerts = attempt(fire, "alerts to the owner", lambda: send_due_alerts(fire), 0)
    last = {"slots_looked_at": ledger.looked_at, "hours_ahead": ledger.hours_ahead, "alerts_sent": alerts}
    return Done({**evidence, **last})


def _do(fire: Fire, agenda: Agenda, name: str) -> Figures:
    step = STEPS[name]
    if not step.is_always_done and not agenda.has(name):
        return _leave_out(fire, name)
    if fire.budget.seconds_left() < KEPT_SECONDS:
        raise NoTimeLeft(f"{name} waits for the next beat: no time is left")
    if step.begin:
        step.begin(fire)
        agenda.ask()
    wrote_nothing = False
    try:
        figures = step.act(fire)
        wrote_nothing = not step.has_written(fire, figures)
        return figures
    except BudgetSpent as spent:
        raise NoTimeLeft(f"{name} goes on at the next beat: {spent}") from spent
    finally:
        if not wrote_nothing:
            agenda.note_done()


def _leave_out(_fire: Fire, name: str) -> Figures:
    return dict.fromkeys(STEPS[name].figures, 0)


def _fill_ledger(fire: Fire) -> int:
    """For all schedules at once; where that fails, for each by itself."""

    def write(rows: Sequence[ShortSchedule]) -> int:
        act = partial(write_ahead, fire.brain, fire.now)
        return sum(together(fire, "ledgers", rows, act, name=lambda row: row.schedule))

    return fill_ledger(fire.brain, fire.now, fire.budget, write=write)


def _ledger_figures(fire: Fire) -> LedgerFigures:
    return fire.brain.row(LedgerFigures, "ledger_figures") or LedgerFigures(0, 0)


def _perhaps(_fire: Fire, _figures: Figures) -> bool:
    return True


@dataclass(frozen=True)
class Step:
    """What a step does, and the figures that it gives: all 0 where it is left out because nothing is to do."""

    act: Callable[[Fire], Figures]
    figures: tuple[str, ...] = ()
    is_always_done: bool = False
    has_written: HasWritten = _perhaps
    """Whether it may have written something, so that a later step may have more to do."""
    begin: Callable[[Fire], None] | None = None
    """Asks AWS what the step will wait for; meanwhile the brain is asked what is to do."""


def _counting(
    figure: str,
    act: Callable[[Fire], int],
    *,
    is_always_done: bool = False,
    has_written: HasWritten = _perhaps,
    begin: Callable[[Fire], None] | None = None,
) -> Step:
    """A step that gives one number."""
    return Step(lambda fire: {figure: act(fire)}, (figure,), is_always_done, has_written, begin)


def _counts_all(_fire: Fire, figures: Figures) -> bool:
    """For a step whose figures count all that it wrote."""
    return any(figures.values())


def _has_noted(fire: Fire, _figures: Figures) -> bool:
    return deployed.has_noted(fire)


STEPS: Mapping[str, Step] = {
    # First: what a brain that went back does not know of is not missed.
    "the mark outside the brain": _counting("gap_withdrawn", going_back.report, is_always_done=True),
    "reading the schedules": _counting(
        "schedules",
        deployed.read,
        is_always_done=True,
        has_written=_has_noted,
        begin=deployed.begin_listing,
    ),
    # Before all that may wait for what such a transaction holds.
    "open transactions": _counting("findings_opened", findings.report_open_transactions),
    "writing the ledger": _counting("written_ahead", _fill_ledger),
    "ending sessions": Step(ending.end_overdue_sessions, ("ended_sessions",)),
    "ending slots": Step(ending.end_overdue_slots),
    "returning leases": Step(ending.return_expired_leases, ("returned_tasks",)),
    "idle work": Step(idle_work.settle, ("stale_tasks", "mail_sent_on", "findings_opened", "findings_healed")),
    "logins": Step(logins.restore, ("logins_restored",)),
    "reporting": Step(findings.report_troubles, (*ending.BAD_ENDS, "findings_opened")),
    "the budget": _counting("findings_opened", money.report_spent_budget),
    "healed schedules": _counting("findings_healed", close_healed_schedules, has_written=_counts_all),
    "stuck sources": Step(sources.report_stuck_sources, ("findings_opened", "findings_healed")),
    "the model": _counting("findings_healed", money.end_model_trouble),
    "retries": _counting("fired_again", retrying.fire_again),
    "escalating": _counting("escalated", waking.escalate_unanswered),
    "waking": _counting("woken", waking.wake_watchers),
    "waking builders": _counting("woken", waking.wake_builders),
    "mail": Step(mail.read_mail_events, ("mail_events", "mail_troubles")),
    "old slots": _counting("slots_retired", lambda fire: retire_old_slots(fire.brain)),
    "old sessions": _counting("sessions_retired", lambda fire: retire_old_sessions(fire.brain)),
}

ROLE = RoleCode(work=work)
