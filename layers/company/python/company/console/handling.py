"""The page behind a customer's link: a GET shows what would be marked as handled, and only the POST marks it."""

from html import escape

from company.console import views
from company.console.site import Site
from company.console.web import BadRequest, Request, Response
from company.errors import Refused
from company.pipeline import handle_links
from company.pipeline.handle_links import HandleLink

MOST_NOTE = 500


def show(site: Site, text: str) -> Response:
    """Asks; changes nothing."""
    link = _require_open(site, text)
    return Response(
        views.page(
            f"{link.entity}: handled?",
            "<p>It leaves your lists, and comes back with the reason when it becomes another danger.</p>",
            f'<form method="post" action="{escape(handle_links.PATH + text)}">',
            f'<p><label>Note, if you like<br><input name="note" maxlength="{MOST_NOTE}"></label></p>',
            "<p><button>Mark as handled</button></p>\n</form>",
        )
    )


def mark(site: Site, request: Request, text: str) -> Response:
    """Marks it; a second time changes nothing and says so."""
    link = _require_open(site, text)
    note = request.form().get("note", "").strip()[:MOST_NOTE]
    try:
        is_new = site.brain().value("handle_by_link", customer_id=link.customer_id, entity=link.entity, note=note)
    except Refused as refused:
        raise BadRequest(409, str(refused)) from refused
    says = "It has left your lists." if is_new else "It was handled already; nothing has changed."
    return Response(views.message(f"{link.entity} is handled", says))


def _require_open(site: Site, text: str) -> HandleLink:
    link = handle_links.read(site.handle_key, text)
    if link is None:
        raise BadRequest(404, "This is not a link of ours.")
    if link.ends_at <= site.brain().now():
        raise BadRequest(410, "The time of this link is over; a newer page has a new one.")
    return link
