"""`watchbill stop` and `start`: one switch for all work; watching goes on."""

import typer


def stop(as_json: bool = typer.Option(False, "--json", help="Print the switch as JSON.")) -> None:
    """Halt all work: every role rests from its next fire on. Who only watches goes on watching, and nothing is lost."""
    _turn("stopped", as_json=as_json)


def start(as_json: bool = typer.Option(False, "--json", help="Print the switch as JSON.")) -> None:
    """Let the company work again, from each role's next fire on."""
    _turn("running", as_json=as_json)


def _turn(to: str, *, as_json: bool) -> None:
    from watchbill.cli.last_desk import open_brain
    from watchbill.cli.printing import show_json

    with open_brain() as brain:
        was = brain.value("company_is")
        brain.run("set_switch", switch="company", value=to)
    if as_json:
        show_json({"company": to, "was": was})
    elif was == to:
        typer.echo(f"The company is {to} already.")
    elif to == "stopped":
        typer.echo(
            "The company is stopped: every fire from now on says so and rests. Watching goes on. watchbill start"
        )
    else:
        typer.echo("The company works again from each role's next fire on.")
