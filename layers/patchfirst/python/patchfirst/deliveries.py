"""What PatchFirst delivers to a customer: a page as text and HTML, and the same as a file for programs."""

from collections.abc import Mapping, Sequence
from itertools import groupby

from company.brain import Brain
from company.vertical import Deliveries, Facts, Page, Row
from patchfirst.corrections import write_correction
from patchfirst.feed_file import SCHEMA, feed_items, headline, lists_of
from patchfirst.page.as_html import as_html
from patchfirst.page.as_text import as_text
from patchfirst.page.sections import Because, content_of, shown_cves
from patchfirst.reasons import Reason, reasons_of

MOST_EXPLAINED = 500
"""Changes with their reasons in a file; a page needs far fewer."""


def explain(brain: Brain, facts: Facts) -> Because:
    """Why the CVEs of a page and of its file have their numbers, and what moved them."""
    cves = shown_cves(facts)
    changed = list(dict.fromkeys(item["cve"] for item in facts.items))
    reasons = reasons_of(brain, list(dict.fromkeys([*cves, *changed[:MOST_EXPLAINED]])))
    moves = brain.all("causes_of_moves", cves=cves, since=facts.since)
    return Because(reasons, moved_by(moves, reasons))


def write(facts: Facts) -> Page:
    """One customer's page. A day without changes says so, and has the two lists."""
    because = facts.because if isinstance(facts.because, Because) else Because()
    content = content_of(facts, because)
    items = feed_items(content.changes, because.reasons)
    return Page(content.subject, as_text(content), items, as_html(content), lists_of(facts, because.reasons))


def moved_by(moves: Sequence[Row], reasons: Mapping[str, Sequence[Reason]]) -> dict[str, list[str]]:
    """Of each CVE the sentences of the parts that moved its score, those with most points first."""
    says = {(cve, reason.part): reason.says for cve, all_of in reasons.items() for reason in all_of}
    found = {}
    for cve, parts in groupby(moves, key=lambda move: str(move["cve"])):
        moved = list(parts)
        is_up = sum(move["points"] for move in moved) > 0
        found[cve] = [
            f"{'+' if is_up else '-'}{abs(move['points']):.1f} because {says[cve, move['part']]}"
            for move in moved
            if (move["points"] > 0) is is_up and (cve, move["part"]) in says
        ]
    return found


DELIVERIES = Deliveries(
    items="customer_changes",
    important="important_changes",
    top_of_list="customer_list",
    unmatched="unmatched_names",
    handled="handled_cves",
    change_key=("cve", "what"),
    taken_back="pages_taken_back",
    write_correction=write_correction,
    write=write,
    explain=explain,
    headline=headline,
    schema=SCHEMA,
)
