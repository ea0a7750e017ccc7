"""The likelihood that a CVE has been exploited already (LEV), from the history of its EPSS.

NIST CSWP 41 (May 2025), the formula of LEV: 1 - P(never), where P(never) is the product over windows of 30 days of
1 - EPSS at the window's first day x the window's share of 30 days.
"""

from collections.abc import Mapping, Sequence
from datetime import date

from company.text.wording import counted
from company.vertical.backtest import History

WINDOW = 30
"""Days for which one EPSS speaks."""


def max_of_epss_and_lev(history: Sequence[History], day: date) -> tuple[Mapping[str, float] | None, str]:
    """The larger of the newest EPSS and LEV for each CVE, and which windows it is from; None below two editions."""
    if len(history) < 2:
        return None, f"LEV needs a history of EPSS; {len(history)} edition is here"
    spans = [_days_covered(history, n, day) for n in range(len(history))]
    never: dict[str, float] = {}
    for edition, days in zip(history, spans, strict=True):
        for cve, epss in edition.values.items():
            never[cve] = never.get(cve, 1.0) * (1 - epss * days / WINDOW)
    newest = history[-1].values
    known = (day - history[0].edition_at.date()).days
    values = {cve: max(newest.get(cve, 0.0), 1 - share) for cve, share in never.items()}
    editions = counted(len(history), "edition, which speaks", "editions, which speak")
    return values, f"LEV from {editions} for {sum(spans)} of {counted(known, 'day')}"


def _days_covered(history: Sequence[History], n: int, day: date) -> int:
    """From an edition until the next one or the day, and no longer than one EPSS speaks."""
    ends = history[n + 1].edition_at.date() if n + 1 < len(history) else day
    return min(WINDOW, max(0, (ends - history[n].edition_at.date()).days))
