"""The login in which a changed statement is tried: it reads what the product's statements read, and can do no more.

It is let in for one trial, with a password that nobody keeps. Each statement is one of a read-only transaction of its
own, which is taken back, with a limit of time and of rows; after each, whatever it had set or locked is given up.
"""

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic

import psycopg
from psycopg.conninfo import make_conninfo
from psycopg.rows import DictRow, dict_row

from company.errors import ToolError
from company.fire.fire import Fire

LOGIN = "trials"
SECONDS = 20
MOST_ROWS = 200_000


class StatementFailed(ToolError):
    """A statement that the database refused, that took too long, or that gave too many rows."""


@dataclass(frozen=True)
class TrialLogin:
    """Reads by statements that nobody trusts."""

    connection: psycopg.Connection[DictRow]

    def ask(self, statement: str, columns: str, values: Mapping[str, object]) -> tuple[list[DictRow], float]:
        """These columns of what a statement gives, and the milliseconds that it took; StatementFailed says why not.

        The statement stands in brackets, where Postgres takes one question and nothing that writes.
        """
        text = f"SELECT {columns} FROM (\n{statement}\n) AS given LIMIT %(most_rows)s"
        begun = monotonic()
        try:
            with self.connection.transaction(force_rollback=True):
                self.connection.execute("SET TRANSACTION READ ONLY")
                self.connection.execute(f"SET LOCAL statement_timeout = '{SECONDS}s'")
                found = self.connection.execute(text.encode(), {**values, "most_rows": MOST_ROWS + 1}).fetchall()
        except (psycopg.Error, TypeError, ValueError) as error:
            raise StatementFailed(" ".join(str(error).split())[:300]) from error
        finally:
            if not self.connection.closed:
                self.connection.execute("DISCARD ALL")
        if len(found) > MOST_ROWS:
            raise StatementFailed(f"it gives more than {MOST_ROWS:,} rows")
        return found, round((monotonic() - begun) * 1000, 1)


@contextmanager
def trial_login(fire: Fire) -> Iterator[TrialLogin]:
    """Lets the login in, and out again."""
    login, password = f"{fire.settings.company}_{LOGIN}", secrets.token_urlsafe(24)
    own = fire.brain.connection
    verifier = own.pgconn.encrypt_password(password.encode(), login.encode(), b"scram-sha-256").decode()
    fire.brain.run("open_trial", session_id=fire.session_id, verifier=verifier)
    try:
        address = make_conninfo(own.info.dsn, user=login, application_name="trial")
        with psycopg.connect(address, password=password, autocommit=True, row_factory=dict_row) as connection:
            yield TrialLogin(connection)
    except psycopg.OperationalError as error:
        raise StatementFailed(f"no trial in the database: {' '.join(str(error).split())[:200]}") from error
    finally:
        fire.brain.run("close_trial", session_id=fire.session_id)
