"""`watchbill deploy`: checks before, `sam build` and `sam deploy` with six answers, and the wait for the first beat."""

import os
import re
import shutil
import subprocess
import time
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from watchbill.cli.choice import require_name
from watchbill.cli.printing import say, show_json
from watchbill.errors import DeskError, UsageError
from watchbill.home import CHECKOUT

if TYPE_CHECKING:
    from company.aws.clients import Clients
    from watchbill.doctor.checks import CheckResult

BEAT_SECONDS = 11 * 60
"""Heartbeat fires every five minutes: two of its fires and a minute."""
LOOK_SECONDS = 10.0
ASKED = {
    "Company": "first part of every name",
    "OwnerEmail": "who gets the brief and the alarms",
    "BriefAt": "hour and zone of the brief",
    "BrainDsn": "rds makes a Postgres; or the address of yours",
    "Network": "private, or lean for a public address",
    "Settings": "NAME=value;NAME=value (samconfig.toml lists them)",
}


def deploy(
    stack: str = typer.Option("watchbill", "--stack", help="The stack; several companies are several stacks."),
    answer: list[str] = typer.Option([], "--set", metavar="NAME=VALUE", help="An answer, without being asked."),  # noqa: B008
    yes: bool = typer.Option(False, "--yes", help="Ask nothing: answers as they are, and the change is made."),
    check: bool = typer.Option(False, "--check", help="Only the checks; nothing is built or changed."),
    as_json: bool = typer.Option(False, "--json", help="With --check: print every check as JSON."),
) -> None:
    """Check AWS and the brain, show the change, deploy by SAM, wait for the first beat, and say that it is alive."""
    from company.aws.clients import Cloud
    from watchbill.cli.stack import by_tunnel
    from watchbill.doctor.deploy_checks import DeployAnswers, DeployTarget, run_deploy_checks

    require_name("--stack", stack)
    if as_json and not check:
        raise UsageError("--json needs --check: what SAM prints of a deploy is no JSON.")
    cloud = Cloud()
    given = _answers(stack, answer, deployed_answers(cloud, stack), asks=not (yes or check))
    answers = DeployAnswers(*(given[name] for name in ASKED))
    checks = run_deploy_checks(DeployTarget(cloud, answers, stack, by_tunnel))
    if as_json:
        show_json(found := list(checks))
        raise typer.Exit(0 if all(one.is_ok for one in found) else 1)
    _require_all(checks)
    if check:
        return
    _deploy_by_sam(cloud, stack, _deploy_options(stack, given, yes=yes))
    # From here on: what closed a fire before, also while SAM was at work, was the code of before.
    wait_for_beat(cloud, answers.company, since_ms=int(time.time() * 1000))
    say(f"alive: {answers.company} has a heartbeat. watchbill org --aws {stack}")


def _require_all(checks: Iterable["CheckResult"]) -> None:
    failed = [one.name for one in map(_print_check, checks) if not one.is_ok]
    if failed:
        raise DeskError(f"Nothing was deployed: {', '.join(failed)}. Run it again when that is put right.")


def _print_check(one: "CheckResult") -> "CheckResult":
    say(f"{'ok ' if one.is_ok else 'BAD'}  {one.name:<11} {one.what}" + ("" if one.is_ok else f"\n     do: {one.do}"))
    return one


def _answers(stack: str, given: list[str], deployed: Mapping[str, str], *, asks: bool) -> dict[str, str]:
    """What the command line says, else samconfig.toml's answers, else those of the deploy before, else the template's
    defaults; asked where asks.
    """
    said = dict(part.partition("=")[::2] for part in given)
    unknown = sorted(set(said) - set(ASKED))
    if unknown:
        raise DeskError(f"--set {unknown[0]}: the template asks for {', '.join(ASKED)}")
    known = {**_defaults(), **deployed, **saved_answers(CHECKOUT / "samconfig.toml"), **said}
    if not asks:
        return known
    say(f"Six answers for the stack {stack}; Enter keeps what is in brackets.")
    return {
        name: said.get(name) or typer.prompt(f"{name} ({about})", default=known[name]) for name, about in ASKED.items()
    }


def _defaults() -> dict[str, str]:
    from watchbill.cloud.template.translation import read_stack
    from watchbill.home import HOME, TEMPLATE

    declared = read_stack(TEMPLATE, HOME / "cache").parameters
    return {name: str(declared[name]["Default"]) for name in ASKED}


def deployed_answers(cloud: "Clients", stack: str) -> dict[str, str]:
    """What the stack was deployed with; none where it is new, or cannot be asked, as the checks then say."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        [found] = cloud.client("cloudformation").describe_stacks(StackName=stack)["Stacks"]
    except (BotoCoreError, ClientError):
        return {}
    given = {one["ParameterKey"]: str(one["ParameterValue"]) for one in found.get("Parameters", [])}
    return {name: value for name, value in given.items() if name in ASKED}


def saved_answers(config: Path) -> dict[str, str]:
    """The answers that an earlier `sam deploy --guided` saved: 'A="x" B="y"', or a list of such."""
    parameters = tomllib.loads(config.read_text(encoding="utf-8"))["default"]["deploy"]["parameters"]
    written = parameters.get("parameter_overrides", "")
    text = " ".join(written) if isinstance(written, list) else str(written)
    found = re.findall(r'(\w+)=(?:"((?:[^"\\]|\\.)*)"|(\S+))', text)
    return {name: re.sub(r"\\(.)", r"\1", quoted) or plain for name, quoted, plain in found if name in ASKED}


def _deploy_options(stack: str, answers: Mapping[str, str], *, yes: bool) -> list[str]:
    overrides = [f'{name}="{_escaped(value)}"' for name, value in answers.items()]
    return ["--stack-name", stack, *(["--no-confirm-changeset"] if yes else []), "--parameter-overrides", *overrides]


def _escaped(value: str) -> str:
    """As SAM reads a value between quotes: MAIL_FROM may hold some of its own."""
    return value.replace("\\", "\\\\").replace('"', '\\"')


def _deploy_by_sam(cloud: "Clients", stack: str, options: list[str]) -> None:
    _sam("build")
    _sam("deploy", *options)
    if waits_for_yes(cloud, stack):
        raise DeskError("Nothing was deployed: SAM got no yes to the change that it showed.")


def _sam(*arguments: str) -> None:
    """SAM's own output is the page that shows the change and asks for the yes."""
    sam = shutil.which("sam") or str(CHECKOUT / ".venv-sam" / "bin" / "sam")
    if not Path(sam).is_file():
        raise DeskError("sam is not here: run `python3 -m watchbill.bootstrap sam`, or install AWS SAM CLI.")
    environment = {**os.environ, "SAM_CLI_TELEMETRY": "0"}
    code = subprocess.run([sam, *arguments], cwd=CHECKOUT, env=environment, check=False).returncode
    if code:
        raise DeskError(f"sam {arguments[0]} ended with {code}; what it printed above says why. Nothing else was done.")


def waits_for_yes(cloud: "Clients", stack: str) -> bool:
    """Whether the newest change of the stack was not made: SAM takes a no, or Enter, and ends with 0."""
    pages = cloud.client("cloudformation").get_paginator("list_change_sets").paginate(StackName=stack)
    found = sorted((one for page in pages for one in page["Summaries"]), key=lambda one: one["CreationTime"])
    return bool(found) and found[-1]["ExecutionStatus"] == "AVAILABLE"


def wait_for_beat(cloud: "Clients", company: str, *, since_ms: int, seconds: float = BEAT_SECONDS) -> None:
    """Until heartbeat has closed a fire after since_ms (wall time); DeskError when none came in time."""
    lines, until = cloud.client("logs").get_paginator("filter_log_events"), time.monotonic() + seconds
    wanted = {"startTime": since_ms, "filterPattern": '{ $.message = "closed" }'}
    while True:  # CloudWatch may give empty pages before the one that has the line
        if any(page["events"] for page in lines.paginate(logGroupName=f"/watchbill/{company}/heartbeat", **wanted)):
            return
        if time.monotonic() >= until:
            raise DeskError(
                f"The stack is there, and {company}'s heartbeat closed no fire in {seconds / 60:.0f} minutes:"
                " watchbill logs heartbeat --aws"
            )
        time.sleep(min(LOOK_SECONDS, max(0.0, until - time.monotonic())))
