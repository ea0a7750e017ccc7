"""Ends what nobody will do, sends mail on that waits for somebody who is not here, and raises what waits too long."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from company.fire.apart import each
from company.fire.fire import Fire
from company.text.wording import counted, day_and_time, join_first
from company.watch.findings import MyFinding, close_finding, my_open_findings, open_finding
from heartbeat.ending import require_no_problem

OVERDUE_AFTER_HOURS = 72
PREFIX = "overdue:"
MOST_NAMED = 3


@dataclass(frozen=True)
class StaleTask:
    """A task that ended because nobody will do it, and why; problem: why it could not be ended, or None."""

    task_id: int
    reason: str
    problem: str | None


@dataclass(frozen=True)
class ForwardedMail:
    """A message that waited for somebody who is paused or has left, and who reads it now."""

    message_id: int
    was_for: str
    goes_to: str


@dataclass(frozen=True)
class OverdueWork:
    """Blocked tasks that have waited too long for one, oldest first, with what the oldest needs.

    is_said: the open finding names the same tasks, and was seen within the hour.
    """

    waits_for: str
    watcher: str
    tasks: Sequence[int]
    since: datetime
    action: str
    is_said: bool


def settle(fire: Fire) -> dict[str, int]:
    """How many tasks became stale, messages were sent on and findings opened or closed."""
    stale = each(fire, "tasks nobody does", fire.brain.rows(StaleTask, "end_work_nobody_does"), partial(_stale, fire),
                 name=lambda task: f"task {task.task_id}")  # fmt: skip
    mail = each(fire, "mail to send on", fire.brain.rows(ForwardedMail, "forward_mail"), partial(_forwarded, fire),
                name=lambda one: f"message {one.message_id}")  # fmt: skip
    overdue = fire.brain.rows(OverdueWork, "overdue_work", hours=OVERDUE_AFTER_HOURS, prefix=PREFIX)
    unsaid = [work for work in overdue if not work.is_said]
    waiting = {PREFIX + work.waits_for for work in overdue}
    over = [one for one in my_open_findings(fire.brain, PREFIX) if one.fingerprint not in waiting]
    opened = each(fire, "overdue work", unsaid, partial(_raise, fire), name=lambda work: work.waits_for)
    closed = each(fire, "work that moves again", over, partial(_close, fire), name=lambda one: f"F-{one.id}")
    figures = {"stale_tasks": len(stale), "mail_sent_on": len(mail)}
    return figures | {"findings_opened": sum(opened), "findings_healed": sum(closed)}


def _stale(fire: Fire, task: StaleTask) -> None:
    require_no_problem(task)
    fire.learn("stale", f"task {task.task_id} is stale: {task.reason}", about_task=task.task_id)


def _forwarded(fire: Fire, mail: ForwardedMail) -> None:
    body = f"message {mail.message_id} waited for {mail.was_for}, who is not here, and goes to {mail.goes_to}"
    fire.learn("sent_on", body, escalation=mail.message_id)


def _raise(fire: Fire, work: OverdueWork) -> bool:
    since = day_and_time(work.since, fire.settings.owner_timezone, fire.now)
    tasks = join_first([f"T-{task}" for task in work.tasks], MOST_NAMED)
    opened = open_finding(
        fire.brain,
        fingerprint=PREFIX + work.waits_for,
        kind="overdue_work",
        subject=f"work that waits for {work.waits_for}",
        level="brief",
        title=f"{counted(len(work.tasks), 'task')} waited for {work.waits_for} for three days: {tasks}",
        effect=_effect(work),
        evidence={"tasks": list(work.tasks), "oldest_since": since, "needs": work.action},
        watcher=work.watcher,
    )
    return opened.is_new


def _effect(work: OverdueWork) -> str:
    """'nobody does it; it needs this: say which vendor is meant'."""
    them, oldest = ("it", "it") if len(work.tasks) == 1 else ("them", "the oldest")
    return f"nobody does {them}; {oldest} needs this: {work.action}"


def _close(fire: Fire, finding: MyFinding) -> bool:
    return close_finding(fire.brain, finding.id, "what waited moves again")
