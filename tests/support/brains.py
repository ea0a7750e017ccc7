"""Brains for tests: one migrated template for each session, and a copy of it for each test."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import psycopg
from psycopg import sql
from psycopg.rows import DictRow, dict_row

from company.brain import Brain, connect
from company.brain.migrations import GROUPS, Migrated, migrate
from company.brain.sql import explain
from company.records import Record
from company.settings import Settings
from tests.support.staff import staff
from watchbill.cloud.postgres.server import Server

SQL = Path(__file__).resolve().parents[2] / "sql"
VERTICAL = "patchfirst"
MORNING = datetime(2026, 3, 11, 7, tzinfo=UTC)
"""The time at which every test's clock starts."""
PASSWORD = "not-a-secret"


@dataclass(frozen=True)
class Company:
    """One company on the test server: its prefix, and the database that is copied for each test."""

    server: Server
    name: str
    template: str
    admin: psycopg.Connection[Any]
    tablespace: str | None = None
    to_drop: list[str] = field(default_factory=list)
    """Databases of tests that ended."""

    def drop_later(self, database: str) -> None:
        """Drops the databases of earlier tests, and this one with the next: by then its backends have left.

        For one that is about to leave Postgres sleeps 100 ms, and it is none of pg_stat_activity any more by then.
        """
        self.drop_all()
        self.to_drop.append(database)

    def drop_all(self) -> None:
        """Drops what was to be dropped; no error for one that was never created."""
        while self.to_drop:
            name = sql.Identifier(self.to_drop.pop())
            self.admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))

    @property
    def migrator(self) -> str:
        return f"{self.name}_migrate"

    def migrate(self, database: str, *, sql_dir: Path = SQL, people: dict[str, Record] | None = None) -> Migrated:
        """Migrates as the migrate machine does, with its login."""
        return migrate(
            self.server.dsn(database, self.migrator, PASSWORD),
            sql_dir=sql_dir,
            company=self.name,
            vertical=VERTICAL,
            staff=staff() if people is None else people,
            product_text="What a test company sells.",
            password_of=lambda _: PASSWORD,
        )


@dataclass
class TestBrain:
    """A brain of one test, reached as any role, as the owner, as migrate or as superuser."""

    __test__ = False

    company: Company
    name: str
    _open: list[psycopg.Connection[Any]] = field(default_factory=list)
    _kept: dict[str, Brain] = field(default_factory=dict)
    _past_grants: dict[str, psycopg.Connection[DictRow]] = field(default_factory=dict)

    @property
    def dsn(self) -> str:
        """Without a login, as a function gets it."""
        return self.company.server.address(self.name)

    def settings(self, role: str, **more: Any) -> Settings:
        return Settings(
            role=role,
            company=self.company.name,
            vertical=VERTICAL,
            brain_dsn=self.dsn,
            sql_dir=SQL,
            **{"brain_password": PASSWORD, **more},
        )

    def connect(self, role: str) -> Brain:
        """A new connection as this role's own login; closed when the test ends."""
        brain = connect(self.settings(role))
        self._open.append(brain.connection)
        return brain

    def as_role(self, role: str) -> Brain:
        """The same, but one connection for the whole test."""
        if role not in self._kept:
            self._kept[role] = self.connect(role)
        return self._kept[role]

    def forget(self, role: str) -> None:
        """The role's next call makes a new connection."""
        self._kept.pop(role).connection.close()

    def sql(self, role: str, statement: str, **values: Any) -> list[DictRow]:
        """Plain SQL as a role, on its one connection; what Postgres refuses comes as the company's error."""
        return run_sql(self.as_role(role).connection, statement, **values)

    @property
    def owner(self) -> Brain:
        return self.as_role("owner")

    @property
    def admin(self) -> psycopg.Connection[DictRow]:
        """The server's superuser, to whom no rule but a trigger or a constraint applies."""
        return self.login(self.company.server.superuser, self.company.server.password)

    @property
    def migrator(self) -> psycopg.Connection[DictRow]:
        """The owner of every table and function: CREATEROLE, no superuser."""
        return self.login(self.company.migrator, PASSWORD)

    def as_login(self, which: Literal["migrate", "superuser"]) -> psycopg.Connection[DictRow]:
        """The same connection each time, past every grant: for the owner of the tables, and for the server's own."""
        if which not in self._past_grants:
            self._past_grants[which] = self.migrator if which == "migrate" else self.admin
        return self._past_grants[which]

    def login(self, user: str, password: str = PASSWORD) -> psycopg.Connection[DictRow]:
        """A new connection as any login."""
        dsn = self.company.server.dsn(self.name, user, password)
        connection = psycopg.connect(dsn, autocommit=True, row_factory=dict_row, options="-c timezone=UTC")
        self._open.append(connection)
        return connection

    def now(self) -> datetime:
        return self.owner.now()

    def set_now(self, moment: datetime) -> None:
        """The company's clock, as the desk sets it."""
        self.as_login("superuser").execute("UPDATE company.clock SET simulated_now = %s", (moment,))

    def wait(self, **span: float) -> datetime:
        """Moves the company's clock: wait(minutes=5)."""
        moment = self.now() + timedelta(**span)
        self.set_now(moment)
        return moment

    def close(self) -> None:
        for connection in self._open:
            connection.close()


def run_sql(connection: psycopg.Connection[DictRow], statement: str, **values: Any) -> list[DictRow]:
    """Plain SQL; what Postgres refuses comes as the company's error."""
    try:
        cursor = connection.execute(statement.encode(), values or None)
        return cursor.fetchall() if cursor.description else []
    except psycopg.Error as error:
        raise explain(error) from error


@contextmanager
def migrated_company(server: Server, *, tablespace: str | None = None) -> Iterator[Company]:
    """A company with a prefix of its own on the server; its clock is at MORNING."""
    name = f"test_{secrets.token_hex(4)}"
    with server.connect() as admin:
        company = Company(server, name, f"{name}_template", admin, tablespace)
        server.create_database(company.template, simulated_from=MORNING)
        server.create_migrator(company.template, company.migrator, PASSWORD)
        company.migrate(company.template)
        with server.connect(company.template) as past_every_grant:
            # An owner does this before any model works; a test of the approvals closes it again.
            past_every_grant.execute("UPDATE company.approvals SET level = 'open' WHERE action = 'act_by_model'")
        try:
            yield company
        finally:
            company.drop_all()


@contextmanager
def brain_of(company: Company) -> Iterator[TestBrain]:
    """A copy of the template, dropped afterwards."""
    with _lent_brain(company) as brain:
        _copy(company, brain.name)
        _set_owner_and_rights(company, brain.name)
        yield brain


@contextmanager
def live_brain_of(company: Company) -> Iterator[TestBrain]:
    """A brain that was not created as simulated, migrated by the same login; dropped afterwards."""
    with empty_brain_of(company) as brain:
        company.migrate(brain.name)
        yield brain


@contextmanager
def empty_brain_of(company: Company) -> Iterator[TestBrain]:
    """A database of the company's that nobody migrated yet; dropped afterwards."""
    with _lent_brain(company) as brain:
        company.server.create_database(brain.name)
        _set_owner_and_rights(company, brain.name)
        yield brain


@contextmanager
def _lent_brain(company: Company) -> Iterator[TestBrain]:
    """The name of a database that is not there yet, and its connections, closed at the end."""
    brain = TestBrain(company, f"{company.name}_{secrets.token_hex(4)}")
    try:
        yield brain
    finally:
        brain.close()
        company.drop_later(brain.name)


def _copy(company: Company, database: str) -> None:
    """File by file: without fsync a few times quicker than through the log."""
    statement = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY TABLESPACE {}")
    tablespace = sql.Identifier(company.tablespace or "pg_default")
    company.admin.execute(statement.format(sql.Identifier(database), sql.Identifier(company.template), tablespace))


def _set_owner_and_rights(company: Company, database: str) -> None:
    """A copy of a template keeps neither owner nor rights of the database itself."""
    groups = sql.SQL(", ").join(sql.Identifier(f"{company.name}_{group}") for group in GROUPS)
    parts = {"name": sql.Identifier(database), "owner": sql.Identifier(company.migrator), "groups": groups}
    company.admin.execute(sql.SQL("ALTER DATABASE {name} OWNER TO {owner}").format(**parts))
    company.admin.execute(sql.SQL("REVOKE ALL ON DATABASE {name} FROM PUBLIC").format(**parts))
    company.admin.execute(sql.SQL("GRANT CONNECT ON DATABASE {name} TO {groups}").format(**parts))


@contextmanager
def rotated(brain: TestBrain, role: str, password: str) -> Iterator[None]:
    """A role's login has another password; logins are the whole server's, so it is taken back."""
    statement = sql.SQL("ALTER ROLE {} PASSWORD {}")
    login = sql.Identifier(f"{brain.company.name}_{role}")
    brain.admin.execute(statement.format(login, sql.Literal(password)))
    try:
        yield
    finally:
        brain.admin.execute(statement.format(login, sql.Literal(PASSWORD)))
