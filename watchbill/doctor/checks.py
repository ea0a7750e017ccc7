"""For `watchbill doctor`: checks what the desk needs, and that files, template and last brain agree; with remedies."""

import shutil
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from company.brain import Brain
from company.errors import CompanyError
from company.records import Record, read_staff
from company.text.wording import counted
from company.vertical import load
from watchbill.cloud.postgres.server import Server
from watchbill.cloud.postgres.shared_server import desk_server
from watchbill.cloud.template.intrinsics import Resolver
from watchbill.cloud.template.product_template import template_of
from watchbill.cloud.template.translation import Stack, read_stack, resolve_parameters
from watchbill.desk.brain_logins import brain_as
from watchbill.desk.model_access import ModelAccess
from watchbill.errors import DeskError
from watchbill.home import CHECKOUT, LastDay, has_day, last_day
from watchbill.staffing.checking import faults_of_code, faults_of_staff

LEAST_PYTHON = (3, 11)
LEAST_FREE_GB = 2
OLDEST_BEAT_MINUTES = 15


@dataclass(frozen=True)
class CheckResult:
    """The result of one check. do is the remedy; empty when there is nothing to do."""

    name: str
    is_ok: bool
    what: str
    do: str = ""


@dataclass(frozen=True)
class LocalSetup:
    """What is checked: the desk's folder, the product, its Postgres, and the model that the shell names."""

    home: Path
    vertical: str
    desk_postgres: str | None
    model: ModelAccess | None = None


Check = Callable[[LocalSetup], CheckResult]


def run_checks(setup: LocalSetup) -> Iterator[CheckResult]:
    """Every check in turn; one that raises is a failed check, and the others follow. Before a day there is no brain."""
    has_brain = has_day(setup.home)
    for check in (*CHECKS, *(CHECKS_OF_THE_BRAIN if has_brain else ())):
        try:
            yield check(setup)
        except (DeskError, CompanyError, OSError) as error:
            yield CheckResult(check.__name__.removeprefix("_"), False, str(error), "fix what the message names")
    if not has_brain:
        yield CheckResult("last brain", True, "no day yet: run `make day`")


def _python(_: LocalSetup) -> CheckResult:
    version = ".".join(map(str, sys.version_info[:3]))
    return CheckResult("python", sys.version_info[:2] >= LEAST_PYTHON, version, "install Python 3.11 or later")


def _disk(setup: LocalSetup) -> CheckResult:
    free = shutil.disk_usage(setup.home if setup.home.exists() else setup.home.parent).free / 1e9
    return CheckResult("disk", free > LEAST_FREE_GB, f"{free:.1f} GB free", f"free {LEAST_FREE_GB} GB, or `make clean`")


def _ports(_: LocalSetup) -> CheckResult:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    return CheckResult(
        "ports", port > 0, f"127.0.0.1 ports can be opened ({port})", "allow programs to listen on loopback"
    )


def _postgres(setup: LocalSetup) -> CheckResult:
    origin = "DESK_POSTGRES" if setup.desk_postgres else "the embedded server"
    with desk_server(setup.home, desk_postgres=setup.desk_postgres) as server, server.connect() as connection:
        row = connection.execute("SELECT current_setting('server_version')").fetchone()
    return CheckResult(
        "postgres", row is not None, f"{row[0] if row else '?'}, {origin}", "unset DESK_POSTGRES, or fix it"
    )


def _staff(setup: LocalSetup) -> CheckResult:
    faults = [*faults_of_code(CHECKOUT), *faults_of_staff(CHECKOUT, setup.vertical)]
    what = "; ".join([counted(len(_records(setup)), "record"), *faults])
    return CheckResult("staff", not faults, what, "correct these files: no day starts before")


def _template(setup: LocalSetup) -> CheckResult:
    """Compares what will be deployed, with the parameters' defaults, with what will be published."""
    stack = _stack(setup)
    asked = Resolver(resolve_parameters(stack, {}), {}, stack.conditions)
    stated = {role: one.schedule for role, one in _records(setup).items() if one.schedule}
    deployed = {
        one.properties["Name"]: asked.resolve(one.properties["ScheduleExpression"])
        for one in stack.resources.values()
        if one.type == "AWS::Scheduler::Schedule"
    }
    differing = sorted(name for name in {*stated, *deployed} if stated.get(name) != deployed.get(name))
    others = counted(len(differing), "differs from its record", "differ from their records")
    what = f"{counted(len(deployed), 'schedule')}, {others}"
    remedy = f"make template and record of {', '.join(differing)} say the same; `make test` names each difference"
    return CheckResult("template", not differing, what, remedy)


def _brain(setup: LocalSetup) -> CheckResult:
    """Compares the last brain's staff with the checkout's."""
    with _last_brain(setup) as brain:
        published = {row["role"] for row in brain.all("who_works_here")}
    stated = {role for role, one in _records(setup).items() if one.schedule}
    differing = sorted(published ^ stated)
    others = counted(len(differing), "differs", "differ")
    what = f"{counted(len(published), 'role')} with a schedule, {others} from the records"
    return CheckResult(
        "last brain", not differing, what, f"{', '.join(differing)}: effective with the next `watchbill day`"
    )


def _beat(setup: LocalSetup) -> CheckResult:
    with _last_brain(setup) as brain:
        return beat_of(brain)


def beat_of(brain: Brain) -> CheckResult:
    """When heartbeat last did its work, by the company's clock."""
    facts = brain.one("org_facts") or {}
    if facts.get("last_beat_at") is None:
        return CheckResult("last beat", False, "no beat was recorded", "watchbill logs heartbeat")
    minutes = int((facts["now"] - facts["last_beat_at"]).total_seconds() // 60)
    left_out = facts["left_out"] or []
    less = f"; it left out {', '.join(left_out)}" if left_out else ""
    what = f"{minutes} min before the company's now, {counted(facts['beats'], 'beat')}{less}"
    is_ok = minutes <= OLDEST_BEAT_MINUTES and not left_out
    return CheckResult("last beat", is_ok, what, "watchbill logs heartbeat; watchbill slots")


def _deployed(setup: LocalSetup) -> CheckResult:
    """Compares the schedules last seen in EventBridge with the published ones."""
    with _last_brain(setup) as brain:
        return schedules_of(brain)


def schedules_of(brain: Brain) -> CheckResult:
    """The same for an open brain."""
    rows = brain.all("differing_schedules")
    names = ", ".join(f"{row['schedule']} ({row['state']})" for row in rows)
    what = f"{counted(len(rows), 'deployed schedule differs', 'deployed schedules differ')} from what was published" + (
        f": {names}" if names else ""
    )
    return CheckResult("deployed", not rows, what, "watchbill findings; watchbill decide")


def _alarms(setup: LocalSetup) -> CheckResult:
    """Whether the ceo found, at its last fire, that nobody hears the topic of the alarms."""
    with _last_brain(setup) as brain:
        return alarms_of(brain)


def alarms_of(brain: Brain) -> CheckResult:
    """The same for an open brain."""
    unheard = [row["title"] for row in brain.all("open_findings_of_kind", kind="alarms_unheard")]
    what = "; ".join(unheard) or "nothing stands in their way; `doctor --ring` tries them"
    return CheckResult("alarms", not unheard, what, "open SNS's mail, or subscribe again (docs/alarms.md)")


def _sources(setup: LocalSetup) -> CheckResult:
    """The sources that need their owner's address or key. Off is not an error."""
    with _last_brain(setup) as brain:
        rows = brain.all("optional_sources")
    title = load(setup.vertical).source_title
    states = {row["source"]: f"off ({row['off_because']})" if row["off_because"] else "on" for row in rows}
    what = ", ".join(f"{title(source)} {state}" for source, state in states.items())
    return CheckResult("sources", True, what or "none is optional")


def _model(setup: LocalSetup) -> CheckResult:
    """The model that `day --think` could use. None is not an error: the book costs nothing."""
    if setup.model is None:
        what = "no key in the environment: employees work by the book (`day --think` needs ANTHROPIC_API_KEY)"
        return CheckResult("model", True, what)
    key = "a key" if setup.model.api_key else "no key"
    return CheckResult("model", True, f"{key} in the environment, for {setup.model.host}")


CHECKS: tuple[Check, ...] = (
    _python,
    _disk,
    _ports,
    _model,
    _postgres,
    _staff,
    _template,
)
CHECKS_OF_THE_BRAIN: tuple[Check, ...] = (_brain, _beat, _deployed, _alarms, _sources)


def _records(setup: LocalSetup) -> dict[str, Record]:
    return read_staff(CHECKOUT / "functions", setup.vertical)


def _stack(setup: LocalSetup) -> Stack:
    cache = setup.home / "cache"
    return read_stack(template_of(CHECKOUT, load(setup.vertical), cache), cache)


@contextmanager
def _last_brain(setup: LocalSetup) -> Iterator[Brain]:
    day = last_day(setup.home)
    with desk_server(setup.home, desk_postgres=setup.desk_postgres) as server:
        _require_database(server, day)
        address = server.address(day.database)
        with brain_as(address, day.company, day.vertical, "owner", day.logins["owner"]) as brain:
            yield brain


def _require_database(server: Server, day: LastDay) -> None:
    with server.connect() as connection:
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (day.database,)).fetchone()
    if found is None:
        raise DeskError(f"The last day's brain ({day.database}) is no longer there: run `make day`.")
