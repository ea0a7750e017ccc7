"""How figures, moments and durations are written for people: short, with their unit, in the owner's time zone.

And how people write figures, in other signs than 0 to 9: in letters, as Roman numbers, in the digits of other scripts.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

SMALL_NUMBERS = (
    "no",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
)
THIS_WEEK = timedelta(days=6)
PUNCTUATION = {"–": "-", "—": "-", "‘": "'", "’": "'", "“": '"', "”": '"', "…": "...", "•": "·"}
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


def format_number(value: float) -> str:
    """1234 -> 1,234."""
    return f"{value:,}"


def number_in_words(count: int) -> str:
    """Up to twelve as a word, as in a sentence; above it in digits."""
    return SMALL_NUMBERS[count] if 0 <= count < len(SMALL_NUMBERS) else format_number(count)


def day_and_time(moment: datetime | str | None, zone: ZoneInfo | str, now: datetime) -> str:
    """Wed 18:05; more than six days from now its date, for a weekday says another: 3 Mar 2026 22:14. None: never."""
    if moment is None:
        return "never"
    at = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    local = at.astimezone(ZoneInfo(zone) if isinstance(zone, str) else zone)
    if abs(now - at) > THIS_WEEK:
        return f"{local.day} {local:%b %Y %H:%M}"
    return f"{local:%a %H:%M}"


def time_of_day(moment: datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%H:%M}"


def time_near(moment: datetime, zone: ZoneInfo, now: datetime) -> str:
    """18:35 on the day that it is there now, on any other Wed 18:35."""
    local = moment.astimezone(zone)
    return f"{local:%H:%M}" if local.date() == now.astimezone(zone).date() else day_and_time(moment, zone, now)


def short_date(moment: datetime, zone: ZoneInfo) -> str:
    """Thu 12 Mar."""
    local = moment.astimezone(zone)
    return f"{local:%a} {local.day} {local:%b}"


def moment_text(moment: datetime, now: datetime, zone: ZoneInfo) -> str:
    """Today 12:00, Wed 18:05 within the week, 3 Mar 18:05 beyond it, 3 Mar 2025 18:05 in another year."""
    local, today = moment.astimezone(zone), now.astimezone(zone)
    if local.date() == today.date():
        return f"today {local:%H:%M}"
    if abs(local.date() - today.date()) < timedelta(days=7):
        return f"{local:%a %H:%M}"
    return f"{local.day} {local:{'%b' if local.year == today.year else '%b %Y'} %H:%M}"


def duration_text(length: timedelta) -> str:
    """40 s, 14 min, 42 h, 9 days: the largest unit that fits; hours up to four days."""
    seconds = max(0, int(length.total_seconds()))
    if seconds < 120:
        return f"{seconds} s"
    if seconds < 2 * 3600:
        return f"{seconds // 60} min"
    if seconds < 4 * 86400:
        return f"{seconds // 3600} h"
    return counted(seconds // 86400, "day")


def zone_name(moment: datetime, zone: ZoneInfo) -> str:
    """UTC, or Lisbon (UTC+1)."""
    if zone.key in ("UTC", "Etc/UTC"):
        return "UTC"
    offset = moment.astimezone(zone).utcoffset() or timedelta()
    minutes = int(offset.total_seconds()) // 60
    sign = "-" if minutes < 0 else "+"
    hours, rest = divmod(abs(minutes), 60)
    return f"{zone.key.rsplit('/', 1)[-1].replace('_', ' ')} (UTC{sign}{hours}{f':{rest:02}' if rest else ''})"


def join_first(things: Sequence[str], limit: int = 4) -> str:
    """a, b and 3 more."""
    shown = ", ".join(things[:limit])
    return shown if len(things) <= limit else f"{shown} and {len(things) - limit} more"


def one_line(text: str) -> str:
    """One line of ASCII and the middle dot, from any text: names from feeds and answers of models too."""
    one_line = " ".join(text.splitlines()).replace("\t", " ").strip()
    replaced = "".join(PUNCTUATION.get(letter, letter) for letter in one_line)
    decomposed = unicodedata.normalize("NFKD", replaced)
    return "".join(c if " " <= c <= "~" or c == "·" else ("" if unicodedata.combining(c) else "?") for c in decomposed)


def clipped(text: str, width: int) -> str:
    """At most this wide; a text that was cut ends with dots."""
    return text if len(text) <= width else text[: max(0, width - 3)].rstrip() + "..."


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """'1 task', '3 tasks', '1,204 rows'."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def join_with_and(parts: Sequence[str], nothing: str = "nothing") -> str:
    """'a, b and c'."""
    return _joined(parts, "and") or nothing


def join_with_or(parts: Sequence[str]) -> str:
    """'a, b or c'."""
    return _joined(parts, "or")


def _joined(parts: Sequence[str], word: str) -> str:
    return "".join(parts) if len(parts) < 2 else f"{', '.join(parts[:-1])} {word} {parts[-1]}"


def hours_text(age: float | timedelta) -> str:
    """Hours as an age or a limit: '42 h'; below ten also '0.5 h'."""
    number = round(age.total_seconds() / 3600, 2) if isinstance(age, timedelta) else age
    return f"{number:.0f} h" if number >= 10 or number == int(number) else f"{number:.1f} h"


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
