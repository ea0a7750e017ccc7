"""Faults of people and pages: who is responsible for what, what documents say, and who only seems to look."""

from datetime import timedelta
from functools import partial

from watchbill.drill.fault import HOUR, Fault, Planted, at_hour
from watchbill.drill.faults.schedules import HOURLY, claiming, closing
from watchbill.drill.room import Room

REMOVED = "content_manager"
GHOST = "tide_worker"
"""A role that no folder has."""
STAMPED = "data_auditor"
LEAVES = "UPDATE company.roster SET left_at = company.now() WHERE role = %s"
ORG_PAGE_LOOKS = timedelta(minutes=70)
"""It looks once an hour."""
FAR_AWAY = "cron(0 9 1 1 ? *)"
"""Once a year: what matters is that it is deployed."""
GRAVE_ERROR = "LookupError: TheSameKeyIsMissing"


def manager_removed(room: Room) -> Planted:
    people = _people_of(room, REMOVED)
    room.mark("manager_removed", REMOVED, *people, note="its manager left")
    room.desk.run_as_migrate(LEAVES, (REMOVED,))
    heal = partial(room.desk.run_as_migrate, "UPDATE company.roster SET left_at = NULL WHERE role = %s", (REMOVED,))
    return Planted(f"{REMOVED} left and its people stay", frozenset({REMOVED, *people}), heal)


def ghost_role(room: Room) -> Planted:
    """Published, and no function of it exists."""
    room.mark("ghost_role", GHOST, note="nobody runs it")
    room.desk.run_as_migrate(
        "INSERT INTO company.roster (role, login, kind, reports_to, watched_by, schedule_expression)"
        " VALUES (%s, %s, 'machine', 'ceo', 'schedule_auditor', %s)"
        " ON CONFLICT (role) DO UPDATE SET left_at = NULL",
        (GHOST, GHOST, FAR_AWAY),
    )
    heal = partial(
        room.desk.run_as_migrate, "UPDATE company.roster SET left_at = company.now() WHERE role = %s", (GHOST,)
    )
    return Planted(f"{GHOST} is on the roster and no function of it exists", frozenset({GHOST}), heal)


def stray_function(room: Room) -> Planted:
    """Deployed, and no role of it exists."""
    name = f"{GHOST}_stray"
    room.mark("stray_function", name, note="a schedule of nobody here")
    role = room.one_of(HOURLY)
    like = room.schedule(role)
    target = {**like["Target"], "Input": like["Target"]["Input"].replace(f'"{role}"', f'"{name}"')}
    room.put_schedule(name, {**like, "ScheduleExpression": FAR_AWAY, "Target": target}, is_new=True)
    says = f"the schedule {name} fires a role that is not here"
    return Planted(says, frozenset({name}), partial(room.delete_schedule, name))


def drifted_document(room: Room) -> Planted:
    """A page in the brain says something else than the deployed record."""
    role = room.one_of(HOURLY[:2])
    page, subject = f"SKILL_{role.upper()}", f"record {role}"
    room.mark("drifted_document", subject, note="its page says what is not so")
    room.desk.run_as_migrate(
        "UPDATE company.brain SET content = content || E'\\nIt fires once a week.' WHERE file_key = %s", (page,)
    )

    def heal() -> None:
        room.desk.run_as_migrate(
            "UPDATE company.brain SET content = replace(content, E'\\nIt fires once a week.', '') WHERE file_key = %s",
            (page,),
        )
        room.desk.invoke_by_hand("docs_auditor")

    return Planted(f"{page} says that {role} fires once a week", frozenset({subject}), heal)


def rubber_stamp(room: Room) -> Planted:
    """An auditor says that it looked at two hundred things, and records none."""
    room.mark("rubber_stamp", STAMPED, note="it says that it looked")
    heal = room.replace(STAMPED, claiming(room, STAMPED, {"sampled": 200, "differing": 0}))
    return Planted(
        f"{STAMPED} says that it looked at 200 things, and looks at none", frozenset({STAMPED}), heal, STAMPED
    )


def same_mistake(room: Room) -> Planted:
    """One role fails in the same way, fire after fire."""
    role = room.one_of(HOURLY)
    room.mark("same_mistake", role, note="it makes the same mistake at each fire")
    heal = room.replace(role, closing(room, role, "failed", reason=GRAVE_ERROR))
    return Planted(f"{role} fails in the same way at each fire", frozenset({role}), heal, role)


def unanswered(room: Room) -> Planted:
    """An escalation to a manager who skips each of its fires."""
    room.mark("unanswered", REMOVED, note="it answers nothing")
    heal = room.replace(REMOVED, closing(room, REMOVED, "skipped", reason="nothing to do"))
    with room.session("content_worker") as (worker, session):
        worker.run(
            "send_message", to_role=REMOVED, kind="escalation", level="today", subject="a topic without facts",
            body="Nobody answers what this topic is to say.", finding_id=None, decision_id=None, session_id=session,
            evidence={"checked": "the facts of the topic, twice", "showed": "none is in force"},
        )  # fmt: skip
        worker.run("close_session", session_id=session, outcome="skipped", evidence=None, reason="it waits")
    return Planted(
        f"an escalation waits for {REMOVED}, who answers nothing",
        frozenset({REMOVED}),
        heal,
        REMOVED,
        is_at_first_fire=True,
    )


def _people_of(room: Room, manager: str) -> list[str]:
    with room.desk.brain() as brain:
        return [str(row["role"]) for row in brain.all("people_of", manager=manager)]


FAULTS = (
    Fault("manager_removed", "a manager is removed and its people stay", manager_removed, ("orphan",), 4, at_hour(20),
          HOUR, ORG_PAGE_LOOKS, by=("org_page",), takes=frozenset({REMOVED, "content_worker"})),
    Fault("ghost_role", "a role in the brain with no living agent", ghost_role, ("orphan",), 5, at_hour(18), 2 * HOUR,
          ORG_PAGE_LOOKS, by=("org_page",)),
    Fault("stray_function", "a living agent with no role in the brain", stray_function, ("orphan",), 5, at_hour(21),
          2 * HOUR, ORG_PAGE_LOOKS, by=("org_page",)),
    Fault("drifted_document", "documents drift", drifted_document, ("drift",), 1, at_hour(21, 30), 8 * HOUR, 9 * HOUR,
          by=("docs_auditor",)),
    Fault("rubber_stamp", "an auditor approves without looking", rubber_stamp, ("weak_audit",), 4, at_hour(8),
          9 * HOUR, 22 * HOUR, by=("audit_auditor",), alone_at=at_hour(20), closes_within=8 * 24 * HOUR,
          aftermath=8 * 24 * HOUR, takes=frozenset({STAMPED})),
    Fault("same_mistake", "the same mistake again and again", same_mistake, ("root_cause", "failed"), 6,
          at_hour(21), 5 * HOUR, 8 * HOUR, by=("memory_worker",), aftermath=24 * HOUR),
    Fault("unanswered", "an escalation nobody answers", unanswered, ("raised_again",), 5, at_hour(8, 15), 18.5 * HOUR,
          9 * HOUR, by=("schedule_auditor",), alone_at=at_hour(8, 15), starts=HOUR / 2, aftermath=5 * HOUR,
          takes=frozenset({REMOVED, "content_worker"})),
)  # fmt: skip
