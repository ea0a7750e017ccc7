"""The Postgres that a stack makes: what is said of it once holds for as long as it lives."""

from collections.abc import Mapping
from typing import Any

from watchbill.cloud.translation import Stack


def test_a_version_that_rds_moves_by_itself_is_named_by_its_major_number(stack: Stack) -> None:
    """RDS refuses a way back (InvalidParameterCombination), and so would fail a deploy that changes the instance."""
    brain = _properties(stack, "Brain")

    assert brain["AutoMinorVersionUpgrade"] is True and brain["EngineVersion"].isdigit()
    assert _properties(stack, "BrainSettings")["Family"] == f"postgres{brain['EngineVersion']}"


def _properties(stack: Stack, name: str) -> Mapping[str, Any]:
    return stack.resources[name].properties
