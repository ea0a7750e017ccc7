"""`watchbill why X`: prints one timeline of anything, oldest first."""

import textwrap
from typing import TYPE_CHECKING

import typer

from watchbill.cli import completing

if TYPE_CHECKING:
    from datetime import datetime

    from company.pages.why import Story
    from company.vertical.explanations import ExplainedNumber, ExplainedPart


def why(
    x: list[str] = typer.Argument(  # noqa: B008
        ...,
        metavar="X",
        autocompletion=completing.THING,
        help="ceo (a role), F-1, D-1, T-1, C-1, P-1, B-1, L-1, S-1, 'ceo 06:50' (a slot), or a product's id.",
    ),
    as_json: bool = typer.Option(False, "--json", help="Print subject, events and what is open as JSON."),
) -> None:
    """Print the timeline of a role, finding, decision, task, batch, delivery, session or slot, from stored rows."""
    from dataclasses import asdict

    from company.pages import why as stories
    from company.vertical import load
    from watchbill.cli.last_desk import open_brain, the_company
    from watchbill.cli.printing import show, show_json
    from watchbill.cli.shell_settings import width

    product = load(the_company().vertical)
    with open_brain() as brain:
        story, now = stories.why(brain, " ".join(x), vertical=product), brain.now()
    if as_json:
        show_json(asdict(story))
    else:
        show("\n".join(story_lines(story, now, width())) + "\n")


def story_lines(story: "Story", now: "datetime", width: int) -> list[str]:
    """An entity's numbers with their parts; one line per event: time, who, what; then what is still open."""
    from company.text.wording import day_and_time, one_line
    from watchbill.cli.last_desk import zone

    who = max([4, *(len(event.who) for event in story.events)])
    moments = [day_and_time(event.at, zone(), now) for event in story.events]
    at = max([len("Wed 13:00"), *map(len, moments)]) + 2
    lines = [*_hanging(f"{story.subject}  ", story.title, 2, width), ""]
    for number in story.numbers:
        lines += [*number_lines(number, width), ""]
    for moment, event in zip(moments, story.events, strict=True):
        lines += _hanging(f"{moment:<{at}}{event.who:<{who}}  ", one_line(event.what), at + who + 2, width)
    for text in story.still_open or ("nothing is open",):
        lines += _hanging(f"{'open' if story.still_open else 'closed':<{at}}", text, at, width)
    return lines


def number_lines(number: "ExplainedNumber", width: int) -> list[str]:
    """The number, a line for each part with its points and who says so, and what would change it."""
    value = "-" if number.number is None else f"{number.number:.1f} of 100"
    lines = _hanging(f"{number.title}: {value}", f" ({number.says})", 2, width)
    for part in number.parts:
        lines += _hanging(f"{part.points:6.1f} of {part.most:4.1f}  ", _said(part), 16, width)
    for n, change in enumerate(number.changes):
        lines += _hanging("  would change  " if n == 0 else " " * 16, change, 16, width)
    return lines


def _said(part: "ExplainedPart") -> str:
    from company.text.wording import counted, one_line

    age = "" if part.age_days is None else f", {counted(part.age_days, 'day')} old" if part.age_days > 0 else ", today"
    as_of = f" {part.as_of:%Y-%m-%d}{age}" if part.as_of else ""
    return one_line(part.says + (f" ({part.source}{as_of})" if part.source else ""))


def _hanging(head: str, text: str, lead: int, width: int) -> list[str]:
    return textwrap.wrap(
        head + text, max(width, 40), subsequent_indent=" " * min(lead, width // 2), break_on_hyphens=False
    )
