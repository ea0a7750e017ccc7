"""build_manager by the book: what fails becomes one task, settled tasks end, and the note gives the figures."""

from collections.abc import Mapping, Sequence
from functools import partial

from build_manager.tools import (
    CrashingRole,
    DeploymentHealth,
    DuplicateTask,
    FailingCheck,
    FailingDelivery,
    RefusedChange,
    SettledTask,
    UndoneEdition,
    UnwrittenPage,
    change_figures,
    crashing_roles,
    deployment_health,
    failing_checks,
    failing_deliveries,
    refused_changes,
    settled_tasks,
    tasks_of_one_cause,
    undone_editions,
    unwritten_pages,
)
from company.fire.apart import each
from company.fire.fire import Fire
from company.fire.role import RoleCode
from company.outcomes import Done, Outcome
from company.pipeline.rows.evidence import evidence_of
from company.text.manager_notes import closing_note, some
from company.text.wording import counted, hours_text, join_with_and
from company.tools.causes import QuietCause, quiet_root_causes
from company.tools.inbox import escalate
from company.tools.tasks import file_task, sort_task, task_figures
from company.watch.mistakes import signature
from company.watch.verifying import verify_one, with_doubt
from company.watch.watching import WatchResult, answer_findings, answer_remaining


def work(fire: Fire) -> Outcome:
    """Never skips: a day without news is reported too."""
    watched = answer_findings(fire)
    ended = sum(each(fire, "settled tasks", fire.use(settled_tasks), partial(end_settled, fire), name=_number))
    filed = sum(each(fire, "failing checks", fire.use(failing_checks), partial(file_check, fire), name=_check))
    filed += sum(each(fire, "undone editions", fire.use(undone_editions), partial(file_undone, fire), name=_edition))
    deliveries = fire.use(failing_deliveries)
    filed += sum(each(fire, "failing deliveries", deliveries, partial(file_delivery, fire), name=_customer))
    unwritten = fire.use(unwritten_pages)
    filed += sum(each(fire, "unwritten pages", unwritten, partial(file_unwritten, fire), name=_place))
    filed += sum(each(fire, "crashing roles", fire.use(crashing_roles), partial(file_crash, fire), name=_role))
    reopened = sum(each(fire, "root causes", fire.use(quiet_root_causes), partial(reopen, fire), name=_number))
    ended += sum(each(fire, "tasks of one cause", fire.use(tasks_of_one_cause), partial(supersede, fire), name=_number))
    escalated = sum(
        each(fire, "refused changes", fire.use(refused_changes), partial(escalate_refused, fire), name=_number)
    )
    health = fire.use(deployment_health)
    figures = measure(fire, health) | {"filed": filed, "ended": ended, "reopened": reopened, "escalated": escalated}
    verified = verify_one(fire)
    evidence = {**figures, "differing": len(health.differing), **verified, **watched.evidence}
    return Done(evidence, note=with_doubt(write_note(figures, health.differing, watched), verified))


def _number(thing: SettledTask | QuietCause | DuplicateTask | RefusedChange) -> str:
    return f"{'C-' if isinstance(thing, RefusedChange) else 'task '}{thing.id}"


def _check(check: FailingCheck) -> str:
    return f"{check.source} {check.check_name}"


def _edition(undone: UndoneEdition) -> str:
    return f"batch {undone.batch_id}"


def _customer(failing: FailingDelivery) -> str:
    return failing.customer


def _place(page: UnwrittenPage) -> str:
    return f"{page.error} in {page.file}, {page.function}"


def _role(crashing: CrashingRole) -> str:
    return crashing.role


def duties(fire: Fire, _: Done) -> dict[str, int]:
    """What is done whatever the model did: findings and mail that still wait are answered."""
    return answer_remaining(fire)


def file_check(fire: Fire, check: FailingCheck) -> int:
    """A check that stopped two editions in a row: the source has changed, or the check is wrong by now."""
    return _file(
        fire,
        f"{check.check_name} stopped {counted(check.editions, 'edition')} of {check.source} in a row",
        f"check:{check.source}:{check.check_name}",
        kind="check_fails",
        source=check.source,
        check=check.check_name,
        raw_id=check.raw_id,
        showed=check.detail,
        evidence=evidence_of(fire, check.raw_id),
    )


def file_undone(fire: Fire, undone: UndoneEdition) -> int:
    """An edition that no check stopped, and that somebody had to take back: a check was blind to what was wrong."""
    return _file(
        fire,
        f"no check stopped batch {undone.batch_id} of {undone.source}, which {undone.undone_by} took back",
        f"missed:{undone.source}:{undone.batch_id}",
        kind="check_misses",
        source=undone.source,
        batch_id=undone.batch_id,
        raw_id=undone.raw_id,
        showed=undone.reason,
        rows_affected=undone.rows,
        evidence=evidence_of(fire, undone.raw_id),
    )


def file_delivery(fire: Fire, failing: FailingDelivery) -> int:
    """A customer's pages that were refused again and again: what is written, or how it is sent, is wrong."""
    return _file(
        fire,
        f"{counted(failing.times, 'page')} in a row for {failing.customer} did not leave",
        f"delivery:{failing.customer_id}",
        kind="delivery_fails",
        customer_id=failing.customer_id,
        delivery_id=failing.delivery_id,
        showed=failing.reason,
        last_good_at=failing.last_good_at.isoformat() if failing.last_good_at else None,
        rows_affected=failing.items,
    )


def file_unwritten(fire: Fire, page: UnwrittenPage) -> int:
    """Pages that one place of the product's code cannot write: one task, however many customers wait."""
    return _file(
        fire,
        f"{counted(page.customers, 'page')} cannot be written: {_place(page)}",
        f"page:{page.file}:{page.function}:{page.error}",
        priority=3,
        kind="page_unwritten",
        role="deliver",
        signature=signature("item_failed", f"pages: PageUnwritten: {_place(page)}"),
        file=page.file,
        function=page.function,
        error=page.error,
        customers=page.customers,
        customer_ids=page.customer_ids,
        since=page.since.isoformat(),
        last_good_at=page.last_good_at.isoformat() if page.last_good_at else None,
    )


def file_crash(fire: Fire, crash: CrashingRole) -> int:
    """A role whose attempts crash again and again."""
    return _file(
        fire,
        f"{crash.role} crashed {counted(crash.crashes, 'time')} in a day",
        f"crash:{crash.role}",
        priority=3,
        kind="crashes",
        role=crash.role,
        session_id=crash.session_id,
        showed=crash.reason,
    )


def _file(fire: Fire, title: str, dedupe_key: str, *, priority: int = 5, **payload: object) -> int:
    """One build task with its evidence; 0 where one of the same failure is open already."""
    filed = fire.use(file_task, mode="build", title=title, payload=payload, priority=priority, dedupe_key=dedupe_key)
    return int(filed.is_new)


def end_settled(fire: Fire, task: SettledTask) -> int:
    """Ends a task about something that works again."""
    again = {
        "format_changed": "sends readable editions",
        "check_fails": "sends editions that pass",
        "page_unwritten": "writes such pages",
    }
    reason = f"{task.subject} {again.get(task.kind, 'works')} again, last at {task.over_at.isoformat()}"
    fire.use(sort_task, task_id=task.id, becomes="stale", reason=reason)
    return 1


def reopen(fire: Fire, cause: QuietCause) -> int:
    """A mistake that stayed away: somebody has found its cause by hand, and the worker closes the task."""
    if cause.status != "blocked":
        return 0
    made = counted(cause.fires_without, "fire")
    reason = f"{cause.role} made {made} without it since {cause.last_at.isoformat()}"
    fire.use(sort_task, task_id=cause.id, becomes="pending", reason=reason)
    return 1


def supersede(fire: Fire, task: DuplicateTask) -> int:
    """Two checks that stop on one document have one cause; the first task keeps it."""
    fire.use(
        sort_task,
        task_id=task.id,
        becomes="superseded",
        reason=f"task {task.successor} is about raw document {task.raw_id} of {task.source} already",
        successor=task.successor,
    )
    return 1


def escalate_refused(fire: Fire, change: RefusedChange) -> int:
    """A refused change is escalated once, with the auditor's verdict: the book has no other change to offer."""
    if change.is_escalated:
        return 0
    fire.use(
        escalate,
        subject=f"C-{change.id} refused: {change.title}",
        body="The book has no other change to offer; somebody must read the code.",
        checked=f"C-{change.id} for task {change.task_id}, judged by {change.judged_by}",
        showed=change.verdict or "",
        level="brief",
        facts={"change_id": change.id},
    )
    return 1


def measure(fire: Fire, health: DeploymentHealth) -> dict[str, int | float]:
    """The domain in numbers."""
    tasks, changes = fire.use(task_figures), fire.use(change_figures)
    return {
        "tasks_open": tasks.open,
        "tasks_blocked": tasks.blocked,
        "tasks_completed": tasks.completed,
        "changes_waiting": changes.waiting,
        "waiting_hours": changes.waiting_hours,
        "changes_proposed": changes.proposed,
        "changes_proved": changes.proved,
        "changes_refused": changes.refused,
        "undeployed": changes.undeployed,
        "changes_put_live": changes.put_live,
        "changes_rolled_back": changes.rolled_back,
        "published": health.published,
        "deployed": health.deployed,
        "running": health.running,
    }


def write_note(figures: Mapping[str, int | float], differing: Sequence[str], watched: WatchResult) -> str:
    """The closing note: changes and finished tasks, what is next, then the figures."""
    count = {name: int(number) for name, number in figures.items()}
    changed = [*_changes(count), *(f"{done} done" for done in some(count["tasks_completed"], "task"))]
    coming = [
        *(f"build_auditor judges {waiting}" for waiting in some(count["changes_waiting"], "change")),
        *(f"build_worker takes {free}" for free in some(count["tasks_open"] - count["tasks_blocked"], "task")),
        *(f"{proved} not deployed: its approval decides" for proved in some(count["undeployed"], "proved change")),
    ]
    numbers = [
        f"{counted(count['tasks_open'], 'task')} open, {count['tasks_blocked']} blocked",
        f"{count['deployed']} of {counted(count['published'], 'schedule')} deployed as published, "
        f"{count['running']} ran since" + (f"; differing: {join_with_and(differing)}" if differing else ""),
    ]
    if count["changes_waiting"]:
        numbers.append(
            f"{counted(count['changes_waiting'], 'waits', 'wait')}, the oldest {hours_text(figures['waiting_hours'])}"
        )
    return closing_note(
        changed, coming, [*numbers, *(f"{asked} to the owner" for asked in some(watched.asked, "question"))]
    )


def _changes(count: Mapping[str, int]) -> list[str]:
    """'1 change proposed, 1 proved, 0 refused', and what was put live or rolled back; empty where there is none."""
    deployed = [
        *(f"{live} put live" for live in some(count["changes_put_live"], "change")),
        *(f"{back} rolled back" for back in some(count["changes_rolled_back"], "change")),
    ]
    if not any(count[f"changes_{end}"] for end in ("proposed", "proved", "refused")):
        return deployed
    proposed = counted(count["changes_proposed"], "change")
    judged = f"{proposed} proposed, {count['changes_proved']} proved, {count['changes_refused']} refused"
    return [judged, *deployed]


ROLE = RoleCode(work=work, duties=duties)
