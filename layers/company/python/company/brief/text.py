"""The page as lines of a terminal, a file or a plain mail: at most 112 wide; a narrower one wraps at the labels."""

import textwrap
from collections.abc import Iterator

from company.brief.page import WIDTH, BriefPage, Entry, Section, Table

LABEL = 11
"""Where text starts on the line of a section's title."""
INDENT = 7
"""Where text starts under an entry's label."""


def render(page: BriefPage, width: int = WIDTH) -> str:
    """The whole page, each line at most `width` wide; a quiet day's is short, and has no blank lines."""
    return "\n".join(_lines(page, min(width, WIDTH))) + "\n"


def _lines(page: BriefPage, width: int) -> Iterator[str]:
    if page.banner:
        yield from _wrapped(page.banner, width)
    yield from _with_aside(page.title, page.aside, width)
    yield from _wrapped(page.verdict, width)
    is_long = any(entry.details for section in page.sections for entry in section.entries)
    for section in page.sections:
        if is_long and (section.entries or section.table):
            yield ""
        yield from _section(section, width)
    yield from _wrapped(page.last, width)


def _section(section: Section, width: int) -> Iterator[str]:
    if section.entries or section.table:
        yield from _wrapped(f"{section.title} ({section.remark})" if section.remark else section.title, width, LABEL)
    for number, line in enumerate(section.lines):
        first = section.title if number == 0 and not (section.entries or section.table) else ""
        yield from _wrapped(f"{first:<{LABEL - 1}} {line}", width, LABEL)
    label = max([INDENT, *(len(entry.label) + 2 for entry in section.entries)])
    for entry in section.entries:
        yield from _entry(entry, min(label, LABEL), width)
    if section.table:
        yield from _table(section.table, width)
    for note in section.notes:
        yield from _wrapped(f" {note}", width, INDENT)


def _entry(entry: Entry, indent: int, width: int) -> Iterator[str]:
    head = f" {entry.label:<{indent - 2}} {entry.text}"
    yield from _with_aside(head, entry.aside, width, indent)
    for detail in entry.details:
        yield from _wrapped(" " * indent + detail, width, indent)
    if entry.link:
        yield " " * indent + entry.link  # never wrapped: a broken address leads nowhere


def _with_aside(text: str, aside: str, width: int, indent: int = 0) -> Iterator[str]:
    """The aside goes to the right margin where it fits, else on a line of its own."""
    room = width - len(text) - len(aside)
    if not aside:
        yield from _wrapped(text, width, indent)
    elif room >= 2:
        yield text + " " * room + aside
    else:
        yield from _wrapped(text, width, indent)
        yield from _wrapped(" " * indent + aside, width, indent)


def _wrapped(text: str, width: int, indent: int = 0) -> list[str]:
    if len(text) <= width:
        return [text.rstrip()]
    lead = " " * (len(text) - len(text.lstrip()))
    hanging = " " * min(max(indent, len(lead)), width // 2)
    return textwrap.wrap(
        text, width, subsequent_indent=hanging, break_on_hyphens=False, replace_whitespace=False, drop_whitespace=True
    )


def _table(table: Table, width: int) -> Iterator[str]:
    widths = [max(len(row[n]) for row in (table.head, *table.rows)) for n in range(len(table.head))]
    if sum(widths) + 2 * len(widths) - 1 > width:
        yield from _as_entries(table, width)
        return
    for row in (table.head, *table.rows):
        cells = (f"{cell:>{widths[n]}}" if n in table.numbers else f"{cell:<{widths[n]}}" for n, cell in enumerate(row))
        line = " " + "  ".join(cells).rstrip()
        if line.strip():
            yield line


def _as_entries(table: Table, width: int) -> Iterator[str]:
    """Where columns do not fit: a line for each row, every figure after its column's name."""
    for row in table.rows:
        cells = [f"{head} {cell}".strip() for head, cell in zip(table.head[1:], row[1:], strict=True) if cell.strip()]
        yield from _wrapped(f" {row[0]}: {' · '.join(cells)}", width, INDENT)
