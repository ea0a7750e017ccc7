"""Faults of schedules: each is a way in which scheduled work has stopped unnoticed."""

from datetime import datetime, timedelta
from functools import partial

from company.errors import Refused
from company.json_values import JsonObject
from company.watch.expressions import Expression
from watchbill.cloud.runtime import Invocation
from watchbill.cloud.switching import switch_schedule
from watchbill.desk.fault_overrides import Replacement
from watchbill.drill import mechanics
from watchbill.drill.fault import HOUR, WATCH, Fault, Planted, at_hour
from watchbill.drill.room import Room, open_slot

MOST_MUTED = 30
HOURLY = ("data_worker", "link", "publish")
"""Victims that fire each hour and whose silence costs no other part anything."""
DEAF, UNHEARD = "data_auditor", "data_worker"
"""A watcher, and whom it watches."""
MUTED = "data_auditor"
NEVER_MUTED = ("heartbeat", "schedule_auditor", "ceo", "audit_auditor")
BY_ALARM = ("database_clock", "CloudWatch")
"""The second clocks, which share nothing with EventBridge."""
BEAT_STOPS = ("stale_beat", "beat-missing")


def eventbridge(room: Room) -> Planted:
    room.mark("eventbridge", "heartbeat", note="EventBridge fires nothing any more")
    room.desk.overrides.all_blocked = True
    says = "EventBridge Scheduler fires nothing any more; every schedule stays ENABLED"
    return Planted(says, frozenset({"heartbeat"}), lambda: setattr(room.desk.overrides, "all_blocked", False))


def detector(room: Room) -> Planted:
    """The watch itself: it crashes before its handler, each time."""
    return _crashing(room, "heartbeat", "heartbeat")


def silent(room: Room, fault: str = "silent") -> Planted:
    role = room.one_of(HOURLY)
    room.mark(fault, role, note="it is ENABLED and never fires")
    return Planted(f"{role} is ENABLED and never fires", frozenset({role}), room.block(role), role)


def idle(room: Room) -> Planted:
    role = room.one_of(HOURLY)
    room.mark("idle", role, note="it reports ok and did nothing")
    heal = room.replace(role, claiming(room, role, {}))
    return Planted(f"{role} closes each fire with ok and no evidence", frozenset({role}), heal, role)


def deaf(room: Room) -> Planted:
    """The watcher works its slots and answers no finding, while a schedule that it watches stops firing."""
    room.mark("deaf", UNHEARD, DEAF, note="it is silent, so that its watcher is called, who answers nothing")
    heals = room.block(UNHEARD), room.replace(DEAF, claiming(room, DEAF, {"batches": 0}))
    says = f"{UNHEARD} never fires, and its watcher {DEAF} answers nothing"
    return Planted(says, frozenset({UNHEARD, DEAF}), lambda: [heal() for heal in heals], UNHEARD)


def muted(room: Room) -> Planted:
    room.mark("mute", MUTED, note="its schedule is set to DISABLED")
    says = mechanics.plant_mute(room.desk.cloud, room.desk.deployed.schedule_group, MUTED)
    return Planted(says, frozenset({MUTED}), partial(_switch_on, room, (MUTED,)))


def many(room: Room) -> Planted:
    listed = room.desk.cloud.client("scheduler").list_schedules(
        GroupName=room.desk.deployed.schedule_group, MaxResults=100
    )
    ours = {function.role for function in room.desk.deployed.functions}
    names = sorted({item["Name"] for item in listed["Schedules"]} & ours - set(NEVER_MUTED))[:MOST_MUTED]
    room.mark("many", *names, "the schedules", note="one of many schedules set to DISABLED")
    for name in names:
        mechanics.plant_mute(room.desk.cloud, room.desk.deployed.schedule_group, name)
    parts = frozenset({*names, "the schedules"})
    return Planted(f"{len(names)} schedules set to DISABLED at once", parts, partial(_switch_on, room, tuple(names)))


def differs(room: Room) -> Planted:
    """Deployed with another expression than the record says."""
    role = room.one_of(HOURLY)
    room.mark("differs", role, note="it is deployed with another expression than its record says")
    before = room.schedule(role)
    minute = (room.now.minute + 31) % 60
    room.put_schedule(role, {**before, "ScheduleExpression": f"cron({minute} */2 * * ? *)"})
    says = f"{role} fires every two hours, its record says hourly"
    return Planted(says, frozenset({role}), partial(room.put_schedule, role, before))


def gone(room: Room) -> Planted:
    role = room.one_of(HOURLY)
    room.mark("gone", role, note="its schedule is deleted")
    before = room.schedule(role)
    room.delete_schedule(role)
    heal = partial(room.put_schedule, role, before, is_new=True)
    return Planted(f"the schedule {role} is deleted in EventBridge", frozenset({role}), heal)


def second_schedule(room: Room) -> Planted:
    """A copy of a schedule at another minute: the same role works when nothing is due."""
    role = room.one_of(HOURLY)
    copy = f"{role}_copy"
    room.mark("fires_beside", role, copy, note="a second schedule fires it")
    before = room.schedule(role)
    minute = (_minute(before, room.now) + 33) % 60
    room.put_schedule(copy, {**before, "ScheduleExpression": f"cron({minute} * * * ? *)"}, is_new=True)
    due_at = Expression.parse(f"cron({minute} * * * ? *)", "UTC", None, None).next_after(room.now)
    says, heal = f"a second schedule, {copy}, fires {role} beside its own", partial(room.delete_schedule, copy)
    return Planted(says, frozenset({role, copy}), heal, role, due_at)


def twice(room: Room) -> Planted:
    """At least once is what EventBridge promises: each fire comes two times, under two request ids."""
    role = room.one_of(HOURLY)
    room.mark("twice", role, note="each of its fires is delivered twice")

    def first_delivery(event: JsonObject, request_id: str) -> Invocation | None:
        room.desk.runtime.invoke(room.function(role).name, event, request_id=f"{request_id[:-4]}0000")
        return None

    heal = room.replace(role, first_delivery)
    return Planted(f"each fire of {role} is delivered twice", frozenset({role}), heal, role)


def dry_ledger(room: Room) -> Planted:
    """The slots that were written ahead are gone, and the ledger still believes that they are there."""
    room.mark("dry_ledger", "heartbeat", note="no slot is expected any more")
    room.desk.run_as_migrate("DELETE FROM company.slots WHERE status = 'expected' AND due_at > company.now()")
    heal = partial(
        room.desk.run_as_migrate, "UPDATE company.schedules SET filled_until = company.now() WHERE gone_at IS NULL"
    )
    return Planted("every slot that was written ahead is deleted", frozenset({"heartbeat"}), heal)


def no_brief(room: Room) -> Planted:
    """Its alarm comes after the day's end: 40 minutes after the brief was due."""
    room.mark("no_brief", "ceo", note="it crashes each morning")
    crashes = mechanics.crashes_when(room.function("ceo"), _is_morning_fire)
    return Planted("the ceo crashes each morning", frozenset({"ceo"}), room.replace("ceo", crashes), "ceo")


def broken_deploy(room: Room) -> Planted:
    """A deploy whose code does not start."""
    role = room.one_of(HOURLY)
    return _crashing(room, "broken_deploy", role)


def _crashing(room: Room, fault: str, role: str) -> Planted:
    room.mark(fault, role, note="it crashes at each fire")
    heal = room.replace(role, mechanics.crashes_always(room.function(role)))
    return Planted(f"{role} crashes at each fire, before its handler", frozenset({role}), heal, role)


def _switch_on(room: Room, names: tuple[str, ...]) -> None:
    for name in names:
        switch_schedule(room.desk.cloud, room.desk.deployed.schedule_group, name, on=True)


def _minute(schedule: JsonObject, now: datetime) -> int:
    due = Expression.parse(schedule["ScheduleExpression"], "UTC", None, None).next_after(now)
    assert due is not None, "it fires each hour"
    return int(due.minute)


def _is_morning_fire(event: JsonObject) -> bool:
    due_at = datetime.fromisoformat(str(event["due_at"]).replace("Z", "+00:00"))
    return due_at.hour in range(4, 10)  # the owner's zone on the desk is UTC


def claiming(room: Room, role: str, evidence: JsonObject) -> Replacement:
    """Opens each slot and closes it with ok, as the role and under the database's rules, and does nothing else."""
    return closing(room, role, "done", evidence=evidence)


def closing(
    room: Room, role: str, outcome: str, *, evidence: JsonObject | None = None, reason: str | None = None
) -> Replacement:
    """The same with any outcome; what the brain refuses ends the slot as failed."""
    end = {"outcome": outcome, "evidence": evidence, "reason": reason}
    return mechanics.claims_success(room.function(role), partial(_close, room, role, end))


def _close(room: Room, role: str, end: JsonObject, event: JsonObject, request_id: str) -> JsonObject:
    with room.desk.brain(role) as brain:
        session, verdict = open_slot(brain, event, request_id)
        if verdict == "work":
            try:
                brain.run("close_session", session_id=session, **end)
            except Refused as refused:
                why = f"closing refused: {refused}"
                brain.run("close_session", session_id=session, outcome="failed", evidence=None, reason=why)
    return {"session_id": session, **end}


MORNING = at_hour(10)
AN_HOURLY_FIRE = timedelta(minutes=90)
"""The next fire is due within an hour; then its grace of 20 minutes, and the next beat."""
AFTER_A_DEPLOY = timedelta(minutes=25)
"""What changes within a quarter of an hour may be a deploy; then the next beat."""
FAULTS = (
    Fault("silent", "a schedule marked active never fires", silent, ("missed",), 0, at_hour(10), 4 * HOUR,
          AN_HOURLY_FIRE, by=("heartbeat",), on_a_day_at=MORNING),
    Fault("idle", "fires, does nothing and says ok", idle, ("failed",), 0, at_hour(15), 3 * HOUR, AN_HOURLY_FIRE,
          by=("heartbeat",), on_a_day_at=MORNING),
    Fault("twice", "a fire is delivered twice", twice, ("duplicate",), 0, at_hour(19), 3 * HOUR, AN_HOURLY_FIRE,
          is_quiet=True),
    Fault("second_schedule", "a second schedule fires the same role", second_schedule, ("unexpected",), 1, at_hour(10),
          4 * HOUR, 2 * HOUR, by=("heartbeat",), aftermath=4 * HOUR),
    Fault("heartbeat", "a detector stops silently", detector, BEAT_STOPS, 1, at_hour(16), timedelta(minutes=45),
          timedelta(minutes=20), by=BY_ALARM, rings=True, on_a_day_at=MORNING, takes=frozenset({WATCH}),
          stops_watch=True),
    Fault("eventbridge", "everything stops at once", eventbridge, BEAT_STOPS, 1, at_hour(20), timedelta(minutes=45),
          timedelta(minutes=20), by=BY_ALARM, touches_all=True, rings=True, on_a_day_at=MORNING),
    Fault("dry_ledger", "the ledger runs dry", dry_ledger, ("short_ledger",), 2, at_hour(10, 1), timedelta(minutes=12),
          timedelta(minutes=10), by=("database_clock",), touches_all=True, rings=True, may_move=False),
    Fault("mute", "a schedule is disabled", muted, ("muted",), 2, at_hour(20, 14), 9 * HOUR, timedelta(minutes=10),
          by=("heartbeat",), on_a_day_at=timedelta(hours=14, minutes=14), takes=frozenset({MUTED})),
    Fault("differs", "the deployed schedule is not the published one", differs, ("differs",), 2, at_hour(12), 4 * HOUR,
          AFTER_A_DEPLOY, by=("heartbeat",)),
    Fault("gone", "a schedule is deleted", gone, ("gone",), 2, at_hour(17), 2 * HOUR, AFTER_A_DEPLOY,
          by=("heartbeat",)),
    Fault("many", "30 schedules are disabled at once", many, ("muted",), 3, at_hour(10), timedelta(minutes=35),
          timedelta(minutes=10), by=("heartbeat",), rings=True, on_a_day_at=MORNING, takes=frozenset({MUTED})),
    Fault("deaf", "a watcher never answers", deaf, ("deaf", "missed"), 3, at_hour(13), 4 * HOUR, AN_HOURLY_FIRE,
          on_a_day_at=MORNING, takes=frozenset({DEAF, UNHEARD})),
    Fault("broken_deploy", "a deploy breaks a function", broken_deploy, ("missed", "failed"), 3, at_hour(19), 3 * HOUR,
          AN_HOURLY_FIRE, by=("heartbeat",)),
    Fault("no_brief", "the brief does not arrive", no_brief, ("brief-late", "brief_late", "failed"), 3,
          at_hour(6, 2), 2 * HOUR, timedelta(minutes=90), alone_at=at_hour(6, 2), rings=True,
          shows_at_its_hour=True, on_a_day_at=timedelta(0), extra_time=HOUR, takes=frozenset({"ceo"})),
)  # fmt: skip
