"""Changes: what the company changes in its own code, each with its test and its verdict; and your orders about them."""

from aws_lambda_powertools.event_handler import Response

from company.aws.function_url import BadRequest
from company.console.paging import paged
from company.console.rendering import page, see_other
from company.console.routing import new_routes
from company.console.visit import visit_of

AUDITOR = "build_auditor"
"""Who carries an order out."""
ORDERS = {
    "prove": "it is tried again on a copy of what is deployed now",
    "approve": "it is deployed whatever the level of deploy, watched, and rolled back when a function fails",
    "refuse": "it is not deployed; this counts at once",
    "roll_back": "the schedules fire the versions of before",
}
routes = new_routes()


@routes.get("/changes")
def _changes() -> Response[str]:
    visit = visit_of(routes)
    return page(visit, "changes.html.j2", **paged(visit, lambda **part: visit.brain.all("console_changes", **part)))


@routes.post("/changes/order")
def _order() -> Response[str]:
    """Records the order; then calls the auditor, who carries it out. A refusal needs nobody."""
    visit = visit_of(routes)
    number, order, reason = visit.field("change", 15), visit.field("order", 10), visit.field("reason", 500)
    if order not in ORDERS or not (number.isascii() and number.isdecimal()):
        raise BadRequest(422, f"An order about a change is one of {', '.join(ORDERS)}.")
    said = f"C-{number}: {order.replace('_', ' ')} is ordered: {ORDERS[order]}."

    def do() -> str:
        visit.brain.run("order_change", change_id=int(number), order=order, reason=reason)
        return said if order == "refuse" else ""

    noted = visit.act(f"ordered about C-{number}: {order.replace('_', ' ')}", do)
    if order != "refuse":
        visit.say(noted, f"{said} {visit.site.call(AUDITOR)}")
    return see_other(f"/C-{number}?done={noted}")
