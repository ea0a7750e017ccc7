"""`watchbill up`: runs the company in real time on this machine until Ctrl-C, and continues where it stopped."""

from datetime import timedelta
from typing import TYPE_CHECKING

import typer

from company.json_values import JsonObject
from watchbill.cli.printing import say

if TYPE_CHECKING:
    from watchbill.cloud.retries import AttemptResult


def up(
    live: bool = typer.Option(False, "--live", help="Read the publishers' own feeds instead of the sample."),
    minutes: float = typer.Option(None, "--for", min=0, metavar="MINUTES", help="Stop after this many minutes."),
    afresh: bool = typer.Option(False, "--afresh", help="Start a new company; do not continue the last one."),
    as_json: bool = typer.Option(False, "--json", help="Print each fire as one line of JSON."),
) -> None:
    """Run the company in real time until Ctrl-C. After a pause the missed-fire policy of each role applies."""
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
    say("the company is running; stop it with Ctrl-C, continue with `watchbill up`", err=True)
    run_up(options, _as_json if as_json else _print_fire, lambda step: say(step, err=True))


def _print_fire(fire: "AttemptResult") -> None:

    result = fire.invocation.payload if isinstance(fire.invocation.payload, dict) else {}
    what = result.get("reason") or result.get("evidence") or result.get("errorMessage") or ""
    outcome = result.get("outcome", fire.invocation.status)
    say(f"{fire.attempt.due_at:%a %H:%M}  {fire.attempt.schedule:<20} {outcome:<8} {what}")


def _as_json(fire: "AttemptResult") -> None:
    import json

    line: JsonObject = {
        "schedule": fire.attempt.schedule,
        "due_at": fire.attempt.due_at.isoformat(),
        "started_at": fire.attempt.start_at.isoformat(),
        "status": fire.invocation.status,
        "result": fire.invocation.payload,
    }
    say(json.dumps(line, default=str))
