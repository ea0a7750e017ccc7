"""DOMAINS: of each manager's note what changed in its domain and what is next; a manager without a note is named."""

from company.brief.depth import Depth
from company.brief.facts import BriefFacts
from company.brief.page import Entry, Section
from company.brief.rows import DomainLine
from company.text.clauses import fitted
from company.text.manager_notes import NEXT, NO_NEXT, UNCHANGED, headline
from company.text.wording import counted, join_first, join_with_and

TITLE = "DOMAINS"
ONE_LINE = 100
"""What a line holds beside the domain's name."""
QUIET = f"{UNCHANGED}; {NEXT}{NO_NEXT}"
"""What a manager says of a day without news; such domains are named together."""
LEADERLESS = ("no manager", "removed manager", "paused manager", "mode without manager")
"""The checks of responsibility that find a missing manager."""


def domains_section(facts: BriefFacts, depth: Depth) -> Section:
    """n of n notes; no domain is left out, and those without news are one clause.

    Then each deployment about which something was done, the last first.
    """
    missing = _missing(facts)
    if not facts.domains:
        return Section(TITLE, lines=("no managers yet", *(f"{entry.label}: {entry.text}" for entry in missing)))
    closed = sum(row.note is not None for row in facts.domains)
    entries = [_domain(row, facts) for row in facts.domains]
    quiet = [entry.label for entry in entries if entry.text == QUIET]
    unchanged = f"; nothing changed and nothing waits in {join_with_and(quiet)}" if quiet else ""
    said = f"{closed} of {counted(len(facts.domains), 'manager')} closed with a note{unchanged}"
    shown = (*missing, *(entry for entry in entries if entry.text != QUIET))
    notes = _deployments(facts, depth)
    return Section(TITLE, said, entries=shown, notes=notes) if shown else Section(TITLE, lines=(said,), notes=notes)


def _deployments(facts: BriefFacts, depth: Depth) -> tuple[str, ...]:
    lines = [row.line(facts.until, facts.zone) for row in reversed(facts.deployments)]
    return tuple(fitted(line, max(depth.notes, ONE_LINE)) for line in lines[: depth.entries])


def _missing(facts: BriefFacts) -> tuple[Entry, ...]:
    """Roles without a manager, by the reason: the owner reads of a missing manager here."""
    roles: dict[str, list[str]] = {}
    for orphan in facts.orphans:
        if orphan.check in LEADERLESS:
            roles.setdefault(orphan.detail, []).append(orphan.named)
    return tuple(Entry("missing", f"{join_first(named, 4)}: {detail}") for detail, named in sorted(roles.items()))


def _domain(row: DomainLine, facts: BriefFacts) -> Entry:
    label = label_of(row)
    if row.note is None:
        state = "paused" if row.is_paused else f"no note since {facts.when(facts.since)}"
        return Entry(label, f"{row.role}: {state}; {counted(row.open_tasks, 'task')} open")
    return Entry(label, facts.sentences.domains.get(label) or headline(row.note, ONE_LINE))


def label_of(row: DomainLine) -> str:
    return row.role.removesuffix("_manager")
