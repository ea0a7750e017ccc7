"""`watchbill stop` and `start`: one switch for all work; the watchers continue."""

import typer

from watchbill.cli.printing import say


def stop(as_json: bool = typer.Option(False, "--json", help="Print the state as JSON.")) -> None:
    """Stop all work: every role skips its fires from now on. Roles that only watch continue, and nothing is lost."""
    _turn("stopped", as_json=as_json)


def start(as_json: bool = typer.Option(False, "--json", help="Print the state as JSON.")) -> None:
    """Start work again, from each role's next fire on."""
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
        say(f"The company is {to} already.")
    elif to == "stopped":
        say("The company is stopped: every fire from now on is skipped. Watchers continue. watchbill start")
    else:
        say("The company works again from each role's next fire on.")
