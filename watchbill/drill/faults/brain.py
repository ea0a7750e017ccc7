"""Faults of the brain itself: what a server, its disk and its network do to everybody at once."""

import threading
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from functools import partial

from company.json_values import JsonObject
from watchbill.cloud.runtime import Invocation
from watchbill.drill.fault import HOUR, WATCH, Fault, Plant, Planted, at_hour
from watchbill.drill.faults.schedules import BEAT_STOPS
from watchbill.drill.room import Room

NOWHERE = "postgresql://127.0.0.1:9/nowhere"
"""A port that refuses every connection."""
DISK_IS_FULL = """
CREATE FUNCTION company.disk_is_full() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END $$
"""
TABLES = """
SELECT format('CREATE TRIGGER a_full_disk BEFORE INSERT OR UPDATE ON company.%I FOR EACH STATEMENT
  EXECUTE FUNCTION company.disk_is_full()', relname)
FROM pg_class
WHERE relnamespace = 'company'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition AND relname <> 'clock'
"""
"""Simulated time goes on."""
END_ALL = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = %s AND pid <> pg_backend_pid() AND usename <> %s
"""
AT_WORK = "SELECT FROM company.sessions WHERE role = %s AND finished_at IS NULL"
BETWEEN_TWO_LOOKS = 0.002
"""Seconds: a beat takes ten times as long."""
LOCKED, WAIT_FOR_IT = "drafts", ("every pipeline", "flow_alarm", "publish")
"""A table that the database's own clock reads, and the checks and the role that wait for it."""
LOCK_WAITS_MS = 200
"""How long a statement waits for the lock: here minutes of the week are moments."""
OUTAGE = timedelta(minutes=40)
IN_TIME = timedelta(minutes=20)


def unreachable(room: Room) -> Planted:
    room.mark("brain", "heartbeat", note="no function reaches the brain")
    return _everywhere(
        "no function reaches the brain: every connection is refused", room.redefine_all(BRAIN_DSN=NOWHERE)
    )


def full(room: Room) -> Planted:
    room.mark("brain_full", "heartbeat", note="its disk is full")
    room.desk.run_as_migrate(DISK_IS_FULL)
    for (trigger,) in room.desk.run_as_migrate(TABLES).fetchall():
        room.desk.run_as_migrate(str(trigger))
    return _everywhere("the brain's disk is full: no table takes a row", partial(
        room.desk.run_as_migrate, "DROP FUNCTION company.disk_is_full() CASCADE"))  # fmt: skip


def out_of_connections(room: Room) -> Planted:
    """The staff's logins find every place taken; who was connected is cut off."""
    room.mark("brain_crowded", "heartbeat", note="no connection is left")
    room.desk.now()  # the desk's own clock keeps its place
    room.alter_database("CONNECTION LIMIT 0")
    _end_all(room)
    return _everywhere("no connection to the brain is left", partial(room.alter_database, "CONNECTION LIMIT -1"))


def standby(room: Room) -> Planted:
    """A failover left the address with a server that takes no writes; the desk's own clock still may."""
    room.mark("brain_standby", "heartbeat", note="it was demoted to a standby")
    room.alter_database("SET default_transaction_read_only = on")
    room.alter_clock_login("SET default_transaction_read_only = off")
    _end_all(room)

    def promote() -> None:
        room.alter_database("RESET default_transaction_read_only")
        room.alter_clock_login("RESET default_transaction_read_only")
        _end_all(room)

    return _everywhere("the brain was demoted to a standby: it takes no writes", promote)


def restarted(room: Room) -> Planted:
    """The server ends in the middle of a beat, and is there again a moment later. Other fires may be too short."""
    role = "heartbeat"
    room.mark("brain_restarted", role, note="the brain restarts in the middle of a fire of it")
    function, cut = room.function(role), threading.Event()

    def cut_off(event: JsonObject, request_id: str) -> Invocation | None:
        if cut.is_set():
            return None
        over = threading.Event()
        server = threading.Thread(target=_end_in_the_middle, args=(room, role, over))
        server.start()
        ended = room.desk.runtime.invoke(function.name, event, request_id=request_id, wall_limit_seconds=20)
        over.set()
        server.join()
        if not ended.is_ok:
            cut.set()
        return ended

    heal = room.replace(role, cut_off)
    return Planted(f"the brain restarts in the middle of a fire of {role}", frozenset({role}), heal)


def _end_in_the_middle(room: Room, role: str, over: threading.Event) -> None:
    """Ends the connections as soon as the role has a session that is open; nothing where its fire was over before."""
    with room.desk.server.connect(room.desk.database) as admin:
        while not over.wait(BETWEEN_TWO_LOOKS):
            if admin.execute(AT_WORK, (role,)).fetchone() is not None:
                admin.execute(END_ALL, (room.desk.database, f"{room.desk.company}_migrate"))
                return


def blocker(room: Room) -> Planted:
    """A login leaves a transaction open, in the way of all who write the same."""
    role = "build_worker"
    room.mark("brain_blocked", role, note="it keeps a transaction open")
    # An hour of the week is a second here, and the watch looks at real time.
    as_before = room.redefine("heartbeat", OPEN_TRANSACTION_SECONDS="1")
    stack = ExitStack()
    brain = stack.enter_context(room.desk.brain(role))
    brain.connection.execute("BEGIN")
    brain.one("company_now")
    stack.callback(as_before)
    return Planted(f"{role} keeps a transaction open, and does nothing in it", frozenset({role}), stack.close)


def locked(room: Room) -> Planted:
    """A long change by hand, which the watch may not end: who reads the table waits, and fails."""
    room.mark("brain_locked", LOCKED, note="a change by hand keeps it locked")
    room.alter_database(f"SET lock_timeout = {LOCK_WAITS_MS}")
    _end_all(room)
    holder = room.connect_as_migrate()
    holder.execute(f"LOCK TABLE company.{LOCKED} IN ACCESS EXCLUSIVE MODE".encode())

    def let_go() -> None:
        holder.close()
        room.alter_database("RESET lock_timeout")
        _end_all(room)

    return Planted(
        f"a change by hand keeps company.{LOCKED} locked", frozenset({LOCKED, *WAIT_FOR_IT}), let_go
    )  # fmt: skip


def back_up(room: Room) -> None:
    """A copy of the brain as it is."""
    room.desk.server.drop_database(_backup(room))
    _end_all(room, but="")
    room.desk.close()
    room.desk.server.create_database(_backup(room), template=room.desk.database, simulated_from=room.now)


def restored(room: Room) -> Planted:
    """The brain is the copy of an hour and a half ago; what left the company since stays outside."""
    room.mark("brain_restored", "brain", note="it is restored from a backup")
    _end_all(room, but="")
    room.desk.close()
    room.desk.server.drop_database(room.desk.database)
    room.alter_named(_backup(room), f'RENAME TO "{room.desk.database}"')
    room.alter_database(f'OWNER TO "{room.desk.company}_migrate"')
    room.desk.set_now(room.now)
    room.mark("brain_restored", "brain", note="it is restored from a backup")
    return Planted("the brain is restored from a backup of 90 minutes ago", frozenset({"brain"}), partial(_go_on, room))


def _go_on(room: Room) -> None:
    """The owner has read what left the company: what waits is declined, and leave is given again."""
    with room.desk.brain() as brain:
        for action in ("brief", "deliver", "publish"):
            brain.run("set_approval", action=action, level="closed")
            brain.run("set_approval", action=action, level="open")


def _backup(room: Room) -> str:
    return f"{room.desk.database}_backup"


def _end_all(room: Room, but: str = "migrate") -> None:
    """Ends every connection to the brain but those of one role."""
    with room.desk.server.connect() as admin:
        admin.execute(END_ALL, (room.desk.database, f"{room.desk.company}_{but}"))


def _everywhere(says: str, heal: Callable[[], object]) -> Planted:
    return Planted(says, frozenset({"heartbeat"}), heal)


def _outage(name: str, outage: str, plant: Plant, day: int, hour: int) -> Fault:
    return Fault(
        name, outage, plant, BEAT_STOPS, day, at_hour(hour), OUTAGE, IN_TIME, touches_all=True, rings=True,
        aftermath=3 * HOUR, on_a_day_at=at_hour(10),
    )  # fmt: skip


FAULTS = (
    _outage("brain", "the brain is unreachable", unreachable, 5, 3),
    _outage("brain_full", "the brain is full", full, 6, 14),
    _outage("brain_crowded", "the brain is out of connections", out_of_connections, 6, 17),
    _outage("brain_standby", "the brain is demoted to a standby", standby, 4, 23),
    Fault("brain_restored", "the brain is restored from a backup", restored, ("brain_went_back",), 2,
          at_hour(7, 22) + timedelta(days=1), 2 * HOUR, timedelta(minutes=10), by=("heartbeat",), touches_all=True,
          prepare=back_up, alone_at=at_hour(7, 22) + timedelta(days=1), starts=3 * HOUR, rings=True, may_move=False,
          aftermath=6 * HOUR),
    Fault("brain_locked", "a lock is held for minutes", locked, ("not_flowing", "clock_cannot_look"), 0, at_hour(2),
          timedelta(minutes=16), timedelta(minutes=10), by=("database_clock",), touches_all=True),
    Fault("brain_restarted", "the brain restarts in mid-work", restarted, ("cut_off",), 6, at_hour(9), 3 * HOUR,
          3 * HOUR, is_quiet=True, takes=frozenset({WATCH})),
    Fault("brain_blocked", "a transaction is left open in the brain", blocker, ("held_up",), 6, at_hour(11), 4 * HOUR,
          4 * HOUR, by=("heartbeat",), takes=frozenset({"build_worker"}), holds_connection=True),
)  # fmt: skip
