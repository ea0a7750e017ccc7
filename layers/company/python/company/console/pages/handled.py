"""What a customer has dealt with: marked and taken back by the owner. Both stay in the history."""

from aws_lambda_powertools.event_handler import Response

from company.aws.function_url import BadRequest
from company.console.pages.customers import customer_of
from company.console.rendering import see_other
from company.console.routing import new_routes
from company.console.visit import Visit, visit_of
from company.vertical.lookup import LONGEST_NOTE

routes = new_routes()


@routes.post("/customers/handle")
def _handle() -> Response[str]:
    visit = visit_of(routes)
    customer, entity = customer_of(visit, visit.field("customer", 15)), _entity(visit)
    name, note, undoes = customer["name"], visit.field("note", LONGEST_NOTE), visit.field("undo", 5) == "yes"

    def do() -> str:
        if undoes:
            visit.brain.run("undo_handled", customer=name, entity=entity, note=note)
            return f"{entity} is back on the lists of {name}."
        is_new = visit.brain.value("handle", customer=name, entity=entity, note=note)
        done = "has left the lists of" if is_new else "was handled before, and nothing has changed for"
        return f"{entity} {done} {name}."

    act = f"{'took back' if undoes else 'marked'} {entity} as handled by {name}"
    return see_other(f"/customers/{customer['id']}?done={visit.act(act, do)}")


def _entity(visit: Visit) -> str:
    """The one spelling of an id; BadRequest where the product reads none in what was written."""
    text = visit.field("entity", 100)
    kind = visit.site.vertical.entity if visit.site.vertical else None
    entity = kind.read(text) if kind else None
    if entity is None:
        raise BadRequest(422, f"{text or 'This'} is no {kind.word if kind else 'thing of this product'}.")
    return entity
