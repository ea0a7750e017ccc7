"""What commands print: text that is painted on a terminal and plain everywhere else, tables, and JSON."""

import json
import re
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from company.json_values import json_ready
from company.wording import clipped
from watchbill.cli.shell_settings import width

STYLES = (
    (r"(?m)^[A-Z][A-Z',]+(?: [A-Z',]+)*(?=[ (\n])", "bold"),
    (r"SIMULATED DAY[^\n·]*?(?=  |\n|$)", "black on yellow"),
    (r"\b[FD]-\d+\b", "cyan"),
    (r"\b(STALE|REFUSED|MUTED|ORPHANS [1-9]\d*|missed|timed out|failed)\b", "red"),
    (r"\(planted\)", "magenta"),
    (r"`[^`]+`|(?:\S*/)?watchbill (?:decide|why|findings|org|slots|brief|invoke)[^\n]*", "green"),
)


# What a terminal obeys instead of showing, and what turns the order of letters round; lines and tabs are left.
CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def harmless(text: str) -> str:
    """A text of others for a terminal: it may say anything, and order nothing."""
    return CONTROLS.sub("?", text)


def show(text: str) -> None:
    """Prints a page; colours only where there is a terminal that wants them."""
    console().print(painted(text), end="" if text.endswith("\n") else "\n", soft_wrap=True)


def console(*, record: bool = False) -> Any:
    """Rich's console, which honours NO_COLOR and the absence of a terminal."""
    from rich.console import Console

    # A terminal that cannot show a letter gets a question mark and no traceback.
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="replace")
    return Console(highlight=False, soft_wrap=True, record=record, width=width() if record else None)


def painted(text: str) -> Any:
    """The text with its headings, numbers of findings and bad words marked."""
    from rich.text import Text

    page = Text(harmless(text))
    for pattern, style in STYLES:
        page.highlight_regex(re.compile(pattern), style)
    return page


def show_json(thing: Any) -> None:
    """One JSON document on stdout."""
    sys.stdout.write(json.dumps(json_ready(thing), indent=2, ensure_ascii=False, default=str) + "\n")


def table(head: Sequence[str], rows: Sequence[Sequence[str]], *, widest: Mapping[int, int] | None = None) -> str:
    """Columns with two spaces between; the last ones go when the terminal is too narrow for all."""
    limits = widest or {}
    told = [[clipped(_line(cell), limits.get(n, 60)) for n, cell in enumerate(row)] for row in (head, *rows)]
    widths = [max(len(row[n]) for row in told) for n in range(len(head))]
    room = width()
    shown = next(n for n in range(len(head), 0, -1) if n == 1 or sum(widths[:n]) + 2 * (n - 1) <= room)
    lines = ("  ".join(f"{cell:<{widths[n]}}" for n, cell in enumerate(row[:shown])).rstrip() for row in told)
    return "\n".join(clipped(line, room) for line in lines) + "\n"


def _line(cell: object) -> str:
    """One cell is one line, whatever stands in it."""
    return harmless(" ".join(str(cell).splitlines()).replace("\t", " "))
