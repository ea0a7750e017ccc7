"""`watchbill brief`: the morning's page, at the width of this terminal."""

from datetime import date
from typing import Any

import typer


def brief(
    on: str = typer.Option(
        None, "--date", metavar="YYYY-MM-DD", help="The brief of that morning; without it, the newest."
    ),
    as_html: bool = typer.Option(False, "--html", help="Print the same page as HTML."),
    as_json: bool = typer.Option(False, "--json", help="Print the brief, its facts and its checklist as JSON."),
) -> None:
    """Print the morning brief."""
    from watchbill.cli.last_desk import open_brain
    from watchbill.cli.printing import show, show_json

    with open_brain() as brain:
        kept = brain.one("read_brief", brief_date=_day(on))
    if kept is None:
        raise _none(on)
    if as_json:
        show_json(kept)
    elif as_html:
        typer.echo(kept["html"], nl=False)
    else:
        show(_wrapped_for_here(kept))


def _wrapped_for_here(kept: dict[str, Any]) -> str:
    """The page that was stored, laid out for this terminal."""
    from company.brief import Page, text
    from watchbill.cli.shell_settings import width

    page = kept["facts"].get("page")
    return text.render(Page.from_json(page), width()) if page else str(kept["body"])


def _day(on: str | None) -> date | None:
    from watchbill.errors import UsageError

    try:
        return date.fromisoformat(on) if on else None
    except ValueError:
        raise UsageError(f"--date {on} is no day: write it as 2026-03-12.") from None


def _none(on: str | None) -> Exception:
    from watchbill.errors import DeskError

    which = f"of {on} " if on else ""
    return DeskError(f"No brief {which}was written. See what is open with `watchbill findings`.")
