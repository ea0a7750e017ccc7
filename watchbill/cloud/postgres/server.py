"""Databases and logins on a Postgres server; each database is owned by a login with the rights that RDS gives."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, urlencode

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

CONNECT_SECONDS = 10
SELF_GRANT_SINCE = 160000  # from 16 on, making a role no longer makes one able to act as it
SELF_GRANT = "set, inherit"
CLOSE_TO_EVERYBODY = r"""
DO $$
BEGIN
  IF (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
    EXECUTE (
      SELECT string_agg(format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', oid::regprocedure), '; ') FROM pg_proc
      WHERE pronamespace = 'pg_catalog'::regnamespace
        AND (proname LIKE 'lo\_%' OR proname IN ('loread', 'lowrite', 'pg_notify'))
    );
    REVOKE CREATE ON SCHEMA public FROM PUBLIC;
  END IF;
END $$
"""
"""What any login may do in a new database: large objects without a limit, notes to all. Only a superuser takes it."""


@dataclass(frozen=True)
class Server:
    """A server and a login that may create databases and logins; `options` are further DSN parameters."""

    host: str
    port: int
    superuser: str
    password: str
    options: tuple[tuple[str, str], ...] = ()

    @classmethod
    def from_dsn(cls, dsn: str) -> "Server":
        """The server of an owner's DSN, with libpq's defaults for what it leaves out."""
        given = {key: str(value) for key, value in conninfo_to_dict(dsn).items()}
        given.pop("dbname", None)
        with psycopg.connect(dsn, connect_timeout=CONNECT_SECONDS) as connection:
            seen = connection.info
            for key in ("host", "hostaddr", "port", "user", "password"):
                given.pop(key, None)
            return cls(seen.host, seen.port, seen.user, seen.password, tuple(sorted(given.items())))

    def dsn(self, database: str = "postgres", user: str | None = None, password: str | None = None) -> str:
        """A DSN for a login; without `user`, for the server's own login."""
        if user is None:
            user, password = self.superuser, self.password
        secret = f":{quote(password, safe='')}" if password else ""
        return self._url(f"{quote(user, safe='')}{secret}@", database)

    def address(self, database: str) -> str:
        """The DSN without a login: the value of BRAIN_DSN for a function."""
        return self._url("", database)

    def connect(self, database: str = "postgres") -> "psycopg.Connection[tuple[object, ...]]":
        return psycopg.connect(self.dsn(database), autocommit=True, connect_timeout=CONNECT_SECONDS)

    def lacking_rights(self) -> str:
        """The statements that a superuser must run before the desk can use this login; empty when it can."""
        with self.connect() as connection:
            row = connection.execute(
                "SELECT rolsuper, rolcreatedb AND rolcreaterole,"
                " has_parameter_privilege(current_user, 'watchbill.simulated', 'SET')"
                " FROM pg_roles WHERE rolname = current_user"
            ).fetchone()
        is_superuser, may_create, may_simulate = row or (False, False, False)
        if is_superuser or (may_create and may_simulate):
            return ""
        login = sql.Identifier(self.superuser).as_string()
        return f"ALTER ROLE {login} CREATEDB CREATEROLE; GRANT SET ON PARAMETER watchbill.simulated TO {login};"

    def create_database(
        self, name: str, *, template: str | None = None, simulated_from: datetime | None = None
    ) -> None:
        """Creates a database; a simulated one gets its start time before anything else can run in it."""
        statement = "CREATE DATABASE {name} TEMPLATE {template}" + ("" if template else " ENCODING 'UTF8'")
        parts = {"name": sql.Identifier(name), "template": sql.Identifier(template or "template0")}
        with self.connect() as connection:
            connection.execute(sql.SQL(statement).format(**parts))
            if simulated_from is not None:
                begins_at = sql.Literal(simulated_from.isoformat())
                start_time = sql.SQL("ALTER DATABASE {name} SET watchbill.simulated = {begins_at}")
                connection.execute(start_time.format(begins_at=begins_at, **parts))
        with self.connect(name) as connection:
            connection.execute(CLOSE_TO_EVERYBODY)

    def close_own_databases(self) -> None:
        """For a server that is the desk's alone: no login of a company connects to the databases that came with it."""
        with self.connect() as connection:
            for name in ("postgres", "template1"):
                statement = sql.SQL("REVOKE CONNECT, TEMPORARY ON DATABASE {} FROM PUBLIC")
                connection.execute(statement.format(sql.Identifier(name)))

    def drop_database(self, name: str) -> None:
        """Drops it and ends its connections; no error when it does not exist."""
        with self.connect() as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def create_migrator(self, database: str, login: str, password: str) -> None:
        """The login that migrate connects as: owner of its database, CREATEROLE, no superuser. Repeatable."""
        parts = {
            "login": sql.Identifier(login),
            "password": sql.Literal(password),
            "name": sql.Identifier(database),
        }
        with self.connect() as connection:
            _let_creator_act_as_created(connection, "SET createrole_self_grant = {grant}")
            known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (login,)).fetchone()
            verb = "ALTER" if known else "CREATE"
            rights = "LOGIN CREATEROLE NOCREATEDB PASSWORD"
            connection.execute(sql.SQL(f"{verb} ROLE {{login}} {rights} {{password}}").format(**parts))
            _let_creator_act_as_created(connection, "ALTER ROLE {login} SET createrole_self_grant = {grant}", login)
            connection.execute(sql.SQL("ALTER DATABASE {name} OWNER TO {login}").format(**parts))

    def _url(self, login: str, database: str) -> str:
        """A host that is a folder (a socket) goes among the parameters: a URL has no other place for it."""
        is_folder = self.host.startswith("/")
        options = [*self.options, *([("host", self.host), ("port", str(self.port))] if is_folder else [])]
        host = "" if is_folder else f"[{self.host}]" if ":" in self.host else self.host
        place = host if is_folder else f"{host}:{self.port}"
        query = f"?{urlencode(options, quote_via=quote)}" if options else ""
        return f"postgresql://{login}{place}/{quote(database, safe='')}{query}"


def drop_company(server: Server, database: str, migrator: str, *, is_dead: bool = False) -> bool:
    """Drops a desk's database with its migrate login and the logins that it made. Repeatable after a kill.

    A database with connections is kept, and False is returned; with is_dead those connections are ended first.
    """
    with server.connect() as connection:
        if not _drop_unused(connection, database, is_dead=is_dead):
            return False
        _drop_migrator(connection, server, migrator)
    return True


def databases_named(server: Server, prefix: str) -> set[str]:
    """The databases of the server whose names begin so."""
    with server.connect() as connection:
        rows = connection.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", (prefix,))
        return {str(name) for (name,) in rows}


def _let_creator_act_as_created(
    connection: "psycopg.Connection[tuple[object, ...]]", statement: str, login: str = ""
) -> None:
    if connection.info.server_version >= SELF_GRANT_SINCE:
        parts = {"login": sql.Identifier(login), "grant": sql.Literal(SELF_GRANT)}
        connection.execute(sql.SQL(statement).format(**parts))


def _drop_unused(connection: "psycopg.Connection[tuple[object, ...]]", name: str, *, is_dead: bool) -> bool:
    """Checks for connections first: the server itself would wait seconds for them to end."""
    used = connection.execute("SELECT 1 FROM pg_stat_activity WHERE datname = %s", (name,)).fetchone()
    if used and not is_dead:
        return False
    how = sql.SQL(" WITH (FORCE)" if used else "")
    try:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}{}").format(sql.Identifier(name), how))
    except (psycopg.errors.ObjectInUse, psycopg.errors.InsufficientPrivilege):
        return False
    return True


def _drop_migrator(connection: "psycopg.Connection[tuple[object, ...]]", server: Server, login: str) -> None:
    """Drops a migrate login that owns nothing, after the logins that it made (only it may drop them)."""
    if login == server.superuser or not login.endswith("_migrate"):
        return
    known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (login,)).fetchone()
    owns = connection.execute(
        "SELECT 1 FROM pg_database JOIN pg_roles r ON r.oid = datdba WHERE rolname = %s", (login,)
    ).fetchone()
    if owns or not known:
        return
    made = connection.execute(
        "SELECT DISTINCT roleid::regrole::text FROM pg_auth_members"
        " WHERE admin_option AND member = (SELECT oid FROM pg_roles WHERE rolname = %s)",
        (login,),
    ).fetchall()
    connection.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(login)))
    for (role,) in made:
        connection.execute(sql.SQL("DROP ROLE " + str(role)))
    connection.execute("RESET ROLE")
    connection.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(login)))
