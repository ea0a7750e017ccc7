"""The ground the measuring stands on: the desk's own Postgres, and a live company on it with the real staff."""

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
from watchbill.cloud.build import Deployment, deploy_artefacts
from watchbill.cloud.postgres.postgres_home import find_home
from watchbill.cloud.postgres.shared_server import Server, desk_server

CHECKOUT = Path(__file__).resolve().parents[1]
VERTICAL = "patchfirst"
PASSWORD = "not-a-secret"
SESSION_SECONDS = 900
LEASE_SECONDS = 960


@dataclass(frozen=True)
class BenchSession:
    """As much of a fire as claiming asks for: a living session of a role."""

    brain: Brain
    session_id: int
    lease_seconds: int = LEASE_SECONDS


@dataclass
class BenchDatabase:
    """One migrated, live database; everything opened here is closed with it."""

    server: Server
    home: Path
    company: str
    database: str
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
        dsn = self.server.dsn(self.database, login, password)
        opened = psycopg.connect(dsn, autocommit=True, row_factory=dict_row)
        self._open.append(opened)
        return opened

    def brain(self, role: str) -> Brain:
        settings = Settings(
            role=role,
            company=self.company,
            vertical=VERTICAL,
            brain_dsn=self.server.address(self.database),
            brain_password=PASSWORD,
            sql_dir=CHECKOUT / "sql",
        )
        brain = connect(settings)
        self._open.append(brain.connection)
        return brain

    def holder(self, role: str, schedule: str = "by-hand-bench") -> BenchSession:
        """A session of this role that lives as long as the measuring may take."""
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
        """What a function of this role finds in its environment."""
        return {
            "ROLE": role,
            "COMPANY": self.company,
            "VERTICAL": VERTICAL,
            "BRAIN_DSN": self.server.address(self.database),
            "BRAIN_PASSWORD": PASSWORD,
            "SQL_DIR": str(self.deployment.sql_dir),
            "LOG_LEVEL": "INFO",
        }

    @contextmanager
    def copied(self) -> Iterator["BenchDatabase"]:
        """The same company in a fresh copy of its database, dropped afterwards. Nobody may be connected to this one."""
        copy = BenchDatabase(self.server, self.home, self.company, f"{self.database}_{secrets.token_hex(3)}")
        self.server.create_database(copy.database, template=self.database)
        self.server.create_migrator(copy.database, f"{self.company}_migrate", PASSWORD)
        try:
            yield copy
        finally:
            copy.close()
            self.server.drop_database(copy.database)

    def close(self) -> None:
        for connection in self._open:
            connection.close()


@contextmanager
def bench_database() -> Iterator[BenchDatabase]:
    """A server in a passing home, stopped and removed at the end."""
    home = Path(tempfile.mkdtemp(prefix="watchbill-bench-"))
    try:
        with desk_server(home) as server:
            ground = _found(server, home)
            with closing(ground):
                yield ground
    finally:
        shutil.rmtree(find_home(home).base)
        shutil.rmtree(home, ignore_errors=True)


def _found(server: Server, home: Path) -> BenchDatabase:
    company = f"bench_{secrets.token_hex(3)}"
    server.create_database(company)
    server.create_migrator(company, f"{company}_migrate", PASSWORD)
    migrate(
        server.dsn(company, f"{company}_migrate", PASSWORD),
        sql_dir=CHECKOUT / "sql",
        company=company,
        vertical=VERTICAL,
        staff=read_staff(CHECKOUT / "functions"),
        product_text="",
        password_of=lambda _: PASSWORD,
    )
    return BenchDatabase(server, home, company, company)
