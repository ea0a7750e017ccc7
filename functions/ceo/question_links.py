"""The brief as it is mailed: each question has a link that opens it. The kept page, which everybody reads, has none."""

from collections.abc import Callable
from dataclasses import replace

from company.brief.page import BriefPage, Entry, Section
from company.brief.sections import for_you

LinkOf = Callable[[int], str | None]


def with_links(page: BriefPage, link_of: LinkOf) -> BriefPage:
    """The page with a link at each question that is written in full; link_of gives None for one that is answered."""
    return replace(page, sections=tuple(_linked(section, link_of) for section in page.sections))


def _linked(section: Section, link_of: LinkOf) -> Section:
    if section.title != for_you.TITLE:
        return section
    return replace(section, entries=tuple(_with_link(entry, link_of) for entry in section.entries))


def _with_link(entry: Entry, link_of: LinkOf) -> Entry:
    number = entry.label.removeprefix("D-")
    return replace(entry, link=link_of(int(number)) or "") if number.isdigit() else entry
