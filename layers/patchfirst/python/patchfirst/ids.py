"""The one reader of CVE ids, for every source and for people who type one.

The pattern is the CVE record format's (CVE-YYYY-NNNN to 19 digits; more than four digits never begin with a zero), with
one rule of ours: the year is 1999 to 2099, because the list began in 1999 and a mistyped year is another CVE's.
Signs that nobody sees are dropped, every dash is a hyphen, and full-width letters and digits are read, as are letters
of other scripts that look like C, V or E; no other digits are, because a small raised 2 is a footnote and no part of
the id. CAN-2003-0001 is CVE-2003-0001: until 2005 a candidate had the number under that name.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

PATTERN = r"CVE-(?:1999|20[0-9]{2})-(?:[0-9]{4}|[1-9][0-9]{4,18})"
CVE = re.compile(PATTERN)
GHSA = re.compile(r"GHSA(?:-[0-9A-Z]{4}){3}")
OTHER_PATTERN = r"(?![Cc][Vv][Ee]-)[A-Za-z][A-Za-z0-9]*-[A-Za-z0-9][A-Za-z0-9.:_+-]{0,90}[A-Za-z0-9]"
"""An id of any database of advisories, by the look that those in OSV's list have: a prefix, a hyphen, and the rest. A
word that was meant as a CVE's id, and cannot be read, is none."""
ADVISORY = re.compile(OTHER_PATTERN)
SOFT_HYPHEN = "\u00ad"
OTHER_DASHES = frozenset("\u02d7\u2043\u207b\u208b\u2212\u2796\u30fc\uff70")
"""Signs that look like a dash, and are used as one, outside Unicode's category of dashes."""
UNSEEN = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Signs without any ink outside the categories of format and space: fillers and the empty braille cell."""
LOOKALIKES = {
    "\u0421": "C", "\u0441": "C", "\u216d": "C", "\u217d": "C", "\u03f9": "C", "\u03f2": "C",
    "\u0415": "E", "\u0435": "E", "\u0395": "E",
    "\u2164": "V", "\u2174": "V", "\u0474": "V", "\u0475": "V",
}  # fmt: skip
"""Cyrillic and Greek letters and Roman numerals: somebody typed an id with another keyboard."""
VARIATION_SELECTORS = (*range(0x180B, 0x1810), *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))
FULL_WIDTH = range(0xFF01, 0xFF5F)
TO_ASCII = 0xFF01 - 0x21
LONGEST_ID = 200
AROUND = ".,;:'\"()[]{}<>"
DOUBLED_PREFIX = re.compile(r"(?:CVE[- ]*)+(?=CVE)")
CANDIDATE = re.compile(r"\bCAN(?=-[0-9]{4}-[0-9])")
BESIDE_A_DASH = re.compile(r" *- *")
TWO_NUMBERS = re.compile(r"-[0-9]{4,} +[0-9]{4}")
CUT_NUMBER = re.compile(r"(?<=[0-9]) +(?=[0-9]{1,3}\b)")
WORD = re.compile(r"CVE(?:(?!CVE)[\w-])*|(?:(?!CVE)[\w-])+")
MEANT_AS_ID = re.compile(r".*CVE.*|(?:[0-9]{4}-)?[0-9]{4,}")
"""A bare number is meant as one only in a text that names CVEs."""


@dataclass(frozen=True)
class Ids:
    """The ids of a list, each once and in order, and the words that were meant as one and cannot be read."""

    read: Sequence[str]
    unread: Sequence[str]


def read_id(value: object) -> str | None:
    """The id in its one spelling; None when the value is no text, or no id even without odd dashes and blanks."""
    if not isinstance(value, str):
        return None
    if CVE.fullmatch(value):
        return value
    # A soft hyphen divides a word at a line's end, or stands where the hyphen of the id was.
    for hyphen in ("", "-") if SOFT_HYPHEN in value else ("",):
        plain = in_one_spelling(value.replace(SOFT_HYPHEN, hyphen))
        joined = DOUBLED_PREFIX.sub("", plain.replace(" ", "")).strip(AROUND)
        if CVE.fullmatch(joined) and not TWO_NUMBERS.search(plain):
            return joined
    return None


def read_ids(text: str) -> Ids:
    """Every id of a text, whatever stands between them. An id with a suffix is not an id as it stands."""
    if alone := read_id(text):
        return Ids([alone], [])
    plain = DOUBLED_PREFIX.sub("", in_one_spelling(text))
    # A number with a blank in it is not the number before the blank: both parts stay one word, which is no id.
    words = [word.strip("-_") for word in WORD.findall(CUT_NUMBER.sub("_", plain))]
    meant = dict.fromkeys(word for word in words if MEANT_AS_ID.fullmatch(word)) if "CVE" in plain else {}
    return Ids([word for word in meant if CVE.fullmatch(word)], [word for word in meant if not CVE.fullmatch(word)])


def read_advisory_id(value: object) -> str | None:
    """The one spelling of a CVE's id, or of one that a database of advisories gives, like GHSA-... or GO-2024-2687.

    GitHub's are in small letters after their prefix; the others are kept as their database writes them.
    """
    if not isinstance(value, str) or len(value) > LONGEST_ID:
        return None
    if (cve := read_id(value)) is not None:
        return cve
    text = "".join(map(_sign, value)).strip().strip(AROUND)
    if GHSA.fullmatch(text.upper()):
        return "GHSA" + text[4:].lower()
    return text if ADVISORY.fullmatch(text) else None


def in_one_spelling(text: str) -> str:
    """The text in capitals, with hyphens for all dashes and no blanks beside them, and CVE for a candidate's CAN."""
    return CANDIDATE.sub("CVE", BESIDE_A_DASH.sub("-", _plain(text)))


def _plain(text: str) -> str:
    """In capitals, with one hyphen for every dash and one blank for every space, and without what nobody sees."""
    is_plain = text.isascii() and text.isprintable()  # as nearly all are; sign by sign costs most of a list's reading
    return text.upper() if is_plain else "".join(map(_sign, text)).upper()


def _sign(sign: str) -> str:
    if sign.isascii() and sign.isprintable():
        return sign
    kind = unicodedata.category(sign)
    if kind == "Pd" or sign in OTHER_DASHES:
        return "-"
    if kind in ("Zs", "Zl", "Zp") or sign.isspace():
        return " "
    if kind in ("Cf", "Cc", "Cs") or sign in UNSEEN or ord(sign) in VARIATION_SELECTORS:
        return ""
    if sign in LOOKALIKES:
        return LOOKALIKES[sign]
    return chr(ord(sign) - TO_ASCII) if ord(sign) in FULL_WIDTH else sign
