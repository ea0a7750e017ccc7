"""Company: who reports to whom, in which state, and who watches whom; and the page of each role."""

from datetime import timedelta

from aws_lambda_powertools.event_handler import Response

from company.aws.function_url import BadRequest
from company.console.rendering import message, page, see_other
from company.console.routing import new_routes
from company.console.strips import strip_of
from company.console.visit import Visit, visit_of
from company.pages import org, org_wording
from company.text.wording import counted

DAY = timedelta(hours=24)
RECENT = 20
routes = new_routes()


@routes.get("/company")
def _company() -> Response[str]:
    visit = visit_of(routes)
    return page(visit, "org.html.j2", org=_org(visit), words=org_wording, drawing=org, is_table=_is_table(visit))


@routes.get("/roles/<role>")
def _role(role: str) -> Response[str]:
    visit = visit_of(routes)
    drawn = _org(visit)
    person = next((person for person in drawn.people if person.role == role), None)
    if person is None:
        return message(visit.site, "Nobody of that name", f"There is no role {role}.", 404)
    hours = visit.brain.all("console_hours_of_role", role=role, since=visit.now - DAY, until=visit.now)
    return page(
        visit,
        "role.html.j2",
        person=person,
        drawing=org,
        org=drawn,
        people=[one for one in drawn.people if one.reports_to == role],
        watches=[one for one in drawn.people if one.watched_by == role],
        sessions=visit.brain.all("console_sessions", role=role, before=None, limit=RECENT),
        strip=strip_of(hours, visit.now - DAY, visit.site.zone),
    )


@routes.post("/roles/pause")
def _pause() -> Response[str]:
    """A paused role does not work; what it owed is withdrawn, openly, and others watch on.

    Its schedule is switched on before it is resumed and off after it is paused: heartbeat must never see a schedule
    that is off and a role that is not paused.
    """
    visit = visit_of(routes)
    role, rests = visit.field("role", 40), visit.says_yes("rests")
    if not rests:
        _require_schedule(visit, role)

    def do() -> str:
        why = visit.field("why", 200) or "paused on the console"
        withdrawn = visit.brain.value("pause_role", role=role, rests=rests, why=why)
        if rests:
            slots = counted(withdrawn, "slot that it owed is", "slots that it owed are")
            return f"{role} is paused: {slots} withdrawn. All others go on."
        return f"{role} is resumed: heartbeat expects its fires again from its next beat on."

    noted = visit.act(f"paused {role}" if rests else f"resumed {role}", do)
    if rests and visit.site.switch:
        _ = visit.site.switch(role, False)
    return see_other(f"/roles/{role}?done={noted}")


def _require_schedule(visit: Visit, role: str) -> None:
    """Switches it on where this console can. Elsewhere one that `watchbill pause` switched off would stay off, and
    the command would find nothing to resume: BadRequest says what does it.
    """
    if role in visit.roles and visit.site.switch:
        _ = visit.site.switch(role, True)
        return
    facts = visit.brain.one("schedule_facts", schedule=role)
    if facts and facts["state_seen"] == "DISABLED":
        says = (
            f"Nothing was done: heartbeat saw the schedule of {role} DISABLED. This does both: watchbill resume {role}"
        )
        raise BadRequest(409, says)


@routes.post("/roles/fire")
def _fire() -> Response[str]:
    """One fire by hand, on a slot of its own."""
    visit = visit_of(routes)
    role = visit.field("role", 40)
    if role not in visit.roles:
        return message(visit.site, "Nobody of that name", f"There is no role {role}.", 404)
    noted = visit.act(f"called {role}", lambda: "")
    visit.say(noted, visit.site.call(role))
    return see_other(f"/roles/{role}?done={noted}")


def _org(visit: Visit) -> org.Org:
    return org.gather(visit.brain, title=visit.site.title, zone=visit.site.zone, desk=visit.site.desk)


def _is_table(visit: Visit) -> bool:
    return visit.asked("as") == "table"
