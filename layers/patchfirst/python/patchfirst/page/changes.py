"""What changed for a customer, in words: one change for each CVE and kind, each CVE by the name that people use."""

from collections.abc import Iterable, Sequence

from company.text.cleaning import visible_line
from company.text.wording import clipped
from company.vertical import Row
from patchfirst.nobody import names_nobody

LONGEST_NAME = 120
"""Signs of a vendor and product together; a record may hold any number."""
MOST_COMPONENTS, LONGEST_COMPONENT = 2, 85
WHAT = {
    "known_exploited": "added to the known exploited list",
    "ransomware": "ransomware campaigns now use it",
    "exploit_seen": "an exploit for it has been published",
    "left_the_list": "left the known exploited list",
    "name_corrected": "is now listed under another name",
    "name_restored": "is listed under its earlier name again",
    "score_moved": "score moved",
}
"""The kinds of change, the most urgent first."""
FRESH = ("known_exploited", "ransomware")
"""The kinds that lead a page: somebody attacks with it now."""


def merged(items: Iterable[Row]) -> list[Row]:
    """One change for each CVE and kind: of several moves of a score, from the first score to the one in force."""
    found: dict[tuple[str, str], Row] = {}
    for item in sorted(items, key=lambda item: item["at"]):
        key = item["cve"], item["what"]
        found[key] = {**item, "old_score": found.get(key, item)["old_score"]}
    return [change for change in found.values() if change["what"] != "score_moved" or _has_moved(change)]


def in_order(changes: Iterable[Row]) -> list[Row]:
    """What is fresh first, then by score; all changes of one CVE together, the most urgent kind first."""
    kept = list(changes)
    fresh = {change["cve"] for change in kept if change["what"] in FRESH}
    return sorted(kept, key=lambda row: (row["cve"] not in fresh, -float(row["score"] or 0), row["cve"], _rank(row)))


def _has_moved(change: Row) -> bool:
    """A score that is back where it was before the page, or that has ended, did not move between two pages."""
    return change["old_score"] is not None and change["score"] not in (None, change["old_score"])


def _rank(change: Row) -> int:
    return list(WHAT).index(change["what"])


def change_text(change: Row) -> str:
    due = f", due {change['due_date']}" if change["due_date"] and change["what"] == "known_exploited" else ""
    moved = f" (was {change['old_score']})" if change["what"] == "score_moved" else ""
    return f"{WHAT[change['what']]}{due}{moved}"


def name_of(row: Row) -> str:
    """Vendor and product where a source names them, else the title that one gives."""
    vendor, product, title = (plain_name(row[column]) for column in ("vendor", "product", "title"))
    named = " ".join(name for name in (vendor, product) if name)
    return clipped(named or title, LONGEST_NAME) or "no source names its product yet"


def components_text(components: Sequence[str]) -> str:
    """'you run openssl 3.0.11, lodash 4.17.20 and 3 more': of the customer's inventory; '' where it holds none."""
    if not components:
        return ""
    shown = ", ".join(clipped(visible_line(one), LONGEST_COMPONENT) for one in components[:MOST_COMPONENTS])
    more = len(components) - MOST_COMPONENTS
    return f"you run {shown}{f' and {more} more' if more > 0 else ''}"


def plain_name(text: str | None) -> str:
    name = visible_line(text or "")
    return "" if names_nobody(name) else name
