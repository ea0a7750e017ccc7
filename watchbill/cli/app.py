"""All commands, in the groups in which help lists them. A command's heavy imports are inside its function, so that
--help is fast.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import typer
from typer.core import TyperGroup

from watchbill.cli.commands import (
    api,
    approvals,
    audits,
    backtest,
    brief,
    changes,
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
from watchbill.cli.examples import example


@dataclass(frozen=True)
class Command:
    """One command: what it does, for the list, and an example, which its own help ends with."""

    name: str
    run: Callable[..., object] | typer.Typer
    does: str
    example: str


GROUPS = {
    "Run the company on this machine": (
        Command("day", day.day, "run one whole company day here and print its brief", "day --calm"),
        Command("week", week.week, "run seven days, with a brief each morning", "week --date 2026-03-11"),
        Command("up", up.up, "run the company in real time, until Ctrl-C", "up --live"),
        Command("invoke", invoke.invoke, "fire one role by hand", "invoke heartbeat"),
    ),
    "Read what it did": (
        Command("brief", brief.brief, "print the morning brief", "brief --date 2026-03-12"),
        Command("why", why.why, "print the story of a role, finding, task, slot, or any id", "why F-1"),
        Command("slots", slots.slots, "which slots fired and which did not, the worst first", "slots ceo 06:50"),
        Command("org", org.org, "who is responsible for what, orphans first", "org --all"),
        Command("tasks", tasks.tasks, "the task queue, open tasks first", "tasks --mode data"),
        Command("findings", findings.app, "what is wrong, and who works on it", "findings --all"),
        Command("audits", audits.audits, "what each auditor found of what was planted for it", "audits"),
        Command("logs", logs.logs, "print what the functions logged in the last day", "logs ceo --level WARNING"),
        Command("cost", cost.cost, "what the model cost, by role", "cost"),
        Command("look-up", look_up.look_up, "all that is known of one thing; also by its own word", "look-up ID"),
        Command("as-of", look_up.as_of, "what was known and said of one thing on a past day", "as-of 2026-03-11 ID"),
        Command("dsn", dsn.dsn, "print how to reach the last day's brain with psql", "dsn --as data_worker"),
    ),
    "Decide": (
        Command("decide", decide.decide, "list, show and answer the questions that wait for you", "decide D-1 yes"),
        Command("approvals", approvals.approvals, "the approval level of each action", "approvals deliver ask"),
        Command("customers", customers.app, "who gets which deliveries: list, add, preview, pause", "customers"),
        Command("console", console.console, "serve the owner's web page on this machine", "console --port 0"),
        Command("pause", pause.pause, "pause a role", 'pause content_worker --why "holidays"'),
        Command("resume", pause.resume, "resume a paused role", "resume content_worker"),
        Command("stop", stop.stop, "stop all work; the watchers continue", "stop"),
        Command("start", stop.start, "start work again", "start"),
    ),
    "Change the company": (
        Command("hire", hire.hire, "add a role, copied from another one", "hire content_clerk --like content_worker"),
        Command("retire", retire.retire, "remove a role that nobody depends on", "retire content_clerk"),
        Command("new-vertical", new_vertical.new_vertical, "write a product of your own", "new-vertical tides"),
        Command("template", template.template, "write the SAM template for the product in VERTICAL", "template"),
        Command(
            "changes", changes.app, "changes of the code: list, show, diff, prove, roll back ...", "changes show 7"
        ),
        Command("api", api.api, "serve the address for customers' programs on this machine", "api --port 0"),
    ),
    "Try and check": (
        Command("drill", drill.drill, "plant every outage in a simulated week: who noticed?", "drill --fault blocked"),
        Command(
            "backtest",
            backtest.backtest,
            "try the product's order on a past day",
            "backtest --date 2024-01-13 --feeds F",
        ),
        Command("restore", restore.restore, "rehearse a restore of the brain from a backup", "restore"),
        Command("doctor", doctor.doctor, "check the local setup", "doctor"),
        Command("deploy", deploy.deploy, "check AWS, deploy by SAM, and wait for the first beat", "deploy --check"),
        Command("leave", leave.leave, "write all that it knows as files, and what to delete", "leave --to backup"),
    ),
}


class Commands(TyperGroup):
    """The commands by their names, and `look-up` also by the product's word for what it looks up."""

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        found = super().get_command(ctx, cmd_name)
        return super().get_command(ctx, "look-up") if found is None and look_up.is_products_word(cmd_name) else found

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """By group, without blank lines between them: the list fits one screen."""
        import textwrap

        del ctx
        widest = max(len(command.name) for commands in GROUPS.values() for command in commands)
        formatter.write("\n")
        for title, commands in GROUPS.items():
            formatter.write(f"{title}:\n")
            for command in commands:
                line = f"  {command.name:<{widest}}  {command.does}"
                formatter.write(f"{textwrap.fill(line, formatter.width, subsequent_indent=' ' * (widest + 4))}\n")


app = typer.Typer(
    name="watchbill",
    cls=Commands,
    help="A company that runs itself, and one page each morning. `make day` runs a whole day of it on this machine.",
    epilog="Each command has --help, which ends with an example. "
    "Its exit code is 0: done, 1: failed, 2: written wrongly or with an unknown name, 130: stopped by Ctrl-C.",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for _command in (command for commands in GROUPS.values() for command in commands):
    _more: Any = {"short_help": _command.does, "epilog": example(_command.example)}
    if isinstance(_command.run, typer.Typer):
        app.add_typer(_command.run, name=_command.name, **_more)
    else:
        app.command(_command.name, **_more)(_command.run)
for _name, _run, _example in (
    ("key", customer_keys.key, '"Alder Bank" --per-minute 100'),
    ("keys", customer_keys.keys, '"Alder Bank"'),
    ("end-key", customer_keys.end_key, "KEY"),
    ("inventory", inventory.inventory, '"Alder Bank" --file assets.csv'),
    ("dashboard", dashboard.dashboard, '"Alder Bank" --open'),
    ("handle", handled.handle, '"Alder Bank" ID --note "done"'),
    ("handled", handled.handled, '"Alder Bank"'),
):
    customers.app.command(_name, epilog=example(f"customers {_name} {_example}"))(_run)


def _print_version(is_wanted: bool) -> None:
    if is_wanted:
        from importlib.metadata import version

        typer.echo(f"watchbill {version('watchbill')}")
        raise typer.Exit()


@app.callback()
def options(
    version: bool = typer.Option(  # noqa: ARG001  answered before any command
        False, "--version", callback=_print_version, is_eager=True, help="Print the version."
    ),
    debug: bool = typer.Option(False, "--debug", help="Show the traceback of an error; works after any command."),
    aws: bool = typer.Option(False, "--aws", help="[STACK] The company of a stack; after any command."),
) -> None:
    """A company that runs itself, and one page each morning."""
