"""Briefs: every morning's page by its day, as it was written."""

import base64
import hashlib
from datetime import date

from aws_lambda_powertools.event_handler import Response

from company.aws.function_url import BadRequest
from company.brief import BriefPage, html
from company.brief.rows import KeptBrief
from company.console.paging import SIZE
from company.console.rendering import HTML, page
from company.console.routing import new_routes
from company.console.visit import Visit, visit_of
from company.pages.style import STYLE

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
    kept = _kept(visit, day)
    return page(visit, "brief.html.j2", brief=BriefPage.from_json(kept.facts["page"]), kept=kept, day=_day(day))


@routes.get("/briefs/<day>/mail")
def _mail(day: str) -> Response[str]:
    """The page as it is mailed. A mail carries its style in itself: this page may have that one, and nothing else."""
    kept = _kept(visit_of(routes), day)
    digest = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; frame-ancestors 'none'"
    text = html.render(BriefPage.from_json(kept.facts["page"]), kept.subject)
    return Response(200, HTML, text, {"content-security-policy": policy})


def _kept(visit: Visit, day: str) -> KeptBrief:
    """The brief of a day; BadRequest where there is none."""
    wanted = _day(day)
    kept = visit.brain.row(KeptBrief, "read_brief", brief_date=wanted) if wanted else None
    if kept is None:
        raise BadRequest(404, f"There is no brief of {day[:20]}.")
    return kept


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
