"""What only the console of a desk does, because the checkout and the readers of files are here: hire, retire, read."""

from collections.abc import Callable, Mapping

from company.aws.function_url import BadRequest
from company.console.site import Staffing
from company.errors import CompanyError
from company.json_values import JsonObject
from company.vertical import Vertical
from watchbill.errors import DeskError
from watchbill.home import CHECKOUT
from watchbill.inventory.reading import as_parameters, read_inventory_text
from watchbill.staffing.hiring import HireRequest, hire
from watchbill.staffing.retiring import retire


def staffing() -> Staffing:
    return Staffing(_hire, _retire)


def inventory_reader(product: Vertical) -> Callable[[str], JsonObject] | None:
    """What reads an inventory out of the text of its file, where the product matches inventories."""
    identify = product.deliveries.identify_component if product.deliveries else None
    if identify is None:
        return None
    known = identify

    def read(text: str) -> JsonObject:
        try:
            return as_parameters("the console", *read_inventory_text(text), known)
        except DeskError as error:
            raise BadRequest(422, str(error)) from error

    return read


def _hire(wanted: Mapping[str, str]) -> str:
    try:
        done = hire(CHECKOUT, HireRequest(**{"role": "", "like": "", **wanted}))
    except (CompanyError, DeskError) as error:
        return f"Nothing was done: {error}"
    made = f"{done.record.role} is hired: it reports to {done.record.reports_to}. Written: {', '.join(done.files)}."
    kept = f" Not copied: the rights that {', '.join(done.not_copied)} gives by name." if done.not_copied else ""
    return f"{made}{kept} It works from the next deploy on; here, from the next day on."


def _retire(role: str, hands_over: bool) -> str:
    try:
        done = retire(CHECKOUT, role, hand_over=hands_over)
    except (CompanyError, DeskError) as error:
        return f"Nothing was done: {error}"
    given = f" Handed over: {', '.join(done.handed_over)}." if done.handed_over else ""
    return f"{role} is retired from the next deploy on.{given} Changed or removed: {', '.join(done.files)}."
