"""Customers: what each gets, what became of it, what it would get now, and pausing."""

from aws_lambda_powertools.event_handler import Response

from company.api.keys import CustomerKeyState
from company.aws.function_url import BadRequest
from company.console.confirming import ask_once_more
from company.console.paging import paged
from company.console.rendering import page, see_other
from company.console.routing import new_routes
from company.console.visit import Visit, visit_of
from company.json_values import JsonObject
from company.pipeline.delivering.deliveries import customer_facts
from company.pipeline.delivering.filters import UnreadableFilter, read_filters, unmatched_names
from company.vertical import Deliveries

HANDLED = 20
KINDS = ("brief", "feed")
routes = new_routes()


@routes.get("/customers")
def _customers() -> Response[str]:
    visit = visit_of(routes)
    return page(visit, "customers.html.j2", rows=visit.brain.all("list_customers"), kinds=KINDS)


@routes.get("/customers/<number>")
def _customer(number: str) -> Response[str]:
    visit = visit_of(routes)
    customer = customer_of(visit, number)
    found, brain = customer["id"], visit.brain
    inventories = brain.all("inventory_of_customer", customer_id=found)
    return page(
        visit,
        "customer.html.j2",
        customer=customer,
        kinds=KINDS,
        deliveries=_deliveries(visit),
        keys=brain.rows(CustomerKeyState, "list_customer_keys", customer=customer["name"]),
        handled=brain.all("console_handled", customer_id=found, limit=HANDLED),
        inventory=inventories[0] if inventories else None,
        **paged(visit, lambda **part: brain.all("console_deliveries", customer_id=found, **part)),
    )


@routes.get("/customers/<number>/preview")
def _preview(number: str) -> Response[str]:
    """What it would get now. Nothing is sent or stored."""
    visit = visit_of(routes)
    customer, deliveries = customer_of(visit, number), _deliveries(visit)
    if deliveries is None:
        raise BadRequest(404, "This product delivers nothing.")
    [row] = [one for one in visit.brain.all("list_customers") if one["id"] == customer["id"]]
    facts = customer_facts(
        visit.brain, deliveries, dict(row), since=row["covers_from"], until=visit.now, occasion="daily"
    )
    return page(visit, "preview.html.j2", customer=customer, written=deliveries.write(facts))


@routes.post("/customers/pause")
def _pause() -> Response[str]:
    visit = visit_of(routes)
    name, rests = visit.field("name", 100), visit.says_yes("rests")

    def do() -> str:
        visit.brain.run("pause_customer", name=name, rests=rests)
        return (
            f"{name} gets nothing until you resume it." if rests else f"{name} gets its pages again from the next on."
        )

    act = f"paused customer {name}" if rests else f"resumed customer {name}"
    return see_other(f"/customers?done={visit.act(act, do)}")


@routes.post("/customers/save")
def _save() -> Response[str]:
    """Takes a customer, or changes what one gets: the name decides which. Names that nothing has are asked back."""
    visit = visit_of(routes)
    name, email, kind = _known(visit, visit.field("name", 200)), visit.field("email", 320), visit.field("kind", 10)
    try:
        filters = read_filters(visit.field("filters") or "{}")
    except UnreadableFilter as error:
        raise BadRequest(422, f"The filter {error}") from error
    if kind not in KINDS:
        raise BadRequest(422, f"A customer gets one of {', '.join(KINDS)}.")
    if (deliveries := _deliveries(visit)) and (asked := _ask_of_unknown(visit, deliveries, filters)):
        return asked

    def do() -> str:
        visit.brain.value("add_customer", name=name, email=email, kind=kind, filters=filters)
        return f"{name} is a customer: {kind} to {email}."

    return see_other(f"/customers?done={visit.act(f'saved customer {name}', do)}")


def _known(visit: Visit, name: str) -> str:
    """A customer's name as it is kept, where one has it, in this case or another."""
    kept = [row["name"] for row in visit.brain.all("list_customers")]
    return name if name in kept else next((one for one in kept if one.casefold() == name.casefold()), name)


def _ask_of_unknown(visit: Visit, deliveries: Deliveries, filters: JsonObject) -> Response[str] | None:
    unknown = unmatched_names(visit.brain, deliveries, filters)
    says = f"{' '.join(unknown)} They match from the day that something has them."
    title, button = "Take names that nothing has?", "Take them as they are"
    return ask_once_more(visit, title=title, says=says, button=button, back="/customers") if unknown else None


def customer_of(visit: Visit, number: str) -> JsonObject:
    """The customer of that number; BadRequest where there is none."""
    is_number = number.isascii() and number.isdecimal() and len(number) <= 15
    customer = visit.brain.one("console_customer", id=int(number)) if is_number else None
    if customer is None:
        raise BadRequest(404, f"There is no customer {number[:15]}.")
    return customer


def _deliveries(visit: Visit) -> Deliveries | None:
    return visit.site.vertical.deliveries if visit.site.vertical else None
