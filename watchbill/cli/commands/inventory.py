"""`watchbill customers inventory`: what a customer runs, out of a file of theirs; pages are made by it from then on."""

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from company.json_values import JsonObject
from watchbill.cli.commands.customers import JSON, NAME, known_customer, last_product, product_deliveries

if TYPE_CHECKING:
    from company.vertical import Deliveries

FILE = typer.Option(
    None, "--file", metavar="FILE", help="CycloneDX (JSON, XML), SPDX 2 (JSON, tag-value) or CSV. It replaces the last."
)
REMOVE = typer.Option(False, "--remove", help="Take the inventory back: the customer's filters alone count again.")
MOST_SHOWN = 10


def inventory(name: str = NAME, file: Path | None = FILE, remove: bool = REMOVE, as_json: bool = JSON) -> None:
    """Show a customer's inventory, or give a new one: then they read of what it holds, and of their filters' names.

    A component is matched by its CPE name, its vendor and product, or its package URL. What could not be read of the
    file, and what nothing is known of, is listed: nothing is lost silently.
    """
    from watchbill.cli.last_desk import open_brain
    from watchbill.cli.printing import show, show_json
    from watchbill.errors import UsageError

    if file and remove:
        raise UsageError("Give --file or --remove, not both.")
    deliveries = product_deliveries()
    with open_brain() as brain:
        customer = known_customer(brain, name)
        if file or remove:
            brain.run("set_inventory", customer=customer["name"], **(given(file, deliveries) if file else NONE))
        found = brain.all("inventory_of_customer", customer_id=customer["id"])
        kept = dict(found[0]) if found else {}
        rows = brain.all(deliveries.inventory, customer_id=customer["id"]) if kept and deliveries.inventory else []
    if as_json:
        show_json({"customer": customer["name"], **kept, "components": [dict(row) for row in rows]})
    else:
        entity = last_product().entity
        word = entity.word if entity else "row"
        show("\n".join(lines_of(customer["name"], kept, [dict(row) for row in rows], word)))


NONE = {"format": "none", "file": "", "sha256": b"", "items": "[]", "faults": []}


def given(file: Path, deliveries: "Deliveries") -> JsonObject:
    """The parameters of the query set_inventory, out of a file; DeskError says what is wrong with it."""
    from watchbill.errors import DeskError
    from watchbill.inventory.reading import as_parameters, read_inventory

    identify = deliveries.identify_component
    if identify is None:
        raise DeskError("This product matches no inventories.")
    return as_parameters(file.name, *read_inventory(file), identify)


def lines_of(customer: str, kept: JsonObject, rows: list[JsonObject], word: str) -> list[str]:
    """What the command prints. word: what the product calls the things that it matches."""
    from company.text.wording import counted

    if not kept:
        return [f'{customer} has no inventory: watchbill customers inventory "{customer}" --file FILE']
    concerned = [row for row in rows if row["entities"]]
    unknown = [_label(row) for row in rows if not row["entities"]]
    entities = counted(sum(row["entities"] for row in concerned), word)
    return [
        f"{customer}: {counted(len(rows), 'component')} of {kept['file_name']} ({kept['format']}).",
        f"{counted(len(concerned), 'component')} may have {entities} in all; they are on the lists from now on.",
        *_listed("Nothing is known of these yet; they are matched from the day that something is:", unknown),
        *_listed("Not read:", kept["faults"]),
    ]


def _label(row: JsonObject) -> str:
    return f"{row['name']} {row['version']}".strip()


def _listed(title: str, entries: list[str]) -> list[str]:
    """The first of them, and how many more there are; --json has all."""
    if not entries:
        return []
    more = [f"  ... and {len(entries) - MOST_SHOWN} more (--json lists all)"] if len(entries) > MOST_SHOWN else []
    return [title, *(f"  {entry}" for entry in entries[:MOST_SHOWN]), *more]
