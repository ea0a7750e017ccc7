"""A company on the owner's desk: its Postgres, its cloud and its functions, opened together and closed together.

A new desk is deployed as `sam deploy` would do; the last one is reopened from its saved state.
"""

import atexit
import gc
import secrets
import uuid
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path

import psycopg

from company.aws.clients import fetch_secret, fetch_secrets, login_parameter
from company.brain import Brain
from company.json_values import JsonObject
from company.vertical import Vertical, load
from watchbill.cloud.aws import LocalAws, desk_cloud, read_moto_ahead
from watchbill.cloud.live_versions import LiveVersions
from watchbill.cloud.logs import LogWriter
from watchbill.cloud.mail_events import MailEventPublisher
from watchbill.cloud.postgres.server import Server
from watchbill.cloud.postgres.shared_server import desk_server
from watchbill.cloud.runtime import Invocation, Runtime
from watchbill.cloud.runtime.fork_server import fork_server
from watchbill.cloud.switching import switch_schedule
from watchbill.cloud.template.build import Deployment, deploy_artefacts
from watchbill.cloud.template.loader import Deployed, deploy
from watchbill.cloud.template.product_template import template_of
from watchbill.desk.brain_logins import connected
from watchbill.desk.companies import database_of, living, remove_dead, server_name
from watchbill.desk.fault_overrides import FaultOverrides
from watchbill.desk.first_migration import FirstMigration
from watchbill.desk.functions import libraries_for, runtime_of, template_parameters
from watchbill.desk.model_access import ModelAccess
from watchbill.desk.outages import Outages
from watchbill.desk.owners_secrets import store_feed_keys
from watchbill.desk.release import note_release
from watchbill.home import CHECKOUT, LastDay, snapshot_folder
from watchbill.staffing.checking import require_workable_once

COLLECTS_AFTER = (50_000, 20, 100)
"""How much the desk makes before Python looks for what can be freed: moto's and botocore's objects are a million."""
WALL_LIMIT_SECONDS = 45.0
"""The longest wait for a hung fire, whatever its timeout; its simulated end follows its timeout."""


@dataclass(frozen=True)
class Plan:
    """The options of a desk. data_kind is shown on every page; begins_at starts simulated time."""

    home: Path
    vertical: str
    data_kind: str
    begins_at: datetime | None = None
    endpoint_url: str | None = None
    desk_postgres: str | None = None
    model: ModelAccess | None = None


@dataclass
class Desk:
    """An open desk. Everything in it is closed by the `with` that opened it."""

    plan: Plan
    server: Server
    cloud: LocalAws
    deployment: Deployment
    deployed: Deployed
    runtime: Runtime
    database: str
    company: str
    logs: LogWriter
    outages: Outages
    live: LiveVersions
    overrides: FaultOverrides = field(default_factory=FaultOverrides)

    @property
    def vertical(self) -> Vertical:
        return load(self.plan.vertical)

    @property
    def owner_timezone(self) -> str:
        """As the template's BriefAt has it, which every function is given."""
        return next(iter(self.deployed.functions)).spec.environment.get("OWNER_TIMEZONE", "UTC")

    def invoke(self, role: str, event: JsonObject, request_id: str) -> Invocation:
        """Runs a role's function once and stores its log lines in the cloud."""
        return self.invoke_function(self.deployed.function(role).name, event, request_id)

    def invoke_function(self, name: str, event: JsonObject, request_id: str) -> Invocation:
        """The same by the function's name, as the scheduler knows it."""
        self.live.follow(name)
        invocation = self.overrides.run(name, event, request_id) or self.runtime.invoke(
            name, event, request_id=request_id, wall_limit_seconds=WALL_LIMIT_SECONDS
        )
        self.logs.write(invocation)
        if not invocation.is_ok:
            self.outages.check()
        return invocation

    def invoke_by_hand(self, role: str, event: JsonObject | None = None) -> Invocation:
        """One fire outside every schedule, at the brain's time; its mail arrives at once."""
        now = self.now()
        moment = now.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        event = event or {"role": role, "schedule": f"by-hand-{role}", "due_at": moment, "attempt": "1"}
        mail_events = MailEventPublisher(self.cloud, self.deployed)
        done = self.invoke(role, event, str(uuid.uuid4()))
        mail_events.publish_new(self.now())
        return done

    @property
    def roles(self) -> list[str]:
        return sorted(function.role for function in self.deployed.functions if function.role)

    def switch(self, schedule: str, *, on: bool) -> str:
        return switch_schedule(self.cloud, self.deployed.schedule_group, schedule, on=on)

    def set_now(self, moment: datetime) -> None:
        """Moves the brain's simulated clock."""
        self.run_as_migrate("UPDATE company.clock SET simulated_now = %s", (moment,))

    def tick_database_clock(self) -> int:
        """Runs once what pg_cron runs on a server that has it; returns the number of alarms."""
        return self.run_as_migrate("SELECT * FROM company.database_clock()").rowcount

    def run_as_migrate(self, statement: str, values: tuple[object, ...] = ()) -> "psycopg.Cursor[tuple[object, ...]]":
        """Runs a statement as the owner of the tables; again after the server was killed: each may be repeated."""
        return self.outages.surviving(lambda: self._clock.execute(statement.encode(), values or None))

    def now(self) -> datetime:
        """The brain's time."""
        row = self.run_as_migrate("SELECT company.now()").fetchone()
        assert row is not None and isinstance(row[0], datetime), "company.now() returns one timestamp"
        return row[0]

    def password(self, role: str) -> str:
        """The password of a role's login, from the parameter that migrate wrote."""
        return fetch_secret(self.cloud, login_parameter(self.company, role))

    def logins(self) -> dict[str, str]:
        """The password of every role that the brain knows and that can log in."""
        with self.brain() as brain:
            names = {row["role"]: login_parameter(self.company, row["role"]) for row in brain.all("roster_roles")}
        kept = fetch_secrets(self.cloud, list(names.values()))
        return {role: kept[name] for role, name in names.items() if name in kept}

    @contextmanager
    def brain(self, role: str = "owner") -> Iterator[Brain]:
        """The brain, connected as a role by its own login."""
        address = self.server.address(self.database)
        brain = self.outages.surviving(
            lambda: connected(address, self.company, self.plan.vertical, role, self.password(role))
        )
        with closing(brain.connection):
            yield brain

    @property
    def _clock(self) -> "psycopg.Connection[tuple[object, ...]]":
        if self._clock_connection is None or self._clock_connection.closed:
            login = f"{self.company}_migrate"
            dsn = self.server.dsn(self.database, login, self.password("migrate"))
            self._clock_connection = psycopg.connect(dsn, autocommit=True)
        return self._clock_connection

    _clock_connection: "psycopg.Connection[tuple[object, ...]] | None" = None

    def close(self) -> None:
        """Closes the clock's connection; the `with` that opened the desk closes the rest."""
        if self._clock_connection is not None:
            self._clock_connection.close()


@contextmanager
def new_desk(
    plan: Plan, feed_urls: Callable[[Vertical], Mapping[str, str]], report: Callable[[str], None]
) -> Iterator[Desk]:
    """Deploys a new company: a fresh simulated brain, a fresh cloud, every function. report is called for each step."""
    _import_ahead(plan)
    report("copying what is deployed")
    deployment = deploy_artefacts(CHECKOUT, plan.home)
    require_workable_once(CHECKOUT, plan.vertical, deployment.digest, plan.home / "cache")
    with ExitStack() as stack:
        report("starting Postgres")
        outages = _server(stack, plan)
        company, password = f"desk_{secrets.token_hex(3)}", secrets.token_urlsafe(24)
        stack.enter_context(living(plan.home, company, server_name(outages.server, plan.desk_postgres)))
        with ThreadPoolExecutor(2) as beside:  # the server works while this process makes the cloud
            prepared = beside.submit(_prepare_server, plan, outages, company, password)
            migration = FirstMigration(beside, prepared, outages, company, password, WALL_LIMIT_SECONDS)
            desk = _open(stack, plan, deployment, outages, company, feed_urls, report, migration)
            store_feed_keys(desk.cloud, company, desk.vertical)
            report("migrating the brain: migrations, doctrine, records, logins")
            migration.finish(desk.logs.write, desk.invoke_function)
        note_release(plan.home, company, desk.deployment, plan.vertical)
        desk.runtime.warm_up()
        yield desk


def _prepare_server(plan: Plan, outages: Outages, company: str, password: str) -> None:
    """Nothing of dead companies, and an empty database for this one."""
    outages.surviving(lambda: remove_dead(plan.home, outages.server, plan.desk_postgres))
    outages.surviving(lambda: _create_database(outages.server, company, password, plan.begins_at))


def _import_ahead(plan: Plan) -> None:
    """What waits for nothing: the functions' libraries are imported, and moto's services, while Postgres starts."""
    gc.set_threshold(*COLLECTS_AFTER)
    atexit.register(gc.freeze)  # at the end nothing is looked through once more: that took a second
    fork_server(*libraries_for(plan.model))
    if plan.endpoint_url is None:
        read_moto_ahead()


def _server(stack: ExitStack, plan: Plan) -> Outages:
    server = stack.enter_context(desk_server(plan.home, desk_postgres=plan.desk_postgres))
    return Outages(plan.home, server, plan.desk_postgres)


def _create_database(server: Server, company: str, password: str, simulated_from: datetime | None) -> None:
    """An empty database, new also when this is repeated, and the login that migrate uses."""
    database = database_of(company)
    server.drop_database(database)
    server.create_database(database, simulated_from=simulated_from)
    server.create_migrator(database, f"{company}_migrate", password)


@contextmanager
def last_desk(plan: Plan, day: LastDay, feed_urls: Callable[[Vertical], Mapping[str, str]]) -> Iterator[Desk]:
    """Reopens the last day's company: its brain as it is, its cloud from the snapshot.

    A checkout with another product is deployed by this, as `sam deploy` would, in the place of deployed changes."""
    from watchbill.cloud.snapshots.snapshot import VERSIONS, restore  # noqa: PLC0415

    with ExitStack() as stack:
        outages = _server(stack, plan)
        stack.enter_context(living(plan.home, day.company, server_name(outages.server, plan.desk_postgres)))
        deployment = deploy_artefacts(CHECKOUT, plan.home)
        desk = _open(stack, plan, deployment, outages, day.company, feed_urls, lambda _: None)
        is_as_released = note_release(plan.home, day.company, desk.deployment, plan.vertical)
        restore(desk.cloud, snapshot_folder(plan.home, day.company), without=() if is_as_released else (VERSIONS,))
        yield desk


def _open(
    stack: ExitStack,
    plan: Plan,
    deployment: Deployment,
    outages: Outages,
    company: str,
    feed_urls: Callable[[Vertical], Mapping[str, str]],
    report: Callable[[str], None],
    migration: FirstMigration | None = None,
) -> Desk:
    database = database_of(company)
    report("creating the cloud: every resource of infra/template.yaml")
    cloud = stack.enter_context(desk_cloud(plan.endpoint_url))
    product = load(plan.vertical)
    parameters = template_parameters(company, outages.server.address(database), feed_urls(product), plan.model)
    runtime = stack.enter_context(runtime_of(deployment, cloud, company, plan.data_kind, plan.model))
    begin = partial(migration.begin, cloud, runtime) if migration else None
    cache = plan.home / "cache"
    deployed = deploy(cloud, template_of(CHECKOUT, product, cache), parameters, cache, begin)
    for function in deployed.functions:
        runtime.define_once(function.spec)
    live = LiveVersions(cloud, deployed, runtime, runtime.folder("layers"))
    logs = LogWriter(cloud)
    desk = Desk(plan, outages.server, cloud, deployment, deployed, runtime, database, company, logs, outages, live)
    stack.callback(desk.close)
    return desk
