"""Pipelines: is data flowing? Each source's age beside its limit; its editions by the fate of their rows."""

from aws_lambda_powertools.event_handler import Response

from company.console.paging import paged
from company.console.rendering import message, page
from company.console.routing import new_routes
from company.console.visit import visit_of

EDITIONS, REQUESTS = 30, 20
routes = new_routes()


@routes.get("/pipelines")
def _pipelines() -> Response[str]:
    visit = visit_of(routes)
    waiting = {row["source"]: row["rows"] for row in visit.brain.all("console_quarantine_counts")}
    rows = visit.brain.all("console_sources")
    return page(visit, "pipelines.html.j2", rows=rows, waiting=waiting)


@routes.get("/pipelines/<source>")
def _source(source: str) -> Response[str]:
    visit = visit_of(routes)
    found = [row for row in visit.brain.all("console_sources") if row["source"] == source]
    if not found:
        return message(visit.site, "No such source", f"There is no source {source}.", 404)
    return page(
        visit,
        "source.html.j2",
        source=found[0],
        quarantine=visit.brain.all("console_quarantine", source=source, before=None, limit=EDITIONS),
        fetches=visit.brain.all("console_fetches", source=source, limit=REQUESTS),
        **paged(visit, lambda **part: visit.brain.all("console_editions", source=source, **part), EDITIONS),
    )
