"""`watchbill up`: the company in real time on this machine, until Ctrl-C; it goes on where it was left."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from watchbill.cloud.retries import AttemptResult


def up(
    live: bool = typer.Option(False, "--live", help="Read the publishers' own feeds; without it, the sample."),
    minutes: float = typer.Option(None, "--for", min=0, metavar="MINUTES", help="End by itself after so long."),
    afresh: bool = typer.Option(False, "--afresh", help="A new company, in place of the one that was left."),
    as_json: bool = typer.Option(False, "--json", help="Print each fire as a line of JSON."),
) -> None:
    """Run the company in real time until Ctrl-C. After a pause, each schedule does what its record says."""
    from watchbill.cli.shell_settings import read_shell
    from watchbill.days.up import UpOptions, run_up

    here = read_shell()
    options = UpOptions(
        home=here.home,
        vertical=here.vertical,
        live=live,
        lasts=None if minutes is None else timedelta(minutes=minutes),
        afresh=afresh,
        endpoint_url=here.endpoint_url,
        desk_postgres=here.desk_postgres,
    )
    typer.echo("the company is up; end it with Ctrl-C, go on with `watchbill up`", err=True)
    run_up(options, _as_json if as_json else _told, lambda step: typer.echo(step, err=True))


def _told(fire: "AttemptResult") -> None:
    from watchbill.cli.printing import harmless

    came_to = fire.invocation.payload if isinstance(fire.invocation.payload, dict) else {}
    what = came_to.get("reason") or came_to.get("evidence") or came_to.get("errorMessage") or ""
    outcome = came_to.get("outcome", fire.invocation.status)
    typer.echo(harmless(f"{fire.attempt.due_at:%a %H:%M}  {fire.attempt.schedule:<20} {outcome:<8} {what}"))


def _as_json(fire: "AttemptResult") -> None:
    import json

    line: dict[str, Any] = {
        "schedule": fire.attempt.schedule,
        "due_at": fire.attempt.due_at.isoformat(),
        "started_at": fire.attempt.start_at.isoformat(),
        "status": fire.invocation.status,
        "came_to": fire.invocation.payload,
    }
    typer.echo(json.dumps(line, default=str))
