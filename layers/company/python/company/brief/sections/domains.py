"""DOMAINS: each manager's own word on its domain; a manager who said nothing is named."""

from company.brief.depth import Depth
from company.brief.facts import Facts, Row
from company.brief.page import Entry, Section
from company.wording import clipped, counted, day_and_time, listed

TITLE = "DOMAINS"
LEADERLESS = ("no manager", "removed manager", "paused manager", "mode without manager")
"""Checks of responsibility that mean: here somebody is missing at the head."""


def domains_section(facts: Facts, depth: Depth) -> Section:
    """n of n notes; nobody is left out."""
    if not facts.domains:
        return Section(TITLE, lines=("no managers yet", *(f"{e.label}: {e.text}" for e in _missing(facts))))
    closed = sum(row["note"] is not None for row in facts.domains)
    remark = f"{closed} of {counted(len(facts.domains), 'manager')} closed with a note"
    entries = (*_missing(facts), *(_domain(row, facts, depth) for row in facts.domains))
    if closed == len(entries) and not facts.open_findings:
        return Section(TITLE, lines=(f"{remark}: {' · '.join(f'{entry.label}: {entry.text}' for entry in entries)}",))
    return Section(TITLE, remark, entries=entries)


def _missing(facts: Facts) -> tuple[Entry, ...]:
    """Who has no manager, by the reason: the owner must read of a missing one here, not find it out."""
    people: dict[str, list[str]] = {}
    for orphan in facts.orphans:
        if orphan["check"] in LEADERLESS:
            people.setdefault(orphan["detail"], []).append(orphan["subject"])
    return tuple(Entry("missing", f"{listed(who, 4)}: {detail}") for detail, who in sorted(people.items()))


def _domain(row: Row, facts: Facts, depth: Depth) -> Entry:
    label = label_of(row)
    if row["note"] is None:
        state = "paused" if row["is_paused"] else f"no note since {day_and_time(facts.since, facts.zone)}"
        return Entry(label, f"{row['role']}: {state}; {counted(row['open_tasks'], 'task')} open")
    return Entry(label, clipped(facts.sentences.domains.get(label) or row["note"], depth.notes))


def label_of(row: Row) -> str:
    return str(row["role"]).removesuffix("_manager")
