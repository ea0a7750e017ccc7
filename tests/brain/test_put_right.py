"""A clock that ran ahead and was put right leaves beats of a time to come, and nobody's watch is blinded by them."""

from datetime import timedelta

import pytest

from company.outcomes import Done
from tests.brain.test_second_clocks import Tick, beat, findings
from tests.support.brains import MORNING, TestBrain
from tests.support.fires import Fires

AHEAD = timedelta(hours=6)


@pytest.fixture
def tick(brain: TestBrain) -> Tick:
    return lambda: [row["alarm"] for row in brain.owner.all("run_database_clock")]


def put_right(brain: TestBrain, left_out: str = "{}") -> None:
    """heartbeat beat in time, three times while the clock was ahead, and once after it was put right."""
    beat(brain)
    brain.set_now(MORNING + AHEAD)
    for _ in range(3):
        brain.wait(minutes=5)
        beat(brain, left_out)
    brain.set_now(MORNING + timedelta(minutes=5))
    beat(brain)


def test_the_databases_clock_notices_that_heartbeat_stops(brain: TestBrain, tick: Tick) -> None:
    put_right(brain)
    in_time = tick()

    brain.wait(minutes=16)

    assert (in_time, tick()) == ([], ["beat:heartbeat"])


def test_a_boot_notices_that_heartbeat_stops(brain: TestBrain, fire: Fires) -> None:
    put_right(brain)
    brain.wait(minutes=16)

    fire("check", lambda _: Done({"looked": 1}))

    assert [(row["kind"], row["found_by"]) for row in findings(brain)] == [("stale_beat", "any_boot")]


def test_what_beats_of_a_time_to_come_left_out_is_not_what_heartbeat_does_now(brain: TestBrain, tick: Tick) -> None:
    put_right(brain, left_out="{something}")

    assert tick() == []


def test_the_owner_reads_of_the_last_beat_that_has_been(brain: TestBrain) -> None:
    put_right(brain)

    facts = brain.owner.one("org_facts")

    assert facts is not None and facts["last_beat_at"] == MORNING + timedelta(minutes=5)
