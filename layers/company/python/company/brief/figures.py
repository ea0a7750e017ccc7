"""The figure check: what a page says in numbers must be among the facts handed over, or the page is not sent.

The book's own page passes by construction; the check is for pages whose sentences somebody else wrote. Numbers in
letters count as figures, and so does every word with a digit in it: a time, an id, a figure with its unit.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from company.brief.numerals import in_letters

MOMENT = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d.*)?")
"""As the brain gives them: not the owner's zone, so no figure that a page may say."""
AROUND = "\"'`()[]{}<>.,;:!?*·=+~"
BARE = re.compile(r"\$?(\d[\d,]*(?:\.\d+)?)(?:%|[a-z]{1,5})?")
"""1,226 and $1.64 and 42h and 5x and 3rd."""
NAME = re.compile(r"[A-Za-z]+-[\w-]*\d[\w-]*")
QUANTITIES = frozenset({"half", "halved", "twice", "doubled", "tripled"})


def stray_figures(prose: str, *, facts: Mapping[str, Any], book: str) -> list[str]:
    """Figures of the prose that stand neither in the facts nor on the page that the book wrote from them, in order."""
    texts = [book, *_texts(facts)]
    words = {word for text in texts for word in _words(text)}
    known = {*_numbers_of(texts), *_numbers_of(_values(facts)), *(str(n) for n in _lengths(facts))}
    return [said for said, parts in _figures(prose) if said not in words and not (parts and set(parts) <= known)]


def _figures(prose: str) -> list[tuple[str, tuple[str, ...]]]:
    """Each figure as it is said, in order, with its numbers; without numbers it must be known as it stands."""
    # "One of the feeds" is no count.
    spoken = [(at, said, (str(value),)) for at, said, value in in_letters(prose) if said.lower() != "one"]
    found = [(match.start(), word := _bare(match.group()), _parts(word)) for match in re.finditer(r"\S+", prose)]
    written = [(at, word, parts) for at, word, parts in found if _is_figure(word)]
    return [(said, parts) for _, said, parts in sorted([*spoken, *written])]


def _is_figure(word: str) -> bool:
    return any(letter.isdigit() for letter in word) or word.lower() in QUANTITIES


def _parts(word: str) -> tuple[str, ...]:
    """The numbers of 42h, 3-5 or 2/3; none of a name or a time of day, which is known whole or not at all."""
    if NAME.fullmatch(word) or ":" in word:
        return ()
    matches = [BARE.fullmatch(part) for part in re.split(r"[-/]", word) if part]
    return tuple(_same(match[1]) for match in matches if match) if all(matches) else ()


def _numbers_of(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        yield from (str(value) for _, _, value in in_letters(text))
        for word in _words(text):
            yield from _parts(word)


def _words(text: str) -> Iterator[str]:
    yield from (_bare(word) for word in text.split())


def _bare(word: str) -> str:
    """Without what stands around it: (F-1's) is F-1."""
    return word.strip(AROUND).removesuffix("'s").strip(AROUND)


def _same(number: str) -> str:
    """1,226 and 1226 and 1226.0 are one figure."""
    bare = number.replace(",", "")
    return bare.rstrip("0").rstrip(".") if "." in bare else str(int(bare))


def _texts(thing: Any) -> Iterator[str]:
    match thing:
        case str() if not MOMENT.fullmatch(thing):
            yield thing
        case Mapping():
            for name, part in thing.items():
                yield str(name)
                yield from _texts(part)
        case list() | tuple():
            for part in thing:
                yield from _texts(part)


def _values(thing: Any) -> Iterator[str]:
    match thing:
        case bool():
            return
        case int() | float():
            yield str(thing)
        case Mapping():
            for part in thing.values():
                yield from _values(part)
        case list() | tuple():
            for part in thing:
                yield from _values(part)


def _lengths(thing: Any) -> Iterator[int]:
    """How many of anything there are is a fact too."""
    if isinstance(thing, Mapping):
        for part in thing.values():
            yield from _lengths(part)
    elif isinstance(thing, list | tuple):
        yield len(thing)
        for part in thing:
            yield from _lengths(part)
