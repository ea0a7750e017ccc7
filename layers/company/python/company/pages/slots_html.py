"""The slots page for a browser; each strip is also said in words, for whoever cannot see it."""

from collections.abc import Iterator
from html import escape

from company.pages import slots_words
from company.pages.org_html import STYLE
from company.pages.slots import LEGEND, Slots

HEAD = ("schedule", "watcher", "24 hours", "last fired", "silent", "grace", "next", "what it last said", "open")
TABLE_STYLE = (
    "table{border-collapse:collapse;display:block;overflow-x:auto}th,td{padding:.15rem .8rem .15rem 0;text-align:left;font-weight:400;"
    "white-space:nowrap}td:nth-child(3){font-family:ui-monospace,monospace;letter-spacing:.1em}tr.loud td{font-weight:600}"
)


def render(page: Slots) -> str:
    """One document, complete by itself; every word in it is escaped."""
    return "\n".join(_document(page)) + "\n"


def _document(page: Slots) -> Iterator[str]:
    title, covered = slots_words.head(page)
    yield '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>{escape(title)}</title>\n<style>{STYLE}{TABLE_STYLE}</style>\n</head>\n<body>\n<main>"
    yield from (f'<p class="banner">{escape(words)}</p>' for words in filter(None, (slots_words.banner(page),)))
    yield f'<h1>{escape(title)}</h1>\n<p class="quiet">{escape(covered)}</p>\n<p>{escape(slots_words.total(page))}</p>'
    yield f'<p class="quiet">{escape(LEGEND)}</p>\n<table>\n<thead><tr>'
    yield "".join(f'<th scope="col">{escape(name)}</th>' for name in HEAD)
    yield "</tr></thead>\n<tbody>"
    for line in page.lines:
        cells = "".join(f"<td>{escape(cell)}</td>" for cell in slots_words.cells(line, page))
        yield f'<tr{"" if line.is_quiet else " class=loud"}>{cells}</tr>'
    yield "</tbody>\n</table>\n</main>\n</body>\n</html>"
