"""`watchbill dsn`: prints how to reach the last day's brain with psql or another tool."""

import typer

from watchbill.cli.printing import say


def dsn(
    role: str = typer.Option(
        "owner", "--as", metavar="ROLE", help="The role to connect as; the database allows what that role may do."
    ),
    as_json: bool = typer.Option(False, "--json", help="Print it as JSON."),
) -> None:
    """Print the DSN of the last day's brain, and keep its Postgres running until it was idle for 30 minutes."""
    from watchbill.cli.last_desk import open_server, password_of
    from watchbill.cli.printing import show_json
    from watchbill.cli.shell_settings import read_shell
    from watchbill.cloud.postgres.shared_server import keep_up
    from watchbill.home import last_day

    here = read_shell()
    day = last_day(here.home)
    password = password_of(day, role)
    with open_server(day) as server:
        found = server.dsn(day.database, f"{day.company}_{role}", password)
        if here.desk_postgres is None:
            keep_up(here.home)
    if as_json:
        show_json({"dsn": found, "role": role, "database": day.database})
        return
    say(found)
    say(
        f'psql "$(watchbill dsn{"" if role == "owner" else f" --as {role}"})"   (Postgres stops after 30 idle minutes)',
        err=True,
    )
