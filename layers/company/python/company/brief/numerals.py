"""Numbers in letters, as English writes them: two, twenty-one, three hundred, a dozen."""

import re
from collections.abc import Iterator

TEENS = ("ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen")
SMALL = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", *TEENS)
TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
WORDS = {name: n for n, name in enumerate(SMALL)} | {name: 10 * n for n, name in enumerate(TENS, 2)}
SCALES = {"dozen": 12, "hundred": 100, "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}
SCALES |= {f"{name}s": value for name, value in SCALES.items()}
_WORD = "|".join(sorted({*WORDS, *SCALES}, key=len, reverse=True))
NUMERAL = re.compile(rf"\b(?:{_WORD})(?:[ -](?:{_WORD}))*\b", re.I)


def in_letters(text: str) -> Iterator[tuple[int, str, int]]:
    """Each number in letters: where it starts, as it is written, and its value."""
    for found in NUMERAL.finditer(text):
        yield found.start(), found.group(), value_of(found.group())


def value_of(numeral: str) -> int:
    """'two hundred five' is 205; 'dozens' is 12, which is hardly ever a fact."""
    whole = current = 0
    for word in re.split(r"[ -]", numeral.lower()):
        if word in WORDS:
            current += WORDS[word]
            continue
        current = max(current, 1) * SCALES[word]
        if SCALES[word] >= 1_000:
            whole, current = whole + current, 0
    return whole + current
