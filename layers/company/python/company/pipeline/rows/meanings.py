"""What a word means that no vocabulary had: what its letters say, or the owner's last answer; nothing else."""

import re
from dataclasses import dataclass
from difflib import get_close_matches

from company.fire.fire import Fire
from company.vertical import Source

LEAVE = "leave it"
"""The answer by which a word stays data and means nothing."""
MOST_OFFERED = 5
"""A question has six options, one of which does nothing."""


@dataclass(frozen=True)
class SeenWord:
    """A new word, the batch and the document that brought it first, and how often it was in that."""

    source: str
    field: str
    word: str
    batch_id: int
    times: int
    raw_id: int


def seen_word(fire: Fire, source: str, field: str, word: str) -> SeenWord | None:
    return fire.brain.row(SeenWord, "new_word", source=source, field=field, word=word)


def meaning_of(fire: Fire, source: Source, field: str, word: str) -> str | None:
    """The known word that it means; None where neither its letters nor the owner say so."""
    known = source.vocabularies.get(field, ())
    said = fire.brain.value("owner_says_word", source=source.name, field=field, word=word)
    return said if said in known else meaning_by_letters(known, word)


def meaning_by_letters(known: tuple[str, ...], word: str) -> str | None:
    """The one known word with the same letters and digits: another sign between them changes no meaning."""
    same = [one for one in known if _letters(one) == _letters(word)]
    return same[0] if len(same) == 1 and _letters(word) else None


def words_to_offer(known: tuple[str, ...], word: str) -> list[str]:
    """The known words that a question offers, the nearest ones where there are many."""
    by_name = {one.lower(): one for one in known}
    near = get_close_matches(word.lower(), by_name, n=MOST_OFFERED, cutoff=0.0)
    return [one for one in known if one.lower() in near]


def _letters(word: str) -> str:
    return re.sub(r"[\W_]", "", word).lower()
