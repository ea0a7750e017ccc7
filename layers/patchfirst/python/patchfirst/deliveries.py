"""A customer's page: what changed for them since the last page, the top of their list, and how old the data is."""

import textwrap
from collections.abc import Iterable
from datetime import datetime, timedelta

from company.text.cleaning import visible_line
from company.text.wording import clipped, counted
from company.vertical import Deliveries, Facts, Page, Row
from patchfirst.corrections import write_correction
from patchfirst.feeds import TITLES

MOST = 20
WIDTH = 80
LONGEST_NAME = 120
"""Signs of a vendor and product together; a record may hold any number."""
NAMELESS = frozenset({"", "n/a", "na", "none", "null", "unknown", "-", "unspecified"})
"""What a source writes where it has no name."""
SOURCES = (
    "Sources: CISA KEV (CC0); EPSS by FIRST, https://www.first.org/epss; CVE List; Exploit-DB; Metasploit; nuclei.",
    "This product uses data from the NVD API but is not endorsed or certified by the NVD.",
)
WHAT = {
    "known_exploited": "added to the known exploited list",
    "ransomware": "ransomware campaigns now use it",
    "exploit_seen": "an exploit for it has been published",
    "left_the_list": "left the known exploited list",
    "name_corrected": "is now listed under another name",
    "score_moved": "score moved",
}
"""The kinds of change, the most urgent first."""


def write(facts: Facts) -> Page:
    """One customer's page. A day without changes gives one line and the top of the list."""
    changes = sorted(merged(facts.items), key=lambda item: (-float(item["score"] or 0), item["cve"], _rank(item)))
    by_cve: dict[str, list[Row]] = {}
    for change in changes:
        by_cve.setdefault(change["cve"], []).append(change)
    lines = _lines(facts, list(by_cve.values()))
    return Page(_subject(facts, changes), "\n".join(_wrapped(lines)) + "\n", [_item(change) for change in changes])


def merged(items: Iterable[Row]) -> list[Row]:
    """One change for each CVE and kind: of several moves of a score, from the first score to the one in force."""
    found: dict[tuple[str, str], Row] = {}
    for item in sorted(items, key=lambda item: item["at"]):
        key = item["cve"], item["what"]
        found[key] = {**item, "old_score": found.get(key, item)["old_score"]}
    return [change for change in found.values() if change["what"] != "score_moved" or _has_moved(change)]


def _has_moved(change: Row) -> bool:
    """A score that is back where it was before the page, or that has ended, did not move between two pages."""
    return change["old_score"] is not None and change["score"] not in (None, change["old_score"])


def _rank(change: Row) -> int:
    return list(WHAT).index(change["what"])


def _subject(facts: Facts, changes: list[Row]) -> str:
    stale = "".join(f" · {_title(source)} stale" for source in facts.stale)
    stale += "".join(f" · {_title(source)} behind" for source in facts.stuck)
    if not changes:
        nothing = "nothing new in what was read" if _misses_something(facts) else "nothing new"
        return f"PatchFirst {facts.until:%a %d %b}: {nothing}{stale}"
    news = "now exploited" if facts.is_important else counted(len(changes), "change")
    return f"PatchFirst {facts.until:%a %d %b}: {news}, first {changes[0]['cve']}{stale}"


def _lines(facts: Facts, cves: list[list[Row]]) -> list[str]:
    since = _moment(facts.since, facts.until)
    lines = [f"PatchFirst for {_name(facts.customer['name'])}, {facts.until:%a %d %B %Y %H:%M} UTC (since {since})", ""]
    lines += notes(facts)
    lines += [_changes(changes) for changes in cves[:MOST]] or [_nothing(facts, since)]
    if len(cves) > MOST:
        lines.append(f"... and {counted(len(cves) - MOST, 'more CVE')}: {_where_the_rest_is(facts)}")
    if facts.top_of_list and not facts.is_important:
        lines += ["", "The top of your list"] + [_entry(row) for row in facts.top_of_list]
    return [*lines, "", _as_of(facts), *_where_the_dashboard_is(facts), *SOURCES]


def notes(facts: Facts) -> list[str]:
    """What a reader must know of the data: what is old, what is stuck, and what could not be read."""
    old = [_staleness(source) for source in facts.stale] + [_stuck(source) for source in facts.stuck]
    return old + [_put_aside(row, facts) for row in facts.put_aside]


def _where_the_dashboard_is(facts: Facts) -> list[str]:
    if facts.dashboard is None:
        return []
    return [f"Your dashboard (opens until {_day(facts.dashboard.ends_at)}): {facts.dashboard.address}"]


def _wrapped(lines: Iterable[str]) -> Iterable[str]:
    """Lines of 80 columns; what goes on stands under the name of its CVE."""
    for line in lines:
        indent = " " * 7 if line.startswith(" ") else "  "
        yield from textwrap.wrap(
            line, WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
        ) or [""]


def _where_the_rest_is(facts: Facts) -> str:
    is_file = facts.customer["kind"] == "feed"
    return "all are among the items of this file" if is_file else "all are in the attached changes.json"


def _changes(changes: list[Row]) -> str:
    return f"{_entry(changes[0])}: {'; '.join(_change(change) for change in changes)}"


def _change(change: Row) -> str:
    due = f", due {change['due_date']}" if change["due_date"] and change["what"] == "known_exploited" else ""
    moved = f" (was {change['old_score']})" if change["what"] == "score_moved" else ""
    return f"{WHAT[change['what']]}{due}{moved}"


def _entry(row: Row) -> str:
    score = "-" if row["score"] is None else row["score"]
    rejected = " (its CVE record is rejected)" if row.get("state") == "REJECTED" else ""
    return f"{score!s:>5}  {row['cve']:<16} {name_of(row)}{rejected}"


def name_of(row: Row) -> str:
    """Vendor and product where a source names them, else the title that one gives."""
    vendor, product, title = (_name(row[column]) for column in ("vendor", "product", "title"))
    named = " ".join(name for name in (vendor, product) if name)
    return clipped(named or title, LONGEST_NAME) or "no source names its product yet"


def _name(text: str | None) -> str:
    name = visible_line(text or "")
    return "" if name.lower() in NAMELESS else name


def _staleness(source: Row) -> str:
    age, limit = in_days(source["age"]), in_days(source["fresh_within"])
    over = f"more than {age}" if age == limit else age
    if source["edition_at"] is None:
        return (
            f"Note: nothing of {_title(source)} has been read yet, for {over} (limit {limit}); this page is without it."
        )
    return f"Note: {_title(source)} is {over} old (limit {limit}); {_used(source['edition_at'])}."


def in_days(length: timedelta) -> str:
    """Whole days where there are two or more, hours below: 4 days, 29 h."""
    hours = int(length.total_seconds() // 3600)
    return f"{hours // 24} days" if hours >= 48 else f"{hours} h"


def _stuck(source: Row) -> str:
    return f"Note: something newer of {_title(source)} could not be taken in; {_used(source['edition_in_force'])}."


def _used(edition_at: datetime | None) -> str:
    return f"this page uses its edition of {_day(edition_at)}" if edition_at else "this page is without it"


def _misses_something(facts: Facts) -> bool:
    return bool(facts.stuck or facts.put_aside)


def _nothing(facts: Facts, since: str) -> str:
    """A page may say that nothing is new only where everything that came was read."""
    if not _misses_something(facts):
        return f"Nothing new for you since {since}."
    behind = dict.fromkeys(_title(row) for row in (*facts.stuck, *facts.put_aside))
    return f"Nothing new in what was read; {', '.join(behind)} may hold more."


def _put_aside(row: Row, facts: Facts) -> str:
    """A row that could not be read may be the one that matters: a customer can look at it, we cannot."""
    name = _name(row["entity"]) or "an entry without a readable id"
    since = _moment(row["since"], facts.until)
    meanwhile = "; what stood there before is still used" if row["is_in_force"] else ""
    return f"Note: {_title(row)}: {name} could not be read since {since}{meanwhile}. Look at it there yourself."


def _as_of(facts: Facts) -> str:
    return "Data as of: " + ", ".join(f"{_title(source)} {_day(source['edition_at'])}" for source in facts.freshness)


def _title(row: Row) -> str:
    name = str(row["source"])
    return TITLES.get(name, name)


def _day(moment: datetime | None) -> str:
    return f"{moment:%d %B %Y %H:%M}Z" if moment else "none yet"


def _moment(moment: datetime, until: datetime) -> str:
    """A weekday where it can only be the last one, else the date."""
    return f"{moment:%a %H:%M}" if until - moment < timedelta(days=6) else f"{moment:%d %B %Y %H:%M}"


def _item(item: Row) -> Row:
    numbers = {
        name: None if item[name] is None else float(item[name]) for name in ("score", "old_score", "epss", "percentile")
    }
    texts = {name: item[name] for name in ("cve", "what", "vendor", "product", "title", "ransomware")}
    return {
        **texts,
        **numbers,
        **{name: None if item[name] is None else str(item[name]) for name in ("date_added", "due_date", "at")},
        "is_rejected": item.get("state") == "REJECTED",
    }


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
)
