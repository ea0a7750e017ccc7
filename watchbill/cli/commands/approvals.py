"""`watchbill approvals`: the approval level of each action, what waits for approval, and setting a level."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import typer

from watchbill.cli import completing
from watchbill.cli.printing import say

if TYPE_CHECKING:
    from company.console.rows import WaitingEntry

LEVELS = ("closed", "ask", "open")


@dataclass(frozen=True)
class ActionApproval:
    """An action, its level, and how much of it waits for which question."""

    action: str
    level: str
    changed_at: datetime
    changed_by: str
    waiting: int
    allowed: int
    decision_id: int | None


def approvals(
    action: str = typer.Argument(
        None, metavar="[ACTION]", autocompletion=completing.ACTION, help="Which action; without it, all are listed."
    ),
    level: str = typer.Argument(
        None,
        metavar="[closed|ask|open]",
        autocompletion=completing.of_words(*LEVELS),
        help="The level to set from now on.",
    ),
    waiting: bool = typer.Option(False, "--waiting", help="Show the full text of what waits for your approval."),
    as_json: bool = typer.Option(False, "--json", help="Print rows as JSON."),
) -> None:
    """List or set the approval level of actions: closed, ask or open. A new company has only brief open."""
    if waiting and level is not None:
        from watchbill.errors import UsageError

        raise UsageError(f"--waiting only shows what waits: leave it out to set {action} to {level}.")
    if waiting:
        _show_waiting(action, as_json=as_json)
    elif level is None:
        _list(action, as_json=as_json)
    else:
        _set(action, level, as_json=as_json)


def _list(action: str | None, *, as_json: bool) -> None:
    from watchbill.cli.last_desk import open_brain
    from watchbill.cli.printing import show, show_json, table

    with open_brain() as brain:
        rows = _named(brain.rows(ActionApproval, "list_approvals"), action)
    if as_json:
        show_json(rows)
    else:
        show(table(("ACTION", "APPROVAL", "WAITING", "MEANING"), [_columns(row) for row in rows]))


def _columns(row: ActionApproval) -> tuple[str, ...]:
    question = f" (D-{row.decision_id})" if row.decision_id else ""
    return row.action, row.level, f"{row.waiting}{question}" if row.waiting else "-", _meaning(row)


def _meaning(row: ActionApproval) -> str:
    from company.owner.approval_levels import MEANINGS, MEANINGS_OF

    return MEANINGS_OF.get(row.action, MEANINGS)[row.level]


def _show_waiting(action: str | None, *, as_json: bool) -> None:
    from company.console.rows import WaitingEntry
    from watchbill.cli.last_desk import open_brain
    from watchbill.cli.printing import show, show_json

    with open_brain() as brain:
        wanted = {row.action for row in _named(brain.rows(ActionApproval, "list_approvals"), action)}
        entries = [one for one in brain.rows(WaitingEntry, "entries_waiting", decision_id=None) if one.action in wanted]
    if as_json:
        show_json(entries)
    else:
        show("\n\n".join(_in_full(entry) for entry in entries) if entries else "Nothing waits for your approval.")


def _in_full(entry: "WaitingEntry") -> str:
    state = "approved, is sent at the next fire of its sender" if entry.status == "allowed" else _question(entry)
    return f"{entry.action} to {entry.to_whom}: {state}\n{entry.subject}\n\n{(entry.body or '').rstrip()}"


def _question(entry: "WaitingEntry") -> str:
    return f"asked in D-{entry.decision_id}" if entry.decision_id else "not asked yet"


def _set(action: str, level: str, *, as_json: bool) -> None:
    from company.json_values import json_ready
    from watchbill.cli.last_desk import open_brain
    from watchbill.cli.printing import show_json

    with open_brain() as brain:
        [before] = _named(brain.rows(ActionApproval, "list_approvals"), action)
        _require_level(before.action, level)
        brain.run("set_approval", action=before.action, level=level)
        [row] = _named(brain.rows(ActionApproval, "list_approvals"), action)
    if as_json:
        show_json({**json_ready(row), "was": before.level})
        return
    say(f"{row.action}: approval is {level} (was {before.level}): {_meaning(row)}.")
    if row.waiting:
        where = f"watchbill decide D-{row.decision_id}" if row.decision_id else "the question comes at the next fire"
        say(f"{row.waiting} still waits for your approval: {where}.")


def _require_level(action: str, level: str) -> None:
    from company.owner.approval_levels import MEANINGS, MEANINGS_OF
    from watchbill.errors import UsageError

    if level not in LEVELS:
        raise UsageError(f"{level} is not a level: choose {', '.join(LEVELS)}.")
    if level not in (levels := MEANINGS_OF.get(action, MEANINGS)):
        raise UsageError(f"{action} can be {' or '.join(levels)}: you could not be asked in time.")


def _named(rows: Sequence[ActionApproval], action: str | None) -> Sequence[ActionApproval]:
    """All of them, or the one that is named; 'act', 'act-by-model' and 'act_by_model' are one."""
    from watchbill.suggesting import no_such

    wanted = None if action is None else {"act": "act_by_model"}.get(action, action.replace("-", "_"))
    found = [row for row in rows if wanted in (None, row.action)]
    if not found:
        raise no_such("action", str(action), [row.action for row in rows])
    return found
