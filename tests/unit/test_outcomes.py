"""An outcome is created once and never changed."""

from dataclasses import FrozenInstanceError

import pytest

from company.outcomes import Done, Failed, Outcome, Skipped, TaskClose


@pytest.mark.parametrize("outcome", [Done({"rows": 1}), Skipped("nothing waits"), Failed("the feed is gone")])
def test_an_outcome_is_frozen(outcome: Outcome) -> None:
    with pytest.raises(FrozenInstanceError):
        outcome.reason = "better"  # type: ignore[misc,union-attr]


def test_two_closes_never_share_a_result() -> None:
    assert TaskClose(1, "complete").result is not TaskClose(2, "complete").result
