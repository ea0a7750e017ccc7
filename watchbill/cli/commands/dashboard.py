"""`watchbill customers dashboard`: writes the page that a customer would open now, to look at it. Nothing is sent."""

import typer

from company.json_values import JsonObject
from watchbill.cli.commands.customers import JSON, NAME
from watchbill.cli.printing import say


def dashboard(
    name: str = NAME,
    opened: bool = typer.Option(False, "--open", help="Open it in this machine's browser."),
    as_json: bool = JSON,
) -> None:
    """Write the dashboard that a customer would get now to a file. Nothing is sent or stored in the brain."""
    from watchbill.cli.printing import show_json
    from watchbill.cli.shell_settings import home
    from watchbill.home import desk_folder

    customer, page = _page(name)
    folder = desk_folder(home()) / "dashboards"
    folder.mkdir(exist_ok=True)
    path = folder / f"{customer['id']}.html"
    path.write_text(page, encoding="utf-8")
    if opened:
        typer.launch(path.as_uri())
    if as_json:
        show_json({"customer": customer["name"], "file": str(path), "bytes": len(page.encode())})
    else:
        say(f"{path} ({len(page.encode()) // 1024:,} KB)")


def _page(name: str) -> tuple[JsonObject, str]:
    """The customer and the page; DeskError where the product has no dashboard."""
    from company.pipeline.delivering.deliveries import customer_facts
    from company.vertical import EarlierDashboard
    from watchbill.cli.commands.customers import known_customer, product_deliveries
    from watchbill.cli.last_desk import open_brain
    from watchbill.errors import DeskError

    deliveries = product_deliveries()
    if deliveries.dashboard is None:
        raise DeskError("This product makes no dashboards.")
    with open_brain() as brain:
        customer = known_customer(brain, name)
        since, until = customer["covers_from"], brain.now()
        facts = customer_facts(brain, deliveries, dict(customer), since=since, until=until, occasion="daily")
        before = brain.row(EarlierDashboard, "dashboard_before", customer_id=customer["id"])
        return customer, deliveries.dashboard(brain, facts, before).page
