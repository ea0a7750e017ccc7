"""`watchbill tasks`: lists the queue, open tasks first."""

from datetime import datetime
from typing import TYPE_CHECKING

import typer

from watchbill.cli import completing

if TYPE_CHECKING:
    from company.tasks import Task


def tasks(
    mode: str = typer.Option(
        None,
        metavar="MODE",
        autocompletion=completing.MODE,
        help="Only this mode: data, scrape, build, research, content.",
    ),
    status: str = typer.Option(None, metavar="STATUS", help="Only this status: pending, in_progress, blocked ..."),
    limit: int = typer.Option(50, min=1, max=1000, help="At most this many."),
    as_json: bool = typer.Option(False, "--json", help="Print the rows as JSON."),
) -> None:
    """List the queue: open tasks first, then those that ended last."""
    from company.tasks import STATUSES, Task
    from watchbill.cli.arguments import read_name
    from watchbill.cli.last_desk import open_brain
    from watchbill.cli.printing import show, show_json, table

    with open_brain() as brain:
        read_name(mode, brain.value("modes_of_tasks"), "mode")
        read_name(status, STATUSES, "status")
        rows = brain.rows(Task, "list_tasks", mode=mode, status=status, limit=limit)
        now = brain.now()
    if as_json:
        show_json(rows)
        return
    head = ("TASK", "STATUS", "MODE", "TITLE", "SINCE", "WHOSE")
    cells = [(f"T-{row.id}", row.status, row.mode, row.title, _since(row, now), _whose(row)) for row in rows]
    show(table(head, cells) if cells else "The queue has no such task.")


def _since(row: "Task", now: datetime) -> str:
    from company.text.wording import moment_text
    from watchbill.cli.last_desk import zone

    return moment_text(row.closed_at or row.created_at, now, zone())


def _whose(row: "Task") -> str:
    """Who must act, who works on it, or who filed it."""
    if row.blocked_on:
        return f"{row.blocked_on}: {row.blocked_action}"
    return str(row.claimed_by or f"filed by {row.created_by}")
