"""The checklist of every brief, written by book or by model: each point is one small question."""

import re
from collections.abc import Callable

from company.brief import head
from company.brief import text as terminal
from company.brief.facts import BriefFacts
from company.brief.page import MOST_LINES, WIDTH, BriefPage, all_texts, text_of
from company.brief.sections import cant_say, data, domains, the_watch
from company.brief.sections.broken import SHORT_TITLE
from company.brief.sections.broken import TITLE as BROKEN
from company.pages.banner import HERE, SIMULATED
from company.pages.ends import SLOT_ENDS

Point = Callable[[BriefPage, BriefFacts], bool]
# ruff: noqa: ARG001  every point has the same shape, whether it asks the page, the facts or both


def is_marked_as_a_desks(page: BriefPage, facts: BriefFacts) -> bool:
    """On the desk the first line says that it is one; anywhere else it does not."""
    return page.banner.startswith((SIMULATED, HERE)) == facts.is_simulated


def has_a_verdict(page: BriefPage, facts: BriefFacts) -> bool:
    """The verdict names customers, what is broken, every source that is stuck, and the owner's minutes."""
    text = page.verdict.lower()
    broken = ("nothing is broken" in text) != bool(facts.troubles) or bool(facts.open_findings)
    broken &= all(row.source in page.verdict for row in facts.stuck[: head.MOST_IN_SUBJECT])
    return "customer" in text and broken and ("minute" in text) == bool(facts.questions)


def decisions_are_complete(page: BriefPage, facts: BriefFacts) -> bool:
    """Every decision asked about is named, the rest counted; a command shows recommendation and what silence does."""
    shown = text_of(page, "FOR YOU")
    in_full = [row for row in facts.questions if f"watchbill decide D-{row.id} " in shown]
    named = all(f"D-{row.id}" in shown for row in facts.questions)
    named &= f"{facts.more_questions} more" in shown or not facts.more_questions
    recommended = all(f"{row.recommendation} (recommended)" in shown for row in in_full)
    return named and recommended and shown.count("If you say nothing") == len(in_full)


def findings_have_somebody(page: BriefPage, facts: BriefFacts) -> bool:
    """Each entry of an open finding names who is on it, since when, and whether the owner must act."""
    return all("since" in entry and ("for you" in entry.lower() or "D-" in entry) for entry in _findings(page))


def findings_have_an_effect(page: BriefPage, facts: BriefFacts) -> bool:
    """Each entry of an open finding has what customers notice of it."""
    return all("Effect: " in entry for entry in _findings(page))


def every_finding_is_there(page: BriefPage, facts: BriefFacts) -> bool:
    """No open finding is missing; planted ones are marked."""
    shown = text_of(page, BROKEN, SHORT_TITLE)
    planted = [row for row in facts.open_findings if row.planted]
    return all(f"F-{row.id}" in shown or " more" in shown for row in facts.open_findings) and (
        not planted or "(planted)" in shown
    )


def customers_are_counted(page: BriefPage, facts: BriefFacts) -> bool:
    """Customers are counted as n of n, where there are any."""
    shown = text_of(page, "CUSTOMERS")
    return f"{len(facts.served)} of {len(facts.to_serve)} served" in shown or not facts.to_serve


def rows_add_up(page: BriefPage, facts: BriefFacts) -> bool:
    """Of every source: read = promoted + unchanged + quarantined + held."""
    return all(row.read == sum(row.fates) for row in facts.sources)


def ages_have_limits(page: BriefPage, facts: BriefFacts) -> bool:
    """Each source's age is beside its limit, and what stands in its way beside both; in order, the nearest one's."""
    shown = text_of(page, data.TITLE)
    states = [data.state_of(row, facts) for row in facts.sources if facts.trouble_of(row.source)]
    return all(data.age(row) in shown for row in data.with_ages(facts)) and all(state in shown for state in states)


def every_manager_is_named(page: BriefPage, facts: BriefFacts) -> bool:
    """A manager without a note is there too."""
    shown = text_of(page, domains.TITLE)
    return all(row.role.removesuffix("_manager") in shown for row in facts.domains)


def slots_add_up(page: BriefPage, facts: BriefFacts) -> bool:
    """The slots' ends, as printed, are as many as the slots."""
    line = page.section(the_watch.TITLE).lines[0]
    whole, _, parts = line.partition(" slot")
    ends = re.findall(r"([\d,]+) (?:" + "|".join(SLOT_ENDS.values()) + ")", parts)
    return int(whole.replace(",", "")) == sum(int(n.replace(",", "")) for n in ends)


def orphans_name_their_checks(page: BriefPage, facts: BriefFacts) -> bool:
    """Zero orphans is beside the number of checks."""
    return f"({len(facts.checks)} checks)" in text_of(page, the_watch.TITLE) and len(facts.checks) > 0


def says_what_it_cannot(page: BriefPage, facts: BriefFacts) -> bool:
    """While anything is open, something is unknown."""
    shown = page.section(cant_say.TITLE).lines[0]
    return not facts.open_findings or "nothing" not in shown.lower()


def fits_one_page(page: BriefPage, facts: BriefFacts) -> bool:
    """At most 60 lines of 112 columns, in ASCII and the middle dot."""
    lines = terminal.render(page).splitlines()
    plain = all(" " <= c <= "~" or c == "·" for piece in all_texts(page) for c in piece)
    return len(lines) <= MOST_LINES and max(map(len, lines)) <= WIDTH and plain


POINTS: tuple[Point, ...] = (
    is_marked_as_a_desks,
    has_a_verdict,
    decisions_are_complete,
    findings_have_somebody,
    findings_have_an_effect,
    every_finding_is_there,
    customers_are_counted,
    rows_add_up,
    ages_have_limits,
    every_manager_is_named,
    slots_add_up,
    orphans_name_their_checks,
    says_what_it_cannot,
    fits_one_page,
)


def check(page: BriefPage, facts: BriefFacts) -> dict[str, bool]:
    """Each point by its name, with its answer."""
    return {point.__name__: point(page, facts) for point in POINTS}


def _findings(page: BriefPage) -> list[str]:
    entries = [entry for section in page.sections if section.title == BROKEN for entry in section.entries]
    return [" ".join((entry.text, *entry.details)) for entry in entries if entry.label.startswith("F-")]
