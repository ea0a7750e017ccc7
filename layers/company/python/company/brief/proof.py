"""Checks a model's sentences before they go on the page: their place, their length, their figures, their names.

Each fault is written so that the model can correct its sentences once.
"""

import re
from collections.abc import Iterator, Mapping

from company.brief.facts import BriefFacts
from company.brief.figures import stray_figures
from company.brief.places import CANT_SAY, MOST_ADDED, VERDICT, Place, by_place
from company.brief.sentences import Sentences
from company.brief.verdicts import false_counts
from company.errors import CompanyError
from company.text.wording import counted, join_first, one_line

NAME = re.compile(r"\b[a-z]+(?:_[a-z0-9]+)+\b|\b(?!e\.g|i\.e)[\w-]+(?:\.[a-z][\w-]*)+\b")
"""A role, a file, a host: names that somebody could look up."""
TO_ACT_ON = re.compile(r"://|www\.|@|\bwatchbill \w+", re.I)
"""Text of a feed can make a model write a link, and a link in a mail leads the owner anywhere."""
UNKNOWN = re.compile(r"(who|what|when|where|which|whether|why|how)\b", re.I)
REASSURING = re.compile(
    r"\b(fine|well|ok|okay|good|healthy|normal|nothing|under control|no (concern|issue|problem|worr)\w*)\b", re.I
)
OWNERS_PART = (re.compile(r"waits? for D-", re.I), re.compile(r"nothing for (you|the owner)", re.I))
"""Only the book says whether the owner must act; a sentence that says it too must not say the opposite."""


class PageRejected(CompanyError):
    """A page that is not sent to the owner; faults lists the reasons, one each."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


def proofread(sentences: Sentences, facts: BriefFacts, places: Mapping[str, Place]) -> None:
    """Raises PageRejected where a sentence is not allowed on this page."""
    found = [fault for name, text in by_place(sentences) for fault in _faults(name, text, facts, places)]
    if len(sentences.cant_say) > MOST_ADDED:
        found.append(
            f"{CANT_SAY}: {counted(len(sentences.cant_say), 'thing is', 'things are')} added, {MOST_ADDED} may be"
        )
    found += [f"{VERDICT}: {fault}" for fault in false_counts(one_line(sentences.verdict), facts)]
    if found:
        raise PageRejected(found)


def _faults(name: str, text: str, facts: BriefFacts, places: Mapping[str, Place]) -> Iterator[str]:
    place = places.get(name)
    if place is None:
        yield f"{name}: this page has no such place; it has {', '.join(places)}"
        return
    shown = one_line(text)
    yield from (f"{name}: {fault}" for fault in _faults_of_form(text, place))
    yield from (f"{name}: {fault}" for fault in _faults_of_content(shown, facts, place))
    yield from (f"{name}: {fault}" for fault in _faults_of_the_owners_part(shown, place))
    if name == CANT_SAY:
        yield from (f"{name}: {fault}" for fault in _faults_of_unknowns(shown))


def _faults_of_form(text: str, place: Place) -> Iterator[str]:
    shown = one_line(text)
    if not shown:
        yield "it is empty; leave it out to keep the book's"
    if len(text.strip().splitlines()) > 1:
        yield "it is more than one line"
    if shown.count("?") > text.count("?"):
        yield "it has letters that the page cannot show: ASCII only"
    if len(shown) > place.most:
        yield f"it has {counted(len(shown), 'character')}, {place.most} may be"


def _faults_of_content(text: str, facts: BriefFacts, place: Place) -> Iterator[str]:
    stray = stray_figures(text, facts=place.facts, book=f"{place.text}\n{place.book}")
    yield from (f'"{figure}" is not among its facts' for figure in dict.fromkeys(stray))
    known = {*facts.roles, *NAME.findall(f"{place.facts} {place.text} {place.book}")}
    unknown = [name for name in dict.fromkeys(NAME.findall(text)) if name not in known]
    if unknown:
        yield f"nobody and nothing here is called {join_first(unknown)}"
    if TO_ACT_ON.search(text):
        yield "links, addresses and commands are the book's"


def _faults_of_the_owners_part(text: str, place: Place) -> Iterator[str]:
    if "finding" in place.facts:
        decision = place.facts["finding"]["decision_id"]
        if OWNERS_PART[decision is not None].search(text):
            yield f"it waits for D-{decision}" if decision else "no question of it waits for the owner"
        if place.facts["is_for_owner"] and OWNERS_PART[1].search(text):
            yield "only the owner can end it"
        if place.facts["is_stuck"] and OWNERS_PART[1].search(text):
            yield "it is past its limit, and the owner must look at it"


def _faults_of_unknowns(text: str) -> Iterator[str]:
    if not UNKNOWN.match(text):
        yield "an unknown begins with who, what, when, where, which, whether, why or how"
    if found := REASSURING.search(text):
        yield f'"{found[0]}" reassures, and this place says what we do not know'
