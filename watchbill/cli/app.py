"""All commands on one screen. A command's heavy imports stand inside it, so that --help costs next to nothing."""

import typer

from watchbill.cli import (
    brief,
    day,
    decide,
    dsn,
    findings,
    invoke,
    logs,
    org,
    slots,
    tasks,
    why,
)

app = typer.Typer(
    name="watchbill",
    help="A company that runs itself, and one page each morning. `make day` runs a whole day of it on this machine.",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("day", short_help="run one whole company day here, and print its brief")(day.day)
app.command("brief", short_help="the morning brief")(brief.brief)
app.command("decide", short_help="what waits for you: list, show, answer")(decide.decide)
app.command("why", short_help="the story of any finding, decision, task, slot ...")(why.why)
app.command("org", short_help="who answers for what, orphans first")(org.org)
app.command("slots", short_help="did everything fire? the worst first")(slots.slots)
app.command("tasks", short_help="the queue: open work first")(tasks.tasks)
app.add_typer(findings.app, name="findings", short_help="what is wrong, and who is on it")
app.command("invoke", short_help="fire one role by hand")(invoke.invoke)
app.command("logs", short_help="what the functions logged")(logs.logs)
app.command("dsn", short_help="how to reach the last day's brain with psql")(dsn.dsn)


@app.callback()
def house(
    debug: bool = typer.Option(False, "--debug", help="Show where an error came from; works after any command."),
) -> None:
    """A company that runs itself, and one page each morning."""
