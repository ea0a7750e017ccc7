"""Alarms: what reaches the owner by itself, when each was last tested, and what was sent."""

from aws_lambda_powertools.event_handler import Response

from company.console.paging import paged
from company.console.rendering import page, see_other
from company.console.routing import new_routes
from company.console.visit import visit_of
from company.owner.alert_wording import AlertFacts, subject_of

routes = new_routes()


@routes.get("/alarms")
def _alarms() -> Response[str]:
    visit = visit_of(routes)
    return page(
        visit,
        "alarms.html.j2",
        tests=visit.brain.all("last_alarm_tests"),
        can_test=visit.site.test_alarms is not None,
        subject=lambda row: subject_of(AlertFacts(**{name: row[name] for name in AlertFacts.__dataclass_fields__})),
        **paged(visit, lambda **part: visit.brain.all("console_alerts", **part)),
    )


@routes.post("/alarms/test")
def _test() -> Response[str]:
    """Sends a real test through each alarm."""
    visit = visit_of(routes)
    noted = visit.act("tested the alarms", lambda: "")
    test = visit.site.test_alarms
    visit.say(noted, test() if test else "Nothing was tested: from here, watchbill doctor --ring --aws does it.")
    return see_other(f"/alarms?done={noted}")
