"""`watchbill customers key`, `keys` and `end-key`: keys for customers' programs, each shown once, when it is made."""

from datetime import timedelta

import typer

from company.text.wording import counted
from watchbill.cli import completing
from watchbill.cli.printing import say

NAME = typer.Argument(
    ..., metavar="NAME", autocompletion=completing.CUSTOMER, help="The customer's name, in quotes when it has spaces."
)
JSON = typer.Option(False, "--json", help="Print it as JSON.")
CHANGE_OVER = timedelta(hours=24)


def key(
    name: str = NAME,
    per_minute: int = typer.Option(60, "--per-minute", min=1, max=100_000, help="Requests that it may make."),
    rotate: bool = typer.Option(False, "--rotate", help="End the customer's other keys in 24 hours."),
    as_json: bool = JSON,
) -> None:
    """Make a key for a customer's program and show it, once: nobody keeps it, so a lost one is replaced."""
    from company.api.keys import give_key
    from watchbill.cli.commands.customers import known_customer
    from watchbill.cli.last_desk import open_brain
    from watchbill.cli.printing import show_json

    with open_brain() as brain, brain.transaction():
        name = known_customer(brain, name)["name"]
        made, whole = give_key(brain, name, per_minute)
        ends_at = brain.now() + CHANGE_OVER
        ended = brain.value("end_other_keys", but_key=made, ends_at=ends_at) if rotate else 0
    if as_json:
        show_json({"customer": name, "key_id": made, "key": whole, "per_minute": per_minute, "others_ending": ended})
    else:
        say(f"{whole}\nIt is shown this once. In requests: Authorization: Bearer {whole[:8]}...")
        say(
            f"{counted(ended, 'other key ends', 'other keys end')} in 24 hours."
            if rotate
            else f"To end it: watchbill customers end-key {made}"
        )


def keys(name: str = NAME, as_json: bool = JSON) -> None:
    """List a customer's keys: when each was made, used last, and ends. The keys themselves are nowhere kept."""
    from company.api.keys import CustomerKeyState
    from company.text.wording import day_and_time
    from watchbill.cli.commands.customers import known_customer
    from watchbill.cli.last_desk import open_brain, zone
    from watchbill.cli.printing import show, show_json, table

    with open_brain() as brain:
        name = known_customer(brain, name)["name"]
        rows = brain.rows(CustomerKeyState, "list_customer_keys", customer=name)
        now = brain.now()
    if as_json:
        show_json([vars(row) for row in rows])
        return
    cells = [
        (
            row.key_id,
            day_and_time(row.made_at, zone(), now),
            day_and_time(row.last_used_at, zone(), now),
            "ended" if row.has_ended else day_and_time(row.ends_at, zone(), now) if row.ends_at else "good",
            str(row.per_minute),
        )
        for row in rows
    ]
    none = f'{name} has no key: watchbill customers key "{name}"'
    show(table(("KEY", "MADE", "LAST USED", "ENDS", "PER MINUTE"), cells) if cells else none)


def end_key(
    key_id: str = typer.Argument(..., metavar="KEY", help="Its name, the part of a key between the underscores."),
    as_json: bool = JSON,
) -> None:
    """End a key at once."""
    from watchbill.cli.last_desk import open_brain
    from watchbill.cli.printing import show_json
    from watchbill.errors import DeskError

    with open_brain() as brain:
        ended = brain.value("end_customer_key", key_id=key_id)
    if not ended:
        raise DeskError(
            f"No key that is good is called {key_id!r}. They are listed by `watchbill customers keys NAME`."
        )
    if as_json:
        show_json({"key_id": key_id, "has_ended": True})
    else:
        say(f"{key_id} opens nothing any more.")
