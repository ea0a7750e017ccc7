"""`watchbill retire ROLE`: removes a role, and leaves no other role without a manager."""

import typer

from watchbill.cli import completing
from watchbill.cli.printing import say


def retire(
    role: str = typer.Argument(..., metavar="ROLE", autocompletion=completing.ROLE, help="Which role to remove."),
    hand_over: bool = typer.Option(
        False, "--hand-over", help="Give the roles that it manages and watches to its manager."
    ),
    as_json: bool = typer.Option(False, "--json", help="Print the changes as JSON."),
) -> None:
    """Retire a role: its folder, template block, event and test are removed. Effective with the next deploy."""
    from dataclasses import asdict

    from watchbill.cli.printing import show_json
    from watchbill.home import CHECKOUT
    from watchbill.staffing.retiring import retire

    done = retire(CHECKOUT, role, hand_over=hand_over)
    if as_json:
        show_json(asdict(done))
        return
    say(f"{role} is retired. Its work stays in the brain; its login is removed with the next deploy.")
    if done.handed_over:
        say(f"Handed over: {', '.join(done.handed_over)}.")
    say("\n".join(f"  {name}" for name in done.files))
