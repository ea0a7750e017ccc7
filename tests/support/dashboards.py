"""Dashboards for tests: two short lists, with everything on them that a page can show."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from patchfirst.dashboard.document import entries
from patchfirst.dashboard.records import Because, EpssPoint, Handled, Listed, Shown, Week
from patchfirst.page.data_notes import SOURCES

AS_OF = datetime(2026, 3, 11, 6, 12, tzinfo=UTC)
OLD_MODEL, NEW_MODEL = "v2025.03.14", "v2026.01.20"
FIRST = "CVE-2025-90000"


def listed(n: int, question: str = "now", **changes: Any) -> Listed:
    """The n-th CVE: Harbourgate's where n is even, Osterlume's where it is odd."""
    is_now = question == "now"
    number = Decimal(990 - n % 900) / 10
    row = Listed(
        cve=f"CVE-2025-{90000 + n}",
        question=question,
        number=number,
        score=number,
        of_list=0,
        vendor=("Harbourgate", "Osterlume")[n % 2],
        product="Edge Firewall",
        title="Path Traversal Vulnerability",
        date_added=date(2026, 3, 1) if is_now else None,
        due_date=date(2026, 3, 8) + timedelta(days=n % 9) if is_now else None,
        ransomware=is_now and n % 3 == 0,
        epss=0.4,
        percentile=0.9,
        published_at=AS_OF - timedelta(days=12),
    )
    return replace(row, **changes)


def shown(now: int = 30, following: int = 40, **changes: Any) -> Shown:
    """A dashboard of so many CVEs on each list; the first has all kinds of reasons, and EPSS across two models."""
    lines = [listed(n) for n in range(now)] + [listed(now + n, "next") for n in range(following)]
    of = {"now": now, "next": following}
    lines = [replace(line, of_list=of[line.question]) for line in lines]
    found = Shown(
        customer_id=1,
        customer="Alder Bank",
        as_of=AS_OF,
        lines=lines,
        reasons={line.cve: _reasons() for line in lines},
        epss={line.cve: _epss(line.cve) for line in lines},
        weeks=[_week(n) for n in range(8, 0, -1)],
        notes=["EPSS is 42 h old (limit 29 h); this page uses its edition of 9 March 2026."],
        handle={line.cve: f'watchbill customers handle "Alder Bank" {line.cve}' for line in lines},
        handled=[
            Handled("CVE-2025-91000", "Harbourgate Mail", AS_OF - timedelta(days=3), "owner", ""),
            Handled("CVE-2025-91001", "Osterlume Lamp", AS_OF - timedelta(days=9), "link", "added to the list"),
        ],
        credits=SOURCES,
    )
    return replace(found, **changes)


def after(earlier: Shown, later: Shown) -> Shown:
    """The later one, as it is made when the earlier one was the edition before."""
    before = {cve: list(entry) for cve, entry in entries(earlier).items()}
    return replace(later, before_as_of=earlier.as_of, before=before)


def _reasons() -> list[Because]:
    return [
        Because("known_exploited", 39.0, "on CISA's list", "CISA KEV", date(2026, 3, 10)),
        Because("added_lately", 28.5, "added to the list 10 days ago", "CISA KEV", date(2026, 3, 1)),
        Because("recency", 4.2, "published 12 days ago", "CVE List", date(2026, 2, 27)),
        Because("epss_place", None, "EPSS 0.40, up from 0.30 in 7 days", "EPSS", date(2026, 3, 10)),
        Because("open_to_all", 0.1, "nobody knows whether the network is enough to attack it"),
    ]


def _epss(cve: str) -> list[EpssPoint]:
    old = [EpssPoint(cve, AS_OF - timedelta(days=60 - n), 0.1 + n / 500, OLD_MODEL) for n in range(0, 40, 5)]
    new = [EpssPoint(cve, AS_OF - timedelta(days=20 - n), 0.3 + n / 200, NEW_MODEL) for n in range(0, 20, 5)]
    return old + new


def _week(n: int) -> Week:
    until = datetime(2026, 3, 9, tzinfo=UTC) - timedelta(weeks=n - 1)
    if n == 4:
        return Week(until, None, None, None)
    return Week(until, 12 - n, 30 - n, "2026.2" if n > 5 else "2026.3")
