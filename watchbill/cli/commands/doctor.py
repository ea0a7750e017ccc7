"""`watchbill doctor`: checks the local setup, and tests the alarms with --ring."""

from dataclasses import asdict
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from watchbill.cli.stack import StackCompany
    from watchbill.doctor.checks import CheckResult

COLUMN = 17
"""Where a check says what it found, in blanks."""


def doctor(
    ring: bool = typer.Option(
        False, "--ring", help="Send a real test through each alarm that reaches you; record the result."
    ),
    as_json: bool = typer.Option(False, "--json", help="Print every check as JSON."),
) -> None:
    """Check Python, disk, ports, model, Postgres, records, template and the last brain; failures say what to do."""
    if ring:
        _ring(as_json)
    from watchbill.cli.printing import show, show_json
    from watchbill.cli.stack import chosen_company

    company = chosen_company()
    found = _on_aws(company) if company else _on_the_desk()
    if as_json:
        show_json([asdict(one) for one in found])
    else:
        show("".join(f"{line}\n" for one in found for line in _lines(one)))
    raise typer.Exit(0 if all(one.is_ok for one in found) else 1)


def _lines(one: "CheckResult") -> list[str]:
    """'ok   disk        60 GB free', and below a bad one what to do; wide ones go on below."""
    from watchbill.cli.printing import wrapped

    said = wrapped(f"{'ok ' if one.is_ok else 'BAD'}  {one.name:<11} {one.what}", COLUMN)
    return said if one.is_ok else [*said, *wrapped(f"{'':<{COLUMN}}do: {one.do}", COLUMN + len("do: "))]


def _on_the_desk() -> list["CheckResult"]:
    from watchbill.cli.shell_settings import read_shell
    from watchbill.doctor.checks import LocalSetup, run_checks

    here = read_shell()
    return list(run_checks(LocalSetup(here.home, here.vertical, here.desk_postgres, here.model)))


def _on_aws(company: "StackCompany") -> list["CheckResult"]:
    """What a deploy needs, with the stack's own answers; who hears its alarms; what the brain says of itself."""
    from watchbill.cli.stack import by_tunnel
    from watchbill.doctor.deploy_checks import DeployTarget, run_deploy_checks
    from watchbill.doctor.stack_checks import check_brain, check_subscription

    found = list(run_deploy_checks(DeployTarget(company.cloud, company.answers, reached=by_tunnel)))
    settings = company.settings
    found.append(check_subscription(company.cloud, settings.owner_topic_arn, settings.owner_email))
    return [*found, *check_brain(company.brain)]


def _ring(as_json: bool) -> None:
    from watchbill.cli.last_desk import open_whole_desk
    from watchbill.cli.printing import show, show_json, wrapped
    from watchbill.doctor.alarm_test import last_tests, run_alarm_tests

    with open_whole_desk() as desk:
        results = list(run_alarm_tests(desk))
        with desk.brain() as brain:
            last = {row["alarm"]: row for row in last_tests(brain)}
    if as_json:
        show_json([one.as_json() for one in results])
    else:
        for one in results:
            mark = "-  " if not one.is_set else "ok " if one.is_ok else "BAD"
            when = f"{last[one.alarm]['tested_at']:%a %d %b %H:%M}" if one.alarm in last else "never"
            line = f"{mark}  {one.alarm:<15} tested {when:<17} {one.result}"
            show("\n".join(wrapped(line, len(mark) + 2)) + "\n")
    raise typer.Exit(0 if all(one.is_ok for one in results) else 1)
