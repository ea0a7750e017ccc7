"""Changes: what the company changes in its own code, each with its test and its verdict."""

from aws_lambda_powertools.event_handler import Response

from company.console.paging import SIZE, paged
from company.console.rendering import page
from company.console.routing import new_routes
from company.console.visit import visit_of

routes = new_routes()


@routes.get("/changes")
def _changes() -> Response[str]:
    visit = visit_of(routes)
    rows = visit.brain.all("console_changes", before=visit.number("before"), limit=SIZE + 1)
    return page(visit, "changes.html.j2", **paged(rows))
