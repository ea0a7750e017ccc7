"""Every id and every role in a text becomes a link to its page; all else of the text is escaped."""

import re
from collections.abc import Collection
from functools import lru_cache
from urllib.parse import quote

from markupsafe import Markup

from company.vertical import Vertical

NUMBERED = r"\b[FDTLSBCP]-[0-9]{1,12}\b"
WORDED = r"\b(?:task|root cause|batch|finding|session) [0-9]{1,12}\b"
"""As messages name some of them: task 8."""
LETTERS = {"task": "T", "root cause": "T", "batch": "B", "finding": "F", "session": "S"}


def linked(text: str, roles: Collection[str], vertical: Vertical | None) -> Markup:
    """The text as HTML: ids like F-1, D-1 or task 8, the names of roles and the entities of the product are links."""
    entities = vertical.entity.read_all(text) if vertical and vertical.entity else ()
    parts: list[Markup] = []
    ended = 0
    for found in _pattern(tuple(sorted(roles)), tuple(dict.fromkeys(entities))).finditer(text):
        parts += [Markup.escape(text[ended : found.start()]), _link(found[0], roles)]
        ended = found.end()
    return Markup("").join([*parts, Markup.escape(text[ended:])])


def address_of(name: str, roles: Collection[str]) -> str:
    """Where the page of an id, a role or an entity is."""
    if re.fullmatch(NUMBERED, name):
        return f"/{name}"
    if re.fullmatch(WORDED, name):
        word, _, number = name.rpartition(" ")
        return f"/{LETTERS[word]}-{number}"
    return f"/roles/{name}" if name in roles else f"/product/{quote(name, safe='')}"


def _link(name: str, roles: Collection[str]) -> Markup:
    kind = ' class="id"' if re.fullmatch(NUMBERED, name) else ""
    return Markup(f'<a{kind} href="{{}}">{{}}</a>').format(address_of(name, roles), name)


@lru_cache(maxsize=256)
def _pattern(roles: tuple[str, ...], entities: tuple[str, ...]) -> re.Pattern[str]:
    names = sorted((*entities, *roles), key=len, reverse=True)
    known = "|".join(rf"(?<![\w/.-]){re.escape(name)}(?![\w/.-]*\w)" for name in names)
    return re.compile("|".join(filter(None, (NUMBERED, WORDED, known))))
