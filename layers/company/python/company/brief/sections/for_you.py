"""FOR YOU: what only the owner can answer, each question with all that she needs to answer it from a phone."""

from company.brief.depth import Depth
from company.brief.facts import BriefFacts
from company.brief.page import Entry, Section
from company.brief.rows import OpenDecision, UnansweredEscalation
from company.wording import clipped, counted, join_first, moment_text

TITLE = "FOR YOU"


def for_you_section(facts: BriefFacts, depth: Depth) -> Section:
    """Every open decision is named; those to be answered first are written in full."""
    waiting = [_escalation(row, depth) for row in facts.escalations[: depth.entries]]
    asked = [_decision(row, facts, depth) for row in facts.decisions[: depth.entries]]
    left_out = facts.decisions[depth.entries :]
    if not waiting and not asked:
        return Section(TITLE, lines=("nothing waits for you",))
    more = join_first([f"D-{row.id}" for row in left_out])
    notes = (f"and {more}: watchbill decide",) if left_out else ()
    return Section(TITLE, str(len(facts.decisions) + len(waiting)), entries=(*waiting, *asked), notes=notes)


def _decision(row: OpenDecision, facts: BriefFacts, depth: Depth) -> Entry:
    silence = f'If you say nothing: "{row.default_option}".'
    options = row.options_recommended_first()
    command = f'watchbill decide D-{row.id} {" | ".join(options)} | "your words"'
    details = (
        *([clipped(row.background, depth.explanation)] if row.background and depth.explains else []),
        *([f"Not known: {clipped(row.unknown, depth.notes)}"] if row.unknown else []),
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
    text = f"{row.from_role} asked {row.to_role} {row.raised + 1} times and got no answer: {row.subject}"
    return Entry("!", clipped(text, depth.notes), details=(clipped(row.body, depth.notes),))
