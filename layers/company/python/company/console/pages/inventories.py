"""What a customer runs, out of a file of theirs: given where files can be read, and taken back everywhere."""

from aws_lambda_powertools.event_handler import Response

from company.aws.function_url import BadRequest
from company.console.confirming import ask_once_more
from company.console.pages.customers import customer_of
from company.console.rendering import see_other
from company.console.routing import new_routes
from company.console.visit import visit_of
from company.json_values import JsonObject

NONE: JsonObject = {"format": "none", "file": "", "sha256": b"", "items": "[]", "faults": []}
"""The parameters of the query set_inventory that take an inventory back."""
routes = new_routes()


@routes.post("/customers/inventory")
def _give() -> Response[str]:
    visit = visit_of(routes)
    customer, read = customer_of(visit, visit.field("customer", 15)), visit.site.read_inventory
    if read is None:
        raise BadRequest(409, f"Files are read at the terminal: {command(customer['name'])}")
    found = read(visit.form.get("text", ""))

    def do() -> str:
        visit.brain.run("set_inventory", customer=customer["name"], **found)
        faults = f" Not read: {'; '.join(found['faults'])}." if found["faults"] else ""
        return f"{customer['name']} reads of what this {found['format']} inventory holds, from now on.{faults}"

    act = f"gave the inventory of {customer['name']}"
    return see_other(f"/customers/{customer['id']}?done={visit.act(act, do)}")


@routes.post("/customers/inventory/remove")
def _remove() -> Response[str]:
    visit = visit_of(routes)
    customer = customer_of(visit, visit.field("customer", 15))
    back, name = f"/customers/{customer['id']}", customer["name"]
    says = f"The filters of {name} alone count again. The file itself is not kept: you would have to give it again."
    if asked := ask_once_more(visit, title="Take the inventory back?", says=says, button="Take it back", back=back):
        return asked

    def do() -> str:
        visit.brain.run("set_inventory", customer=name, **NONE)
        return f"{name} has no inventory any more: the filters alone count again."

    return see_other(f"{back}?done={visit.act(f'took the inventory of {name} back', do)}")


def command(name: str) -> str:
    return f'watchbill customers inventory "{name}" --file FILE'
