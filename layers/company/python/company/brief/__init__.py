"""The morning brief: one page for the owner, from facts that are read once, in an order that never changes."""

from dataclasses import fields, is_dataclass, replace
from typing import TypeVar

from company.brief import head, text
from company.brief.checklist import POINTS, check
from company.brief.depth import DEPTHS, Depth
from company.brief.facts import BriefFacts, BriefOrigin, gather_facts
from company.brief.figures import stray_figures
from company.brief.page import MOST_LINES, Brief, BriefPage
from company.brief.places import offered, places
from company.brief.proof import PageRejected, proofread
from company.brief.sections import SECTIONS
from company.brief.sentences import Sentences
from company.json_values import JsonObject
from company.text.clauses import fitted
from company.text.wording import counted, one_line, time_of_day

__all__ = [
    "Brief", "BriefFacts", "BriefOrigin", "BriefPage", "PageRejected", "Sentences", "gather_facts",
    "places_for_sentences", "stray_figures", "write", "write_with",
]  # fmt: skip

T = TypeVar("T")
MOST_REASON = 80
"""Characters of the reason why the book wrote; the log has the rest."""


def write(facts: BriefFacts) -> Brief:
    """The page by the book: in full where it fits, shorter on a bad day."""
    return _checked(_by_the_book(facts)[0], facts)


def write_with(facts: BriefFacts, sentences: Sentences) -> Brief:
    """The same page with a model's sentences in the places for them; PageRejected lists what is not allowed there."""
    book, depth = _by_the_book(facts)
    proofread(sentences, facts, places(facts, book, depth))
    worded = facts.with_sentences(sentences)
    page = _draft(worded, depth)
    if not _fits(page) and _fits(book):
        raise PageRejected([f"the page has {counted(_lines(page), 'line')}, {MOST_LINES} may be: say it shorter"])
    brief, by_the_book = _checked(page, worded), _checked(book, facts)
    failed = [point for point, passed in brief.checklist.items() if by_the_book.checklist[point] and not passed]
    if failed:
        raise PageRejected([f"the checklist fails at {point}" for point in failed])
    return brief


def places_for_sentences(facts: BriefFacts) -> dict[str, JsonObject]:
    """The places for a model's sentences on today's page: the book's sentence, and the most characters of another."""
    return offered(places(facts, *_by_the_book(facts)))


def _by_the_book(facts: BriefFacts) -> tuple[BriefPage, Depth]:
    drafts = ((_draft(facts, depth), depth) for depth in DEPTHS)
    return next((draft for draft in drafts if _fits(draft[0])), None) or (_draft(facts, DEPTHS[-1]), DEPTHS[-1])


def _draft(facts: BriefFacts, depth: Depth) -> BriefPage:
    page = BriefPage(
        banner=head.banner_of_brief(facts),
        title=head.title(facts),
        aside=head.covers(facts),
        verdict=facts.sentences.verdict or head.verdict(facts),
        sections=tuple(section(facts, depth) for section in SECTIONS),
        last=_last(facts, len(POINTS)),
    )
    return _in_ascii(page)


def _checked(page: BriefPage, facts: BriefFacts) -> Brief:
    answers = check(page.with_last(_last(facts, len(POINTS))), facts)
    return Brief(page.with_last(_last(facts, sum(answers.values()))), one_line(head.subject(facts)), answers)


def _fits(page: BriefPage) -> bool:
    return _lines(page) <= MOST_LINES


def _lines(page: BriefPage) -> int:
    return text.render(page).count("\n")


def _last(facts: BriefFacts, passed: int) -> str:
    origin, due_at = facts.origin, facts.origin.due_at
    why = f" ({fitted(one_line(origin.because), MOST_REASON)})" if origin.because else ""
    by = "with the model" if origin.worked_by == "model" else f"by the book{why}"
    example = next((f"F-{row.id}" for row in facts.open_findings), "ceo")
    slot = f"slot {facts.origin.slot} {time_of_day(due_at, facts.zone)}"
    return f"Written by ceo {by}, {slot}. Checklist {passed}/{len(POINTS)}. Any line: watchbill why {example}"


def _in_ascii(thing: T) -> T:
    """Feeds, notes and names may have any letter; the page has only ASCII and the middle dot."""
    if isinstance(thing, str):
        kept = one_line(thing) if thing.strip() else ""
        return thing if kept == thing else kept  # type: ignore[return-value]
    if isinstance(thing, tuple):
        return tuple(_in_ascii(part) for part in thing)  # type: ignore[return-value]
    if is_dataclass(thing) and not isinstance(thing, type):
        return replace(thing, **{f.name: _in_ascii(getattr(thing, f.name)) for f in fields(thing)})
    return thing
