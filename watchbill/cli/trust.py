"""`watchbill trust`: how far each outward act is trusted, what waits there, and setting one."""

from collections.abc import Iterable, Mapping
from typing import Any

import typer

RUNGS = ("closed", "ask", "open")
MEANS = {
    "closed": "nothing of it leaves; what waited is taken back",
    "ask": "it waits, fixed as it is, for your yes to one question about all that waits; silence lets nothing go",
    "open": "it goes by itself, once, recorded before",
}
MODEL_MEANS = {
    "closed": "everybody works by the book",
    "ask": "the book works, the model in its shadow; once there is something to go by you are asked for a day of it",
    "open": "employees work by the model, where the settings name one",
}
UNDO_MEANS = {
    "closed": "a model that acts takes no promotion back, and releases what a second edition confirms",
    "open": "a model's data_auditor takes back and releases by its own judgement",
}
OF_THE_MODEL = {"act_by_model": MODEL_MEANS, "undo_by_model": UNDO_MEANS}
Row = Mapping[str, Any]


def trust(
    act: str = typer.Argument(None, metavar="[ACT]", help="Which act; without it, all are listed."),
    to: str = typer.Argument(None, metavar="[closed|ask|open]", help="Where it shall stand from now on."),
    waiting: bool = typer.Option(False, "--waiting", help="Show what waits for your yes, word for word."),
    as_json: bool = typer.Option(False, "--json", help="Print rows as JSON."),
) -> None:
    """Say how far each outward act is trusted: closed, ask or open. In a new company only the brief is open."""
    if waiting:
        _show_waiting(act, as_json=as_json)
    elif to is None:
        _list(act, as_json=as_json)
    else:
        _set(act, to, as_json=as_json)


def _list(act: str | None, *, as_json: bool) -> None:
    from watchbill.cli.house import open_brain
    from watchbill.cli.printing import show, show_json, table

    with open_brain() as brain:
        rows = _of(brain.all("list_approvals"), act)
    if as_json:
        show_json(rows)
        return
    show(table(("ACT", "STANDS AT", "WAITING", "WHICH MEANS"), [_told(row) for row in rows]))


def _told(row: Row) -> tuple[str, ...]:
    asked = f" (D-{row['decision_id']})" if row["decision_id"] else ""
    means = OF_THE_MODEL.get(row["action"], MEANS)[row["level"]]
    return row["action"], row["level"], f"{row['waiting']}{asked}" if row["waiting"] else "-", means


def _show_waiting(act: str | None, *, as_json: bool) -> None:
    from watchbill.cli.house import open_brain
    from watchbill.cli.printing import show, show_json

    with open_brain() as brain:
        known = {row["action"] for row in _of(brain.all("list_approvals"), act)}
        rows = [row for row in brain.all("entries_waiting", decision_id=None) if row["action"] in known]
    if as_json:
        show_json(rows)
    else:
        show("\n\n".join(_in_full(row) for row in rows) if rows else "Nothing waits for your yes.")


def _in_full(row: Row) -> str:
    state = "allowed, goes at its sender's next fire" if row["status"] == "allowed" else _asked(row)
    return f"{row['action']} to {row['to_whom']}: {state}\n{row['subject']}\n\n{(row['body'] or '').rstrip()}"


def _asked(row: Row) -> str:
    return f"asked in D-{row['decision_id']}" if row["decision_id"] else "not asked yet"


def _set(act: str, to: str, *, as_json: bool) -> None:
    from watchbill.cli.failing import Misused
    from watchbill.cli.house import open_brain
    from watchbill.cli.printing import show_json

    if to not in RUNGS:
        raise Misused(f"{to} is no rung: an act stands at {', '.join(RUNGS)}.")
    with open_brain() as brain:
        [was] = _of(brain.all("list_approvals"), act)
        if to not in (rungs := OF_THE_MODEL.get(was["action"], MEANS)):
            raise Misused(f"{was['action']} stands at {' or '.join(rungs)}: nobody could be asked in time.")
        brain.run("set_approval", action=was["action"], level=to)
        [row] = _of(brain.all("list_approvals"), act)
    if as_json:
        show_json({**row, "was": was["level"]})
        return
    typer.echo(f"{row['action']} stands at {to} (was {was['level']}): {_told(row)[-1]}.")
    if row["waiting"]:
        asked = f"watchbill decide D-{row['decision_id']}" if row["decision_id"] else "it is asked at the next fire"
        typer.echo(f"{row['waiting']} still waiting for your yes: {asked}.")


def _of(rows: Iterable[Row], act: str | None) -> list[Row]:
    """All of them, or the one that is named; 'act', 'act-by-model' and 'act_by_model' are one."""
    from watchbill.cli.failing import Misused

    listed = list(rows)
    wanted = {"act": "act_by_model"}.get(act, act.replace("-", "_")) if act else None
    found = [row for row in listed if wanted in (None, row["action"])]
    if not found:
        raise Misused(f"{act} is no outward act. There are: {', '.join(row['action'] for row in listed)}.")
    return found
