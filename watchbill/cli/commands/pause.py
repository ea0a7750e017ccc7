"""`watchbill pause ROLE` and `resume ROLE`: pauses and resumes one role; all others continue."""

from collections.abc import Sequence
from dataclasses import dataclass

import typer

from company.text.wording import counted
from watchbill.cli import completing
from watchbill.cli.printing import say


@dataclass(frozen=True)
class PausableRole:
    """A role with a schedule, and whether it is paused."""

    role: str
    is_paused: bool


def pause(
    role: str = typer.Argument(
        ..., metavar="ROLE", autocompletion=completing.ROLE, help="Which role to pause, as `watchbill org` names it."
    ),
    why: str = typer.Option(
        "", "--why", metavar="TEXT", help="Your reason; it is stored with each slot that is withdrawn."
    ),
    as_json: bool = typer.Option(False, "--json", help="Print what was done as JSON."),
) -> None:
    """Pause a role: its schedule is disabled and its future slots are withdrawn, without an alarm."""
    _set(role, rests=True, why=": ".join(filter(None, ["paused by the owner", why])), as_json=as_json)


def resume(
    role: str = typer.Argument(..., metavar="ROLE", autocompletion=completing.ROLE, help="Which role to resume."),
    as_json: bool = typer.Option(False, "--json", help="Print what was done as JSON."),
) -> None:
    """Resume a paused role: its schedule is enabled; heartbeat expects its fires from the next beat on."""
    _set(role, rests=False, why="", as_json=as_json)


def _set(role: str, *, rests: bool, why: str, as_json: bool) -> None:
    from watchbill.cli.last_desk import open_brain, open_switch
    from watchbill.cli.printing import show_json

    with open_brain() as brain:
        _require_other(brain.rows(PausableRole, "who_works_here"), role, rests=rests)
    with open_switch() as switch:
        # The brain first: heartbeat must never see a schedule that is off and a role that is not paused.
        if not rests:
            state = switch(role, on=True)
        with open_brain() as brain:
            withdrawn = brain.value("pause_role", role=role, rests=rests, why=why)
        if rests:
            state = switch(role, on=False)
    if as_json:
        show_json({"role": role, "is_paused": rests, "schedule": state, "withdrawn": withdrawn})
    elif rests:
        slots = counted(withdrawn, "future slot")
        say(f"{role} is paused: its schedule is {state}, {slots} withdrawn. watchbill resume {role}")
    else:
        say(f"{role} is resumed: its schedule is {state}; heartbeat expects its fires from the next beat on.")


def _require_other(staff: Sequence[PausableRole], role: str, *, rests: bool) -> None:
    """Raises when there is no such role, or when it is in that state already."""
    from watchbill.errors import DeskError
    from watchbill.suggesting import no_such

    known = {one.role: one.is_paused for one in staff}
    if role not in known:
        raise no_such("role with a schedule", role, known)
    if known[role] == rests:
        raise DeskError(f"{role} {'is paused already' if rests else 'is not paused'}.")
