"""All commands on one screen. A command's heavy imports stand inside it, so that --help costs next to nothing."""

import typer

from watchbill.cli import (
    approvals,
    brief,
    console,
    cost,
    customers,
    day,
    decide,
    doctor,
    dsn,
    findings,
    hire,
    invoke,
    logs,
    new_vertical,
    org,
    pause,
    retire,
    slots,
    stop,
    tasks,
    template,
    up,
    week,
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
app.command("week", short_help="seven days run on, a brief each morning")(week.week)
app.command("up", short_help="the company in real time, until Ctrl-C")(up.up)
app.command("brief", short_help="the morning brief")(brief.brief)
app.command("decide", short_help="what waits for you: list, show, answer")(decide.decide)
app.command("console", short_help="the owner's web page, on this machine")(console.console)
app.command("approvals", short_help="the approval level of each outward action: closed, ask, open")(approvals.approvals)
app.command("why", short_help="the story of any finding, decision, task, slot ...")(why.why)
app.command("org", short_help="who answers for what, orphans first")(org.org)
app.command("slots", short_help="did everything fire? the worst first")(slots.slots)
app.command("tasks", short_help="the queue: open work first")(tasks.tasks)
app.add_typer(findings.app, name="findings", short_help="what is wrong, and who is on it")
app.add_typer(customers.app, name="customers", short_help="who gets what: list, add, preview, pause")
app.command("cost", short_help="what thinking came to, by role")(cost.cost)
app.command("pause", short_help="let a role rest, in the open")(pause.pause)
app.command("resume", short_help="let a paused role work again")(pause.resume)
app.command("stop", short_help="halt all work; watching goes on")(stop.stop)
app.command("start", short_help="let the company work again")(stop.start)
app.command("hire", short_help="one more folder and template block, copied from a neighbour")(hire.hire)
app.command("retire", short_help="take a role out, leaving nobody behind")(retire.retire)
app.command("new-vertical", short_help="a product of your own, from seven decisions")(new_vertical.new_vertical)
app.command("template", short_help="the template of VERTICAL's company, for sam")(template.template)
app.command("invoke", short_help="fire one role by hand")(invoke.invoke)
app.command("logs", short_help="what the functions logged")(logs.logs)
app.command("doctor", short_help="has the desk what it needs, does all agree?")(doctor.doctor)
app.command("dsn", short_help="how to reach the last day's brain with psql")(dsn.dsn)


@app.callback()
def options(
    debug: bool = typer.Option(False, "--debug", help="Show where an error came from; works after any command."),
) -> None:
    """A company that runs itself, and one page each morning."""
