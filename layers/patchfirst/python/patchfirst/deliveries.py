"""What PatchFirst delivers to a customer: a page as text and HTML, and the same as a file for programs."""

from company.brain import Brain
from company.vertical import Deliveries, Facts, Page
from patchfirst.components import identify_component
from patchfirst.corrections import write_correction
from patchfirst.feed_file import SCHEMA, feed_items, headline, lists_of
from patchfirst.movers import model_changes, movers_for
from patchfirst.page.as_html import page_as_html
from patchfirst.page.as_text import page_as_text
from patchfirst.page.sections import PageReasons, content_of, shown_cves
from patchfirst.reasons import reasons_of

MOST_EXPLAINED = 500
"""Changes with their reasons in a file; a page needs far fewer."""


def page_reasons(brain: Brain, facts: Facts) -> PageReasons:
    """Why the CVEs of a page and of its file have their numbers, and what moved them."""
    cves = shown_cves(facts)
    changed = list(dict.fromkeys(item["cve"] for item in facts.items))
    reasons = reasons_of(brain, list(dict.fromkeys([*cves, *changed[:MOST_EXPLAINED]])))
    span = facts.since, facts.until
    movers = [] if facts.is_important else movers_for(brain, facts.customer["id"], *span)
    moved_by = {
        mover.moved.cve: f"{mover.moved.cause_points:+.1f} because {mover.says}" for mover in movers if mover.says
    }
    return PageReasons(reasons, moved_by, [change.says for change in model_changes(brain, *span)])


def write(facts: Facts) -> Page:
    """One customer's page. A day without changes says so, and has the two lists."""
    because = facts.because if isinstance(facts.because, PageReasons) else PageReasons()
    content = content_of(facts, because)
    items = feed_items(content.changes, because.reasons)
    return Page(content.subject, page_as_text(content), items, page_as_html(content), lists_of(facts, because.reasons))


DELIVERIES = Deliveries(
    items="customer_changes",
    important="important_changes",
    top_of_list="customer_list",
    unmatched="unmatched_names",
    left_out="names_left_out",
    handled="handled_cves",
    change_key=("cve", "what"),
    taken_back="pages_taken_back",
    write_correction=write_correction,
    write=write,
    written_by=("patchfirst.page", "patchfirst.feed_file"),
    explain=page_reasons,
    headline=headline,
    schema=SCHEMA,
    identify_component=identify_component,
    inventory="inventory_components",
)
