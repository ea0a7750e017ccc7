"""How old each source may be, as a page says it in words: 'Fresh for 96 hours.' in the item that is about it."""

import re
from collections.abc import Iterator, Mapping

ITEM = re.compile(r"^- (.+?)(?=^- |^\s*$|\Z)", re.M | re.S)
FRESH = re.compile(r"\b[Ff]resh\s+for\s+(\d[\d\s,.and]*?)\s+(hour|day)s?\b")
HEAD = re.compile(r"[:.]\s")
"""An item names what it is about before its first colon or full stop."""
HOURS = {"hour": 1.0, "day": 24.0}


def stated_hours(page: str, names: Mapping[str, tuple[str, ...]]) -> dict[str, list[float]]:
    """By source, every limit that the page states for it, in hours. names: what each source is called.

    An item about several says one number for all, or one for each in their order; under '' are the limits that belong
    to no source of names, or to more or fewer than the item names.
    """
    stated: dict[str, list[float]] = {}
    for item in ITEM.findall(page):
        for source, hours in _of_item(item, names):
            stated.setdefault(source, []).append(hours)
    return stated


def _of_item(item: str, names: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, float]]:
    about = _named(HEAD.split(item, maxsplit=1)[0], names)
    for numbers, unit in FRESH.findall(item):
        hours = [float(number) * HOURS[unit] for number in re.findall(r"\d+(?:\.\d+)?", numbers)]
        hours = hours * len(about) if len(hours) == 1 and about else hours
        yield from zip(about if len(about) == len(hours) else [""] * len(hours), hours, strict=True)


def _named(head: str, names: Mapping[str, tuple[str, ...]]) -> list[str]:
    """The sources in the order in which a text names them."""
    found = sorted((place, source) for source, called in names.items() for place in _places(head, called)[:1])
    return [source for _, source in found]


def _places(head: str, called: tuple[str, ...]) -> list[int]:
    return sorted(
        place.start() for name in called if name for place in re.finditer(rf"\b{re.escape(name)}\b", head, re.I)
    )
