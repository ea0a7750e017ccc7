"""The lifts from which the details of a score were reasoned: counted, and none where nothing is known."""

import pytest

from bench.lifts import DETAILS, lifts_of
from watchbill.backtest.run import Candidate


def _candidate(n: int, automatable: float | None) -> Candidate:
    return Candidate(f"CVE-2025-{1000 + n}", [automatable if part == "automatable" else None for part in DETAILS], {})


def test_a_lift_is_of_those_of_whom_it_is_known() -> None:
    candidates = [*(_candidate(n, 1) for n in range(10)), *(_candidate(n, 0) for n in range(10, 100))]
    nobody_knows = [_candidate(n, None) for n in range(100, 200)]
    listed = {"CVE-2025-1001", "CVE-2025-1002", "CVE-2025-1020", "CVE-2025-1150"}

    by_part = {lift.part: lift for lift in lifts_of(DETAILS, [*candidates, *nobody_knows], listed)}

    found = by_part["automatable"]
    assert (found.with_it, found.without, found.unknown) == ((10, 2), (90, 1), (100, 1))
    assert found.times == pytest.approx((2 / 10) / (3 / 100))
    assert by_part["weakness"].times is None
