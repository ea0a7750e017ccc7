"""BROKEN, AND WHO IS ON IT: since when, who, what was checked, what customers notice, and whether you must act."""

from datetime import timedelta

from company.brief.depth import Depth
from company.brief.facts import BriefFacts
from company.brief.finding_rows import BriefFinding
from company.brief.page import Entry, Section
from company.owner.decisions import ASKED_AGAIN_AFTER_DAYS
from company.text.clauses import fitted
from company.text.wording import counted, duration_text, join_first, short_date

TITLE = "BROKEN, AND WHO IS ON IT"
SHORT_TITLE = "BROKEN"
MOST_HEALED = 4
MOST_NAME = 85
"""Characters of each finding that a line names without a place of its own."""


def broken_section(facts: BriefFacts, depth: Depth) -> Section:
    """Open findings first, then those that healed; a quiet day names the last finding."""
    muted = _muted(facts)
    if not facts.open_findings and not facts.healed:
        return Section(SHORT_TITLE, lines=(_nothing_broken(facts), *muted))
    entries = tuple(_open(row, facts, depth) for row in facts.open_findings[: depth.entries])
    most_healed = min(MOST_HEALED, depth.entries)
    healed = tuple(_healed(row, depth) for row in facts.healed[:most_healed])
    remark = f"{len(facts.open_findings)} open, {len(facts.healed)} healed"
    notes = (*_left_out(facts, depth), *muted)
    return Section(TITLE, remark, entries=(*entries, *healed), notes=notes)


def _left_out(facts: BriefFacts, depth: Depth) -> list[str]:
    """Findings without an entry, planted ones first: the page must always show that part of it is a demonstration."""
    left_out = sorted(facts.open_findings[depth.entries :], key=lambda row: not row.planted)
    notes = [f"and {join_first([fitted(_name(row), MOST_NAME) for row in left_out], 2)}"] if left_out else []
    if (more := len(facts.healed) - min(MOST_HEALED, depth.entries)) > 0:
        notes.append(f"and {more} more healed: watchbill findings --all")
    return notes


def _open(row: BriefFinding, facts: BriefFacts, depth: Depth) -> Entry:
    sentences = facts.sentences.of_finding(row.id)
    done, effect = done_of(row, facts, depth), sentences.effect or effect_of(row)
    if done and sentences.done:
        done = fitted(sentences.done, depth.explanation)
    details = (_watcher(row, facts), *([done] if done else []), f"Effect: {effect}.".replace("..", "."))
    planted = "(planted) " if row.planted else ""
    return Entry(f"F-{row.id}", f"{planted}{row.title}{_age_now(row, facts)}", details=details)


def done_of(row: BriefFinding, facts: BriefFacts, depth: Depth) -> str:
    """The watcher's answer; '' where there is none, where a question above has it, or where there is no room."""
    return "" if _is_in_question(row, facts) or not depth.explains else _answer(row, depth)


def effect_of(row: BriefFinding) -> str:
    """What customers notice, as the finder reported it."""
    return row.effect or "nobody has said yet"


def _age_now(row: BriefFinding, facts: BriefFacts) -> str:
    """The title has the source's age when it was found; the owner reads it later."""
    ages = [source.age for source in facts.stale if source.source == row.subject and source.has_edition]
    return f"; {duration_text(ages[0])} by now" if ages else ""


def _answer(row: BriefFinding, depth: Depth) -> str:
    return f"{row.answered_by}: {fitted(row.answer, depth.explanation)}" if row.answer else ""


def _is_in_question(row: BriefFinding, facts: BriefFacts) -> bool:
    """What the owner reads under FOR YOU is not repeated here."""
    asked = [decision.background for decision in facts.questions if decision.finding_id == row.id]
    return bool(row.answer) and any(str(row.answer) in background for background in asked)


def _watcher(row: BriefFinding, facts: BriefFacts) -> str:
    since = facts.when(row.found_at)
    answered = f"answered {facts.when(row.answered_at)}" if row.answered_at else "not answered yet"
    times = f"; seen {counted(row.times_seen, 'time')}" if row.times_seen > 1 else ""
    for_owner = f"Waits for D-{row.decision_id}." if row.decision_id else _for_owner(row, facts)
    return f"{row.watcher} is on it since {since}, found by {row.found_by}, {answered}{times}. {for_owner}"


def is_stuck(row: BriefFinding, facts: BriefFacts) -> bool:
    """Whether a finding is about a source that is past its limit: then the owner has to look, and reads so."""
    return any(row.is_about(trouble.source) or row.subject in trouble.machines for trouble in facts.stuck)


def _for_owner(row: BriefFinding, facts: BriefFacts) -> str:
    if is_stuck(row, facts):
        return "Past its limit: for you to look at."
    if matter := next((one for one in facts.matters if one.finding_id == row.id), None):
        return f"For you: {matter.command}"
    if row.declined_at is None:
        return "Nothing for you to do."
    said = "Nobody answered" if row.declined_by == "silence" else "You said no to"
    again = short_date(row.declined_at + timedelta(days=ASKED_AGAIN_AFTER_DAYS), facts.zone)
    return f"{said} D-{row.declined_id}; asked again after {again}."


def _healed(row: BriefFinding, depth: Depth) -> Entry:
    """Its name stays whatever its text is: a line that ends after "(planted)" says nothing."""
    name = f"{'(planted) ' if row.planted else ''}F-{row.id} "
    return Entry("healed", name + fitted(f"{row.title}: {row.resolution}", max(depth.notes, 105) - len(name)))


def _nothing_broken(facts: BriefFacts) -> str:
    last = facts.last_finding
    if facts.troubles:
        return f"no finding, and DATA says what is wrong with {join_first([row.source for row in facts.troubles])}"
    if last is None:
        return "nothing, and nothing was before"
    return f"nothing; the last was F-{last.id}, closed {duration_text(facts.until - last.closed_at)} ago"


def _muted(facts: BriefFacts) -> tuple[str, ...]:
    """Findings that the owner muted are still counted."""
    if not facts.muted_findings:
        return ()
    return (f"muted by you: {join_first(list(map(_name, facts.muted_findings)))}",)


def _name(row: BriefFinding) -> str:
    return f"F-{row.id} {'(planted) ' if row.planted else ''}{row.title}"
