"""`watchbill findings`: what is wrong and who is on it; and muting what the owner does not want to hear for a while."""

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from company.watch.findings import Finding

app = typer.Typer(
    help="List what is wrong and who is on it; `findings mute F-1 --until 2026-03-20` silences one for a while.",
    rich_markup_mode=None,
)


@app.callback(invoke_without_command=True)
def findings(
    context: typer.Context,
    everything: bool = typer.Option(False, "--all", help="Closed ones too."),
    limit: int = typer.Option(100, min=1, max=1000, help="At most this many."),
    as_json: bool = typer.Option(False, "--json", help="Print the rows as JSON."),
) -> None:
    """List what is wrong and who is on it, open ones first."""
    if context.invoked_subcommand is not None:
        return
    from company.watch.findings import Finding
    from watchbill.cli.last_desk import open_brain
    from watchbill.cli.printing import show, show_json, table

    with open_brain() as brain:
        rows = brain.rows(Finding, "list_findings", only_open=not everything, limit=limit)
        now = brain.now()
    if as_json:
        show_json(rows)
        return
    head = ("FINDING", "STATE", "WHAT", "WATCHER", "SINCE", "SEEN")
    told = [_row(row, now) for row in rows]
    show(table(head, told, widest={2: 72}) if told else "Nothing is open. Closed ones: watchbill findings --all")


@app.command("mute")
def mute(
    finding: str = typer.Argument(..., metavar="F-N"),
    until: str = typer.Option(..., metavar="TIME", help="2026-03-20, or 2026-03-20T12:00 (UTC)."),
) -> None:
    """Hear no more of an open finding until then; it stays open and watched."""
    from watchbill.cli.last_desk import open_brain

    number, moment = _number(finding), _moment(until)
    with open_brain() as brain:
        brain.run("mute_finding", finding_id=number, until=moment)
    typer.echo(f"F-{number} is muted until {moment:%Y-%m-%d %H:%M} UTC. It stays open: watchbill why F-{number}")


def _row(row: "Finding", now: datetime) -> tuple[str, ...]:
    from company.wording import moment_text
    from watchbill.cli.last_desk import ZONE

    planted = "(planted) " if row.planted else ""
    return (
        f"F-{row.id}",
        _state(row, now),
        f"{planted}{row.title}",
        row.watcher,
        moment_text(row.found_at, now, ZONE),
        str(row.times_seen),
    )


def _state(row: "Finding", now: datetime) -> str:
    if row.closed_at:
        return "closed"
    if row.muted_until and row.muted_until > now:
        return "muted"
    return "answered" if row.answered_at else "open"


def _number(finding: str) -> int:
    from watchbill.errors import UsageError

    found = re.fullmatch(r"(?:F-?)?(\d+)", finding, re.IGNORECASE)
    if not found:
        raise UsageError(f"{finding} is no finding: write F-1. They are listed by `watchbill findings`.")
    return int(found[1])


def _moment(text: str) -> datetime:
    from watchbill.errors import UsageError

    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"--until {text} is no time: write 2026-03-20 or 2026-03-20T12:00.") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
