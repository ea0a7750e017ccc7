"""Prints text (coloured on a terminal, plain elsewhere), tables and JSON."""

import io
import json
import re
import sys
import textwrap
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

from company.json_values import json_ready
from company.pages.banner import HERE, SIMULATED
from company.text.wording import clipped
from watchbill.cli.shell_settings import is_plain, program, width

GAP = "  "
LONGEST_CELL = 400
MOST_OF_A_WORD = 30
STYLES = (
    (r"(?m)^[A-Z][A-Z',]+(?: [A-Z',]+)*(?=[ (\n])", "bold"),
    (rf"(?:{SIMULATED}|{HERE})[^\n·]*?(?=  |\n|$)", "black on yellow"),
    (r"\b[FD]-\d+\b", "cyan"),
    (r"\b(STALE|REFUSED|MUTED|ORPHANS [1-9]\d*|missed|timed out|failed)\b", "red"),
    (r"\(planted\)", "magenta"),
    (r"`[^`]+`|(?:\S*/)?watchbill (?:decide|why|findings|org|slots|brief|invoke)[^\n]*", "green"),
)
COMMAND = re.compile(r"(?<![\w/.-])watchbill(?= [a-z])")


# Control characters that a terminal would obey, and marks that reverse the text direction; not line breaks and tabs.
CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def without_controls(text: str) -> str:
    """Text from outside, safe for a terminal: control characters become question marks."""
    return CONTROLS.sub("?", text)


def show(text: str) -> None:
    """Prints a page, in colour only on a terminal that shows colours; one that is longer than it, in its pager."""
    screen, page = console(), coloured(as_called(text))
    pager = screen.pager(styles=True) if screen.is_terminal and text.count("\n") >= screen.height else nullcontext()
    with pager:
        screen.print(page, end="" if text.endswith("\n") else "\n", soft_wrap=True)


def wrapped(text: str, goes_on: int | None = None) -> list[str]:
    """One line as lines that this terminal holds.

    goes_on: where what goes on stands, in blanks; two further in than it began where it is not said.
    """
    begins = " " * (len(text) - len(text.lstrip()) + 2 if goes_on is None else goes_on)
    return textwrap.wrap(text, width(), subsequent_indent=begins, break_on_hyphens=False) or [""]


def folded(text: str) -> str:
    """A page whose lines this terminal holds, each broken between two words."""
    return "".join(f"{line}\n" for whole in text.splitlines() for line in wrapped(whole))


def as_called(text: str) -> str:
    """Its commands as they can be typed here: by their path where `watchbill` is not on PATH."""
    called = program()
    if called == "watchbill":
        return text
    return "\n".join(_called(line, called) for line in text.split("\n"))


def _called(line: str, called: str) -> str:
    """A command that no longer fits goes to a line of its own."""
    found, longer = COMMAND.search(line), _with(called, line)
    if found is None or len(longer) <= width() or not line[: found.start()].strip(" `"):
        return longer
    start, indent = found.start() - (line[found.start() - 1] == "`"), " " * (len(line) - len(line.lstrip()))
    return f"{line[:start].rstrip()}\n{indent}{_with(called, line[start:])}"


def _with(called: str, text: str) -> str:
    return COMMAND.sub(lambda _: called, text)


def console(*, record: bool = False) -> "Console":
    """Rich's console, which respects NO_COLOR and output that is not a terminal."""
    from rich.console import Console

    # A terminal that cannot show a letter gets a question mark and no traceback.
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="replace")
    colours: dict[str, Any] = {"color_system": None} if is_plain() else {}
    return Console(highlight=False, soft_wrap=True, record=record, width=width() if record else None, **colours)


def coloured(text: str) -> "Text":
    """The text with headings, numbers of findings and words for failures in colour."""
    from rich.text import Text

    page = Text(without_controls(text))
    for pattern, style in STYLES:
        page.highlight_regex(re.compile(pattern), style)
    return page


def say(text: str, *, err: bool = False) -> None:
    """One line or a few, in any command: names and paths in them may come from anybody."""
    print(without_controls(as_called(text)), file=sys.stderr if err else sys.stdout, flush=True)


@contextmanager
def waiting(what: str) -> Iterator[None]:
    """Says on stderr what is waited for: with the seconds on a terminal, one line elsewhere."""
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    screen = Console(stderr=True, highlight=False, color_system=None if is_plain() else "auto")
    if not screen.is_terminal:
        say(what, err=True)
        yield
        return
    parts = SpinnerColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn()
    with Progress(*parts, console=screen, transient=True) as shown:
        shown.add_task(without_controls(what), total=None)
        yield


def show_json(value: object) -> None:
    """One JSON document on stdout; what a terminal would obey is written as its number, which reads as the same."""
    sys.stdout.write(_json_text(value, indent=2) + "\n")


def show_json_line(value: object) -> None:
    """One JSON document on one line, at once: one of a stream, or of a command that goes on."""
    print(_json_text(value, indent=None), flush=True)


def _json_text(value: object, *, indent: int | None) -> str:
    text = json.dumps(json_ready(value), indent=indent, ensure_ascii=False, default=str)
    return CONTROLS.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Columns side by side, whose text goes on below where it does not fit; on a narrow terminal one row below another.

    Nothing is left out: a cell is cut only when it would fill a page.
    """
    cells = [[clipped(_line(cell), LONGEST_CELL) for cell in row] for row in rows]
    widths = _widths(list(zip(head, *cells, strict=True)), width() - len(GAP) * (len(head) - 1))
    if widths is None:
        return "\n".join(_stacked(head, row) for row in cells)
    from rich.table import Table
    from rich.text import Text

    made = Table(box=None, pad_edge=False, padding=(0, len(GAP), 0, 0), show_edge=False)
    for name, columns in zip(head, widths, strict=True):
        made.add_column(name, overflow="fold", width=columns)
    for row in cells:
        made.add_row(*(Text(cell) for cell in row))
    return _drawn(made)


def _stacked(head: Sequence[str], row: Sequence[str]) -> str:
    """One row as lines of its own: the name of each column, and what stands in it."""
    names = max(map(len, head)) + len(GAP)
    return "".join(
        textwrap.fill(f"{name:<{names}}{cell}", width(), subsequent_indent=" " * names) + "\n"
        for name, cell in zip(head, row, strict=True)
    )


def _widths(columns: Sequence[Sequence[str]], available: int) -> list[int] | None:
    """The widest columns give way, down to their longest word; None where even that is too much."""
    least = [_longest_word(column) for column in columns]
    if sum(least) > available:
        return None
    widths = [max(map(len, column)) for column in columns]
    while sum(widths) > available:
        widest = max((n for n in range(len(widths)) if widths[n] > least[n]), key=lambda n: widths[n])
        widths[widest] -= 1
    return widths


def _longest_word(cells: Sequence[str]) -> int:
    """Ids and names stay in one piece, unless one is absurdly long."""
    return min(MOST_OF_A_WORD, max(len(word) for cell in cells for word in (*cell.split(), "")))


def _drawn(made: "Table") -> str:
    """A table as plain text, without blanks at the ends of its lines."""
    from rich.console import Console

    paper = io.StringIO()
    Console(file=paper, width=width(), color_system=None, highlight=False).print(made)
    return "".join(f"{line.rstrip()}\n" for line in paper.getvalue().splitlines())


def _line(cell: object) -> str:
    """A cell on one line, without control characters."""
    return without_controls(" ".join(str(cell).splitlines()).replace("\t", " "))
