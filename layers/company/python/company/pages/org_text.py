"""The org page for a terminal: columns are dropped from the right until it fits."""

import textwrap
from collections.abc import Iterator, Sequence

from company.pages import org_wording
from company.pages.org import COLUMNS, Org, cells
from company.text.wording import clipped

LAST_COLUMN = 40


def render(org: Org, width: int, *, is_open: bool = True) -> str:
    """The whole page, each line at most `width` wide. is_open: a healthy branch is drawn whole, not as one line."""
    return "\n".join(_lines(org, width, is_open)) + "\n"


def _lines(org: Org, width: int, is_open: bool) -> Iterator[str]:
    yield from filter(None, (org_wording.banner(org),))
    title, drawn = org_wording.head(org)
    room = width - len(title) - len(drawn)
    yield from ([title + " " * room + drawn] if room > 1 else [title, *_wrapped(drawn, width)])
    yield from ("", *_orphans(org, width))
    yield from _listed("DIFFERS FROM ITS RECORD", org_wording.differing(org), width)
    yield from _listed("NEEDS A LOOK", org_wording.needs_a_look(org), width)
    yield from ("", *_tree(org, width, is_open))
    yield from ("", "WHO WATCHES THE WATCHERS")
    for line in org_wording.watchers(org):
        yield from _wrapped(f"  {line}", width)
    yield from _wrapped(f"THREE FACTS  {org_wording.three_facts(org)}", width)


def _orphans(org: Org, width: int) -> Iterator[str]:
    headline, caught, counts = org_wording.orphans(org)
    yield headline
    for line in (*caught, counts):
        yield from _wrapped(f"  {line}", width)


def _listed(title: str, things: Sequence[str], width: int) -> Iterator[str]:
    yield f"{title} {len(things)}"
    for thing in things:
        yield from _wrapped(f"  {thing}", width)


def _tree(org: Org, width: int, is_open: bool) -> Iterator[str]:
    rows = [("", COLUMNS), (org_wording.owner(org), ()), *_branches(org, is_open)]
    names = max(len(name) for name, row in rows if row)
    widths = [max(len(row[n]) for _, row in rows if row) for n in range(len(COLUMNS))]
    widths[-1] = min(widths[-1], LAST_COLUMN)
    shown = next(n for n in range(len(COLUMNS), -1, -1) if n == 0 or names + sum(widths[:n]) + 2 * n <= width)
    for name, row in rows:
        columns = (f"{clipped(cell, widths[n]):<{widths[n]}}" for n, cell in enumerate(row[:shown]))
        yield clipped("  ".join((f"{name:<{names}}", *columns)).rstrip() if row else name, width)


def _branches(org: Org, is_open: bool) -> Iterator[tuple[str, tuple[str, ...]]]:
    def under(role: str, lead: str) -> Iterator[tuple[str, tuple[str, ...]]]:
        people = org.under(role)
        for person in people:
            is_last = person is people[-1]
            joint = f"{lead}{'└─ ' if is_last else '├─ '}"
            if not is_open and person.kind == "manager" and org.is_all_fine(branch := org.branch(person.role)):
                yield joint + org_wording.folded(branch), ()
                continue
            yield joint + person.role, cells(person, org)
            yield from under(person.role, lead + ("   " if is_last else "│  "))

    return under("owner", "")


def _wrapped(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, width, subsequent_indent="    ", break_on_hyphens=False) or [""]
