"""The optional fields of an edition: one that cannot be read is unknown and counted; its row is taken."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from company.json_values import JsonObject

T = TypeVar("T")
UNREADABLE = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
LONGEST_EXAMPLE = 80
Words = Mapping[str, Mapping[str, str]]
NO_WORDS: Words = {}
MOST_WORDS = 20
"""More new words in one field of one edition are no vocabulary."""


@dataclass(frozen=True)
class Unread:
    """How often a field could not be read in an edition, and the first value of that kind."""

    count: int
    first: str


class Details:
    """Reads the optional fields of one edition and remembers, by field, what could not be read.

    words: by field, what a word means that came after the reader was written (the source's list has them).
    """

    def __init__(self, words: Words = NO_WORDS) -> None:
        self.unread: dict[str, Unread] = {}
        self.new_words: dict[str, dict[str, int]] = {}
        self._words = words

    def read(self, field: str, reader: Callable[[object], T | None], value: object) -> T | None:
        """What the reader makes of the value; None where there is none, or where the reader refuses it."""
        if value is None:
            return None
        try:
            return reader(value)
        except UNREADABLE:
            self.count(field, value)
            return None

    def objects(self, field: str, value: object) -> list[JsonObject]:
        """The objects of a list; one object alone is a list of one, and what is no object is counted."""
        entries = value if isinstance(value, list) else [] if value is None else [value]
        for entry in entries:
            if not isinstance(entry, dict) and entry is not None:
                self.count(field, entry)
        return [entry for entry in entries if isinstance(entry, dict)]

    def one_object(self, field: str, value: object) -> JsonObject:
        """The object, or one without keys where there is none."""
        if value is not None and not isinstance(value, dict):
            self.count(field, value)
        return value if isinstance(value, dict) else {}

    def note_word(self, field: str, word: str) -> None:
        """Counts a word that its field's vocabulary does not have: it is reported once, whatever its rows."""
        words, word = self.new_words.setdefault(field, {}), word[:LONGEST_EXAMPLE]
        if word in words or len(words) < MOST_WORDS:
            words[word] = words.get(word, 0) + 1

    def known_word(self, field: str, word: str) -> str:
        """The word that a later one means; itself where its list says nothing of it."""
        return self._words.get(field, {}).get(word.lower(), word)

    def count(self, field: str, value: object, times: int = 1) -> None:
        """Counts a value that is unknown to its field's reader."""
        before = self.unread.get(field)
        self.unread[field] = Unread(
            before.count + times if before else times, before.first if before else _example(value)
        )


def _example(value: object) -> str:
    try:
        return repr(value)[:LONGEST_EXAMPLE]
    except (RecursionError, ValueError):
        return "a value too deep or too long to show"
