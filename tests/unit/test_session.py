"""One fire, from its event to its closing transaction."""

from company.outcomes import Done
from tests.support.brains import TestBrain
from tests.support.fires import Fires


def test_a_fire_with_evidence_ends_its_slot_as_succeeded(brain: TestBrain, fire: Fires) -> None:
    answer = fire("data_worker", lambda _: Done({"rows": 3}))

    assert answer["outcome"] == "done"
    [slot] = brain.sql("owner", "SELECT status, evidence FROM company.slots")
    assert slot == {"status": "succeeded", "evidence": {"rows": 3}}
