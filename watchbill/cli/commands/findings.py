"""`watchbill findings`: lists what is wrong and who works on it; mutes a finding for a while."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import typer

from watchbill.cli import completing
from watchbill.cli.examples import example
from watchbill.cli.printing import say

if TYPE_CHECKING:
    from company.watch.finding_records import OwnersFinding

app = typer.Typer(
    help="List what is wrong and who works on it; `findings mute F-1 --until 2026-03-20` mutes one for a while.",
    rich_markup_mode=None,
)


@app.callback(invoke_without_command=True)
def findings(
    context: typer.Context,
    everything: bool = typer.Option(False, "--all", help="List closed findings too."),
    limit: int = typer.Option(100, min=1, max=1000, help="At most this many."),
    as_json: bool = typer.Option(False, "--json", help="Print the rows as JSON."),
) -> None:
    """List what is wrong and who works on it: open findings first, of these the gravest, then the newest."""
    if context.invoked_subcommand is not None:
        return
    from company.watch.finding_records import OwnersFinding
    from watchbill.cli.last_desk import open_brain
    from watchbill.cli.printing import show, show_json, table

    with open_brain() as brain:
        rows = brain.rows(OwnersFinding, "owners_findings", only_open=not everything, limit=limit)
        now = brain.now()
    if as_json:
        show_json(rows)
        return
    head = ("FINDING", "STATE", "WHAT", "WATCHER", "SINCE", "SEEN")
    cells = [_columns(row, now) for row in rows]
    none = "No finding was opened yet." if everything else "No finding is open. Closed ones: watchbill findings --all"
    show(table(head, cells) if cells else none)
    if len(rows) == limit:
        show(f"These are the gravest and newest {limit}; there may be more: --limit {10 * limit}")


@app.command("mute", epilog=example("findings mute F-1 --until 2026-03-20"))
def mute(
    finding: str = typer.Argument(..., metavar="F-N", autocompletion=completing.FINDING),
    until: str = typer.Option(..., metavar="TIME", help="2026-03-20, or 2026-03-20T12:00 (UTC)."),
    as_json: bool = typer.Option(False, "--json", help="Print what was done as JSON."),
) -> None:
    """Do not report an open finding until then; it stays open and watched."""
    from watchbill.cli.arguments import read_number
    from watchbill.cli.last_desk import open_brain
    from watchbill.cli.printing import show_json

    number, moment = read_number(finding, "F", thing="finding", command="findings"), _moment(until)
    with open_brain() as brain:
        brain.run("mute_finding", finding_id=number, until=moment)
    if as_json:
        show_json({"finding": number, "muted_until": moment})
        return
    say(f"F-{number} is muted until {moment:%Y-%m-%d %H:%M} UTC. It stays open: watchbill why F-{number}")


def _columns(row: "OwnersFinding", now: datetime) -> tuple[str, ...]:
    from company.text.wording import moment_text
    from watchbill.cli.last_desk import zone

    planted = "(planted) " if row.planted else ""
    return (
        f"F-{row.id}",
        _state(row, now),
        f"{planted}{row.title}",
        row.watcher,
        moment_text(row.found_at, now, zone()),
        str(row.times_seen),
    )


def _state(row: "OwnersFinding", now: datetime) -> str:
    if row.closed_at:
        return "closed"
    if row.muted_until and row.muted_until > now:
        return "muted"
    return "answered" if row.answered_at else "open"


def _moment(text: str) -> datetime:
    from watchbill.errors import UsageError

    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"--until {text!r} is not a time: write 2026-03-20 or 2026-03-20T12:00.") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
