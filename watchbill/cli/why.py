"""`watchbill why X`: prints one timeline of anything, oldest first."""

import textwrap
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from company.pages.why import Story


def why(
    x: str = typer.Argument(
        ...,
        metavar="X",
        help="F-1, D-1, T-1, C-1, P-1, B-1, L-1, S-1, heartbeat@2026-03-11T07:00, 'ceo 06:50', or a product's id.",
    ),
    as_json: bool = typer.Option(False, "--json", help="Print subject, events and what is open as JSON."),
) -> None:
    """Print the timeline of a finding, decision, task, batch, delivery, session or slot, from stored rows."""
    from dataclasses import asdict

    from company.pages import why as stories
    from company.vertical import load
    from watchbill.cli.last_desk import open_brain
    from watchbill.cli.printing import show, show_json
    from watchbill.cli.shell_settings import read_shell, width
    from watchbill.home import last_day

    product = load(last_day(read_shell().home).vertical)
    with open_brain() as brain:
        story = stories.why(brain, x, vertical=product)
    if as_json:
        show_json(asdict(story))
    else:
        show("\n".join(story_lines(story, width())) + "\n")


def story_lines(story: "Story", width: int) -> list[str]:
    """One line per event: time, who, what; then what is still open."""
    from company.text.wording import one_line
    from watchbill.cli.last_desk import ZONE

    who = max([4, *(len(event.who) for event in story.events)])
    lead = len("Wed 13:00  ") + who + 2
    lines = [f"{story.subject}  {story.title}", ""]
    for event in story.events:
        head = f"{event.at.astimezone(ZONE):%a %H:%M}  {event.who:<{who}}  "
        lines += _hanging(head, one_line(event.what), lead, width)
    for text in story.still_open or ("nothing is open",):
        lines += _hanging(f"{'open' if story.still_open else 'closed':<11}", text, 11, width)
    return lines


def _hanging(head: str, text: str, lead: int, width: int) -> list[str]:
    return textwrap.wrap(
        head + text, max(width, 40), subsequent_indent=" " * min(lead, width // 2), break_on_hyphens=False
    )
