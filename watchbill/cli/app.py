"""All commands. A command's heavy imports are inside its function, so that --help is fast."""

from typing import Any

import typer
from typer.core import TyperGroup

from watchbill.cli import (
    api,
    approvals,
    audits,
    backtest,
    brief,
    console,
    cost,
    customer_keys,
    customers,
    dashboard,
    day,
    decide,
    deploy,
    doctor,
    drill,
    dsn,
    findings,
    handled,
    hire,
    inventory,
    invoke,
    leave,
    logs,
    look_up,
    new_vertical,
    org,
    pause,
    restore,
    retire,
    slots,
    stop,
    tasks,
    template,
    up,
    week,
    why,
)


class Commands(TyperGroup):
    """The commands by their names, and `look-up` also by the product's word for what it looks up."""

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        found = super().get_command(ctx, cmd_name)
        return super().get_command(ctx, "look-up") if found is None and look_up.is_products_word(cmd_name) else found


app = typer.Typer(
    name="watchbill",
    cls=Commands,
    help="A company that runs itself, and one page each morning. `make day` runs a whole day of it on this machine.",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("day", short_help="run one whole company day here and print its brief")(day.day)
app.command("week", short_help="run seven days, with a brief each morning")(week.week)
app.command("drill", short_help="plant every outage in a simulated week: who noticed?")(drill.drill)
app.command("backtest", short_help="try the product's order on a past day")(backtest.backtest)
app.command("up", short_help="run the company in real time, until Ctrl-C")(up.up)
app.command("brief", short_help="print the morning brief")(brief.brief)
app.command("decide", short_help="list, show and answer the questions that wait for you")(decide.decide)
app.command("console", short_help="serve the owner's web page on this machine")(console.console)
app.command("api", short_help="serve the address for customers' programs on this machine")(api.api)
app.command("approvals", short_help="the approval level of each action: closed, ask, open")(approvals.approvals)
app.command("audits", short_help="what each auditor found of what was planted for it")(audits.audits)
app.command("why", short_help="print the timeline of any finding, decision, task, slot ...")(why.why)
app.command("look-up", short_help="all that is known of one thing; also by the product's word for it")(look_up.look_up)
app.command("as-of", short_help="what was known and said of one thing on a past day")(look_up.as_of)
app.command("org", short_help="who is responsible for what, orphans first")(org.org)
app.command("slots", short_help="which slots fired and which did not, the worst first")(slots.slots)
app.command("tasks", short_help="the task queue, open tasks first")(tasks.tasks)
app.add_typer(findings.app, name="findings", short_help="what is wrong, and who works on it")
customers.app.command("key")(customer_keys.key)
customers.app.command("keys")(customer_keys.keys)
customers.app.command("end-key")(customer_keys.end_key)
customers.app.command("inventory")(inventory.inventory)
customers.app.command("dashboard")(dashboard.dashboard)
app.add_typer(customers.app, name="customers", short_help="who gets which deliveries: list, add, preview, pause")
customers.app.command("handle")(handled.handle)
customers.app.command("handled")(handled.handled)
app.command("cost", short_help="what the model cost, by role")(cost.cost)
app.command("pause", short_help="pause a role")(pause.pause)
app.command("resume", short_help="resume a paused role")(pause.resume)
app.command("stop", short_help="stop all work; the watchers continue")(stop.stop)
app.command("start", short_help="start work again")(stop.start)
app.command("hire", short_help="add a role, copied from another one")(hire.hire)
app.command("restore", short_help="rehearse a restore of the brain from a backup")(restore.restore)
app.command("retire", short_help="remove a role that nobody depends on")(retire.retire)
app.command("new-vertical", short_help="write a product of your own from seven decisions")(new_vertical.new_vertical)
app.command("template", short_help="write the SAM template for the product in VERTICAL")(template.template)
app.command("invoke", short_help="fire one role by hand")(invoke.invoke)
app.command("logs", short_help="print what the functions logged")(logs.logs)
app.command("deploy", short_help="check AWS, deploy by SAM, and wait for the first beat")(deploy.deploy)
app.command("leave", short_help="everything as files, and what to delete")(leave.leave)
app.command("doctor", short_help="check the local setup")(doctor.doctor)
app.command("dsn", short_help="print how to reach the last day's brain with psql")(dsn.dsn)


@app.callback()
def options(
    debug: bool = typer.Option(False, "--debug", help="Show the traceback of an error; works after any command."),
    aws: bool = typer.Option(False, "--aws", help="[STACK] The company of a stack; after any command."),
) -> None:
    """A company that runs itself, and one page each morning."""
