"""`watchbill customers handle` and `handled`: what a customer has dealt with leaves its lists."""

from datetime import datetime
from typing import TYPE_CHECKING

import typer

from company.json_values import JsonObject
from watchbill.cli.commands.customers import JSON, NAME, known_customer, last_product, product_deliveries
from watchbill.cli.printing import say

if TYPE_CHECKING:
    from company.brain import Brain

WHAT = typer.Argument(..., metavar="ID", help="What was handled, in any spelling that the product reads.")
UNDO = typer.Option(False, "--undo", help="Take the mark back.")
NOTE = typer.Option("", "--note", metavar="TEXT", help="Why, or how; it is kept with the mark.")


def handle(name: str = NAME, what: str = WHAT, undo: bool = UNDO, note: str = NOTE, as_json: bool = JSON) -> None:
    """Mark one thing as handled by a customer: it leaves their lists, and comes back when it becomes another danger.

    Who, when and the note are kept, also of a mark that is taken back. A mark that was made before changes nothing.
    """
    from watchbill.cli.last_desk import open_brain
    from watchbill.cli.printing import show_json

    words = _note(note)
    with open_brain() as brain:
        customer, entity = known_customer(brain, name)["name"], _entity(brain, what)
        is_new = True  # An undo that undoes nothing is refused.
        if undo:
            brain.run("undo_handled", customer=customer, entity=entity, note=words)
        else:
            is_new = bool(brain.value("handle", customer=customer, entity=entity, note=words))
    if as_json:
        show_json({"customer": customer, "id": entity, "is_handled": not undo, "is_new": is_new, "note": words})
    else:
        say(f"{entity} {_done(undo=undo, is_new=is_new)} {customer}.")


def _done(*, undo: bool, is_new: bool) -> str:
    if undo:
        return "is back on the lists of"
    return "has left the lists of" if is_new else "was handled before, and nothing has changed for"


def handled(name: str = NAME, as_json: bool = JSON) -> None:
    """List what a customer has handled: when, by whom, with which note, and what came back since and why."""
    from watchbill.cli.last_desk import open_brain
    from watchbill.cli.printing import show_json

    with open_brain() as brain:
        customer = known_customer(brain, name)
        now = brain.now()
        rows = brain.all(product_deliveries().handled, customer_id=customer["id"], since=now, until=now)
        if as_json:
            show_json([{"id": row["entity"], **{key: row[key] for key in KEYS}} for row in rows])
        else:
            _print(customer["name"], [dict(row) for row in rows], now)


KEYS = ("at", "by_whom", "note", "back_because")


def _print(customer: str, rows: list[JsonObject], now: datetime) -> None:
    from company.text.wording import day_and_time
    from watchbill.cli.last_desk import zone
    from watchbill.cli.printing import show, table

    cells = [
        (row["entity"], day_and_time(row["at"], zone(), now), row["by_whom"], _state(row), row["note"] or "-")
        for row in rows
    ]
    none = f"{customer} has handled nothing yet."
    show(table(("HANDLED", "WHEN", "BY", "STATE", "NOTE"), cells) if cells else none)


def _state(row: JsonObject) -> str:
    return f"is back: {row['back_because'].replace('_', ' ')}" if row["back_because"] else "off the lists"


def _entity(brain: "Brain", text: str) -> str:
    """The one spelling of an id; UsageError where the product reads none in it says what `look-up` says of it."""
    from watchbill.errors import UsageError

    product = last_product()
    found = product.entity.read(text) if product.entity else None
    if found is None:
        kind = product.entity.word if product.entity else "thing of this product"
        says = product.lookup.now(brain, text).facts.get("says") if product.lookup else None
        raise UsageError(f"{text!r}: {says or f'this is no {kind}'}.")
    return found


def _note(text: str) -> str:
    from company.text.cleaning import visible_line
    from company.vertical.lookup import LONGEST_NOTE
    from watchbill.errors import UsageError

    words = visible_line(text)
    if len(words) > LONGEST_NOTE:
        raise UsageError(f"The note has {len(words)} letters; {LONGEST_NOTE} are kept at most.")
    return words
