"""The database of the measurements: the desk's own Postgres, and a live company on it with the real staff."""

import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import psycopg
from psycopg.rows import DictRow, dict_row

from company.brain import Brain, connect
from company.brain.migrations import migrate
from company.records import read_staff
from company.settings import Settings
from watchbill.cloud.postgres.postgres_home import find_home
from watchbill.cloud.postgres.shared_server import Server, desk_server
from watchbill.cloud.template.build import Deployment, deploy_artefacts

CHECKOUT = Path(__file__).resolve().parents[1]
VERTICAL = "patchfirst"
PASSWORD = "not-a-secret"
SESSION_SECONDS = 900
LEASE_SECONDS = 960


@dataclass(frozen=True)
class BenchSession:
    """The part of a fire that claiming uses: an open session of a role."""

    brain: Brain
    session_id: int
    lease_seconds: int = LEASE_SECONDS


@dataclass
class BenchDatabase:
    """One migrated, live database; its connections are closed with it."""

    server: Server
    home: Path
    company: str
    name: str
    _open: list[psycopg.Connection[DictRow]] = field(default_factory=list)

    @cached_property
    def deployment(self) -> Deployment:
        return deploy_artefacts(CHECKOUT, self.home)

    @property
    def admin(self) -> psycopg.Connection[DictRow]:
        return self.connection(self.server.superuser, self.server.password)

    @property
    def migrator(self) -> psycopg.Connection[DictRow]:
        return self.connection(f"{self.company}_migrate", PASSWORD)

    def connection(self, login: str, password: str = PASSWORD) -> psycopg.Connection[DictRow]:
        dsn = self.server.dsn(self.name, login, password)
        opened = psycopg.connect(dsn, autocommit=True, row_factory=dict_row)
        self._open.append(opened)
        return opened

    def brain(self, role: str) -> Brain:
        settings = Settings(
            role=role,
            company=self.company,
            vertical=VERTICAL,
            brain_dsn=self.server.address(self.name),
            brain_password=PASSWORD,
            sql_dir=CHECKOUT / "sql",
        )
        brain = connect(settings)
        self._open.append(brain.connection)
        return brain

    def session(self, role: str, schedule: str = "by-hand-bench") -> BenchSession:
        """A session of this role that stays open as long as a measurement may take."""
        brain = self.brain(role)
        opened = brain.one(
            "open_session",
            schedule=f"{schedule}-{secrets.token_hex(3)}",
            due_at=brain.now(),
            request_id="bench",
            lasts_seconds=SESSION_SECONDS,
        )
        assert opened is not None
        return BenchSession(brain, int(opened["session_id"]))

    def environment(self, role: str) -> dict[str, str]:
        """The environment of a function of this role."""
        return {
            "ROLE": role,
            "COMPANY": self.company,
            "VERTICAL": VERTICAL,
            "BRAIN_DSN": self.server.address(self.name),
            "BRAIN_PASSWORD": PASSWORD,
            "SQL_DIR": str(self.deployment.sql_dir),
            "LOG_LEVEL": "INFO",
        }

    @contextmanager
    def copied(self) -> Iterator["BenchDatabase"]:
        """The same company in a fresh copy of its database, dropped afterwards. This one must have no connections."""
        copy = BenchDatabase(self.server, self.home, self.company, f"{self.name}_{secrets.token_hex(3)}")
        self.server.create_database(copy.name, template=self.name)
        self.server.create_migrator(copy.name, f"{self.company}_migrate", PASSWORD)
        try:
            yield copy
        finally:
            copy.close()
            self.server.drop_database(copy.name)

    def close(self) -> None:
        for connection in self._open:
            connection.close()


@contextmanager
def bench_database() -> Iterator[BenchDatabase]:
    """A server in a temporary folder, stopped and removed at the end."""
    home = Path(tempfile.mkdtemp(prefix="watchbill-bench-"))
    try:
        with desk_server(home) as server:
            database = _create(server, home)
            with closing(database):
                yield database
    finally:
        shutil.rmtree(find_home(home).base)
        shutil.rmtree(home, ignore_errors=True)


def _create(server: Server, home: Path) -> BenchDatabase:
    company = f"bench_{secrets.token_hex(3)}"
    server.create_database(company)
    database = BenchDatabase(server, home, company, company)
    migrate_company(database)
    return database


def migrate_company(database: BenchDatabase) -> None:
    """Makes its migrator where it is missing, and migrates it with the real staff."""
    database.server.create_migrator(database.name, f"{database.company}_migrate", PASSWORD)
    migrate(
        database.server.dsn(database.name, f"{database.company}_migrate", PASSWORD),
        sql_dir=CHECKOUT / "sql",
        company=database.company,
        vertical=VERTICAL,
        staff=read_staff(CHECKOUT / "functions"),
        product_text="",
        password_of=lambda _: PASSWORD,
    )
