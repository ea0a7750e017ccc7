"""Work: the queue by mode and state, what is to be done, and what was done."""

from datetime import timedelta

from aws_lambda_powertools.event_handler import Response

from company.console.paging import SIZE, paged
from company.console.rendering import page
from company.console.routing import new_routes
from company.console.visit import visit_of

WEEK = timedelta(days=7)
routes = new_routes()


@routes.get("/work")
def _work() -> Response[str]:
    visit = visit_of(routes)
    mode, shows_ended = visit.asked("mode") or None, visit.asked("show") == "ended"
    before = visit.number("before")
    rows = (
        visit.brain.all("console_ended_tasks", mode=mode, before=before, limit=SIZE + 1)
        if shows_ended
        else visit.brain.all("console_open_tasks", mode=mode, before=before, limit=SIZE + 1)
    )
    return page(
        visit,
        "work.html.j2",
        counts=visit.brain.all("console_task_counts", since=visit.now - WEEK),
        mode=mode,
        shows_ended=shows_ended,
        **paged(rows),
    )
