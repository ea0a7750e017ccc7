"""The proof of a model's sentences before they go on the page: their place, their length, their figures, their names.

What is wrong is said in words, so that whoever wrote them can do better once.
"""

import re
from collections.abc import Iterator, Mapping

from company.brief.facts import Facts
from company.brief.figures import stray_figures
from company.brief.places import CANT_SAY, MOST_ADDED, VERDICT, Place, said
from company.brief.sentences import Sentences
from company.brief.verdicts import false_counts
from company.errors import CompanyError
from company.wording import join_first, one_line

NAME = re.compile(r"\b[a-z]+(?:_[a-z0-9]+)+\b|\b(?!e\.g|i\.e)[\w-]+(?:\.[a-z][\w-]*)+\b")
"""A role, a file, a host: words that somebody could look up."""
TO_ACT_ON = re.compile(r"://|www\.|@|\bwatchbill \w+", re.I)
"""A link in a mail that a feed's text had a model write leads the owner anywhere."""
UNKNOWN = re.compile(r"(who|what|when|where|which|whether|why|how)\b", re.I)
REASSURING = re.compile(
    r"\b(fine|well|ok|okay|good|healthy|normal|nothing|under control|no (concern|issue|problem|worr)\w*)\b", re.I
)
OWNERS_PART = (re.compile(r"waits? for D-", re.I), re.compile(r"nothing for (you|the owner)", re.I))
"""Whether the owner must act is the book's to say; a sentence that says it must not say the opposite."""


class PageRejected(CompanyError):
    """A page that does not go to the owner; faults says why, one thing each."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


def proofread(sentences: Sentences, facts: Facts, places: Mapping[str, Place]) -> None:
    """Raises PageRejected where a sentence may not stand on this page."""
    found = [fault for name, words in said(sentences) for fault in _faults(name, words, facts, places)]
    if len(sentences.cant_say) > MOST_ADDED:
        found.append(f"{CANT_SAY}: {len(sentences.cant_say)} things are added, {MOST_ADDED} may be")
    found += [f"{VERDICT}: {fault}" for fault in false_counts(one_line(sentences.verdict), facts)]
    if found:
        raise PageRejected(found)


def _faults(name: str, words: str, facts: Facts, places: Mapping[str, Place]) -> Iterator[str]:
    place = places.get(name)
    if place is None:
        yield f"{name}: this page has no such place; it has {', '.join(places)}"
        return
    yield from (f"{name}: {fault}" for fault in _of_form(words, place))
    yield from (f"{name}: {fault}" for fault in _of_matter(one_line(words), facts, place))
    yield from (f"{name}: {fault}" for fault in _of_the_owners_part(one_line(words), place))
    if name == CANT_SAY:
        yield from (f"{name}: {fault}" for fault in _of_unknowns(one_line(words)))


def _of_form(words: str, place: Place) -> Iterator[str]:
    shown = one_line(words)
    if not shown:
        yield "it is empty; leave it out to keep the book's"
    if len(words.strip().splitlines()) > 1:
        yield "it is more than one line"
    if shown.count("?") > words.count("?"):
        yield "it has letters that the page cannot show: ASCII only"
    if len(shown) > place.most:
        yield f"it has {len(shown)} characters, {place.most} may be"


def _of_matter(words: str, facts: Facts, place: Place) -> Iterator[str]:
    stray = stray_figures(words, facts=place.facts, book=f"{place.text}\n{place.book}")
    yield from (f'"{figure}" is not among its facts' for figure in dict.fromkeys(stray))
    known = {*facts.roles, *NAME.findall(f"{place.facts} {place.text} {place.book}")}
    strangers = [name for name in dict.fromkeys(NAME.findall(words)) if name not in known]
    if strangers:
        yield f"nobody and nothing here is called {join_first(strangers)}"
    if TO_ACT_ON.search(words):
        yield "links, addresses and commands are the book's"


def _of_the_owners_part(words: str, place: Place) -> Iterator[str]:
    if "finding" in place.facts:
        decision = place.facts["finding"]["decision_id"]
        if OWNERS_PART[decision is not None].search(words):
            yield f"it waits for D-{decision}" if decision else "no question of it waits for the owner"


def _of_unknowns(words: str) -> Iterator[str]:
    if not UNKNOWN.match(words):
        yield "an unknown begins with who, what, when, where, which, whether, why or how"
    if found := REASSURING.search(words):
        yield f'"{found[0]}" reassures, and this place says what we do not know'
