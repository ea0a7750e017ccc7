"""Briefs: every morning's page by its day, as it was written."""

from datetime import date

from aws_lambda_powertools.event_handler import Response

from company.brief import BriefPage
from company.brief.rows import KeptBrief
from company.console.paging import SIZE
from company.console.rendering import message, page
from company.console.routing import new_routes
from company.console.visit import visit_of

routes = new_routes()


@routes.get("/briefs")
def _briefs() -> Response[str]:
    visit = visit_of(routes)
    rows = visit.brain.all("console_briefs", before=_day(visit.asked("before")), limit=SIZE + 1)
    older = rows[SIZE - 1]["brief_date"] if len(rows) > SIZE else None
    return page(visit, "briefs.html.j2", rows=rows[:SIZE], older=older)


@routes.get("/briefs/<day>")
def _brief(day: str) -> Response[str]:
    visit = visit_of(routes)
    wanted = _day(day)
    kept = visit.brain.row(KeptBrief, "read_brief", brief_date=wanted) if wanted else None
    if kept is None:
        return message(visit.site, "No such brief", f"There is no brief of {day}.", 404)
    return page(visit, "brief.html.j2", brief=BriefPage.from_json(kept.facts["page"]), kept=kept, day=wanted)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
