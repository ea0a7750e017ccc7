"""build_manager by the book: what fails becomes one task, what is settled ends, what waits is told in figures."""

from typing import Any

from build_manager.tools import (
    change_figures,
    crashing_roles,
    deployment_health,
    failing_checks,
    refused_changes,
    settled_tasks,
    tasks_of_one_cause,
)
from company.fire.fire import Fire
from company.fire.role import RoleCode
from company.outcomes import Done, Outcome
from company.tools.causes import quiet_root_causes
from company.tools.inbox import escalate
from company.tools.tasks import file_task, sort_task, task_figures
from company.watch.verifying import verify_one, with_doubt
from company.watch.watching import WatchResult, answer_findings, answer_remaining
from company.wording import counted, hours_text, join_with_and


def work(fire: Fire) -> Outcome:
    """Never skips: a quiet workshop is reported as quiet."""
    watched = answer_findings(fire)
    ended = sum(end_settled(fire, task) for task in fire.use(settled_tasks))
    filed = sum(file_check(fire, check) for check in fire.use(failing_checks))
    filed += sum(file_crash(fire, role) for role in fire.use(crashing_roles))
    reopened = sum(reopen(fire, cause) for cause in fire.use(quiet_root_causes))
    ended += sum(supersede(fire, task) for task in fire.use(tasks_of_one_cause))
    told = sum(tell_refused(fire, change) for change in fire.use(refused_changes))
    figures = measure(fire) | {"filed": filed, "ended": ended, "reopened": reopened, "told": told}
    differing = figures.pop("differing")
    verified = verify_one(fire)
    evidence = {**figures, "differing": len(differing), **verified, **watched.evidence}
    return Done(evidence, note=with_doubt(write_note(figures, differing, watched), verified))


def duties(fire: Fire, _: Done) -> dict[str, int]:
    """What must not depend on whoever thinks: findings and mail that still wait are answered."""
    return answer_remaining(fire)


def file_check(fire: Fire, check: dict[str, Any]) -> int:
    """A check that stopped two editions in a row: either the source has changed, or the check is wrong by now."""
    source, name = check["source"], check["check_name"]
    filed = fire.use(
        file_task,
        mode="build",
        title=f"{name} stopped {counted(check['editions'], 'edition')} of {source} in a row",
        payload={
            "kind": "check_fails",
            "source": source,
            "check": name,
            "raw_id": check["raw_id"],
            "showed": check["detail"],
        },
        dedupe_key=f"check:{source}:{name}",
    )
    return int(filed["is_new"])


def file_crash(fire: Fire, role: dict[str, Any]) -> int:
    """A role whose attempts die again and again."""
    filed = fire.use(
        file_task,
        mode="build",
        title=f"{role['role']} died {counted(role['crashes'], 'time')} in a day",
        payload={"kind": "crashes", "role": role["role"], "session_id": role["session_id"], "showed": role["reason"]},
        priority=3,
        dedupe_key=f"crash:{role['role']}",
    )
    return int(filed["is_new"])


def end_settled(fire: Fire, task: dict[str, Any]) -> int:
    """Nobody needs a repair of what is whole."""
    again = {"format_changed": "sends readable editions", "check_fails": "sends editions that pass"}
    reason = f"{task['subject']} {again.get(task['kind'], 'works')} again, last at {task['over_at']}"
    fire.use(sort_task, task_id=task["id"], becomes="stale", reason=reason)
    return 1


def reopen(fire: Fire, cause: dict[str, Any]) -> int:
    """A mistake that stayed away: whoever was to look into it by hand has done so, and the worker closes the task."""
    if cause["status"] != "blocked":
        return 0
    reason = f"{cause['role']} made {counted(cause['fires_without'], 'fire')} without it since {cause['last_at']}"
    fire.use(sort_task, task_id=cause["id"], becomes="pending", reason=reason)
    return 1


def supersede(fire: Fire, task: dict[str, Any]) -> int:
    """Two checks that stop on one document have one cause; the task that came first has it."""
    fire.use(
        sort_task,
        task_id=task["id"],
        becomes="superseded",
        reason=f"task {task['successor']} is about raw document {task['raw_id']} of {task['source']} already",
        successor=task["successor"],
    )
    return 1


def tell_refused(fire: Fire, change: dict[str, Any]) -> int:
    """The book has no second idea, so a refused change goes up once, in the auditor's words."""
    if change["is_told"]:
        return 0
    fire.use(
        escalate,
        subject=f"C-{change['id']} refused: {change['title']}",
        body="The book has no other change to offer; somebody must read the code.",
        checked=f"C-{change['id']} for task {change['task_id']}, judged by {change['judged_by']}",
        showed=change["verdict"],
        level="brief",
        facts={"change_id": change["id"]},
    )
    return 1


def measure(fire: Fire) -> dict[str, Any]:
    """The domain in numbers."""
    tasks, changes, health = fire.use(task_figures), fire.use(change_figures), fire.use(deployment_health)
    return {
        "tasks_open": tasks["open"],
        "tasks_blocked": tasks["blocked"],
        "tasks_completed": tasks["completed"],
        "changes_waiting": changes["waiting"],
        "waiting_hours": changes["waiting_hours"],
        "changes_proposed": changes["proposed"],
        "changes_proved": changes["proved"],
        "changes_refused": changes["refused"],
        "undeployed": changes["undeployed"],
        "published": health["published"],
        "deployed": health["deployed"],
        "running": health["running"],
        "differing": health["differing"],
    }


def write_note(figures: dict[str, Any], differing: list[str], watched: WatchResult) -> str:
    """The closing note: the changes first, for they are what the domain is for."""
    parts = [
        *_changes(figures),
        f"{counted(figures['tasks_open'], 'task')} open, {figures['tasks_blocked']} blocked, "
        f"{figures['tasks_completed']} done",
        f"{figures['deployed']} of {figures['published']} schedules deployed as published, "
        f"{figures['running']} ran since" + (f"; differing: {join_with_and(differing)}" if differing else ""),
    ]
    if watched.asked:
        parts.append(f"{counted(watched.asked, 'question')} to the owner")
    return "; ".join(parts) + "."


def _changes(figures: dict[str, Any]) -> list[str]:
    """'1 change proposed, 1 proved (not deployed: nobody may yet), 0 refused'."""
    if not any(
        figures[name]
        for name in ("changes_proposed", "changes_proved", "changes_refused", "changes_waiting", "undeployed")
    ):
        return ["no change proposed"]
    undeployed = f" ({figures['undeployed']} not deployed: nobody may yet)" if figures["undeployed"] else ""
    parts = [
        f"{counted(figures['changes_proposed'], 'change')} proposed, {figures['changes_proved']} proved{undeployed}, "
        f"{figures['changes_refused']} refused"
    ]
    if figures["changes_waiting"]:
        parts.append(f"{figures['changes_waiting']} wait, the oldest {hours_text(figures['waiting_hours'])}")
    return parts


ROLE = RoleCode(work=work, duties=duties)
