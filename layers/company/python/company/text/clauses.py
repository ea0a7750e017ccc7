"""Writes a text into a given width without cutting a sentence: what does not fit is left out by whole clauses."""

import re

ENDS = (re.compile(r"(?:[;.!?]|(?<=\)))(?=\s)"), re.compile(r",(?=\s)|\s·(?=\s)"), re.compile(r"(?=\s)"))
"""Where a text may end, the better places first: after a sentence or half of one, after a part of a list, a word."""
DOTS = " ..."


def fitted(text: str, width: int) -> str:
    """As many whole clauses as fit into width signs; only where not even one fits, as many words, and dots.

    No word, number or id is cut (but one longer than the width), and no bracket stays open.
    """
    if len(text) <= width:
        return text
    for kind in ENDS[:2]:
        if found := _last_end(text, width, kind):
            return text[:found].rstrip(" ;,·")
    end = _last_end(text, width - len(DOTS), ENDS[2])
    if not end:
        return text[: width - len(DOTS) + 1] + DOTS.strip()
    return text[:end].rstrip(" ;,:·(") + DOTS


def _last_end(text: str, width: int, kind: re.Pattern[str]) -> int:
    """The last place of a kind before width, outside of brackets; 0 where there is none."""
    ends = (found.end() for found in kind.finditer(text) if found.end() <= width)
    return max((end for end in ends if text.count("(", 0, end) == text.count(")", 0, end)), default=0)
