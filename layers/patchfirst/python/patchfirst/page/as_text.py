"""A customer's page as plain text, in lines that fit a terminal."""

import textwrap
from collections.abc import Iterable

from patchfirst.page.sections import Content, PageLine, PageSection

WIDTH = 80
UNDER = " " * 7
"""What goes on stands under the name of its CVE."""


def page_as_text(content: Content) -> str:
    lines = [content.heading, "", *content.notes]
    for section in content.sections:
        lines += ["", *_section(section)]
    return "\n".join(wrapped([*lines, "", content.as_of, *_dashboard(content), *content.credits])) + "\n"


def wrapped(lines: Iterable[str]) -> Iterable[str]:
    """Lines of a terminal's width; what goes on is further in. An address stays whole."""
    for line in lines:
        indent = UNDER if line.startswith(" ") else "  "
        yield from textwrap.wrap(
            line, WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
        ) or [""]


def _section(section: PageSection) -> list[str]:
    lines = [line for one in section.lines for line in _line(one)]
    return [section.title.upper(), section.about, *lines, *section.after]


def _line(line: PageLine) -> list[str]:
    news = f": {'; '.join(line.news)}" if line.news else ""
    first = f"{line.number:>5}  {line.cve:<16} {line.name}{news}"
    because = "; ".join([*line.facts, *line.reasons])
    return [first, *([f"{UNDER}{because}"] if because else []), f"{UNDER}{line.record}"]


def _dashboard(content: Content) -> list[str]:
    return [f"Your dashboard (opens until {content.dashboard_until}): {content.dashboard}"] if content.dashboard else []
