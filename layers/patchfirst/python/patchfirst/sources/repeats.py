"""Rows that come again under one key with other CVEs: the first is kept, and has the CVEs of all that are like it."""

from collections.abc import Iterable

from company.vertical import Reject
from company.vertical.feeds import StagedRow

KEY = 1
"""The place of a row's key, after its number."""


def with_cves_of_repeats(read: Iterable[StagedRow | Reject], *, like: slice, cves: int) -> list[StagedRow | Reject]:
    """All rows, as many as before: the check of repeated keys puts the later ones aside, and keeps the first.

    like: what must be the same in both, for one key may also stand on two things by mistake; cves: where the CVEs are.
    """
    rows, first = list(read), dict[object, int]()
    for n, row in enumerate(rows):
        if isinstance(row, Reject):
            continue
        kept = rows[at := first.setdefault(row[KEY], n)]
        assert not isinstance(kept, Reject)
        more = _cves(row, cves) - _cves(kept, cves) if at != n and kept[like] == row[like] else set()
        if more:
            rows[at] = (*kept[:cves], sorted(_cves(kept, cves) | more), *kept[cves + 1 :])
    return rows


def _cves(row: StagedRow, at: int) -> set[str]:
    value = row[at]
    return set(value) if isinstance(value, list) else set()
