"""`watchbill cost`: what the model cost, by role and kind of token, with its limits; AWS's bill is not included."""

from datetime import UTC, datetime, timedelta

import typer

from company.text.wording import counted


def cost(
    days: int = typer.Option(None, min=1, max=366, help="The number of days up to now; 1 if left out."),
    since: str = typer.Option(None, metavar="DATE", help="Count from this UTC day instead, like 2026-11-01."),
    limit: list[str] = typer.Option([], metavar="WHO=USD", help="Set a daily limit: company=2.00, or an employee."),  # noqa: B008
    as_json: bool = typer.Option(False, "--json", help="Print dollars, tokens and limits as JSON."),
) -> None:
    """Show what the model cost in dollars and tokens, by role, with its limits; --limit sets one."""
    from watchbill.cli.arguments import read_name, require_one
    from watchbill.cli.cost_figures import as_page, figures
    from watchbill.cli.last_desk import open_brain
    from watchbill.cli.printing import show, show_json

    require_one(since=since is not None, days=days)
    wanted = [_read_limit(text) for text in limit]
    with open_brain() as brain:
        for whose, _ in wanted:
            read_name(whose, ["company", *brain.value("names_of_roles")], "company or role")
        with brain.transaction():
            for whose, usd in wanted:
                brain.run("set_spending_limit", whose=whose, unit="usd", most=usd)
        now = brain.now()
        summed = figures(brain, since=_from(since) or now - timedelta(days=days or 1), now=now)
    if as_json:
        show_json(summed)
    else:
        show(as_page(summed, _span(since, days or 1)))


def _read_limit(text: str) -> tuple[str, str]:
    from watchbill.errors import UsageError

    whose, _, usd = text.partition("=")
    try:
        float(usd)
    except ValueError:
        raise UsageError(f"--limit {text!r} is not WHO=USD: write it like company=2.00.") from None
    return whose, usd


def _from(since: str | None) -> datetime | None:
    from watchbill.cli.arguments import read_date

    if since is None:
        return None
    day = read_date(since, "--since")
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _span(since: str | None, days: int) -> str:
    return f"since {since}" if since else f"in {counted(days, 'day')}"
