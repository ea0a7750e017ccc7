"""Prints text (coloured on a terminal, plain elsewhere), tables and JSON."""

import json
import re
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

from company.json_values import json_ready
from company.text.wording import clipped
from watchbill.cli.shell_settings import width

STYLES = (
    (r"(?m)^[A-Z][A-Z',]+(?: [A-Z',]+)*(?=[ (\n])", "bold"),
    (r"SIMULATED DAY[^\n·]*?(?=  |\n|$)", "black on yellow"),
    (r"\b[FD]-\d+\b", "cyan"),
    (r"\b(STALE|REFUSED|MUTED|ORPHANS [1-9]\d*|missed|timed out|failed)\b", "red"),
    (r"\(planted\)", "magenta"),
    (r"`[^`]+`|(?:\S*/)?watchbill (?:decide|why|findings|org|slots|brief|invoke)[^\n]*", "green"),
)


# Control characters that a terminal would obey, and marks that reverse the text direction; not line breaks and tabs.
CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def without_controls(text: str) -> str:
    """Text from outside, safe for a terminal: control characters become question marks."""
    return CONTROLS.sub("?", text)


def show(text: str) -> None:
    """Prints a page; in colour only on a terminal that shows colours."""
    console().print(coloured(text), end="" if text.endswith("\n") else "\n", soft_wrap=True)


def console(*, record: bool = False) -> "Console":
    """Rich's console, which respects NO_COLOR and output that is not a terminal."""
    from rich.console import Console

    # A terminal that cannot show a letter gets a question mark and no traceback.
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="replace")
    return Console(highlight=False, soft_wrap=True, record=record, width=width() if record else None)


def coloured(text: str) -> "Text":
    """The text with headings, numbers of findings and words for failures in colour."""
    from rich.text import Text

    page = Text(without_controls(text))
    for pattern, style in STYLES:
        page.highlight_regex(re.compile(pattern), style)
    return page


def show_json(value: object) -> None:
    """One JSON document on stdout."""
    sys.stdout.write(json.dumps(json_ready(value), indent=2, ensure_ascii=False, default=str) + "\n")


def table(head: Sequence[str], rows: Sequence[Sequence[str]], *, widest: Mapping[int, int] | None = None) -> str:
    """Columns separated by two spaces; the last ones are left out when the terminal is too narrow."""
    limits = widest or {}
    cells = [[clipped(_line(cell), limits.get(n, 60)) for n, cell in enumerate(row)] for row in (head, *rows)]
    widths = [max(len(row[n]) for row in cells) for n in range(len(head))]
    available = width()
    shown = next(n for n in range(len(head), 0, -1) if n == 1 or sum(widths[:n]) + 2 * (n - 1) <= available)
    lines = ("  ".join(f"{cell:<{widths[n]}}" for n, cell in enumerate(row[:shown])).rstrip() for row in cells)
    return "\n".join(clipped(line, available) for line in lines) + "\n"


def _line(cell: object) -> str:
    """A cell on one line, without control characters."""
    return without_controls(" ".join(str(cell).splitlines()).replace("\t", " "))
