"""Schedules: did everything fire? One row each, worst first; a schedule's last 30 days; one slot's story."""

from datetime import UTC, datetime, timedelta

from aws_lambda_powertools.event_handler import Response

from company.console.rendering import message, page, see_other
from company.console.routing import new_routes
from company.console.strips import strip_of
from company.console.visit import Visit, visit_of
from company.pages import slots, slots_wording
from company.pages.why import find_slot, why

DAY, MONTH = timedelta(days=1), timedelta(days=30)
RECENT = 50
ENDED_BADLY = ("missed", "failed", "timed_out")
VERDICTS = {
    "asked": "It is fired again at the next beat, as a late attempt; the slot's first end stays.",
    "fired_again_before": "Nothing was done: it was fired again once already.",
    "not_over": "Nothing was done: this slot did not end badly.",
    "not_made_up_for": "Nothing was done: its record says that a missed fire of it is not made up for.",
    "paused": "Nothing was done: the role is paused, or has left.",
    "not_deployed": "Nothing was done: the schedule is not deployed, or is switched off.",
    "too_old": "Nothing was done: it was due more than 24 hours ago.",
    "worked_since": "Nothing was done: the schedule has worked since.",
    "at_work": "Nothing was done: the role is at work now.",
}
routes = new_routes()


@routes.get("/schedules")
def _schedules() -> Response[str]:
    visit = visit_of(routes)
    return page(visit, "schedules.html.j2", drawn=_drawn(visit), words=slots_wording, cells=_cells)


def _drawn(visit: Visit) -> slots.Slots:
    site = visit.site
    since = visit.now - DAY
    return slots.gather(visit.brain, title=site.title, zone=site.zone, since=since, until=visit.now, desk=site.desk)


def _cells(line: slots.Line, drawn: slots.Slots) -> object:
    """A schedule's day, hour by hour."""
    mine = drawn.of_schedule[line.row.schedule]
    rows = [{"at": slot.due_at, "status": slot.end, "slots": 1} for slot in mine]
    return strip_of(rows, drawn.since, drawn.zone)


@routes.get("/schedules/<schedule>")
def _schedule(schedule: str) -> Response[str]:
    visit = visit_of(routes)
    rows = visit.brain.all("console_slots", schedule=schedule, before=_before(visit), limit=RECENT + 1)
    if not rows:
        return message(visit.site, "No such schedule", f"No slot of {schedule} is in the ledger.", 404)
    since = (visit.now - MONTH + DAY).replace(hour=0, minute=0, second=0, microsecond=0)
    days = visit.brain.all("console_days", schedule=schedule, since=since, until=visit.now)
    return page(
        visit,
        "schedule.html.j2",
        schedule=schedule,
        facts=visit.brain.one("schedule_facts", schedule=schedule),
        strip=strip_of(days, since, visit.site.zone, part=DAY, parts=30),
        rows=rows[:RECENT],
        older=rows[RECENT - 1]["due_at"].isoformat() if len(rows) > RECENT else None,
    )


def _before(visit: Visit) -> datetime:
    """Where this page of the list begins; the moment in an address has no blank for its plus sign."""
    text = visit.asked("before").replace(" ", "+")
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return visit.now
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


@routes.get("/slots/<name>")
def _slot(name: str) -> Response[str]:
    """One slot, by schedule@moment: its story, and its attempts."""
    visit = visit_of(routes)
    schedule, _, moment = name.partition("@")
    slot = find_slot(visit.brain, schedule, moment)
    return page(
        visit,
        "slot.html.j2",
        slot=slot,
        story=why(visit.brain, f"{schedule}@{slot.due_at:%Y-%m-%dT%H:%M}"),
        attempts=visit.brain.all("attempts_of_slot", schedule=schedule, due_at=slot.due_at),
        may_fire_again=slot.status in ENDED_BADLY,
    )


@routes.post("/slots/again")
def _again() -> Response[str]:
    """Fires a slot again where that is safe: the brain says whether it is."""
    visit = visit_of(routes)
    # Its own name, as the ledger has it, goes into the next address: what a form names may have a line break.
    slot = find_slot(visit.brain, visit.field("schedule", 80), visit.field("due_at", 40))
    schedule, due_at = slot.schedule, slot.due_at

    def do() -> str:
        asked = visit.brain.one("ask_retry", schedule=schedule, due_at=due_at, finding_id=None)
        return VERDICTS.get(str(asked and asked["verdict"]), "Nothing was done.")

    noted = visit.act(f"asked to fire {schedule} again", do)
    return see_other(f"/slots/{schedule}@{due_at:%Y-%m-%dT%H:%M}?done={noted}")
