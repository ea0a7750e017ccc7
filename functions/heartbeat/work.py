"""One beat: read the schedules, settle the ledger, tell and call the watchers, beat."""

from collections import Counter
from typing import Any

from company.fire.fire import Fire
from company.fire.role import RoleCode
from company.outcomes import Done, Outcome
from company.owner.alerts import send_due_alerts
from company.watch.ledger import EVENT_AGE_SECONDS, MOST_ATTEMPTS, fill, retire
from heartbeat import deployed, findings, mail, money, retrying, waking
from heartbeat.metric import emit_beat


def work(fire: Fire) -> Outcome:
    """Everything is found in set-based statements, each at one moment; then the beat is recorded and emitted."""
    schedules = deployed.read(fire)
    written = fill(fire.brain, fire.now, fire.budget)
    ended = settle(fire)
    told = respond(fire, ended["slots"]) | mail.hear(fire)
    retired = retire(fire.brain)
    figures = fire.brain.one("ledger_figures") or {}
    looked_at = figures["looked_at"]
    fire.brain.run("record_beat", session_id=fire.session_id, slots_looked_at=looked_at, schedules_seen=schedules)
    emit_beat(fire.settings.company, brief_is_late=fire.brain.value("brief_is_late"))
    by_end = Counter(slot["status"] for slot in ended["slots"])
    return Done(
        {
            "slots_looked_at": looked_at,
            "schedules": schedules,
            "hours_ahead": figures["hours_ahead"],
            "written_ahead": written,
            **{word: by_end[word] for word in ("missed", "failed", "timed_out")},
            "dead_sessions": len(ended["sessions"]),
            "returned_tasks": len(ended["tasks"]),
            **told,
            "slots_retired": retired,
            "alerts_sent": send_due_alerts(fire),
        }
    )


def respond(fire: Fire, ended: list[dict[str, Any]]) -> dict[str, int]:
    """Tells of what is wrong and what has healed, fires again what was asked for, lets silence climb, calls."""
    return {
        "findings_opened": findings.tell(fire, ended) + money.tell(fire),
        "findings_healed": findings.close_healed(fire) + money.end_model_trouble(fire),
        "fired_again": retrying.fire_again(fire),
        "climbed": waking.climb(fire),
        "woken": waking.call(fire),
    }


def settle(fire: Fire) -> dict[str, list[dict[str, Any]]]:
    """What ended badly: sessions past their deadline, slots that failed or that nothing can still work, dead leases."""
    sessions = fire.brain.all("end_overdue_sessions")
    failed = fire.brain.all("failed_since_last_beat")
    slots = fire.brain.all("end_overdue_slots", most_attempts=MOST_ATTEMPTS, event_age_seconds=EVENT_AGE_SECONDS)
    tasks = fire.brain.all("return_expired_leases")
    for task in tasks:
        fire.learn("returned", f"task {task['task_id']} came back from {task['held_by']}", task_id=task["task_id"])
    return {"sessions": sessions, "slots": failed + slots, "tasks": tasks}


ROLE = RoleCode(work=work)
