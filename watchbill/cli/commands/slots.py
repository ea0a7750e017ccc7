"""`watchbill slots`: shows which slots fired and which did not, the worst first; and the timeline of one slot."""

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import typer

from watchbill.cli import completing
from watchbill.cli.printing import say

if TYPE_CHECKING:
    from company.brain import Brain
    from company.pages.slots import Slots, SlotWithGrace

A_DAY = "24h"


def slots(
    schedule: str = typer.Argument(
        None, metavar="[SCHEDULE]", autocompletion=completing.SCHEDULE, help="Only this schedule."
    ),
    due: str = typer.Argument(
        None, metavar="[TIME]", help="With SCHEDULE: the timeline of the slot that was due then, like 23:40."
    ),
    since: str = typer.Option(None, metavar="SPAN", help="How far back: 90m, 24h, 7d; 24h if left out."),
    role: str = typer.Option(None, metavar="ROLE", autocompletion=completing.ROLE, help="Only slots of this role."),
    missed: bool = typer.Option(False, "--missed", help="Only missed slots."),
    late: bool = typer.Option(False, "--late", help="Only slots that were worked late, after their grace."),
    as_html: bool = typer.Option(False, "--html", help="Print the page as HTML."),
    as_json: bool = typer.Option(False, "--json", help="Print one row per slot as JSON."),
) -> None:
    """Show what was due, what fired and the last result of each schedule, the worst first."""
    from company.pages.why import find_slot
    from watchbill.cli.arguments import read_span, require_one
    from watchbill.cli.last_desk import open_brain

    require_one(html=as_html, json=as_json)
    if due is not None:
        _require_none(since=since is not None, role=role, missed=missed, late=late, html=as_html)
    back = A_DAY if since is None else since
    with open_brain() as brain:
        _require_known(brain, schedule, role)
        if schedule and due is not None:
            _show_one(brain, find_slot(brain, schedule, due), as_json=as_json)
            return
        every = _of_one(brain, read_span(back), schedule, role)
    _show_all(_narrowed(every, schedule, missed=missed, late=late), back, as_html=as_html, as_json=as_json)


def _require_none(**given: object) -> None:
    """UsageError for an option that says nothing about one slot."""
    from watchbill.errors import UsageError

    if named := [f"--{name}" for name, value in given.items() if value]:
        raise UsageError(f"{named[0]} is about many slots: leave it out, or leave out the TIME.")


def _require_known(brain: "Brain", schedule: str | None, role: str | None) -> None:
    from watchbill.cli.arguments import read_name

    read_name(schedule, brain.value("names_of_schedules"), "schedule")
    read_name(role, brain.value("names_of_roles"), "role")


def _of_one(brain: "Brain", back: timedelta, schedule: str | None, role: str | None) -> "Slots":
    """Those of a role; UsageError where the schedule that is asked for is another role's."""
    from watchbill.errors import UsageError

    every = _drawn(brain, back, None if schedule else role)
    whose = next((row.role for row in every.schedules if row.schedule == schedule), role)
    if schedule and role and whose != role:
        raise UsageError(f"{schedule} is a schedule of {whose}, not of {role}: leave --role out.")
    return every


def _show_all(drawn: "Slots", back: str, *, as_html: bool, as_json: bool) -> None:
    from company.pages import slots as page
    from company.pages import slots_html, slots_text
    from watchbill.cli.printing import show, show_json
    from watchbill.cli.shell_settings import width

    if as_json:
        show_json(page.as_json(drawn))
    elif as_html:
        typer.echo(slots_html.render(drawn), nl=False)
    elif not drawn.slots:
        say(f"No slot that matches was due in the last {back}.")
    else:
        show(slots_text.render(drawn, width()))


def _drawn(brain: "Brain", back: timedelta, role: str | None) -> "Slots":
    from company.pages.slots import gather
    from watchbill.cli.last_desk import the_company, title, zone

    day, now = the_company(), brain.now()
    return gather(
        brain,
        title=title(day),
        zone=zone(),
        since=now - back,
        until=now,
        role=role,
        desk=day.data_kind,
        with_evidence=True,
    )


def _narrowed(drawn: "Slots", schedule: str | None, *, missed: bool, late: bool) -> "Slots":
    wanted = [
        slot
        for slot in drawn.slots
        if (not schedule or slot.schedule == schedule)
        and (not missed or slot.status == "missed")
        and (not late or slot.late)
    ]
    named = {slot.schedule for slot in wanted}
    return replace(drawn, slots=wanted, schedules=[row for row in drawn.schedules if row.schedule in named])


def _show_one(brain: "Brain", slot: "SlotWithGrace", *, as_json: bool) -> None:
    from company.pages.slots import as_json as rows_of
    from watchbill.cli.printing import show, show_json

    if not as_json:
        show(_one(brain, slot))
        return
    drawn = _drawn(brain, brain.now() - slot.due_at + timedelta(hours=1), None)
    same = [one for one in drawn.slots if (one.schedule, one.due_at) == (slot.schedule, slot.due_at)]
    show_json(rows_of(replace(drawn, slots=same)))


def _one(brain: "Brain", slot: "SlotWithGrace") -> str:
    from company.pages.slots_text import OneSlot, SlotAttempt, SlotFinding, SlotRetry, one_slot
    from watchbill.cli.shell_settings import width

    drawn = _drawn(brain, brain.now() - slot.due_at + timedelta(hours=1), None)
    row = next(row for row in drawn.schedules if row.schedule == slot.schedule)
    this = {"schedule": slot.schedule, "due_at": slot.due_at}
    attempts = brain.rows(SlotAttempt, "attempts_of_slot", **this)
    findings = brain.rows(SlotFinding, "findings_of_slot", **this)
    retries = brain.rows(SlotRetry, "retries_of_slot", **this)
    return one_slot(drawn, OneSlot(slot, row, attempts, findings, retries), width())
