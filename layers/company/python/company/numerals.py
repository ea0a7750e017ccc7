"""Numbers in other signs than 0 to 9: in letters as English writes them, Roman, and in the digits of other scripts."""

import re
import unicodedata
from collections.abc import Iterator

TEENS = ("ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen")
SMALL = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", *TEENS)
TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
WORDS = {name: n for n, name in enumerate(SMALL)} | {name: 10 * n for n, name in enumerate(TENS, 2)}
SCALES = {"dozen": 12, "hundred": 100, "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}
_ODD_ORDINALS = ("third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", *(f"{name}th" for name in TEENS))
ORDINALS = dict(zip(_ODD_ORDINALS, range(3, 20), strict=True)) | {"twelfth": 12}
ORDINALS |= {f"{name[:-1]}ieth": 10 * n for n, name in enumerate(TENS, 2)}
"""First and second are left out: in a sentence they are mostly an order and a unit of time."""
WORDS |= ORDINALS
SCALES |= {f"{name}th": value for name, value in SCALES.items() if name != "dozen"}
VAGUE = frozenset(
    {"half", "halves", "halved", "thirds", "quarter", "quarters", "fifths", "tenths", "twice", "thrice", "double"}
    | {"doubled", "triple", "tripled", "tenfold", "couple", "pair", "nought", "nil", "trillion", "trillions"}
    | {f"{name}s" for name in ("dozen", "hundred", "thousand", "million", "billion")}
)
"""Words for a quantity that no figure proves: they must stand among the facts as they are."""
_WORD = "|".join(sorted({*WORDS, *SCALES}, key=len, reverse=True))
NUMERAL = re.compile(rf"\b(?:{_WORD})(?:[ -](?:{_WORD}))*\b", re.I)
ROMAN = re.compile(
    r"(?=[IVXLCDM]{2}|[ivx]{2})[Mm]*(?:[Cc][DMdm]|[Dd]?[Cc]{0,3})(?:[Xx][CLcl]|[Ll]?[Xx]{0,3})(?:[Ii][XVxv]|[Vv]?[Ii]{0,3})"
)
NOT_ROMAN = frozenset({"CI", "CD", "CV", "DC", "DI", "LI", "MC", "MD", "MI", "vi"})
"""Short names of other things that look like a Roman number."""


def in_letters(text: str) -> Iterator[tuple[int, str, int]]:
    """Each number in letters: where it starts, as it is written, and its value."""
    for found in NUMERAL.finditer(text):
        yield found.start(), found.group(), value_of(found.group())


def value_of(numeral: str) -> int:
    """'two hundred five' and 'two hundred fifth' are 205."""
    whole = current = 0
    for word in re.split(r"[ -]", numeral.lower()):
        if word in WORDS:
            current += WORDS[word]
            continue
        current = max(current, 1) * SCALES[word]
        if SCALES[word] >= 1_000:
            whole, current = whole + current, 0
    return whole + current


def is_in_other_signs(word: str) -> bool:
    """Whether a word is a quantity that cannot be compared with a figure: 4\u0662, \u00bd, XIV, half, thousands."""
    return (
        word.lower() in VAGUE
        or (ROMAN.fullmatch(word) is not None and word not in NOT_ROMAN)
        or any(not letter.isascii() and unicodedata.numeric(letter, None) is not None for letter in word)
    )
