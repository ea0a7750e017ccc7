"""`watchbill look-up` and `watchbill as-of`: all that is known of one thing, now or on a past day.

The first is also a command under the product's own word for its things.
"""

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from company.vertical import FoundEntity, Lookup

ID = typer.Argument(..., metavar="ID", help="The id, in any spelling that the product reads.")
JSON = typer.Option(False, "--json", help="Print it as JSON.")
JUST_BEFORE = timedelta(microseconds=1)
UNKNOWN = 1
"""The exit code where no source has it, or where it is no id."""


def look_up(name: str = ID, as_json: bool = JSON) -> int:
    """Print what is known of one thing: its numbers and their reasons, every source's word and age, what is not known.

    The exit code is 1 where there is nothing: the id is malformed, its record is reserved or withdrawn, or no
    source has it. The answer says which.
    """
    from watchbill.cli.last_desk import open_brain

    with open_brain() as brain:
        return _print(_lookup().now(brain, name), as_json=as_json)


def as_of(
    day: str = typer.Argument(
        ..., metavar="D", help="A day, 2026-03-11 (its end), or a moment, 2026-03-11T06:30; UTC."
    ),
    name: str = ID,
    as_json: bool = JSON,
) -> int:
    """Print exactly what was known and said of one thing on a past day, and where the brain's history does not reach.

    What was taken back later is shown as it was believed then.
    """
    from watchbill.cli.last_desk import open_brain

    with open_brain() as brain:
        return _print(_lookup().as_of(brain, name, _end_of(day, brain.now())), as_json=as_json)


def _end_of(text: str, now: datetime) -> datetime:
    """The last moment of a day, or the moment itself; of the day that is not over, now."""
    from watchbill.cli.arguments import FIRST_YEAR
    from watchbill.errors import UsageError

    try:
        moment, is_day = _moment(text), _is_day(text)
    except (ValueError, OverflowError):
        raise UsageError(f"{text} is no day: write 2026-03-11, or a moment like 2026-03-11T06:30.") from None
    if moment.year < FIRST_YEAR:
        raise UsageError(f"{text} is out of range: write a day from {FIRST_YEAR} on.")
    if moment > now:
        raise UsageError(f"{text} has not come yet: it is {now:%Y-%m-%d %H:%M} UTC for the brain.")
    return min(now, moment + timedelta(days=1) - JUST_BEFORE) if is_day else moment


def _moment(text: str) -> datetime:
    written = datetime.fromisoformat(text)
    return written.astimezone(UTC) if written.tzinfo else written.replace(tzinfo=UTC)


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _print(found: "FoundEntity", *, as_json: bool) -> int:
    from watchbill.cli.printing import folded, show, show_json

    if as_json:
        show_json(found.facts)
    else:
        show(folded(found.text))
    return 0 if found.is_known else UNKNOWN


def _lookup() -> "Lookup":
    from company.vertical import load
    from watchbill.cli.last_desk import the_company
    from watchbill.errors import DeskError

    lookup = load(the_company().vertical).lookup
    if lookup is None:
        raise DeskError("This product looks nothing up.")
    return lookup


def is_products_word(name: str) -> bool:
    """Whether a command is the product's own word for its things, which looks one up."""
    from company.errors import CompanyError
    from company.vertical import load
    from watchbill.errors import DeskError
    from watchbill.home import default_vertical

    try:
        product = load(default_vertical())
    except (CompanyError, DeskError):
        return False
    return product.lookup is not None and product.entity is not None and name == product.entity.word.lower()
