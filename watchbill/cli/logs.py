"""`watchbill logs`: prints CloudWatch Logs of the company, as `aws logs tail` does, with JSON lines made readable."""

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import typer

from watchbill.cli.printing import say

if TYPE_CHECKING:
    from watchbill.cloud.logs import LogEvent

HIDDEN_KEYS = frozenset(
    {
        "level", "location", "message", "timestamp", "service", "role", "company_time", "cold_start", "function_name",
        "function_memory_size", "function_arn", "function_request_id", "xray_trace_id", "exception_name",
    }
)  # fmt: skip
"""Keys of a log line that say nothing about the company."""


def logs(
    role: str = typer.Argument(None, metavar="[ROLE]", help="Only this role; without it, all roles."),
    since: str = typer.Option(
        None, metavar="SPAN", help="Only the last 10m, 1h, 2d, by this machine's clock; without it, all lines."
    ),
    follow: bool = typer.Option(False, "--follow", help="Continue until Ctrl-C."),
    pattern: str = typer.Option(
        "", "--filter", metavar="PATTERN", help="A CloudWatch filter pattern, as `aws logs tail` takes it."
    ),
    as_json: bool = typer.Option(False, "--json", help="Print one JSON object per line."),
) -> None:
    """Print what the functions logged: time, role, message. Times are simulated where a line has them."""
    from watchbill.cli.arguments import read_span
    from watchbill.cli.last_desk import open_logs, require_role, the_company
    from watchbill.cloud.logs import tail

    day = the_company()
    if role:
        require_role(day, role)
    begin = datetime.now(UTC) - read_span(since) if since is not None else None
    prefix = f"/watchbill/{day.company}/"
    with open_logs() as cloud:
        for line in tail(cloud, prefix + (role or ""), since=begin, pattern=pattern, follow=follow):
            if role is None or line.group == prefix + role:
                say(_json(line) if as_json else readable(line))


def _json(line: "LogEvent") -> str:
    return json.dumps({"at": line.at.isoformat(), "group": line.group, "stream": line.stream, "message": line.message})


def readable(line: "LogEvent") -> str:
    """2026-03-11 07:05:00 scrape_a  INFO closed  outcome=done session_id=12 ..."""
    role = line.group.rsplit("/", 1)[-1]
    try:
        fields = json.loads(line.message)
    except ValueError:
        fields = None
    if not isinstance(fields, dict) or "message" not in fields:
        return f"{line.at:%Y-%m-%d %H:%M:%S} {role}  {line.message.rstrip()}"
    at = str(fields.get("company_time") or line.at.isoformat())[:19].replace("T", " ")
    rest = " ".join(
        f"{name}={_short(value)}" for name, value in fields.items() if name not in HIDDEN_KEYS and value is not None
    )
    return f"{at} {role}  {fields.get('level', '')} {fields['message']}  {rest}".rstrip()


def _short(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
