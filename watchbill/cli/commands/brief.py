"""`watchbill brief`: the morning's page, at the width of this terminal."""

import typer

from company.json_values import JsonObject
from watchbill.cli import completing


def brief(
    on: str = typer.Option(
        None,
        "--date",
        metavar="YYYY-MM-DD",
        autocompletion=completing.DAY,
        help="The brief of that morning; without it, the newest one.",
    ),
    as_html: bool = typer.Option(False, "--html", help="Print the same page as HTML."),
    as_json: bool = typer.Option(False, "--json", help="Print the brief, its facts and its checklist as JSON."),
) -> None:
    """Print the morning brief."""
    from watchbill.cli.arguments import read_date, require_one
    from watchbill.cli.last_desk import open_brain
    from watchbill.cli.printing import show, show_json

    require_one(html=as_html, json=as_json)
    with open_brain() as brain:
        stored = brain.one("read_brief", brief_date=read_date(on) if on is not None else None)
    if stored is None:
        raise _missing(on)
    if as_json:
        show_json(stored)
    elif as_html:
        typer.echo(stored["html"], nl=False)
    else:
        show(_wrapped(stored))


def _wrapped(stored: JsonObject) -> str:
    """The stored page, wrapped for this terminal."""
    from company.brief import BriefPage, text
    from watchbill.cli.shell_settings import width

    page = stored["facts"].get("page")
    return text.render(BriefPage.from_json(page), width()) if page else str(stored["body"])


def _missing(on: str | None) -> Exception:
    from watchbill.errors import DeskError

    which = f"of {on} " if on else ""
    return DeskError(f"There is no brief {which}yet. See what is open with `watchbill findings`.")
