"""`watchbill invoke ROLE`: one fire by hand, in the function's own process, through the Lambda Runtime API."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from company.json_values import JsonObject
from watchbill.cli import completing
from watchbill.cli.arguments import path_option
from watchbill.cli.printing import say

if TYPE_CHECKING:
    from watchbill.cloud.runtime import Invocation


DEEPEST = 20
"""More than any event of AWS has."""


def invoke(
    role: str = typer.Argument(
        ..., metavar="ROLE", autocompletion=completing.ROLE, help="Which role to fire, as `watchbill org` names it."
    ),
    event: Path = path_option(
        None, "--event", metavar="FILE", help="The event to fire with, as `sam local invoke` takes it."
    ),
    for_sam: Path = path_option(
        None, "--for-sam", metavar="FOLDER", help="Only write event.json and env.json for `sam local invoke` there."
    ),
    as_json: bool = typer.Option(False, "--json", help="Print the run as JSON."),
) -> None:
    """Fire a role once, now, outside its schedule; a paused or stopped role only reports that.

    On AWS it is the version that its schedule fires: of the alias `live`, where the function has one.
    """
    from watchbill.cli.last_desk import fire_once
    from watchbill.cli.printing import show_json

    if for_sam:
        return _prepare_for_sam(role, for_sam)

    given = _read(event) if event else None
    done = fire_once(role, given)
    if as_json:
        show_json(_as_json(role, done))
    else:
        say("\n".join(_result_lines(role, done)))
    raise typer.Exit(0 if done.is_ok else 1)


def _prepare_for_sam(role: str, folder: Path) -> None:
    from watchbill.cli.sam_local import write_for_sam

    say(write_for_sam(role, folder))


def _read(path: Path) -> JsonObject:
    from watchbill.errors import DeskError

    try:
        event = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise DeskError(f"--event {path} cannot be read: {error.strerror}.") from error
    except (ValueError, RecursionError) as error:
        raise DeskError(f"--event {path} cannot be read as JSON: {error}") from error
    if not isinstance(event, dict):
        raise DeskError(f"--event {path} is not an object: write {{role, schedule, due_at, attempt}}.")
    if _is_deeper(event, DEEPEST):
        raise DeskError(f"--event {path} has more than {DEEPEST} brackets within each other: no event of ours has.")
    return event


def _is_deeper(value: object, most: int) -> bool:
    """Whether lists and objects lie within each other more than so many times."""
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return bool(parts) and (most == 0 or any(_is_deeper(part, most - 1) for part in parts))


def _as_json(role: str, done: "Invocation") -> JsonObject:
    return {
        "role": role,
        "status": done.status,
        "payload": done.payload,
        "duration_ms": done.duration_ms,
        "init_ms": done.init_ms,
        "request_id": done.request_id,
        "log": [line for _, line in done.log_lines],
    }


def _result_lines(role: str, done: "Invocation") -> list[str]:
    """The outcome with its evidence, or the error message."""
    result: JsonObject = done.payload if isinstance(done.payload, dict) else {"outcome": str(done.payload)}
    if not done.is_ok:
        why = result.get("errorMessage", result)
        return [f"{role}: {done.status} after {done.duration_ms:.0f} ms: {why}", f"watchbill logs {role}"]
    cold = f", cold start {done.init_ms:.0f} ms" if done.init_ms else ""
    lines = [f"{role}: {result.get('outcome', 'done')} in {done.duration_ms:.0f} ms{cold}"]
    lines += [f"  because {result['reason']}"] if result.get("reason") else []
    evidence: JsonObject = result.get("evidence") or {}
    lines += [f"  {name.replace('_', ' ')}: {value}" for name, value in evidence.items()]
    lines += [f"  watchbill why S-{result['session_id']}"] if "session_id" in result else []
    return lines
