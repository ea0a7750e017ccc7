"""Opens the last day's company for the commands that read or change it: only its brain (fast), or the whole desk."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from company.brain import Brain
from company.json_values import JsonObject
from company.vertical import Edition, Vertical, load
from watchbill.cli.shell_settings import read_shell
from watchbill.days.recordings import editions_in
from watchbill.home import LastDay, holding_the_desk, last_day, sample_folder, snapshot_folder

if TYPE_CHECKING:
    from watchbill.cloud.aws import LocalAws
    from watchbill.cloud.postgres.server import Server
    from watchbill.cloud.runtime import Invocation
    from watchbill.desk.desk import Desk
    from watchbill.desk.requests import RunningDesk

ZONE = ZoneInfo("UTC")
"""The owner's time zone on the desk: the template's default."""


@contextmanager
def open_brain(role: str = "owner") -> Iterator[Brain]:
    """The last day's brain, with a role's login. Needs only Postgres: no cloud is started."""
    from watchbill.desk.brain_logins import brain_as

    day = last_day(read_shell().home)
    with open_server(day) as server:
        address = server.address(day.database)
        with brain_as(address, day.company, day.vertical, role, password_of(day, role)) as brain:
            yield brain


@contextmanager
def open_server(day: LastDay) -> Iterator["Server"]:
    """The Postgres server that the last day's brain is on."""
    from watchbill.cloud.postgres.shared_server import desk_server
    from watchbill.errors import DeskError

    here = read_shell()
    with desk_server(here.home, desk_postgres=here.desk_postgres) as server:
        with server.connect() as connection:
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (day.database,)).fetchone()
        if found is None:
            raise DeskError(f"The last day's brain ({day.database}) is no longer there: run `make day`.")
        yield server


def password_of(day: LastDay, role: str) -> str:
    """The password of a role's login; DeskError lists the roles that have one."""
    from watchbill.errors import DeskError
    from watchbill.suggesting import nearest_or_all

    if role not in day.logins:
        raise DeskError(f"There is no role {role}. {nearest_or_all(role, day.logins)}")
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
    from watchbill.cloud.keeping import keeping
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
def open_logs() -> Iterator["LocalAws"]:
    """A cloud with only the last day's log lines: faster than the whole desk."""
    from watchbill.cloud.aws import desk_cloud
    from watchbill.cloud.snapshot import restore

    here = read_shell()
    with desk_cloud(here.endpoint_url) as cloud:
        if cloud.is_moto:
            restore(cloud, snapshot_folder(here.home, last_day(here.home).company), ["logs"])
        yield cloud


def fire_by_hand(desk: "Desk | RunningDesk", role: str, event: JsonObject | None = None) -> "Invocation":
    """Fires once, a simulated minute later, so that two fires by hand are two slots."""
    desk.set_now(desk.now() + timedelta(minutes=1))
    return desk.invoke_by_hand(role, event)


def wake_asker(role: str) -> "Invocation":
    """Fires the role that asked, after the owner's answer, then heartbeat, which records what the answer changed."""
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
