"""Random calls of every function by every login break no promise of the brain.

A bounded run in the gate; a long one: `make test ARGS="tests/fuzz --fuzz-calls 500000 --fuzz-seed 7"`.
"""

import pytest

from tests.fuzz.attack import Attack
from tests.fuzz.holes import HOLES, use_hole
from tests.fuzz.invariants import INVARIANTS, broken, rights_of_logins

pytestmark = pytest.mark.slow

ENOUGH = 120
"""Functions and queries that must have worked at least once, or the values do not fit."""


def test_random_calls_of_every_function_by_every_login_break_nothing(
    attack: Attack, request: pytest.FixtureRequest
) -> None:
    before = rights_of_logins(attack.admin, attack.brain.company.name)

    attack.run(request.config.getoption("--fuzz-calls"))

    found = broken(attack.admin)
    assert not found, "\n".join(found)
    assert rights_of_logins(attack.admin, attack.brain.company.name) == before
    assert len(attack.done) > ENOUGH


def test_each_invariant_notices_a_careless_function(attack: Attack) -> None:
    assert HOLES.keys() == INVARIANTS.keys()
    unnoticed = []
    for said, (role, statement) in HOLES.items():
        use_hole(attack.brain, role, statement)
        if not any(line.startswith(said) for line in broken(attack.admin)):
            unnoticed.append(said)

    assert unnoticed == []
