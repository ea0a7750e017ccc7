"""Opens the last day's company for the commands that read or change it: only its brain (fast), or the whole desk."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol
from zoneinfo import ZoneInfo

from company.brain import Brain
from company.json_values import JsonObject
from company.vertical import Edition, Vertical, load
from watchbill.cli.shell_settings import read_shell
from watchbill.cli.stack import chosen_company
from watchbill.days.recordings import editions_in
from watchbill.errors import DeskError
from watchbill.home import LastDay, holding_the_desk, last_day, sample_folder, snapshot_folder
from watchbill.suggesting import no_such

if TYPE_CHECKING:
    from company.aws.clients import Clients
    from watchbill.cloud.postgres.server import Server
    from watchbill.cloud.runtime import Invocation
    from watchbill.desk.desk import Desk
    from watchbill.desk.requests import RunningDesk


def zone() -> ZoneInfo:
    """The owner's time zone: the stack's, or on the desk that of the template's BriefAt when its company was made."""
    if company := chosen_company():
        return company.zone
    try:
        return ZoneInfo(last_day(read_shell().home).owner_timezone)
    except DeskError:  # there is no day yet
        return ZoneInfo("UTC")


def the_company() -> LastDay:
    """Which company the commands are about: the last day's, or with `--aws` a stack's."""
    company = chosen_company()
    return company.as_day() if company else last_day(read_shell().home)


@contextmanager
def open_brain(role: str = "owner") -> Iterator[Brain]:
    """The company's brain, with a role's login. On the desk it needs only Postgres: no cloud is started."""
    from watchbill.desk.brain_logins import brain_as

    if company := chosen_company():
        with company.brain(role) as brain:
            yield brain
        return

    day = last_day(read_shell().home)
    with open_server(day) as server:
        address = server.address(day.database)
        with brain_as(address, day.company, day.vertical, role, password_of(day, role)) as brain:
            yield brain


@contextmanager
def open_server(day: LastDay) -> Iterator["Server"]:
    """The Postgres server that the last day's brain is on."""
    from watchbill.cloud.postgres.shared_server import desk_server

    here = read_shell()
    with desk_server(here.home, desk_postgres=here.desk_postgres) as server:
        with server.connect() as connection:
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (day.database,)).fetchone()
        if found is None:
            raise DeskError(f"The last day's brain ({day.database}) is no longer there: run `make day`.")
        yield server


def require_role(day: LastDay, role: str) -> None:
    """UsageError names the nearest role; on AWS the roster says who there is."""
    if chosen_company() is None:
        password_of(day, role)
        return
    with open_brain() as brain:
        known = brain.value("names_of_roles")
    if role not in known:
        raise no_such("role", role, known)


def password_of(day: LastDay, role: str) -> str:
    """The password of a role's login; UsageError lists the roles that have one."""
    if role not in day.logins:
        raise no_such("role", role, day.logins)
    return day.logins[role]


@contextmanager
def open_desk() -> Iterator["Desk | RunningDesk"]:
    """The whole last desk with its cloud and functions; changes are saved. A company that is up is asked instead."""
    from watchbill.desk.requests import RunningDesk
    from watchbill.home import is_up

    home = read_shell().home
    if is_up(home):
        yield RunningDesk(home, last_day(home))
        return
    with open_whole_desk() as desk:
        yield desk


@contextmanager
def open_whole_desk() -> Iterator["Desk"]:
    """The same, in this process: refused while the company is up."""
    from watchbill.cloud.feeds import FeedServer
    from watchbill.cloud.snapshots.keeping import keeping
    from watchbill.desk.desk import Plan, last_desk

    here = read_shell()
    day = last_day(here.home)
    product = load(day.vertical)
    at = datetime.fromisoformat(day.ended_at)
    plan = Plan(
        home=here.home,
        vertical=day.vertical,
        data_kind=day.data_kind,
        endpoint_url=here.endpoint_url,
        desk_postgres=here.desk_postgres,
    )
    with (
        holding_the_desk(here.home),
        FeedServer(product.sources, _editions(product, day), lambda: at).serving() as feeds,
    ):
        urls = feeds.urls()
        with (
            last_desk(plan, day, lambda _: urls) as desk,
            keeping(desk.cloud, desk.logs, snapshot_folder(here.home, day.company)),
        ):
            yield desk


@contextmanager
def open_logs() -> Iterator["Clients"]:
    """A cloud with the company's log lines; on the desk with nothing else: faster than the whole desk."""
    if company := chosen_company():
        yield company.cloud
        return
    from watchbill.cloud.aws import desk_cloud
    from watchbill.cloud.snapshots.snapshot import restore

    here = read_shell()
    with desk_cloud(here.endpoint_url) as cloud:
        if cloud.is_moto:
            restore(cloud, snapshot_folder(here.home, last_day(here.home).company), ["logs"])
        yield cloud


class Switch(Protocol):
    """Switches a schedule; a role's has the name of the role."""

    def __call__(self, schedule: str, *, on: bool) -> str: ...


@contextmanager
def open_switch() -> Iterator[Switch]:
    """What switches a role's schedule on or off, and says what it is then: ENABLED or DISABLED."""
    if company := chosen_company():
        yield company.switch
        return
    with open_desk() as desk:
        yield desk.switch


def fire_once(role: str, event: JsonObject | None = None) -> "Invocation":
    """Fires a deployed function once, out of its schedule; UsageError names the nearest one of those that there are."""
    if company := chosen_company():
        return company.invoke(role, event)
    with open_desk() as desk:
        if role not in desk.roles:
            raise no_such("deployed role", role, desk.roles)
        return fire_by_hand(desk, role, event)


def fire_by_hand(desk: "Desk | RunningDesk", role: str, event: JsonObject | None = None) -> "Invocation":
    """Fires once, a simulated minute later, so that two fires by hand are two slots."""
    desk.set_now(desk.now() + timedelta(minutes=1))
    return desk.invoke_by_hand(role, event)


def wake_asker(role: str) -> "Invocation":
    """Fires the role that asked, after the owner's answer, then heartbeat, which records what the answer changed."""
    if company := chosen_company():
        done = company.invoke(role)
        company.invoke("heartbeat")
        return done
    with open_desk() as desk:
        done = fire_by_hand(desk, role)
        fire_by_hand(desk, "heartbeat")
    return done


def _editions(product: Vertical, day: LastDay) -> list[Edition]:
    """The editions of the last day when it used the product's own sample; else none."""
    folder = sample_folder(read_shell().home, product.name, day.date, day.days)
    if not folder.is_dir():
        return []
    editions, _ = editions_in(product, folder)
    return editions


def title(day: LastDay) -> str:
    """The title of the product."""
    return load(day.vertical).title
