"""FOR YOU: what only the owner can answer, each question with all that she needs to answer it from a phone."""

from collections.abc import Iterator

from company.brief.depth import Depth
from company.brief.facts import MOST_QUESTIONS, BriefFacts
from company.brief.matters import Matter
from company.brief.page import Entry, Section
from company.brief.rows import OpenDecision, UnansweredEscalation
from company.pipeline.asking.troubles import SourceTrouble
from company.text.clauses import fitted
from company.text.wording import counted, duration_text, join_with_and, moment_text

TITLE = "FOR YOU"


def for_you_section(facts: BriefFacts, depth: Depth) -> Section:
    """The questions of this page, those to be answered first in full; whatever else waits is counted."""
    most = min(depth.entries, MOST_QUESTIONS)
    waiting = [_escalation(row, depth) for row in facts.escalations[:most]]
    asked = [_decision(row, facts, depth) for row in facts.questions[:most]]
    stuck = [_stuck(row, facts, depth) for row in facts.stuck[:most]]
    matters = [_matter(row, depth) for row in facts.matters[:most]]
    if not waiting and not asked and not stuck and not matters:
        return Section(TITLE, lines=("nothing waits for you",))
    remark = str(len(facts.questions) + len(waiting) + len(facts.stuck) + len(facts.matters))
    entries = (*waiting, *stuck, *matters, *asked)
    return Section(TITLE, remark, entries=entries, notes=tuple(_left_out(facts, most)))


def _stuck(row: SourceTrouble, facts: BriefFacts, depth: Depth) -> Entry:
    """A source past its limit, which nobody here could cure: what stands in its way, and where its story is."""
    lasts, limit = duration_text(facts.until - row.since), duration_text(row.may_last)
    found = [f"F-{finding.id}" for finding in facts.findings_about(row.source)]
    story = f"watchbill why {found[0] if found else row.source}"
    text = f"{row.source} is stuck for {lasts} (limit {limit}): customers miss what it brought since"
    words = row.in_words(facts.zone, facts.until)
    return Entry("!", text, story, (fitted(words, depth.explanation),) if depth.explains else ())


def _matter(row: Matter, depth: Depth) -> Entry:
    return Entry("!", fitted(row.text, depth.notes), row.command)


def _left_out(facts: BriefFacts, most: int) -> Iterator[str]:
    """Questions of this page by their number, and how many more there are."""
    names = [f"D-{row.id}" for row in facts.questions[most:]]
    names += [f"{facts.more_questions} more"] if facts.more_questions else []
    if names:
        yield f"and {join_with_and(names)}: watchbill decide"
    if more := [row.source for row in facts.stuck[most:]]:
        yield f"and {join_with_and(more)}: stuck too, see DATA"
    if more := [row.command for row in facts.matters[most:]]:
        yield f"and {counted(len(more), 'matter')} that only you can see to: {join_with_and(list(dict.fromkeys(more)))}"
    if len(facts.escalations) > most:
        yield f"and {counted(len(facts.escalations) - most, 'escalation')} that nobody answers"


def _decision(row: OpenDecision, facts: BriefFacts, depth: Depth) -> Entry:
    silence = f'If you say nothing: "{row.default_option}".'
    options = row.options_recommended_first()
    command = f'watchbill decide D-{row.id} {" | ".join(options)} | "your words"'
    details = (
        *([fitted(row.background, depth.explanation)] if row.background and depth.explains else []),
        *([f"Not known: {fitted(row.unknown, depth.notes)}"] if row.unknown else []),
        " · ".join(_option(name, row) for name in options),
        f"{silence}  {command}",
    )
    planted = "(planted) " if row.planted else ""
    before = f"asked {counted(row.asked_before, 'time')} before, " if row.asked_before else ""
    aside = f"{before}answer by {moment_text(row.answer_by, facts.until, facts.zone)}"
    return Entry(f"D-{row.id}", planted + row.question, aside, details)


def _option(name: str, row: OpenDecision) -> str:
    return f"{name}{' (recommended)' if name == row.recommendation else ''}: {row.options[name]}"


def _escalation(row: UnansweredEscalation, depth: Depth) -> Entry:
    text = f"{row.from_role} asked {row.to_role} {counted(row.raised + 1, 'time')} and got no answer: {row.subject}"
    return Entry("!", fitted(text, depth.notes), details=(fitted(row.body, depth.notes),))
