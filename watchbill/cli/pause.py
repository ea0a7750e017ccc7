"""`watchbill pause ROLE` and `resume ROLE`: one role rests, in the open; everybody else works on."""

from typing import Any

import typer


def pause(
    role: str = typer.Argument(..., metavar="ROLE", help="Who rests, as `watchbill org` names them."),
    why: str = typer.Option("", "--why", metavar="WORDS", help="Your reason, kept with each slot that is withdrawn."),
    as_json: bool = typer.Option(False, "--json", help="Print what was done as JSON."),
) -> None:
    """Let a role rest: its schedule is switched off, what it owed is withdrawn with your reason, nobody is alarmed."""
    _set(role, rests=True, why=": ".join(filter(None, ["paused by the owner", why])), as_json=as_json)


def resume(
    role: str = typer.Argument(..., metavar="ROLE", help="Who works again."),
    as_json: bool = typer.Option(False, "--json", help="Print what was done as JSON."),
) -> None:
    """Let a paused role work again: its schedule is switched on; heartbeat expects it from its next beat on."""
    _set(role, rests=False, why="", as_json=as_json)


def _set(role: str, *, rests: bool, why: str, as_json: bool) -> None:
    from watchbill.cli.last_desk import open_brain, open_desk
    from watchbill.cli.printing import show_json
    from watchbill.cloud.switching import switch_schedule

    with open_brain() as brain:
        _require_other(brain.all("who_works_here"), role, rests=rests)
    with open_desk() as desk:
        # The brain first: heartbeat must never see a schedule that is off and a role that is not paused.
        if not rests:
            state = switch_schedule(desk.cloud, desk.deployed.schedule_group, role, on=True)
        with desk.brain() as brain:
            withdrawn = brain.value("pause_role", role=role, rests=rests, why=why)
        if rests:
            state = switch_schedule(desk.cloud, desk.deployed.schedule_group, role, on=False)
    if as_json:
        show_json({"role": role, "is_paused": rests, "schedule": state, "withdrawn": withdrawn})
    elif rests:
        typer.echo(
            f"{role} rests: its schedule is {state}, {withdrawn} slots ahead are withdrawn. watchbill resume {role}"
        )
    else:
        typer.echo(f"{role} works again: its schedule is {state}; heartbeat expects it from its next beat on.")


def _require_other(staff: list[dict[str, Any]], role: str, *, rests: bool) -> None:
    """Whether there is such a role, and it is not already so."""
    from watchbill.errors import DeskError

    known = {row["role"]: row["is_paused"] for row in staff}
    if role not in known:
        raise DeskError(f"Nobody here who could be paused is called {role}. There are: {', '.join(known)}.")
    if known[role] == rests:
        raise DeskError(f"{role} {'is paused already' if rests else 'is not paused'}.")
