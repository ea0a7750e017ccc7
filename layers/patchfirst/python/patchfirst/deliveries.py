"""A customer's page: what changed for them since the last page, the top of their list, and how old the data is."""

from datetime import datetime

from company.vertical import Deliveries, Facts, Page, Row

MOST = 20
SOURCES = (
    "Sources: CISA KEV (CC0); EPSS by FIRST, https://www.first.org/epss; CVE List; Exploit-DB; Metasploit; nuclei.",
    "This product uses data from the NVD API but is not endorsed or certified by the NVD.",
)
WHAT = {
    "known_exploited": "added to the known exploited list",
    "ransomware": "ransomware campaigns now use it",
    "exploit_seen": "an exploit for it has been published",
    "left_the_list": "left the known exploited list",
    "score_moved": "score moved",
}


def write(facts: Facts) -> Page:
    """One customer's page. A day without changes gives one line and the top of the list."""
    items = sorted(facts.items, key=lambda item: (-float(item["score"] or 0), item["cve"]))
    return Page(
        subject=_subject(facts, items), body="\n".join(_lines(facts, items)) + "\n", items=[_item(i) for i in items]
    )


def _subject(facts: Facts, items: list[Row]) -> str:
    stale = "".join(f" · {source['source'].upper()} stale" for source in facts.stale)
    stale += "".join(f" · {source['source'].upper()} behind" for source in facts.stuck)
    if not items:
        nothing = "nothing new in what was read" if facts.stuck else "nothing new"
        return f"PatchFirst {facts.until:%a %d %b}: {nothing}{stale}"
    top = items[0]
    news = "now exploited" if facts.is_important else f"{len(items)} change{'s' if len(items) > 1 else ''}"
    return f"PatchFirst {facts.until:%a %d %b}: {news}, first {top['cve']}{stale}"


def _lines(facts: Facts, items: list[Row]) -> list[str]:
    lines = [
        f"PatchFirst for {facts.customer['name']}, {facts.until:%a %d %B %Y %H:%M} UTC (since {facts.since:%a %H:%M})",
        "",
    ]
    lines += [_staleness(source) for source in facts.stale]
    lines += [_stuck(source) for source in facts.stuck]
    lines += [_change(item) for item in items[:MOST]] or [_nothing(facts)]
    if len(items) > MOST:
        lines.append(f"... and {len(items) - MOST} more, all in the attached list of changes")
    if facts.top_of_list and not facts.is_important:
        lines += ["", "The top of your list"] + [_entry(row) for row in facts.top_of_list]
    return [*lines, "", _as_of(facts), *SOURCES]


def _change(item: Row) -> str:
    moved = f" (was {item['old_score']})" if item["old_score"] is not None else ""
    due = f", due {item['due_date']}" if item["due_date"] and item["what"] == "known_exploited" else ""
    return f"{_entry(item)}{moved}: {WHAT[item['what']]}{due}"


def _entry(row: Row) -> str:
    name = f"{row['vendor']} {row['product']}" if row["vendor"] else "not on the known exploited list"
    score = "-" if row["score"] is None else row["score"]
    return f"{score!s:>5}  {row['cve']:<16} {name}"


def _staleness(source: Row) -> str:
    age, limit = (int(source[column].total_seconds() // 3600) for column in ("age", "fresh_within"))
    edition = _day(source["edition_at"])
    return (
        f"Note: {source['source'].upper()} is {age} h old (limit {limit} h); this page uses its edition of {edition}."
    )


def _stuck(source: Row) -> str:
    return (
        f"Note: something newer of {source['source'].upper()} could not be taken in; this page uses its edition of"
        f" {_day(source['edition_in_force'])}."
    )


def _nothing(facts: Facts) -> str:
    """A page may say that nothing is new only where everything that came was read."""
    behind = ", ".join(source["source"].upper() for source in facts.stuck)
    return (
        f"Nothing new in what was read; {behind} may hold more."
        if behind
        else "Nothing new for you since the last page."
    )


def _as_of(facts: Facts) -> str:
    return "Data as of: " + ", ".join(f"{s['source'].upper()} {_day(s['edition_at'])}" for s in facts.freshness)


def _day(moment: datetime | None) -> str:
    return f"{moment:%d %B %Y %H:%M}Z" if moment else "none yet"


def _item(item: Row) -> Row:
    numbers = {
        name: None if item[name] is None else float(item[name]) for name in ("score", "old_score", "epss", "percentile")
    }
    texts = {name: item[name] for name in ("cve", "what", "vendor", "product", "title", "ransomware")}
    return {
        **texts,
        **numbers,
        **{name: None if item[name] is None else str(item[name]) for name in ("date_added", "due_date", "at")},
    }


DELIVERIES = Deliveries(
    items="customer_changes",
    important="important_changes",
    top_of_list="customer_list",
    write=write,
)
