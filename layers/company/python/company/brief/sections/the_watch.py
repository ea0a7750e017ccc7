"""THE WATCH: did everything fire, is anything without somebody responsible, and was the auditors' work checked."""

from collections.abc import Iterator

from company.brief.depth import Depth
from company.brief.facts import BriefFacts
from company.brief.page import Section
from company.brief.rows import FireFigures, SetAside
from company.pages.ends import SLOT_ENDS
from company.text.clauses import fitted
from company.text.wording import counted, format_number, hours_text, join_first

TITLE = "THE WATCH"
MOST_NAMED = 3
MOST_LEFT_OUT = 140
"""Characters of what the last incomplete beat left out."""


def the_watch_section(facts: BriefFacts, depth: Depth) -> Section:
    """Slots by end as a sum, orphans with the number of checks, audits with what they looked at; who said too much."""
    loud = _set_aside(facts, MOST_NAMED if depth.entries > 1 else 0)
    lines = (f"{_slots(facts)} {_orphans(facts)}", _audits(facts), *_beats(facts), *_differing(facts), *loud)
    return Section(TITLE, lines=lines)


def _slots(facts: BriefFacts) -> str:
    if not facts.all_slots:
        return "0 slots were due: the ledger is empty."
    parts = " + ".join(f"{format_number(count)} {SLOT_ENDS[end]}" for end, count in facts.slots.items() if count)
    late = f" ({format_number(facts.late)} late)" if facts.late else ""
    return f"{counted(facts.all_slots, 'slot')} = {parts}{late}."


def _orphans(facts: BriefFacts) -> str:
    checks = f"({counted(len(facts.checks), 'check')})"
    if not facts.orphans:
        return f"Orphans 0 {checks}"
    caught = [
        f"{check.check_name} {join_first([orphan.subject for orphan in check.orphans()], 3)}"
        for check in facts.checks
        if check.caught
    ]
    return f"ORPHANS {len(facts.orphans)} {checks}: {'; '.join(caught)}"


def _audits(facts: BriefFacts) -> str:
    fires = facts.fires
    if not fires.audits:
        return f"no audit was recorded in this span{_tests(fires)}"
    looked = f"looked at {counted(fires.audited, 'thing')}, {counted(fires.differing, 'differs', 'differ')}"
    return f"{counted(fires.audits, 'audit')} {looked}{_tests(fires)}"


def _tests(fires: FireFigures) -> str:
    """'; tests planted this week: 6, caught 5 after 7 h (docs_auditor missed its own)'; nothing where none was."""
    if not fires.planted:
        return ""
    after = f" after {hours_text(fires.find_hours)}" if fires.find_hours is not None else ""
    missed = f" ({join_first(fires.missed_by, MOST_NAMED)} missed its own)" if fires.missed_by else ""
    return f"; tests planted this week: {fires.planted}, caught {fires.caught}{after}{missed}"


def _beats(facts: BriefFacts) -> tuple[str, ...]:
    """Beats that did less than all: what they left out was not watched in that time."""
    beats = facts.beats
    if beats is None or beats.last_at is None:
        return ()
    last = facts.when(beats.last_at)
    what = fitted(join_first(beats.left_out or (), MOST_NAMED), MOST_LEFT_OUT)
    return (f"{beats.incomplete} of {counted(beats.beats, 'beat')} did less than all; the last {last}: {what}",)


def _differing(facts: BriefFacts) -> tuple[str, ...]:
    if not facts.differing:
        return ()
    names = [f"{row.schedule} (F-{row.finding_id})" if row.finding_id else row.schedule for row in facts.differing]
    return (f"deployed differs from its record: {join_first(names)}",)


def _set_aside(facts: BriefFacts, most: int) -> tuple[str, ...]:
    """'content_auditor said too much: 22 of 25 questions set aside; 34 calls refused, most by a_rule'; all by name."""
    lines = [f"{row.role} said too much: {'; '.join(_kinds(row))}" for row in facts.set_aside[:most]]
    if more := [row.role for row in facts.set_aside[most:]]:
        names = join_first(more, len(more))
        lines.append(f"and so did {names}" if lines else f"{counted(len(more), 'role')} said too much: {names}")
    return tuple(lines)


def _kinds(row: SetAside) -> Iterator[str]:
    for what, number in row.kinds.items():
        if what != "refused":
            yield f"{number['set_aside']} of {counted(number['of'], what)} set aside"
    if "refused" in row.kinds:
        yield f"{counted(row.kinds['refused']['of'], 'call')} refused, most by {row.last['refused']}"
