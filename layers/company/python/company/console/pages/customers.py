"""Customers: what each gets, what became of it, and pausing; each page that was written is shown in full."""

import json

from aws_lambda_powertools.event_handler import Response

from company.console.paging import SIZE, paged
from company.console.rendering import message, page, see_other
from company.console.routing import new_routes
from company.console.visit import visit_of
from company.console.web import BadRequest

HANDLED = 20
routes = new_routes()


@routes.get("/customers")
def _customers() -> Response[str]:
    visit = visit_of(routes)
    return page(visit, "customers.html.j2", rows=visit.brain.all("list_customers"))


@routes.get("/customers/<number>")
def _customer(number: str) -> Response[str]:
    visit = visit_of(routes)
    is_number = number.isascii() and number.isdecimal() and len(number) <= 15
    customer = visit.brain.one("console_customer", id=int(number)) if is_number else None
    if customer is None:
        return message(visit.site, "No such customer", f"There is no customer {number[:15]}.", 404)
    before, found = visit.number("before"), customer["id"]
    return page(
        visit,
        "customer.html.j2",
        customer=customer,
        handled=visit.brain.all("console_handled", customer_id=found, limit=HANDLED),
        **paged(visit.brain.all("console_deliveries", customer_id=found, before=before, limit=SIZE + 1)),
    )


@routes.post("/customers/pause")
def _pause() -> Response[str]:
    visit = visit_of(routes)
    name, rests = visit.field("name", 100), visit.field("rests", 5) == "yes"

    def do() -> str:
        visit.brain.run("pause_customer", name=name, rests=rests)
        return (
            f"{name} gets nothing until you resume it." if rests else f"{name} gets its pages again from the next on."
        )

    act = f"paused customer {name}" if rests else f"resumed customer {name}"
    return see_other(f"/customers?done={visit.act(act, do)}")


@routes.post("/customers/save")
def _save() -> Response[str]:
    """Takes a customer, or changes what one gets: the name decides which."""
    visit = visit_of(routes)
    name, email, kind = visit.field("name", 200), visit.field("email", 320), visit.field("kind", 10)
    try:
        filters = json.loads(visit.field("filters") or "{}")
    except ValueError as error:
        raise BadRequest(422, f"The filters are no JSON: {error}") from error

    def do() -> str:
        visit.brain.value("add_customer", name=name, email=email, kind=kind, filters=filters)
        return f"{name} is a customer: {kind} to {email}."

    return see_other(f"/customers?done={visit.act(f'saved customer {name}', do)}")
