"""`watchbill customers`: lists customers, adds one, previews what one would get, pauses and resumes one."""

from typing import TYPE_CHECKING

import typer

from company.json_values import JsonObject
from watchbill.cli import completing
from watchbill.cli.examples import example
from watchbill.cli.printing import say

if TYPE_CHECKING:
    from company.brain import Brain
    from company.vertical import Deliveries, Vertical

app = typer.Typer(
    help="List who gets which deliveries; add, preview, pause or resume a customer. Nothing is sent by these commands.",
    rich_markup_mode=None,
)
JSON = typer.Option(False, "--json", help="Print it as JSON.")
NAME = typer.Argument(
    ..., metavar="NAME", autocompletion=completing.CUSTOMER, help="The customer's name, in quotes when it has spaces."
)


@app.callback(invoke_without_command=True)
def customers(context: typer.Context, as_json: bool = JSON) -> None:
    """List customers, what each gets, and the last delivery of each."""
    if context.invoked_subcommand is None:
        list_all(as_json=as_json)


@app.command("list", epilog=example("customers list --json"))
def list_all(as_json: bool = JSON) -> None:
    """List customers, what each gets, and the last delivery of each."""
    from watchbill.cli.last_desk import open_brain
    from watchbill.cli.printing import show, show_json, table

    with open_brain() as brain:
        rows = brain.all("list_customers")
    if as_json:
        show_json(rows)
        return
    cells = [
        (row["name"], row["kind"], row["email"], _state(row), _mail(row), row["last_subject"] or "-") for row in rows
    ]
    none = 'No customers yet: watchbill customers add "Alder Bank" --email desk@alder.example'
    show(table(("CUSTOMER", "GETS", "TO", "STATE", "MAIL IN 30 DAYS", "LAST WRITTEN"), cells) if cells else none)


@app.command("add", epilog=example('customers add "Alder Bank" --email desk@alder.example'))
def add(
    name: str = NAME,
    email: str | None = typer.Option(None, metavar="ADDRESS", help="The address for pages; a new customer needs one."),
    kind: str | None = typer.Option(
        None, metavar="brief|feed", help="A page by mail (a new customer's, if left out), or a file in the bucket."
    ),
    filters: str | None = typer.Option(
        None, metavar="JSON", help="Which items they get. {} is all (a new customer's, if left out)."
    ),
    anyway: bool = typer.Option(False, "--anyway", help="Take names that nothing has yet; they match from then on."),
    as_json: bool = JSON,
) -> None:
    """Add a customer, or change what one gets, from the next delivery on. Nothing is sent now.

    What is left out stays as it is. The names in a filter are matched in any case, with any legal form and punctuation.
    One that nothing has is refused, with the known names that look like it.
    """
    from watchbill.cli.last_desk import open_brain
    from watchbill.cli.printing import show_json

    given: JsonObject = {"email": email, "kind": kind, "filters": None if filters is None else _filters(filters)}
    _require_kind(kind)
    with open_brain() as brain:
        before = _customer(brain, name)
        name = before["name"] if before else name
        if not anyway and given["filters"] is not None:
            _require_matches(brain, product_deliveries(), given["filters"])
        wanted = _completed(name, given, before)
        number = brain.value("add_customer", name=name, **wanted)
        left_out = _names_left_out(brain, product_deliveries(), wanted["filters"])
    if as_json:
        show_json({"id": number, "name": name, **wanted, "left_out": left_out})
    else:
        saved = f'{name} is customer {number}{_changes(before, wanted)}. Preview: watchbill customers preview "{name}"'
        say("\n".join((saved, *left_out)))


def _require_kind(kind: str | None) -> None:
    from watchbill.cli.arguments import read_name

    if kind is not None:
        read_name(kind, ("brief", "feed"), "kind of delivery")


def _completed(name: str, given: JsonObject, before: JsonObject | None) -> JsonObject:
    """What was left out is as before; of a new customer it is all, by mail."""
    from watchbill.errors import UsageError

    if before is None and given["email"] is None:
        raise UsageError(f"{name!r} is a new customer: where do pages go? --email ADDRESS")
    kept = before or {"kind": "brief", "filters": {}}
    return {key: kept[key] if value is None else value for key, value in given.items()}


def _changes(before: JsonObject | None, wanted: JsonObject) -> str:
    """'; changed: kind from feed to brief', of a customer that there was."""
    import json

    from company.text.wording import join_with_and

    if before is None:
        return ""
    shown = {
        key: [value if isinstance(value, str) else json.dumps(value) for value in (before[key], wanted[key])]
        for key in wanted
    }
    changed = [f"{key} from {was} to {new}" for key, (was, new) in shown.items() if was != new]
    return f"; changed: {join_with_and(changed)}" if changed else "; nothing changed"


@app.command("preview", epilog=example('customers preview "Alder Bank"'))
def preview(name: str = NAME, as_json: bool = JSON) -> None:
    """Show what a customer would get now. Nothing is sent or stored."""
    from company.pipeline.delivering.deliveries import customer_facts
    from watchbill.cli.last_desk import open_brain
    from watchbill.cli.printing import folded, show, show_json

    deliveries = product_deliveries()
    with open_brain() as brain:
        customer = known_customer(brain, name)
        since, until = customer["covers_from"], brain.now()
        facts = customer_facts(brain, deliveries, dict(customer), since=since, until=until, occasion="daily")
        page = deliveries.write(facts)
        left_out = _names_left_out(brain, deliveries, customer["filters"])
    if as_json:
        show_json({"customer": customer["name"], "subject": page.subject, "body": page.body, "items": list(page.items)})
        return
    show(folded(f"To: {customer['email']}\nSubject: {page.subject}\n\n{page.body}"))
    # Beside the page, and no part of it.
    for line in left_out:
        say(line, err=True)


@app.command("deliveries", epilog=example('customers deliveries "Alder Bank" --last 5'))
def deliveries(
    name: str = NAME, last: int = typer.Option(20, "--last", min=1, max=1000, help="How many."), as_json: bool = JSON
) -> None:
    """List what was written for a customer: the state of each, and the answer of the receiving mail server."""
    from company.text.wording import day_and_time
    from watchbill.cli.last_desk import open_brain, zone
    from watchbill.cli.printing import show, show_json, table

    with open_brain() as brain:
        customer = known_customer(brain, name)
        rows = brain.all("deliveries_of_customer", customer_id=customer["id"], limit=last)
        now = brain.now()
    if as_json:
        show_json(rows)
        return
    cells = [
        (
            f"L-{row['id']}",
            day_and_time(row["written_at"], zone(), now),
            row["status"],
            _mail_answer(row),
            row["subject"],
        )
        for row in rows
    ]
    none = f"Nothing was written for {customer['name']} yet."
    show(table(("DELIVERY", "WRITTEN", "STATE", "MAIL SERVER", "SUBJECT"), cells) if cells else none)


@app.command("pause", epilog=example('customers pause "Alder Bank"'))
def pause(name: str = NAME, as_json: bool = JSON) -> None:
    """Pause a customer's deliveries. What has not left yet is not sent; the page after a resume covers its time."""
    _pause(name, rests=True, as_json=as_json)


@app.command("resume", epilog=example('customers resume "Alder Bank"'))
def resume(name: str = NAME, as_json: bool = JSON) -> None:
    """Resume a paused customer; the next page covers the time since the last one."""
    _pause(name, rests=False, as_json=as_json)


def _pause(name: str, *, rests: bool, as_json: bool) -> None:
    from watchbill.cli.last_desk import open_brain
    from watchbill.cli.printing import show_json

    with open_brain() as brain:
        customer = known_customer(brain, name)
        brain.run("pause_customer", name=customer["name"], rests=rests)
    if as_json:
        show_json({"name": customer["name"], "is_paused": rests})
    else:
        say(f"{customer['name']} {'gets nothing until resumed' if rests else 'is served again'}.")


def known_customer(brain: "Brain", name: str) -> JsonObject:
    """The customer of this name, in any case; UsageError lists those that there are."""
    from watchbill.suggesting import no_such

    if found := _customer(brain, name):
        return found
    raise no_such("customer", name, [row["name"] for row in brain.all("list_customers")])


def _customer(brain: "Brain", name: str) -> JsonObject | None:
    """The customer of just this name, else of this name in another case."""
    rows = [dict(row) for row in brain.all("list_customers") if row["name"].casefold() == name.casefold()]
    return next((row for row in rows if row["name"] == name), rows[0] if rows else None)


def last_product() -> "Vertical":
    """The product of the company."""
    from company.vertical import load
    from watchbill.cli.last_desk import the_company

    return load(the_company().vertical)


def product_deliveries() -> "Deliveries":
    from watchbill.errors import DeskError

    deliveries = last_product().deliveries
    if deliveries is None:
        raise DeskError("This product delivers nothing.")
    return deliveries


def _filters(text: str) -> JsonObject:
    from company.pipeline.delivering.filters import UnreadableFilter, read_filters
    from watchbill.errors import UsageError

    try:
        return read_filters(text)
    except UnreadableFilter as error:
        raise UsageError(f"--filters {text} {error}") from error


def _require_matches(brain: "Brain", deliveries: "Deliveries", wanted: JsonObject) -> None:
    """UsageError names what in a filter matches nothing, and the known names that look like it."""
    from company.pipeline.delivering.filters import unmatched_names
    from watchbill.errors import UsageError

    if named := unmatched_names(brain, deliveries, wanted):
        raise UsageError(
            f"{' '.join(named)} Nothing was stored. Write a known name, or take it as it is with --anyway."
        )


def _names_left_out(brain: "Brain", deliveries: "Deliveries", wanted: JsonObject) -> list[str]:
    from company.pipeline.delivering.filters import names_left_out

    return names_left_out(brain, deliveries, wanted)


def _state(row: JsonObject) -> str:
    if row["is_paused"]:
        return "paused"
    if row["last_mail_status"] in ("bounced", "rejected", "complained"):
        return str(row["last_mail_status"])
    return "served" if row["last_status"] == "sent" else row["last_status"] or "new"


def _mail(row: JsonObject) -> str:
    """'3 of 3 accepted, 0 bounced': as the receiving mail servers answered, not SES."""
    if not row["mails"]:
        return "-"
    spam = f", {row['complained']} called spam" if row["complained"] else ""
    return f"{row['accepted']} of {row['mails']} accepted, {row['bounced']} bounced{spam}"


def _mail_answer(row: JsonObject) -> str:
    """What the receiving mail server answered; a file in the bucket has none."""
    if "@" not in row["to_whom"]:
        return "a file"
    if row["status"] != "sent":
        return "-"
    return ": ".join(filter(None, (row["mail_status"] or "not known", row["mail_said"])))
