"""data_manager: the data in figures, and the schedules that it watches."""

from tests.support.brains import TestBrain
from tests.support.fires import Fires


def test_a_quiet_domain_is_reported_in_figures(brain: TestBrain, fire: Fires) -> None:
    answer = fire("data_manager")

    assert answer["outcome"] == "done"
    assert answer["evidence"]["held_batches"] == 0
    [note] = brain.sql("ceo", "SELECT from_role, kind, body FROM company.inbox")
    assert (note["from_role"], note["kind"]) == ("data_manager", "note")
    assert "sources fresh" in note["body"]
