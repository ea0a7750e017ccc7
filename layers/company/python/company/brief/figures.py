"""The figure check: what a page says in numbers must be among the facts handed over, or the page is not sent.

The book's own page passes by construction; the check is for pages whose sentences somebody else wrote.
"""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

NUMBER = re.compile(r"(?<![\w.,])\d[\d,]*(?:\.\d+)?")


def stray_figures(prose: str, *, facts: Mapping[str, Any], book: str) -> list[str]:
    """Numbers of the prose that stand neither in the facts nor on the page that the book wrote from them, in order."""
    known = _numbers(book) | _numbers(json.dumps(facts, default=str)) | {str(n) for n in _lengths(facts)}
    return [found for found in NUMBER.findall(prose) if _same(found) not in known]


def _numbers(words: str) -> set[str]:
    return {_same(found) for found in NUMBER.findall(words)}


def _same(number: str) -> str:
    """1,226 and 1226 and 1226.0 are one figure."""
    bare = number.replace(",", "")
    return bare.rstrip("0").rstrip(".") if "." in bare else str(int(bare))


def _lengths(thing: Any) -> Iterable[int]:
    """How many of anything there are is a fact too."""
    if isinstance(thing, Mapping):
        for part in thing.values():
            yield from _lengths(part)
    elif isinstance(thing, list | tuple):
        yield len(thing)
        for part in thing:
            yield from _lengths(part)
