"""For the owner's doctor: what the desk needs, whether files, template and last brain agree, and each remedy."""

import shutil
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from company.brain import Brain
from company.errors import CompanyError
from company.records import Record, read_staff
from company.vertical import load
from watchbill.cloud.errors import DeskError
from watchbill.cloud.postgres.shared_server import desk_server
from watchbill.cloud.product_template import template_of
from watchbill.cloud.translation import Stack, read_stack
from watchbill.desk.desk import brain_as
from watchbill.desk.model_access import ModelAccess
from watchbill.home import CHECKOUT, LastDay, last_day

LEAST_PYTHON = (3, 11)
LEAST_FREE_GB = 2
OLDEST_BEAT_MINUTES = 15


@dataclass(frozen=True)
class Finding:
    """What one look gave. do is empty when nothing is to be done."""

    name: str
    is_ok: bool
    what: str
    do: str = ""


@dataclass(frozen=True)
class Ground:
    """What is looked at: the desk's folder, the product, whose Postgres, and the model that the shell names."""

    home: Path
    vertical: str
    desk_postgres: str | None
    model: ModelAccess | None = None


Look = Callable[[Ground], Finding]


def examine(ground: Ground) -> Iterator[Finding]:
    """Every look in turn; one that cannot be made is a finding as well, and the others follow."""
    for look in LOOKS:
        try:
            yield look(ground)
        except (DeskError, CompanyError, OSError) as error:
            yield Finding(look.__name__.removeprefix("_"), False, str(error), "mend what the message names")


def _python(_: Ground) -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    return Finding("python", sys.version_info[:2] >= LEAST_PYTHON, version, "install Python 3.11 or later")


def _disk(ground: Ground) -> Finding:
    free = shutil.disk_usage(ground.home if ground.home.exists() else ground.home.parent).free / 1e9
    return Finding("disk", free > LEAST_FREE_GB, f"{free:.1f} GB free", f"free {LEAST_FREE_GB} GB, or `make clean`")


def _ports(_: Ground) -> Finding:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    return Finding("ports", port > 0, f"127.0.0.1 gives ports ({port})", "allow programs to listen on loopback")


def _postgres(ground: Ground) -> Finding:
    whose = "DESK_POSTGRES" if ground.desk_postgres else "the desk's own"
    with desk_server(ground.home, desk_postgres=ground.desk_postgres) as server, server.connect() as connection:
        row = connection.execute("SELECT current_setting('server_version')").fetchone()
    return Finding("postgres", row is not None, f"{row[0] if row else '?'}, {whose}", "unset DESK_POSTGRES, or mend it")


def _staff(ground: Ground) -> Finding:
    staff = _records(ground)
    lost = [role for role, one in staff.items() if one.reports_to not in {*staff, "owner"}]
    what = f"{len(staff)} records" + (f"; {', '.join(lost)} report to nobody here" if lost else "")
    return Finding("staff", not lost, what, "name a manager who works here in their records")


def _template(ground: Ground) -> Finding:
    """What will be deployed against what will be published."""
    stack = _stack(ground)
    stated = {role: one.schedule for role, one in _records(ground).items() if one.schedule}
    deployed = {
        one.properties["Name"]: one.properties["ScheduleExpression"]
        for one in stack.resources.values()
        if one.type == "AWS::Scheduler::Schedule"
    }
    differing = sorted(name for name in {*stated, *deployed} if stated.get(name) != deployed.get(name))
    what = f"{len(deployed)} schedules, {len(differing)} differ from their records"
    remedy = f"make template and record of {', '.join(differing)} say the same; `make test` names each difference"
    return Finding("template", not differing, what, remedy)


def _brain(ground: Ground) -> Finding:
    """The last brain's staff against the checkout's."""
    with _last_brain(ground) as brain:
        published = {row["role"] for row in brain.all("who_works_here")}
    stated = {role for role, one in _records(ground).items() if one.schedule}
    differing = sorted(published ^ stated)
    what = f"{len(published)} roles with a schedule, {len(differing)} differ from the records"
    return Finding("last brain", not differing, what, f"{', '.join(differing)}: in force with the next `watchbill day`")


def _beat(ground: Ground) -> Finding:
    with _last_brain(ground) as brain:
        facts = brain.one("org_facts") or {}
    if facts.get("last_beat_at") is None:
        return Finding("last beat", False, "heartbeat never beat", "watchbill logs heartbeat")
    minutes = int((facts["now"] - facts["last_beat_at"]).total_seconds() // 60)
    what = f"{minutes} min before the company's now, {facts['beats']} beats"
    return Finding("last beat", minutes <= OLDEST_BEAT_MINUTES, what, "watchbill logs heartbeat; watchbill slots")


def _deployed(ground: Ground) -> Finding:
    """What the last brain last saw in EventBridge against what was published."""
    with _last_brain(ground) as brain:
        rows = brain.all("differing_schedules")
    names = ", ".join(f"{row['schedule']} ({row['state']})" for row in rows)
    what = f"{len(rows)} deployed schedules differ from what was published" + (f": {names}" if names else "")
    return Finding("deployed", not rows, what, "watchbill findings; watchbill decide")


def _model(ground: Ground) -> Finding:
    """Whom `day --think` could ask. Having nobody is no fault: the book costs nothing."""
    if ground.model is None:
        what = "no key in the shell: everybody works by the book (ANTHROPIC_API_KEY lets `day --think` ask a model)"
        return Finding("model", True, what)
    key = "a key" if ground.model.api_key else "no key"
    return Finding("model", True, f"{key} in the shell, for {ground.model.host}")


LOOKS: tuple[Look, ...] = (_python, _disk, _ports, _model, _postgres, _staff, _template, _brain, _beat, _deployed)


def _records(ground: Ground) -> dict[str, Record]:
    return read_staff(CHECKOUT / "functions", ground.vertical)


def _stack(ground: Ground) -> Stack:
    cache = ground.home / "cache"
    return read_stack(template_of(CHECKOUT, load(ground.vertical), cache), cache)


@contextmanager
def _last_brain(ground: Ground) -> Iterator[Brain]:
    day = last_day(ground.home)
    with desk_server(ground.home, desk_postgres=ground.desk_postgres) as server:
        _require_kept(server, day)
        address = server.address(day.database)
        with brain_as(address, day.company, day.vertical, "owner", day.logins["owner"]) as brain:
            yield brain


def _require_kept(server: Any, day: LastDay) -> None:
    with server.connect() as connection:
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (day.database,)).fetchone()
    if found is None:
        raise DeskError(f"The last day's brain ({day.database}) is no longer there: run `make day`.")
