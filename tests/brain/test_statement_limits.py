"""No statement of a role outlasts the fire that asked it."""

import pytest

from company.fire.fire import Fire
from company.outcomes import Done, Outcome
from tests.support.fires import Fires


def well(_: Fire) -> Outcome:
    return Done({"rows": 1})


@pytest.mark.parametrize(("role", "limit"), [("heartbeat", "40s"), ("build_auditor", "2min")])
def test_a_statement_ends_before_its_fire_must(fire: Fires, role: str, limit: str) -> None:
    asked = fire.container(role, well).brain().connection.execute("SHOW statement_timeout").fetchone()

    assert asked == {"statement_timeout": limit}
