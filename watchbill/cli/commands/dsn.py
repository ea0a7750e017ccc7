"""`watchbill dsn`: prints how to reach the last day's brain with psql or another tool."""

from typing import TYPE_CHECKING

import typer

from watchbill.cli import completing
from watchbill.cli.printing import say

if TYPE_CHECKING:
    from watchbill.cli.stack import StackCompany


def dsn(
    role: str = typer.Option(
        "owner",
        "--as",
        metavar="ROLE",
        autocompletion=completing.ROLE,
        help="The role to connect as; the database allows what that role may do.",
    ),
    as_json: bool = typer.Option(False, "--json", help="Print it as JSON."),
) -> None:
    """Print the DSN of the last day's brain, and keep its Postgres running until it was idle for 30 minutes.

    With --aws it is the stack's brain, over TLS, with the login's password from SSM.
    """
    from watchbill.cli.last_desk import open_server, password_of
    from watchbill.cli.shell_settings import read_shell
    from watchbill.cli.stack import chosen_company
    from watchbill.cloud.postgres.shared_server import keep_up
    from watchbill.home import last_day

    if company := chosen_company():
        _print(_of_stack(company, role), role, company.as_day().database, as_json=as_json)
        return
    here = read_shell()
    day = last_day(here.home)
    password = password_of(day, role)
    with open_server(day) as server:
        found = server.dsn(day.database, f"{day.company}_{role}", password)
        if here.desk_postgres is None:
            keep_up(here.home)
    _print(found, role, day.database, as_json=as_json)
    if not as_json:
        option = "" if role == "owner" else f" --as {role}"
        say(f'psql "$(watchbill dsn{option})"   (Postgres stops after 30 idle minutes)', err=True)


def _of_stack(company: "StackCompany", role: str) -> str:
    """Over TLS, with the password from SSM."""
    from psycopg.conninfo import make_conninfo

    from company.brain.connection import with_network

    login = company.login(role)
    dsn = _with_lasting_authorities(with_network(login.brain_dsn))
    return make_conninfo(dsn, user=login.login, password=login.brain_password)


def _with_lasting_authorities(dsn: str) -> str:
    """psql reads the file of authorities after this process has ended, and its own file with it."""
    from psycopg.conninfo import conninfo_to_dict, make_conninfo

    from company.brain import authorities
    from watchbill.cli.shell_settings import home

    if conninfo_to_dict(dsn).get("sslrootcert") != str(authorities.bundle()):
        return dsn
    lasting = home() / "authorities.pem"
    lasting.write_bytes(authorities.bundle().read_bytes())
    return make_conninfo(dsn, sslrootcert=str(lasting))


def _print(found: str, role: str, database: str, *, as_json: bool) -> None:
    from watchbill.cli.printing import show_json

    if as_json:
        show_json({"dsn": found, "role": role, "database": database})
    else:
        say(found)
