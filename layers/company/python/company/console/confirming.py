"""What cannot be taken back is asked once more, on a page of its own that says what it will do."""

from aws_lambda_powertools.event_handler import Response

from company.console.rendering import page
from company.console.visit import FIELD, Visit

SURE = "sure"


def ask_once_more(visit: Visit, *, title: str, says: str, button: str, back: str) -> Response[str] | None:
    """The page that asks, for a form that was not confirmed yet; None for one that was. Asking changes nothing.

    Its form carries the same fields to the same address, with a key of its own: each of the two acts once at most.
    """
    if visit.field(SURE) == "yes":
        return None
    fields = {name: value for name, value in visit.form.items() if name != FIELD} | {SURE: "yes"}
    to = visit.request.path
    return page(visit, "confirm.html.j2", title=title, says=says, button=button, back=back, fields=fields, to=to)
