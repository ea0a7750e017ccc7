"""Two faults at once: which may stand beside which, and how the week is divided among pairs."""

from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from watchbill.drill.appointments import Appointment
from watchbill.drill.fault import Fault
from watchbill.drill.options import DrillOptions
from watchbill.drill.pairs import APART, may_stand_beside
from watchbill.drill.registry import FAULTS
from watchbill.drill.timetable import plan
from watchbill.errors import UsageError

SEEDS = range(12)
SOME = 10


def drawn(seed: int, pairs: int = SOME) -> list[tuple[Appointment, Appointment]]:
    """The pairs of a run, each in the order of planting."""
    planted = list(plan(DrillOptions(Path(), "any", seed=seed, pairs=pairs)).appointments)
    return list(zip(planted[::2], planted[1::2], strict=True))


@pytest.mark.parametrize("seed", SEEDS)
def test_each_pair_stands_together_and_apart_from_every_other(seed: int) -> None:
    pairs = drawn(seed)

    assert len(pairs) == SOME
    for one, other in pairs:
        assert (one.outage.beside, other.outage.beside) == (other.outage.fault.name, one.outage.fault.name)
        assert other.plant_at <= one.heal_at
    for before, after in pairwise(pairs):
        assert max(one.heal_at for one in before) + APART <= after[0].plant_at


def test_a_run_of_pairs_lasts_from_the_morning_before_the_first_to_the_brief_after_the_last() -> None:
    for seed in SEEDS:
        run = plan(DrillOptions(Path(), "any", seed=seed, pairs=1))
        assert (run.starts_at.hour, run.ends_at.hour) == (7, 7)
        assert run.starts_at <= run.appointments[0].plant_at < run.starts_at + timedelta(days=1)
        assert all(one.heal_at <= run.ends_at < one.heal_at + timedelta(days=2) for one in run.appointments)


def test_no_fault_is_planted_twice_in_a_week_of_pairs() -> None:
    for seed in SEEDS:
        names = [one.outage.fault.name for pair in drawn(seed) for one in pair]
        assert len(set(names)) == len(names)


def test_another_seed_draws_other_pairs_and_the_same_seed_the_same() -> None:
    def names(seed: int) -> list[str]:
        return [one.outage.fault.name for pair in drawn(seed) for one in pair]

    assert names(1) == names(1) != names(2)


def test_two_that_blind_the_watch_or_take_one_role_never_stand_together() -> None:
    allowed = [(a, b) for a in FAULTS.values() for b in FAULTS.values() if may_stand_beside(a, b)]

    assert len(allowed) > 1000
    assert [
        (a.name, b.name) for a, b in allowed if a.hides_others and b.hides_others or a.takes & b.takes or a is b
    ] == []
    assert not may_stand_beside(FAULTS["brain_crowded"], FAULTS["hangs"]), "it would end the connection that hangs"


def test_what_stands_beside_a_blinded_watch_has_longer_and_is_healed_after_it() -> None:
    beside_blind = [
        (one, other) for seed in SEEDS for pair in drawn(seed) for one, other in (pair, pair[::-1])
        if one.outage.fault.hides_others and not other.outage.fault.hides_others
    ]  # fmt: skip

    assert beside_blind
    for blind, other in beside_blind:
        usual: Fault = FAULTS[other.outage.fault.name]
        assert other.outage.fault.limit == usual.limit + blind.outage.fault.lasts
    assert all(other.heal_at > blind.heal_at for blind, other in beside_blind if other.plant_at < blind.plant_at)


def test_more_pairs_than_the_week_has_room_for_are_refused_with_how_many_it_has() -> None:
    with pytest.raises(UsageError, match=r"by this seed \d+ pairs fit into the week; ask for \d+ or fewer"):
        drawn(1, pairs=60)
