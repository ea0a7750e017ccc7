"""The morning brief: one page that the owner can trust, from facts gathered once, in an order that never changes."""

from collections.abc import Iterable
from dataclasses import fields, is_dataclass, replace
from typing import TypeVar

from company.brief import head, text
from company.brief.checklist import POINTS, check
from company.brief.depth import DEPTHS, Depth
from company.brief.facts import Facts, Teller, gather
from company.brief.figures import stray_figures
from company.brief.page import MOST_LINES, Brief, Page
from company.brief.sections import SECTIONS
from company.wording import plain, time_of_day

__all__ = ["Brief", "Facts", "Page", "Teller", "gather", "stray_figures", "write"]

T = TypeVar("T")


def write(facts: Facts) -> Brief:
    """The page by the book: in full where it fits, shorter where a bad day has too much to say."""
    page = next((page for page in _drafts(facts) if _fits(page)), None) or _draft(facts, DEPTHS[-1])
    answers = check(page.with_last(_last(facts, len(POINTS))), facts)
    return Brief(page.with_last(_last(facts, sum(answers.values()))), plain(head.subject(facts)), answers)


def _drafts(facts: Facts) -> Iterable[Page]:
    return (_draft(facts, depth) for depth in DEPTHS)


def _draft(facts: Facts, depth: Depth) -> Page:
    page = Page(
        banner=head.banner(facts),
        title=head.title(facts),
        aside=head.covers(facts),
        verdict=head.verdict(facts),
        sections=tuple(section(facts, depth) for section in SECTIONS),
        last=_last(facts, len(POINTS)),
    )
    return _in_plain_words(page)


def _fits(page: Page) -> bool:
    return text.render(page).count("\n") <= MOST_LINES


def _last(facts: Facts, passed: int) -> str:
    by = "by the book" if facts.teller.worked_by == "book" else "with the model"
    due_at = facts.teller.due_at
    example = next((f"F-{row['id']}" for row in facts.open_findings), f"{facts.teller.slot}@{due_at:%Y-%m-%dT%H:%M}")
    slot = f"slot {facts.teller.slot} {time_of_day(due_at, facts.zone)}"
    return f"Written by ceo {by}, {slot}. Checklist {passed}/{len(POINTS)}. Any line: watchbill why {example}"


def _in_plain_words(thing: T) -> T:
    """Feeds, notes and names can bring any letter; the page has ASCII and the middle dot."""
    if isinstance(thing, str):
        kept = plain(thing) if thing.strip() else ""
        return thing if kept == thing else kept  # type: ignore[return-value]
    if isinstance(thing, tuple):
        return tuple(_in_plain_words(part) for part in thing)  # type: ignore[return-value]
    if is_dataclass(thing) and not isinstance(thing, type):
        return replace(thing, **{f.name: _in_plain_words(getattr(thing, f.name)) for f in fields(thing)})
    return thing
