"""Auditors: did each look, at how much, and did it find what was planted for it."""

from datetime import timedelta

from aws_lambda_powertools.event_handler import Response

from company.console.paging import paged
from company.console.rendering import page
from company.console.routing import new_routes
from company.console.visit import visit_of

MONTH, DAY = timedelta(days=30), timedelta(days=1)
routes = new_routes()


@routes.get("/auditors")
def _auditors() -> Response[str]:
    visit = visit_of(routes)
    catches = {row["auditor"]: row for row in visit.brain.all("console_catches", since=visit.now - MONTH)}
    return page(
        visit,
        "auditors.html.j2",
        auditors=visit.brain.all("auditors_at_work", since=visit.now - DAY, until=visit.now),
        catches=catches,
        **paged(visit, lambda **part: visit.brain.all("console_audits", **part)),
    )
