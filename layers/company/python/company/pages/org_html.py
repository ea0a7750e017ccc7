"""The org page for a browser: the tree is one list, which works with a keyboard, a screen reader and a phone."""

from collections.abc import Iterator, Sequence
from html import escape

from company.pages import org_wording
from company.pages.org import COLUMNS, Org, Person, cells
from company.pages.style import opening


def render(org: Org) -> str:
    """One complete document; all text in it is escaped."""
    return "\n".join(_document(org)) + "\n"


def _document(org: Org) -> Iterator[str]:
    title, drawn = org_wording.head(org)
    yield opening(escape(title))
    yield "<main>"
    yield from (f'<p class="banner">{escape(text)}</p>' for text in filter(None, (org_wording.banner(org),)))
    yield f'<h1>{escape(title)}</h1>\n<p class="aside">{escape(drawn)}</p>'
    headline, caught, counts = org_wording.orphans(org)
    yield from _section(headline, caught, counts)
    yield from _section(f"DIFFERS FROM ITS RECORD {len(org.differing)}", org_wording.differing(org))
    needing = org_wording.needs_a_look(org)
    yield from _section(f"NEEDS A LOOK {len(needing)}", needing)
    yield f'<section>\n<h2>THE COMPANY</h2>\n<ul class="tree">\n<li><b>{escape(org_wording.owner(org))}</b>'
    yield from _people(org, "owner")
    yield "</li>\n</ul>\n</section>"
    yield from _section("WHO WATCHES THE WATCHERS", org_wording.watchers(org))
    yield from _section("THREE FACTS", [org_wording.three_facts(org)])
    yield "</main>\n</body>\n</html>"


def _section(title: str, lines: Sequence[str], aside: str = "") -> Iterator[str]:
    yield f"<section>\n<h2>{escape(title)}</h2>"
    yield from (f"<p>{escape(line)}</p>" for line in lines)
    if aside:
        yield f'<p class="aside">{escape(aside)}</p>'
    yield "</section>"


def _people(org: Org, role: str) -> Iterator[str]:
    people = org.under(role)
    if people:
        yield "<ul>"
        for person in people:
            yield f'<li id="{escape(person.role)}"><b>{escape(person.role)}</b> {_about(org, person)}'
            yield from _people(org, person.role)
            yield "</li>"
        yield "</ul>"


def _about(org: Org, person: Person) -> str:
    named = zip(COLUMNS, cells(person, org), strict=True)
    return "<dl>" + "".join(f"<dt>{escape(name)}</dt><dd>{escape(cell)}</dd>" for name, cell in named if cell) + "</dl>"
