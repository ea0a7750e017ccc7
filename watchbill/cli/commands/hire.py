"""`watchbill hire ROLE --like NEIGHBOUR`: adds a role: a folder and a template block, copied from another role."""

from typing import TYPE_CHECKING

import typer

from company.json_values import JsonObject
from watchbill.cli import completing
from watchbill.cli.printing import say

if TYPE_CHECKING:
    from watchbill.staffing.hiring import Hired


def hire(
    role: str = typer.Argument(..., metavar="ROLE", help="Its name: two words, domain then rank (data_worker)."),
    like: str = typer.Option(
        ...,
        "--like",
        metavar="NEIGHBOUR",
        autocompletion=completing.ROLE,
        help="The role whose folder and template block are copied.",
    ),
    machine: bool = typer.Option(False, "--machine", help="Require a machine: NEIGHBOUR must be one."),
    schedule: str = typer.Option(None, metavar="CRON", help='When it fires: "cron(15 * * * ? *)".'),
    reports_to: str = typer.Option(
        None, "--reports-to", metavar="ROLE", autocompletion=completing.ROLE, help="Its manager."
    ),
    watched_by: str = typer.Option(
        None, "--watched-by", metavar="ROLE", autocompletion=completing.ROLE, help="Who watches its schedule."
    ),
    description: str = typer.Option(None, metavar="SENTENCE", help="What it does, in one sentence."),
    as_json: bool = typer.Option(False, "--json", help="Print the new role as JSON."),
) -> None:
    """Add a role: copy another role's folder and template block. It works from the next deploy on (`watchbill day`)."""
    from watchbill.cli.printing import show_json
    from watchbill.home import CHECKOUT
    from watchbill.staffing.hiring import HireRequest, hire

    _require_kind(like, machine=machine)
    done = hire(CHECKOUT, HireRequest(role, like, schedule, reports_to, watched_by, description))
    if as_json:
        show_json(_as_json(done))
    else:
        _print(done, like)


def _print(done: "Hired", like: str) -> None:
    record = done.record
    say(f"{record.role} is hired as {record.kind}, reports to {record.reports_to}, watched by {record.watched_by}.")
    say("\n".join(f"  {name}" for name in done.files))
    if done.not_copied:
        files = ", ".join(done.not_copied)
        say(f"Not copied: the rights that doctrine gives to {like} by its name, in {files}.")
        say(f"What needs them is refused to {record.role} until doctrine names it too.")
    what = "work.py" if record.kind == "machine" else "SKILL.md and book.py"
    say(f"Write what it does in functions/{record.role}/{what}; then run `make test` and `watchbill day`.")


def _require_kind(like: str, *, machine: bool) -> None:
    from watchbill.errors import UsageError
    from watchbill.home import CHECKOUT

    if machine and (CHECKOUT / "functions" / like / "SKILL.md").is_file():
        raise UsageError(f"--machine: {like} is an employee; name a machine to copy, one with a MACHINE.md.")


def _as_json(done: "Hired") -> JsonObject:
    facts = done.record.model_dump(include={"role", "kind", "reports_to", "watched_by", "schedule", "description"})
    return {**facts, "files": list(done.files), "not_copied": list(done.not_copied)}
