"""Only the owner pauses a role or a customer; expected slots are withdrawn with the reason."""

from datetime import timedelta

import pytest

from company.watch.ledger import fill_ledger
from tests.support.acts import note_schedule
from tests.support.brains import MORNING, TestBrain
from tests.support.fires import Fires
from tests.support.refusals import refused

WORKER = "data_worker"
PAUSE = "SELECT company.pause_role(%(who)s, %(rests)s, 'on holiday') AS withdrawn"
COUNT = "SELECT count(*) AS slots FROM company.slots WHERE schedule = 'data_worker' AND status = %(status)s"


def deployed(brain: TestBrain) -> None:
    note_schedule(brain, WORKER, expression="cron(15 * * * ? *)")
    fill_ledger(brain.as_role("heartbeat"), brain.now())


def pause(brain: TestBrain, role: str = WORKER, *, rests: bool = True, by: str = "owner") -> int:
    return int(brain.sql(by, PAUSE, who=role, rests=rests)[0]["withdrawn"])


def slots(brain: TestBrain, status: str) -> int:
    return int(brain.sql("owner", COUNT, status=status)[0]["slots"])


def test_a_pause_withdraws_what_was_expected_and_says_why(brain: TestBrain) -> None:
    deployed(brain)

    withdrawn = pause(brain)

    assert withdrawn == slots(brain, "withdrawn") == 26
    assert slots(brain, "expected") == 0
    [row] = brain.sql("owner", "SELECT DISTINCT reason FROM company.slots WHERE status = 'withdrawn'")
    assert row["reason"] == "on holiday"


def test_a_paused_role_has_no_expected_slots_until_it_is_resumed(brain: TestBrain) -> None:
    deployed(brain)
    pause(brain)
    rested = fill_ledger(brain.as_role("heartbeat"), brain.now())
    brain.wait(hours=5)

    pause(brain, rests=False)
    resumed = fill_ledger(brain.as_role("heartbeat"), brain.now())

    assert rested == 0
    assert resumed == slots(brain, "expected") == 26
    assert slots(brain, "withdrawn") == 5, "slots during the pause stay withdrawn"


def test_a_paused_role_that_is_fired_rests(brain: TestBrain, fire: Fires) -> None:
    pause(brain)

    brain.set_now(MORNING + timedelta(minutes=15))
    result = fire(WORKER)

    assert (result["outcome"], result["reason"]) == ("skipped", "data_worker is paused by the owner")


@pytest.mark.parametrize("role", ["ceo", "data_manager", "data_worker", "data_auditor", "heartbeat"])
def test_only_the_owner_pauses_a_role(brain: TestBrain, role: str) -> None:
    with refused("only_the_owner_pauses_a_role"):
        pause(brain, by=role)


def test_the_watch_is_never_paused(brain: TestBrain) -> None:
    with refused("the_watch_is_never_paused"):
        pause(brain, "heartbeat")


@pytest.mark.parametrize("role", ["nobody", "migrate", "owner"])
def test_only_an_active_role_is_paused(brain: TestBrain, role: str) -> None:
    with refused("one_pauses_who_works_here"):
        pause(brain, role)


def test_only_the_owner_pauses_a_customer(brain: TestBrain) -> None:
    with refused("only_the_owner_takes_customers"):
        brain.sql("ceo", "SELECT company.pause_customer('Alder Bank', true)")


def test_only_an_existing_customer_is_paused(brain: TestBrain) -> None:
    with refused("one_pauses_a_customer_one_has"):
        brain.sql("owner", "SELECT company.pause_customer('Alder Bank', true)")
