"""`watchbill slots`: shows which slots fired and which did not, the worst first; and the timeline of one slot."""

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import typer

from watchbill.cli import completing

if TYPE_CHECKING:
    from company.brain import Brain
    from company.pages.slots import Slots, SlotWithGrace


def slots(
    schedule: str = typer.Argument(
        None, metavar="[SCHEDULE]", autocompletion=completing.SCHEDULE, help="Only this schedule."
    ),
    due: str = typer.Argument(
        None, metavar="[TIME]", help="With SCHEDULE: the timeline of the slot that was due then, like 23:40."
    ),
    since: str = typer.Option("24h", metavar="SPAN", help="How far back: 90m, 24h, 7d."),
    role: str = typer.Option(None, metavar="ROLE", autocompletion=completing.ROLE, help="Only slots of this role."),
    missed: bool = typer.Option(False, "--missed", help="Only missed slots."),
    late: bool = typer.Option(False, "--late", help="Only slots that were worked late, after their grace."),
    as_html: bool = typer.Option(False, "--html", help="Print the page as HTML."),
    as_json: bool = typer.Option(False, "--json", help="Print one row per slot as JSON."),
) -> None:
    """Show what was due, what fired and the last result of each schedule, the worst first."""
    from company.pages.why import find_slot
    from watchbill.cli.arguments import read_name, read_span
    from watchbill.cli.last_desk import open_brain

    with open_brain() as brain:
        read_name(schedule, brain.value("names_of_schedules"), "schedule")
        read_name(role, brain.value("names_of_roles"), "role")
        if schedule and due is not None:
            _show_one(brain, find_slot(brain, schedule, due), as_json=as_json)
            return
        drawn = _narrowed(_drawn(brain, read_span(since), role), schedule, missed=missed, late=late)
    _show_all(drawn, as_html=as_html, as_json=as_json)


def _show_all(drawn: "Slots", *, as_html: bool, as_json: bool) -> None:
    from company.pages import slots as page
    from company.pages import slots_html, slots_text
    from watchbill.cli.printing import show, show_json
    from watchbill.cli.shell_settings import width

    if as_json:
        show_json(page.as_json(drawn))
    elif as_html:
        typer.echo(slots_html.render(drawn), nl=False)
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
