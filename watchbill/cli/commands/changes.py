"""`watchbill changes`: what builders propose and its auditor deploys; the owner reads, orders, and takes it for git."""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from watchbill.cli import completing
from watchbill.cli.arguments import path_option, read_number, write_text
from watchbill.cli.examples import example
from watchbill.cli.printing import say, show, show_json, table

if TYPE_CHECKING:
    from company.brain import Brain
    from company.sandbox.changes import ChangeInFull, NotPulled

app = typer.Typer(help="Changes of the code: list, show, diff, prove, approve, refuse, roll back, export, pulled.")
CHANGE = typer.Argument(metavar="C-N", autocompletion=completing.CHANGE, help="Which change.")
AS_JSON = typer.Option(False, "--json", help="Print rows as JSON.")
REASON = typer.Option("", "--reason", help="Why, in your own words; it is kept.")
AUDITOR = "build_auditor"
AT_ONCE = ("refuse", "pulled")
"""Orders that count when they are given; the auditor carries out the others."""


@dataclass(frozen=True)
class ListedChange:
    """A change in a line.

    status: proposed, proved, refused, deploying, watched, kept, rolled_back, withdrawn, undone, released.
    """

    id: int
    subject: str
    title: str
    author: str
    proposed_at: datetime
    status: str
    verdict: str | None


@app.callback(invoke_without_command=True)
def changes(context: typer.Context, as_json: bool = AS_JSON) -> None:
    """List every change, the newest first."""
    if context.invoked_subcommand is None:
        list_(as_json=as_json)


@app.command("list", epilog=example("changes list"))
def list_(as_json: bool = AS_JSON) -> None:
    """List every change, the newest first."""
    from watchbill.cli.last_desk import open_brain

    with open_brain() as brain:
        rows = brain.rows(ListedChange, "list_changes")
    if as_json:
        show_json(rows)
        return
    cells = [(f"C-{row.id}", row.status, row.title, row.verdict or "-") for row in rows]
    show(table(("CHANGE", "STATUS", "WHAT", "VERDICT"), cells) if cells else "No change was proposed yet.")


@app.command("show", epilog=example("changes show C-7"))
def show_(change: str = CHANGE, as_json: bool = AS_JSON) -> None:
    """Show one change: what, why, its verdict with the figures, and what became of it."""
    row = _read(change)
    if as_json:
        show_json(row)
    else:
        show("\n".join(_describe(row)) + "\n")


@app.command(epilog=example("changes diff C-7"))
def diff(change: str = CHANGE) -> None:
    """Print the lines of a change as a unified diff, and its test."""
    row = _read(change)
    show(f"{row.diff}\n# Its test:\n{row.test}")


@app.command(epilog=example("changes prove C-7"))
def prove(change: str = CHANGE, reason: str = REASON, as_json: bool = AS_JSON) -> None:
    """Try a change again on a copy of what is deployed now."""
    _order(change, "prove", reason, as_json=as_json)


@app.command(epilog=example("changes approve C-7"))
def approve(change: str = CHANGE, reason: str = REASON, as_json: bool = AS_JSON) -> None:
    """Let a proved change be deployed, whatever the level of `deploy`; also one that was rolled back."""
    _order(change, "approve", reason, as_json=as_json)


@app.command(epilog=example('changes refuse C-7 --reason "we wait"'))
def refuse(change: str = CHANGE, reason: str = REASON, as_json: bool = AS_JSON) -> None:
    """Say that a change is not to be deployed. It counts at once."""
    _order(change, "refuse", reason, as_json=as_json)


@app.command("roll-back", epilog=example("changes roll-back C-7"))
def roll_back(change: str = CHANGE, reason: str = REASON, as_json: bool = AS_JSON) -> None:
    """Take a deployed change back: the schedules fire the versions of before."""
    _order(change, "roll_back", reason, as_json=as_json)


@app.command(epilog=example("changes export C-7"))
def export(
    change: str = typer.Argument(
        None,
        metavar="[C-N]",
        autocompletion=completing.CHANGE,
        help="Which change; without it, each that is to be pulled.",
    ),
    folder: Path = path_option(Path(), "--into", help="The folder for the files; without it, this one."),
) -> None:
    """Write a change for `git am`, with paths of the checkout; or each that is deployed and not in the checkout yet."""
    from watchbill.cli.git_mail import as_mail

    rows = [_read(change)] if change else [_read(f"C-{row.change_id}") for row in _not_pulled()]
    for row in rows:
        path = folder / f"C-{row.id}.diff"
        write_text(path, as_mail(row, _product()))
        git = f"git am {shlex.quote(str(path))}"
        say(f"{path} is written. In the checkout: {git}; then: watchbill changes pulled C-{row.id}")
    if not rows:
        say("Nothing is deployed that your checkout does not have.")


@app.command(epilog=example("changes pulled C-7"))
def pulled(change: str = CHANGE, as_json: bool = AS_JSON) -> None:
    """Say that this checkout has a deployed change; refused where its files do not."""
    from company.sandbox.pulled import has_change
    from watchbill.cli.git_mail import diff_in_checkout
    from watchbill.errors import DeskError
    from watchbill.home import CHECKOUT

    row = _read(change)
    if not has_change([CHECKOUT], diff_in_checkout(row.diff, _product())):
        raise DeskError(f"{CHECKOUT} does not have C-{row.id}: watchbill changes export C-{row.id}, then git am.")
    _order(change, "pulled", "", as_json=as_json)


def _not_pulled() -> list["NotPulled"]:
    from company.sandbox.changes import NotPulled
    from watchbill.cli.last_desk import open_brain

    with open_brain() as brain:
        return brain.rows(NotPulled, "deployments_not_pulled")


def _product() -> str:
    from watchbill.cli.last_desk import the_company

    return the_company().vertical


def _read(change: str) -> "ChangeInFull":
    from watchbill.cli.last_desk import open_brain

    number = read_number(change, "C", thing="change", command="changes")
    with open_brain() as brain:
        return _known(brain, number)


def _known(brain: "Brain", number: int) -> "ChangeInFull":
    from company.sandbox.changes import ChangeInFull
    from watchbill.errors import DeskError

    row = brain.row(ChangeInFull, "change_in_full", change_id=number)
    if row is None:
        raise DeskError(f"There is no C-{number}. They are listed by `watchbill changes`.")
    return row


def _describe(row: "ChangeInFull") -> list[str]:
    lines = [f"C-{row.id}  {row.title}", f"Proposed by {row.author} for task {row.task_id}: {row.reason}"]
    lines.append(f"Files: {', '.join(row.files)}")
    if row.verdict:
        lines.append(f"{row.status.capitalize()} by {row.judged_by}: {row.verdict}")
    lines += [f"  {shown}" for shown in (row.evidence or {}).get("shows", [])]
    if row.deployment:
        lines.append(f"Deployment: {row.deployment.replace('_', ' ')}{f' ({row.outcome})' if row.outcome else ''}")
        lines += [_versions(name, versions) for name, versions in sorted((row.functions or {}).items())]
    if row.last_order:
        lines.append(f"Your last order: {row.last_order.replace('_', ' ')}; {row.order_outcome}")
    lines.append(f"The whole timeline: watchbill why change {row.id}; its lines: watchbill changes diff C-{row.id}")
    return lines


def _versions(name: str, versions: Mapping[str, str]) -> str:
    """'x-check: version 3 -> 4'; before it is published only what was."""
    becomes = f" -> {versions['is']}" if "is" in versions else ""
    return f"  {name}: version {versions['was']}{becomes}"


def _order(change: str, order: str, reason: str, *, as_json: bool) -> None:
    """Records the owner's order, then wakes the auditor, who carries it out."""
    from watchbill.cli.last_desk import open_brain, wake_asker

    number = read_number(change, "C", thing="change", command="changes")
    with open_brain() as brain:
        _known(brain, number)
        brain.run("order_change", change_id=number, order=order, reason=reason)
    if order not in AT_ONCE:
        if not as_json:
            say(f"C-{number}: {order.replace('_', ' ')} is ordered. Waking {AUDITOR} ...")
        wake_asker(AUDITOR)
    with open_brain() as brain:
        row = _known(brain, number)
    if as_json:
        show_json(row)
    else:
        show("\n".join(_describe(row)) + "\n")
