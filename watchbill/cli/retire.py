"""`watchbill retire ROLE`: takes a role out of the company, and leaves nobody behind without a manager."""

import typer


def retire(
    role: str = typer.Argument(..., metavar="ROLE", help="Who leaves."),
    hand_over: bool = typer.Option(False, "--hand-over", help="Give its people, and whom it watches, to its manager."),
    as_json: bool = typer.Option(False, "--json", help="Print what was changed as JSON."),
) -> None:
    """Retire a role: its folder, template block, event and test go. In force with the next deploy (`watchbill day`)."""
    from dataclasses import asdict

    from watchbill.cli.printing import show_json
    from watchbill.home import CHECKOUT
    from watchbill.staffing.retiring import retire

    done = retire(CHECKOUT, role, hand_over=hand_over)
    if as_json:
        show_json(asdict(done))
        return
    typer.echo(f"{role} is retired. What it did stays in the brain; its login ends with the next deploy.")
    if done.handed_over:
        typer.echo(f"Handed over: {', '.join(done.handed_over)}.")
    typer.echo("\n".join(f"  {name}" for name in done.files))
