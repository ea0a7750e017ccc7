"""`watchbill logs`: prints CloudWatch Logs of the company, as `aws logs tail` does, with JSON lines made readable."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import typer

from company.json_values import JsonObject
from watchbill.cli import completing
from watchbill.cli.printing import say, show_json_line

if TYPE_CHECKING:
    from watchbill.cloud.logs import LogEvent

HIDDEN_KEYS = frozenset(
    {
        "level", "location", "message", "timestamp", "service", "role", "company_time", "cold_start", "function_name",
        "function_memory_size", "function_arn", "function_request_id", "xray_trace_id", "exception_name",
    }
)  # fmt: skip
"""Keys of a log line that say nothing about the company."""
BEGINS = ("INIT_START ", "START RequestId: ")
ENDS = "REPORT RequestId: "
"""How the lines begin that Lambda itself writes at the start of a fire, and as its last."""

LONGEST_FIRE = timedelta(minutes=20)
"""A line of Lambda's own has the time of a line that its fire wrote before."""

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
LEVEL = typer.Option(
    None,
    metavar="LEVEL",
    autocompletion=completing.of_words(*LEVELS),
    help="Only this level and worse: INFO, WARNING, ERROR.",
)


@dataclass(frozen=True)
class LinesWanted:
    """Which lines: how far back by the company's clock, from which level on, of which slot."""

    back: timedelta
    level: str | None
    slot: str | None


def logs(
    role: str = typer.Argument(
        None, metavar="[ROLE]", autocompletion=completing.ROLE, help="Only this role; without it, all roles."
    ),
    since: str = typer.Option("24h", metavar="SPAN", help="How far back by the company's clock: 10m, 1h, 7d."),
    level: str = LEVEL,
    slot: str = typer.Option(None, metavar="SLOT", help="Only the fires of one slot: ceo@2026-03-12T06:50."),
    follow: bool = typer.Option(False, "--follow", help="Continue until Ctrl-C."),
    pattern: str = typer.Option(
        "", "--filter", metavar="PATTERN", help="A CloudWatch filter pattern, as `aws logs tail` takes it."
    ),
    as_json: bool = typer.Option(False, "--json", help="Print one JSON object per line."),
) -> None:
    """Print what the functions logged in the last day: time, role, level, message. Times are the company's."""
    from watchbill.cli.last_desk import open_logs, require_role, the_company
    from watchbill.cli.stack import chosen_company
    from watchbill.cloud.logs import tail

    day = the_company()
    if role is not None:
        require_role(day, role)
    wanted, now = _wanted(since, level, slot, pattern), datetime.fromisoformat(day.ended_at)
    prefix = f"/watchbill/{day.company}/"
    begin = now - wanted.back - LONGEST_FIRE if chosen_company() else None  # a simulated day has a time of its own
    with open_logs() as cloud:
        lines = tail(cloud, prefix + (role or ""), since=begin, pattern=pattern, follow=follow)
        own = (line for line in lines if role is None or line.group == prefix + role)
        for at, line in chosen(with_company_time(own), wanted, now):
            show_json_line(_as_json(line, at)) if as_json else say(readable(line, at))


def _wanted(since: str, level: str | None, slot: str | None, pattern: str) -> LinesWanted:
    """What the options ask for; an error says what of them is wrong, before anything is read."""
    from watchbill.cli.arguments import read_name, read_span
    from watchbill.errors import UsageError

    wanted = LinesWanted(read_span(since), read_name(level and level.upper(), LEVELS, "level"), slot)
    if pattern.startswith("{") and not pattern.rstrip().endswith("}"):
        raise UsageError(f"--filter {pattern} has no }} at its end: write one like '{{ $.role = \"ceo\" }}'.")
    if slot is not None:
        _require_slot(slot)
    return wanted


def _require_slot(text: str) -> None:
    """An error where no slot of that name is in the ledger."""
    from company.pages.why import find_slot
    from watchbill.cli.last_desk import open_brain
    from watchbill.errors import UsageError

    named = re.fullmatch(r"([a-z][\w-]*)[@ ](\S+)", text)
    if named is None:
        raise UsageError(f"--slot {text!r} is no slot: write ceo@2026-03-12T06:50, or 'ceo 06:50'.")
    with open_brain() as brain:
        find_slot(brain, named[1], named[2])


def with_company_time(lines: Iterable["LogEvent"]) -> Iterator[tuple[datetime, "LogEvent"]]:
    """Each line by the company's clock: a line of Lambda's own has the time of the company's line before it.

    A fire's first ones have that of the line after them, for the company's line before is of an earlier fire. A fire
    without a line of the company has the time of the fire before; where none was before, of the one after.
    """
    last: dict[str, datetime] = {}
    waiting: dict[tuple[str, str], list[LogEvent]] = {}
    begun: set[tuple[str, str]] = set()
    for line in lines:
        stream = line.group, line.stream
        if stated := _fields(line).get("company_time"):
            last[line.group] = datetime.fromisoformat(str(stated))
        if line.message.startswith(BEGINS):
            begun.add(stream)
        elif stated or line.message.startswith(ENDS):
            begun.discard(stream)
        waiting.setdefault(stream, []).append(line)
        if line.group in last and stream not in begun:
            yield from ((last[line.group], one) for one in waiting.pop(stream))
    yield from ((last.get(line.group, line.at), line) for left in waiting.values() for line in left)


def chosen(
    lines: Iterable[tuple[datetime, "LogEvent"]], wanted: LinesWanted, now: datetime
) -> Iterator[tuple[datetime, "LogEvent"]]:
    """The lines that are wanted. now: the company's time when its last day ended; what is later is shown."""
    for at, line in lines:
        fields = _fields(line)
        if at < now - wanted.back or (wanted.slot and wanted.slot not in _names_of_slot(fields)):
            continue
        if wanted.level and LEVELS.index(wanted.level) > _rank(fields.get("level")):
            continue
        yield at, line


def _rank(level: object) -> int:
    """A line of Lambda's own has no level, and is the least."""
    return LEVELS.index(str(level)) if level in LEVELS else -1


def _names_of_slot(fields: JsonObject) -> tuple[str, ...]:
    """ceo@2026-03-12T06:50, and 'ceo 06:50' as `why` takes it."""
    schedule, due_at = fields.get("schedule"), str(fields.get("due_at") or "")
    return (f"{schedule}@{due_at[:16]}", f"{schedule} {due_at[11:16]}") if schedule and due_at else ()


def _fields(line: "LogEvent") -> JsonObject:
    """The keys of a line of the company; none of another's."""
    try:
        fields = json.loads(line.message)
    except (ValueError, RecursionError):
        return {}
    return fields if isinstance(fields, dict) and "message" in fields else {}


def _as_json(line: "LogEvent", at: datetime) -> JsonObject:
    return {"at": at, "group": line.group, "stream": line.stream, "message": line.message}


def readable(line: "LogEvent", at: datetime) -> str:
    """2026-03-11 07:05:00 scrape_a  INFO closed  outcome=done session_id=12 ..."""
    role, when, fields = line.group.rsplit("/", 1)[-1], f"{at:%Y-%m-%d %H:%M:%S}", _fields(line)
    if not fields:
        return f"{when} {role}  {line.message.rstrip()}"
    rest = " ".join(
        f"{name}={_short(value)}" for name, value in fields.items() if name not in HIDDEN_KEYS and value is not None
    )
    return f"{when} {role}  {fields.get('level', '')} {fields['message']}  {rest}".rstrip()


def _short(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
