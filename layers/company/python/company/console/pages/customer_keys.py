"""Keys for customers' programs: each is shown once, on the page that made it, and kept nowhere."""

from datetime import timedelta

from aws_lambda_powertools.event_handler import Response

from company.api.keys import give_key
from company.aws.function_url import BadRequest
from company.console.confirming import ask_once_more
from company.console.pages.customers import customer_of
from company.console.rendering import page, see_other
from company.console.routing import new_routes
from company.console.visit import visit_of
from company.text.wording import counted

CHANGE_OVER = timedelta(hours=24)
PER_MINUTE, MOST_PER_MINUTE = 60, 100_000
routes = new_routes()


@routes.post("/customers/key")
def _make() -> Response[str]:
    """Answers with the key itself: it is written neither to the brain nor into an address."""
    visit = visit_of(routes)
    customer, rotates = customer_of(visit, visit.field("customer", 15)), visit.field("rotate", 5) == "yes"
    per_minute, back = _per_minute(visit.field("per_minute", 10)), f"/customers/{customer['id']}"
    says = f"A new key is made for {customer['name']}, and every other key of theirs ends in 24 hours."
    asked = rotates and ask_once_more(visit, title="Replace all keys?", says=says, button="Replace them", back=back)
    if asked:
        return asked
    made: list[str] = []

    def do() -> str:
        name, whole = give_key(visit.brain, customer["name"], per_minute)
        made.append(whole)
        ends_at = visit.now + CHANGE_OVER
        ended = visit.brain.value("end_other_keys", but_key=name, ends_at=ends_at) if rotates else 0
        others = counted(ended, "other ends", "others end")
        return f"The key {name} of {customer['name']} is good from now on; {others} in 24 hours."

    noted = visit.act(f"made a key for {customer['name']}", do)
    return page(visit, "key.html.j2", key=made[0], back=f"{back}?done={noted}", customer=customer)


@routes.post("/customers/end-key")
def _end() -> Response[str]:
    visit = visit_of(routes)
    customer, key_id = customer_of(visit, visit.field("customer", 15)), visit.field("key", 20)
    back = f"/customers/{customer['id']}"
    says = f"Programs of {customer['name']} that use {key_id} are refused from then on. It cannot be made good again."
    if asked := ask_once_more(visit, title=f"End the key {key_id}?", says=says, button="End it", back=back):
        return asked

    def do() -> str:
        has_ended = visit.brain.value("end_customer_key", key_id=key_id)
        return (
            f"{key_id} opens nothing any more." if has_ended else f"Nothing was done: no good key is called {key_id}."
        )

    return see_other(f"{back}?done={visit.act(f'ended the key {key_id}', do)}")


def _per_minute(text: str) -> int:
    found = int(text) if text.isascii() and text.isdecimal() else 0
    if not 1 <= found <= MOST_PER_MINUTE:
        raise BadRequest(422, f"A key may ask from 1 to {MOST_PER_MINUTE:,} times a minute.")
    return found
