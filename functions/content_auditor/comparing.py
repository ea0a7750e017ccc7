"""How a draft's text differs from the facts that it cites: what it leaves out, mixes up, or says beside them."""

import re
from collections.abc import Iterator, Sequence

from company.vertical.drafts import OWN_SOURCE, Citation

ADDRESS = re.compile(r"(?:\bhttps?://|\bwww\.)\S+", re.I)
WORD_WITH_FIGURE = re.compile(r"\S*\d\S*")
MARKS = ".,;:!?()\"'‘’“”…"
"""Around a figure, and none of it."""


def unsaid_facts(text: str, facts: Sequence[Citation]) -> list[Citation]:
    """The cited facts whose value the text does not say, so that it may say another one."""
    said = _plain(text)
    return [fact for fact in facts if _plain(str(fact["value"])) not in said]


def said_beside(title: str, body: str, facts: Sequence[Citation]) -> list[str]:
    """What the text says and no fact does: an address, or one thing's figure about another thing."""
    return [*_addresses(f"{title} {body}", facts), *_of_another([title, *body.splitlines()], facts)]


def _addresses(text: str, facts: Sequence[Citation]) -> Iterator[str]:
    cited = " ".join(str(fact["value"]) for fact in facts)
    found = [address.rstrip(MARKS) for address in ADDRESS.findall(text)]
    yield from (f"it sends its readers to {address}" for address in found if address not in cited)


def _of_another(lines: Sequence[str], facts: Sequence[Citation]) -> Iterator[str]:
    """Of each line about one thing: a figure that is a fact about another one alone."""
    values: dict[str, set[str]] = {}
    for fact in facts:
        values.setdefault("" if fact["source"] == OWN_SOURCE else fact["key"], set()).add(str(fact["value"]))
    for line in lines:
        words = {word.strip(MARKS) for word in WORD_WITH_FIGURE.findall(line)}
        named = [key for key in values if key and key in words]
        if len(named) != 1:
            continue
        of_others = set().union(*(held for key, held in values.items() if key not in ("", named[0])))
        own = " ".join([*values[named[0]], *values.get("", ())])
        yield from (
            f"it says {word} about {named[0]}, of which no fact says so"
            for word in sorted(words & of_others - {named[0]})
            if word not in own
        )


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()
