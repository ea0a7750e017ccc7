"""CAN'T SAY: what we do not know; never empty while anything is open, and no place for reassurance."""

from company.brief.depth import Depth
from company.brief.facts import Facts, Row
from company.brief.page import Section
from company.wording import clipped

TITLE = "CAN'T SAY"


def cant_say_section(facts: Facts, depth: Depth) -> Section:
    """The unknowns of each question and each open finding, joined; what a model adds comes after them."""
    told = _by_the_book(facts, depth)
    added = [clipped(words, depth.notes) for words in facts.sentences.cant_say]
    return Section(TITLE, lines=(" · ".join([told, *added]),))


def _by_the_book(facts: Facts, depth: Depth) -> str:
    unknown = [f"{row['unknown'].rstrip('. ')} (D-{row['id']})" for row in facts.decisions if row["unknown"]]
    asked = {row["finding_id"] for row in facts.decisions if row["unknown"]}
    unknown += [_of_finding(row) for row in facts.open_findings if row["id"] not in asked]
    if not unknown:
        return "nothing is open that we know of"
    said = " · ".join(clipped(words, depth.notes) for words in unknown[: depth.entries])
    more = len(unknown) - depth.entries
    return f"{said} · and {more} more" if more > 0 else said


def _of_finding(row: Row) -> str:
    told = row["evidence"].get("unknown")
    if told:
        return f"{str(told).rstrip('. ')} (F-{row['id']})"
    if row["answered_at"] is None:
        return f"what F-{row['id']} comes from: {row['watcher']} has not answered"
    if row["kind"] == "stale_source":
        return f"when {row['subject']} brings a new edition (F-{row['id']})"
    return f"when F-{row['id']} will be over"
