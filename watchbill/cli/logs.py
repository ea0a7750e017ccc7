"""`watchbill logs`: CloudWatch Logs of the company, as `aws logs tail` shows them, with JSON lines made readable."""

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from watchbill.cloud.logs import LogEvent

QUIET = frozenset(
    {
        "level", "location", "message", "timestamp", "service", "role", "company_time", "cold_start", "function_name",
        "function_memory_size", "function_arn", "function_request_id", "xray_trace_id", "exception_name",
    }
)  # fmt: skip
"""What a line says about itself and not about the company."""


def logs(
    role: str = typer.Argument(None, metavar="[ROLE]", help="Only this role; without it, everybody."),
    since: str = typer.Option(
        None, metavar="SPAN", help="Only the last 10m, 1h, 2d, by this machine's clock; without it, all."
    ),
    follow: bool = typer.Option(False, "--follow", help="Go on until stopped with Ctrl-C."),
    pattern: str = typer.Option(
        "", "--filter", metavar="PATTERN", help="A CloudWatch filter pattern, as `aws logs tail` takes it."
    ),
    as_json: bool = typer.Option(False, "--json", help="Print one JSON object a line."),
) -> None:
    """Print what the functions logged: time, whose stream, message. Times are the company's where a line has them."""
    from watchbill.cli.last_desk import open_logs, password_of
    from watchbill.cli.printing import harmless
    from watchbill.cli.shell_settings import read_shell
    from watchbill.cli.slots import span
    from watchbill.cloud.logs import tail
    from watchbill.home import last_day

    day = last_day(read_shell().home)
    if role:
        password_of(day, role)  # names those who are here, where this one is not
    begin = datetime.now(UTC) - span(since) if since else None
    prefix = f"/watchbill/{day.company}/"
    with open_logs() as cloud:
        for line in tail(cloud, prefix + (role or ""), since=begin, pattern=pattern, follow=follow):
            if role is None or line.group == prefix + role:
                typer.echo(_json(line) if as_json else harmless(told(line)))


def _json(line: "LogEvent") -> str:
    return json.dumps({"at": line.at.isoformat(), "group": line.group, "stream": line.stream, "message": line.message})


def told(line: "LogEvent") -> str:
    """2026-03-11 07:05:00 scrape_a  INFO closed  outcome=done session_id=12 ..."""
    role = line.group.rsplit("/", 1)[-1]
    try:
        said = json.loads(line.message)
    except ValueError:
        said = None
    if not isinstance(said, dict) or "message" not in said:
        return f"{line.at:%Y-%m-%d %H:%M:%S} {role}  {line.message.rstrip()}"
    at = str(said.get("company_time") or line.at.isoformat())[:19].replace("T", " ")
    rest = " ".join(
        f"{name}={_short(value)}" for name, value in said.items() if name not in QUIET and value is not None
    )
    return f"{at} {role}  {said.get('level', '')} {said['message']}  {rest}".rstrip()


def _short(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
