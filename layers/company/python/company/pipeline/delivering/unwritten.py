"""Pages of customers that the product's code could not write: kept by their cause, for the builders."""

from collections.abc import Iterator
from contextlib import contextmanager

from company.errors import CompanyError
from company.fire.fire import Fire
from company.text.wording import counted
from company.vertical.code_places import CodePlace, place_of

KIND = "page_unwritten"
MOST_NAMED = 200
"""Customers of one cause whose numbers are kept."""


class PageUnwritten(CompanyError):
    """Code of the product failed with a page; says where and how, and nothing of what the error says."""


class UnwrittenPages:
    """The pages of one fire that could not be written, by cause."""

    def __init__(self, fire: Fire) -> None:
        self._fire = fire
        self._found: dict[tuple[str, str, str], tuple[CodePlace, list[int]]] = {}

    @contextmanager
    def of_customer(self, customer_id: int) -> Iterator[None]:
        """What the product's code raises within becomes PageUnwritten; what the company raises stays what it is."""
        try:
            yield
        except CompanyError:
            raise
        except Exception as error:
            place = place_of(error, self._fire.vertical.name)
            self._found.setdefault(place.cause, (place, []))[1].append(customer_id)
            raise PageUnwritten(str(place)) from error

    def note(self) -> None:
        """One line of the log for each cause, with the numbers of the customers."""
        for place, customers in self._found.values():
            says = f"{counted(len(customers), 'page')} could not be written: {place}"
            self._fire.learn(KIND, says, **vars(place), pages=len(customers), customers=sorted(customers)[:MOST_NAMED])
