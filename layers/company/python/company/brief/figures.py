"""The figure check: every number of a page must be among the facts for it, or the page is not sent.

The book's own page always passes; the check is for a model's sentences. Numbers in letters and in other signs count as
figures, a figure in text has its unit, and every word with a digit in it must be known: a time, an id.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

from company.json_values import JsonObject, list_lengths
from company.text.wording import in_letters, is_in_other_signs

MOMENT = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d.*)?")
"""A time as the brain gives it: it is not in the owner's zone, so no page may show it."""
DIGITS = frozenset("0123456789")
AROUND = "\"'`()[]{}<>.,;:!?*·=+~"
BARE = re.compile(r"(\$?)(\d[\d,]*(?:\.\d+)?)(%|[a-z]*)")
"""1,226 and $1.64 and 42h and 5x and 3rd."""
NAME = re.compile(r"[A-Za-z]+-[\w-]*\d[\w-]*")
UNITS = {
    **dict.fromkeys(("%", "percent"), "%"),
    **dict.fromkeys(("$", "dollar", "dollars"), "$"),
    **dict.fromkeys(("s", "second", "seconds"), "s"),
    **dict.fromkeys(("min", "minute", "minutes"), "min"),
    **dict.fromkeys(("h", "hour", "hours"), "h"),
    **dict.fromkeys(("d", "day", "days"), "day"),
    **dict.fromkeys(("week", "weeks"), "week"),
    **dict.fromkeys(("month", "months"), "month"),
    **dict.fromkeys(("year", "years"), "year"),
}
ORDINALS = frozenset({"", "x", "st", "nd", "rd", "th"})
"""What may follow a number directly and is no unit."""


@dataclass(frozen=True)
class Figure:
    """A figure as it is written, with its numbers and their unit; one without numbers must be known as a word."""

    written: str
    numbers: tuple[str, ...] = ()
    unit: str = ""

    def pairs(self) -> set[tuple[str, str]]:
        return {(number, self.unit) for number in self.numbers}


def stray_figures(prose: str, *, facts: JsonObject, book: str) -> list[str]:
    """Figures of the prose that are neither in the facts nor on the page that the book wrote from them, in order."""
    texts = [book, *_texts(facts)]
    words = {word for text in texts for word in map(_bare, text.split())}
    listed = set(chain.from_iterable(figure.pairs() for text in texts for figure in _figures(text, with_one=True)))
    bare = {number for number, _ in listed} | {str(length) for length in list_lengths(facts)}
    # The unit of a brain's value is in its column's name, which is not read here.
    free = set(_values(facts))

    def is_known(figure: Figure) -> bool:
        if figure.written in words and not figure.unit:
            return True
        known = ((n in free) or ((n, u) in listed if u else n in bare) for n, u in figure.pairs())
        return bool(figure.numbers) and all(known)

    return [figure.written for figure in _figures(prose) if not is_known(figure)]


def _figures(text: str, *, with_one: bool = False) -> list[Figure]:
    """In order. 'One' in letters is mostly a pronoun: in the facts it counts as 1, in the prose it is no figure."""
    in_words = [
        (at, Figure(numeral, (str(value),), _unit_after(text, at + len(numeral))))
        for at, numeral, value in in_letters(text)
        if with_one or numeral.lower() != "one"
    ]
    in_digits = [(found.start(), _figure(text, found)) for found in re.finditer(r"\S+", text)]
    found = [*in_words, *((at, figure) for at, figure in in_digits if figure)]
    return [figure for _, figure in sorted(found, key=lambda pair: pair[0])]


def _figure(text: str, found: re.Match[str]) -> Figure | None:
    word = _bare(found.group())
    if any(is_in_other_signs(part) for part in re.split(r"[-/]", word)):
        return Figure(word)
    if not any(letter in DIGITS for letter in word):
        return None
    if NAME.fullmatch(word) or ":" in word:
        return Figure(word)
    *parts, last = [part for part in re.split(r"[-/]", word) if part]
    unit = UNITS.get(last.lower(), "") if parts else ""
    matches = [BARE.fullmatch(part) for part in (parts if unit else [*parts, last])]
    numbers = [match for match in matches if match and (match[3] in UNITS or match[3] in ORDINALS)]
    if len(numbers) < len(matches):
        return Figure(word)
    unit = unit or UNITS.get(numbers[-1][1] or numbers[-1][3], "") or _unit_after(text, found.end())
    return Figure(word, tuple(_same(match[2]) for match in numbers), unit)


def _unit_after(text: str, end: int) -> str:
    """The unit in the next word, where no punctuation is between."""
    following = re.match(r"[ -]([A-Za-z]+|%)", text[end:])
    return UNITS.get(following[1].lower(), "") if following and text[end - 1] not in ".,;:!?)" else ""


def _bare(word: str) -> str:
    """Without the punctuation around it: (F-1's) is F-1."""
    return word.strip(AROUND).removesuffix("'s").strip(AROUND)


def _same(number: str) -> str:
    """1,226 and 1226 and 1226.0 are one figure."""
    bare = number.replace(",", "")
    whole, _, part = bare.partition(".")
    part = part.rstrip("0")
    # As text: Python reads no number of more than 4,300 digits.
    return (whole.lstrip("0") or "0") + (f".{part}" if part else "")


def _leaves(thing: object) -> Iterator[object]:
    """Every value, and every key."""
    if isinstance(thing, Mapping):
        for name, part in thing.items():
            yield str(name)
            yield from _leaves(part)
    elif isinstance(thing, list | tuple):
        for part in thing:
            yield from _leaves(part)
    else:
        yield thing


def _texts(facts: JsonObject) -> Iterable[str]:
    return (leaf for leaf in _leaves(facts) if isinstance(leaf, str) and not MOMENT.fullmatch(leaf))


def _values(facts: JsonObject) -> Iterable[str]:
    numbers = (leaf for leaf in _leaves(facts) if isinstance(leaf, int | float) and not isinstance(leaf, bool))
    return (_same(str(number)) for number in numbers if re.fullmatch(r"\d+(\.\d+)?", str(number)))
