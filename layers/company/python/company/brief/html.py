"""The same page for a mail or a browser: same words, same order; complete without images, links, style or script."""

from collections.abc import Iterator
from html import escape

from company.brief.page import Entry, Page, Section, Table

STYLE = (
    "body{font:15px/1.45 system-ui,sans-serif;color:#1b1f24;background:#fff;max-width:60rem;margin:1.5rem auto;padding:0 1rem}"
    "h1{font-size:1.2rem;margin:0}h2{font-size:.95rem;margin:1.4rem 0 .3rem;letter-spacing:.03em}"
    "p,ul{margin:.2rem 0}.aside{color:#57606a}.banner{background:#fff3cd;padding:.4rem .7rem;font-weight:600}"
    ".verdict{font-size:1.05rem;margin:.6rem 0}dt{font-weight:600;margin-top:.5rem}dd{margin:0 0 0 1.2rem}"
    "table{border-collapse:collapse;display:block;overflow-x:auto}th,td{padding:.15rem .8rem .15rem 0;text-align:left;font-weight:400}"
    "th{color:#57606a}td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}footer{margin-top:1.5rem;color:#57606a}"
    "@media(prefers-color-scheme:dark){body{background:#0d1117;color:#e6edf3}.banner{background:#4d3800}"
    ".aside,th,footer{color:#9da7b1}}"
)


def render(page: Page, subject: str) -> str:
    """One HTML document; every word in it is escaped."""
    return "\n".join(_document(page, subject)) + "\n"


def _document(page: Page, subject: str) -> Iterator[str]:
    yield '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>{escape(subject)}</title>\n<style>{STYLE}</style>\n</head>\n<body>"
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
