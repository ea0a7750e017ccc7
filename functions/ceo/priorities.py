"""The order of tasks, as the CEO sets it: what an open finding is about is first, what waited long moves up."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import partial

from company.fire.apart import each
from company.fire.fire import Fire
from company.tasks import Task
from company.text.wording import counted
from company.tools.findings import list_findings
from company.tools.tasks import list_tasks, sort_task
from company.watch.finding_records import Finding

FIRST = 2
"""Priority 1 is left to managers, for what they know to be more urgent than any finding."""
USUAL = 5
URGENT = ("ring", "today")


def reorder(fire: Fire) -> int:
    """Gives tasks that nobody holds another priority, each with its reason; how many were moved."""
    findings = [finding for finding in fire.use(list_findings, limit=200) if finding.level in URGENT]
    tasks = fire.use(list_tasks, status="pending", limit=200)
    return sum(each(fire, "tasks", tasks, partial(_move_up, fire, findings), name=lambda task: f"task {task.id}"))


def _move_up(fire: Fire, findings: Sequence[Finding], task: Task) -> bool:
    wanted, reason = least_priority(task, findings, fire.now)
    if wanted < task.priority:
        fire.use(sort_task, task_id=task.id, becomes="pending", reason=reason, priority=wanted)
    return wanted < task.priority


def least_priority(task: Task, findings: Iterable[Finding], now: datetime) -> tuple[int, str]:
    """The priority that a task should have at least, and why."""
    about = {task.payload.get(name) for name in ("source", "subject", "schedule", "role")} - {None}
    for finding in findings:
        if finding.subject in about:
            return FIRST, f"F-{finding.id} is about {finding.subject}"
    days = (now - task.created_at).days
    return max(FIRST, USUAL - days), f"it waits for {counted(days, 'day')}"
