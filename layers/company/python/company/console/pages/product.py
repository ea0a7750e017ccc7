"""Product: what the company sells, by panels that the product fills in; and all that is known of one entity."""

from urllib.parse import quote

from aws_lambda_powertools.event_handler import Response

from company.console.rendering import message, page, see_other
from company.console.routing import new_routes
from company.console.visit import visit_of
from company.pages.why import why

routes = new_routes()


@routes.get("/product")
def _product() -> Response[str]:
    visit = visit_of(routes)
    vertical = visit.site.vertical
    wanted = visit.asked("find")
    if wanted:
        return see_other(f"/product/{quote(wanted, safe='')}")
    pages = vertical.console if vertical else None
    panels = pages.overview(visit.brain, visit.now) if pages else ()
    return page(visit, "product.html.j2", vertical=vertical, panels=panels)


@routes.get("/product/<name>")
def _entity(name: str) -> Response[str]:
    visit = visit_of(routes)
    vertical = visit.site.vertical
    if vertical is None or vertical.entity is None:
        return message(visit.site, "Nothing to look up", "This product has no entities with a page.", 404)
    story = why(visit.brain, f"{name} ", vertical=vertical)
    pages = vertical.console
    panels = pages.entity(visit.brain, story.subject, visit.now) if pages else ()
    return page(visit, "entity.html.j2", story=story, panels=panels)
