"""One beat: read the schedules, settle the ledger, tell the watchers, beat."""

from collections import Counter

from company.ledger import EVENT_AGE_SECONDS, FILL_AHEAD, MOST_ATTEMPTS, fill
from company.outcomes import Done, Outcome
from company.session import Fire
from heartbeat import deployed, findings, money, waking
from heartbeat.metric import emit_beat


def work(fire: Fire) -> Outcome:
    """Everything is found in set-based statements against one frozen now; then the beat is recorded and emitted."""
    schedules = deployed.read(fire)
    written = fill(fire.brain, fire.now, FILL_AHEAD)
    dead = fire.brain.all("end_dead_sessions")
    ended = fire.brain.all("end_overdue_slots", most_attempts=MOST_ATTEMPTS, event_age_seconds=EVENT_AGE_SECONDS)
    returned = fire.brain.all("return_expired_leases")
    for task in returned:
        fire.learn("returned", f"task {task['task_id']} came back from {task['held_by']}", task_id=task["task_id"])
    opened = findings.tell(fire, schedules, ended) + money.tell(fire)
    healed = findings.close_recovered(fire)
    woken = waking.wake_watchers(fire)
    figures = fire.brain.one("ledger_figures") or {}
    looked_at = figures["past_day"] + figures["ahead"]
    fire.brain.run("record_beat", session_id=fire.session_id, slots_looked_at=looked_at, schedules_seen=len(schedules))
    emit_beat(fire.settings.company)
    by_end = Counter(slot["status"] for slot in ended)
    return Done(
        {
            "slots_looked_at": looked_at,
            "schedules": len(schedules),
            "written_ahead": written,
            **{word: by_end[word] for word in ("missed", "failed", "timed_out")},
            "dead_sessions": len(dead),
            "returned_tasks": len(returned),
            "findings_opened": opened,
            "findings_healed": healed,
            "woken": woken,
        }
    )
