"""`watchbill invoke ROLE`: one fire by hand, in the function's own process, through the Lambda Runtime API."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from watchbill.cloud.runtime import Invocation


def invoke(
    role: str = typer.Argument(..., metavar="ROLE", help="Whom to fire, as `watchbill org` names them."),
    event: Path = typer.Option(
        None, "--event", metavar="FILE", help="The event to fire with, as `sam local invoke` takes it."
    ),
    as_json: bool = typer.Option(False, "--json", help="Print the run as JSON."),
) -> None:
    """Fire a role once, now, outside its schedule; a paused or stopped one says so and rests."""
    from watchbill.cli.last_desk import fire_by_hand, open_desk
    from watchbill.cli.printing import harmless, show_json

    given = _read(event) if event else None
    with open_desk() as desk:
        _require_known(desk, role)
        done = fire_by_hand(desk, role, given)
    if as_json:
        show_json(_as_json(role, done))
    else:
        typer.echo(harmless("\n".join(_told(role, done))))
    raise typer.Exit(0 if done.is_ok else 1)


def _read(path: Path) -> dict[str, Any]:
    from watchbill.errors import DeskError

    try:
        event = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DeskError(f"--event {path} cannot be read as JSON: {error}") from error
    if not isinstance(event, dict):
        raise DeskError(f"--event {path} is no object: write {{role, schedule, due_at, attempt}}.")
    return event


def _require_known(desk: Any, role: str) -> None:
    from watchbill.errors import DeskError

    known = sorted(function.role for function in desk.deployed.functions if function.role)
    if role not in known:
        raise DeskError(f"Nobody is deployed as {role}. There are: {', '.join(known)}.")


def _as_json(role: str, done: "Invocation") -> dict[str, Any]:
    return {
        "role": role,
        "status": done.status,
        "payload": done.payload,
        "duration_ms": done.duration_ms,
        "init_ms": done.init_ms,
        "request_id": done.request_id,
        "log": [line for _, line in done.log_lines],
    }


def _told(role: str, done: "Invocation") -> list[str]:
    """What it came to, with its evidence; an error as its own words."""
    came_to: dict[str, Any] = done.payload if isinstance(done.payload, dict) else {"outcome": str(done.payload)}
    if not done.is_ok:
        why = came_to.get("errorMessage", came_to)
        return [f"{role}: {done.status} after {done.duration_ms:.0f} ms: {why}", f"watchbill logs {role}"]
    cold = f", cold start {done.init_ms:.0f} ms" if done.init_ms else ""
    lines = [f"{role}: {came_to.get('outcome', 'done')} in {done.duration_ms:.0f} ms{cold}"]
    lines += [f"  because {came_to['reason']}"] if came_to.get("reason") else []
    evidence: dict[str, Any] = came_to.get("evidence") or {}
    lines += [f"  {name.replace('_', ' ')}: {value}" for name, value in evidence.items()]
    lines += [f"  watchbill why S-{came_to['session_id']}"] if "session_id" in came_to else []
    return lines
