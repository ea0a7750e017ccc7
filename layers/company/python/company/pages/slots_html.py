"""The slots page for a browser; what a strip shows is also in the cells beside it."""

from collections.abc import Iterator
from html import escape

from company.pages import slots_wording
from company.pages.slots import Slots
from company.pages.style import opening

STRIP = 2
HEAD = ("schedule", "watcher", "", "last fired", "silent", "grace", "next", "last result", "open")


def render(page: Slots) -> str:
    """One complete document; all text in it is escaped."""
    return "\n".join(_document(page)) + "\n"


def _document(page: Slots) -> Iterator[str]:
    title, covered = slots_wording.head(page)
    yield opening(escape(title))
    yield "<main>"
    yield from (f'<p class="banner">{escape(text)}</p>' for text in filter(None, (slots_wording.banner(page),)))
    yield f'<h1>{escape(title)}</h1>\n<p class="aside">{escape(covered)}</p>'
    yield f"<p>{escape(slots_wording.total(page))}</p>"
    yield f'<p class="aside">{escape(slots_wording.legend(page))}</p>\n<table>\n<thead><tr>'
    heads = enumerate((*HEAD[:STRIP], slots_wording.hours(page), *HEAD[STRIP + 1 :]))
    yield "".join(f'<th scope="col"{" class=strip" if n == STRIP else ""}>{escape(name)}</th>' for n, name in heads)
    yield "</tr></thead>\n<tbody>"
    for line in page.lines:
        numbered = enumerate(slots_wording.cells(line, page))
        cells = "".join(f"<td{' class=strip' if n == STRIP else ''}>{escape(cell)}</td>" for n, cell in numbered)
        yield f"<tr{'' if line.is_quiet else ' class=loud'}>{cells}</tr>"
    yield "</tbody>\n</table>\n</main>\n</body>\n</html>"
