"""The same page for a mail or a browser: same text, same order; complete without images, links, style or script."""

from collections.abc import Iterator
from html import escape

from company.brief.page import BriefPage, Entry, Section, Table
from company.pages.style import opening


def render(page: BriefPage, subject: str) -> str:
    """One HTML document; all text in it is escaped."""
    return "\n".join(_document(page, subject)) + "\n"


def _document(page: BriefPage, subject: str) -> Iterator[str]:
    yield opening(escape(subject))
    if page.banner:
        yield f'<p class="banner">{escape(page.banner)}</p>'
    yield f'<h1>{escape(page.title)}</h1>\n<p class="aside">{escape(page.aside)}</p>'
    yield f'<p class="verdict">{escape(page.verdict)}</p>'
    for section in page.sections:
        yield from _section(section)
    yield f"<footer>{escape(page.last)}</footer>\n</body>\n</html>"


def _section(section: Section) -> Iterator[str]:
    remark = f' <span class="aside">({escape(section.remark)})</span>' if section.remark else ""
    yield f"<section>\n<h2>{escape(section.title)}{remark}</h2>"
    yield from (f"<p>{escape(line)}</p>" for line in section.lines)
    if section.entries:
        yield "<dl>"
        for entry in section.entries:
            yield from _entry(entry)
        yield "</dl>"
    if section.table:
        yield from _table(section.table)
    yield from (f"<p>{escape(note)}</p>" for note in section.notes)
    yield "</section>"


def _entry(entry: Entry) -> Iterator[str]:
    aside = f' <span class="aside">{escape(entry.aside)}</span>' if entry.aside else ""
    yield f"<dt>{escape(entry.label)}</dt>\n<dd>{escape(entry.text)}{aside}</dd>"
    yield from (f"<dd>{escape(detail)}</dd>" for detail in entry.details)
    if entry.link:
        yield f'<dd><a href="{escape(entry.link)}">Answer {escape(entry.label)}</a></dd>'


def _table(table: Table) -> Iterator[str]:
    yield "<table>\n<thead><tr>"
    yield "".join(f'<th scope="col"{_class(table, n)}>{escape(name)}</th>' for n, name in enumerate(table.head))
    yield "</tr></thead>\n<tbody>"
    for row in table.rows:
        cells = "".join(f"<td{_class(table, n)}>{escape(cell)}</td>" for n, cell in enumerate(row))
        yield f"<tr>{cells}</tr>"
    yield "</tbody>\n</table>"


def _class(table: Table, column: int) -> str:
    return ' class="n"' if column in table.numbers else ""
