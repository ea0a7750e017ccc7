"""CAN'T SAY: what we do not know; never empty while anything is open, and no place for reassurance."""

from company.brief.depth import Depth
from company.brief.facts import BriefFacts
from company.brief.finding_rows import BriefFinding
from company.brief.page import Section
from company.text.clauses import fitted
from company.text.wording import format_number, join_first

TITLE = "CAN'T SAY"
MOST_FIELDS = 4
MOST_OF_A_VALUE = 24
"""Characters of a value that could not be read."""


def cant_say_section(facts: BriefFacts, depth: Depth) -> Section:
    """The unknowns of each question and each open finding in one line; what a model adds comes after them."""
    added = [fitted(text, depth.notes) for text in facts.sentences.cant_say]
    return Section(TITLE, lines=(" · ".join([_by_the_book(facts, depth), *added]),))


def _by_the_book(facts: BriefFacts, depth: Depth) -> str:
    unknown = _unknown_of_questions(facts)
    asked = {row.finding_id for row in facts.questions if row.unknown}
    unknown += [_unknown_of(row) for row in facts.open_findings if row.id not in asked]
    silent = [row.source for row in facts.stuck if not any(one.is_about(row.source) for one in facts.open_findings)]
    unknown += [f"when {source} will move again" for source in silent]
    if not unknown:
        return " · ".join(_unread(facts, depth)) or "nothing is open that we know of"
    shown = [fitted(text, depth.notes) for text in unknown[: depth.entries]]
    more = len(unknown) - depth.entries
    return " · ".join([*shown, *([f"and {more} more"] if more > 0 else []), *_unread(facts, depth)])


def _unread(facts: BriefFacts, depth: Depth) -> list[str]:
    """The details that could not be read: their rows were taken without them."""
    if not facts.unread:
        return []
    named = [
        f"{one.source} {one.field} {format_number(one.count)} ({fitted(one.first, MOST_OF_A_VALUE)})"
        for one in facts.unread
    ]
    return [f"what was unread: {join_first(named, min(MOST_FIELDS, depth.entries))}"]


def _unknown_of_questions(facts: BriefFacts) -> list[str]:
    """What several questions do not know alike is said once."""
    numbers: dict[str, list[str]] = {}
    for row in facts.questions:
        if row.unknown:
            numbers.setdefault(row.unknown.rstrip(". "), []).append(f"D-{row.id}")
    return [f"{unknown} ({', '.join(named)})" for unknown, named in numbers.items()]


def _unknown_of(row: BriefFinding) -> str:
    reported = row.evidence.get("unknown")
    if reported:
        return f"{str(reported).rstrip('. ')} (F-{row.id})"
    if row.answered_at is None:
        return f"what causes F-{row.id}: {row.watcher} has not answered"
    if row.kind == "stuck_source":
        return f"when {row.subject} will move again (F-{row.id})"
    if row.kind == "stale_source":
        return f"when {row.subject} brings a new edition (F-{row.id})"
    return f"when F-{row.id} will be over"
