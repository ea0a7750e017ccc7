"""How old the data of a page is, what of it is stuck, and what could not be read."""

from datetime import datetime, timedelta

from company.text.wording import counted
from company.vertical import Facts, Row
from patchfirst.feeds import TITLES
from patchfirst.page.changes import plain_name

SOURCES = (
    "Sources: CISA KEV (CC0); EPSS by FIRST, https://www.first.org/epss; CVE List; Exploit-DB; Metasploit; nuclei.",
    "This product uses data from the NVD API but is not endorsed or certified by the NVD.",
)
OPTIONAL = {
    "ghsa": "GitHub Advisory Database, CC BY 4.0, https://github.com/advisories; packages and versions taken over.",
    "osv": "OSV, https://osv.dev, by the databases in it (GitHub, PyPI and Go CC BY 4.0); packages and versions only.",
    "vulncheck": "VulnCheck KEV, https://vulncheck.com/kev.",
}
"""The credit for each source that an owner may switch on: where it is on, a page may show what is its word."""


def credits_of(facts: Facts) -> list[str]:
    """The lines that name the sources of a page, as their terms want it."""
    on = {source["source"] for source in facts.freshness}
    return [*SOURCES, *(credit for source, credit in OPTIONAL.items() if source in on)]


def notes(facts: Facts) -> list[str]:
    """What a reader must know of the data: what is old, what is stuck, and what could not be read."""
    old = [_staleness(source) for source in facts.stale] + [_stuck(source) for source in facts.stuck]
    return old + [_put_aside(row, facts) for row in facts.put_aside]


def _staleness(source: Row) -> str:
    age, limit = in_days(source["age"]), in_days(source["fresh_within"])
    over = f"more than {age}" if age == limit else age
    if source["edition_at"] is None:
        nothing = f"Note: nothing of {title_of(source)} has been read yet, for {over} (limit {limit})"
        return f"{nothing}; this page is without it."
    return f"Note: {title_of(source)} is {over} old (limit {limit}); {_used(source['edition_at'])}."


def in_days(length: timedelta) -> str:
    """Whole days where there are two or more, hours below: 4 days, 29 h."""
    hours = int(length.total_seconds() // 3600)
    return counted(hours // 24, "day") if hours >= 48 else f"{hours} h"


def _stuck(source: Row) -> str:
    return f"Note: something newer of {title_of(source)} could not be taken in; {_used(source['edition_in_force'])}."


def _used(edition_at: datetime | None) -> str:
    return f"this page uses its edition of {day_text(edition_at)}" if edition_at else "this page is without it"


def misses_something(facts: Facts) -> bool:
    return bool(facts.stuck or facts.put_aside)


def nothing_new(facts: Facts, since: str) -> str:
    """A page may say that nothing is new only where everything that came was read."""
    if not misses_something(facts):
        return f"Nothing new for you since {since}."
    behind = dict.fromkeys(title_of(row) for row in (*facts.stuck, *facts.put_aside))
    return f"Nothing new in what was read; {', '.join(behind)} may hold more."


def _put_aside(row: Row, facts: Facts) -> str:
    """A row that could not be read may be the one that matters: a customer can look at it, we cannot."""
    name = plain_name(row["entity"]) or "an entry without a readable id"
    since = moment_text(row["since"], facts.until)
    meanwhile = "; what stood there before is still used" if row["is_in_force"] else ""
    return f"Note: {title_of(row)}: {name} could not be read since {since}{meanwhile}. Look at it there yourself."


def as_of(facts: Facts) -> str:
    return "Data as of: " + ", ".join(
        f"{title_of(source)} {day_text(source['edition_at'])}" for source in facts.freshness
    )


def title_of(row: Row) -> str:
    name = str(row["source"])
    return TITLES.get(name, name)


def day_text(moment: datetime | None) -> str:
    return f"{moment:%d %B %Y %H:%M}Z" if moment else "none yet"


def moment_text(moment: datetime, until: datetime) -> str:
    """A weekday where it can only be the last one, else the date."""
    return f"{moment:%a %H:%M}" if until - moment < timedelta(days=6) else f"{moment:%d %B %Y %H:%M}"
