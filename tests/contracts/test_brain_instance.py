"""The Postgres that a stack makes: what is said of it once holds for as long as it lives."""

import re
from collections.abc import Mapping
from typing import Any

import pytest

from tests.contracts.repository import ROOT
from watchbill.cloud.template.intrinsics import Resolver
from watchbill.cloud.template.translation import Stack, resolve_parameters
from watchbill.errors import DeskError

WRITTEN = "WATCHBILL ALARM"
AN_IDENTIFIER = re.compile(r"(?!.*--)[a-z][a-z0-9-]{0,62}(?<!-)")
"""RDS's rule: letters, digits and hyphens, a letter first, no two hyphens together and none last; kept in small."""


def test_a_version_that_rds_moves_by_itself_is_named_by_its_major_number(stack: Stack) -> None:
    """RDS refuses a way back (InvalidParameterCombination), and so would fail a deploy that changes the instance."""
    brain = _properties(stack, "Brain")

    assert brain["AutoMinorVersionUpgrade"] is True and brain["EngineVersion"].isdigit()
    assert _properties(stack, "BrainSettings")["Family"] == f"postgres{brain['EngineVersion']}"


@pytest.mark.parametrize("company", ["a1", "patchfirst", "acme_eu_2", "a" + "_b" * 15])
def test_its_log_is_there_before_it_and_ends_as_every_other(stack: Stack, company: str) -> None:
    """RDS logs to a group by the instance's name, and makes it without an end where it is not there."""
    known = Resolver(resolve_parameters(stack, {"Company": company}), {}, stack.conditions)
    name = known.resolve(_properties(stack, "Brain")["DBInstanceIdentifier"])

    log = known.resolve(_properties(stack, "BrainLog"))

    assert AN_IDENTIFIER.fullmatch(name)
    assert log == {"LogGroupName": f"/aws/rds/instance/{name}/postgresql", "RetentionInDays": 30}
    assert "BrainLog" in stack.resources["Brain"].needs
    assert _properties(stack, "Brain")["EnableCloudwatchLogsExports"] == ["postgresql"]


@pytest.mark.parametrize("company", ["a", "acme_", "acme__eu", "_acme", "Acme", "a" * 32])
def test_a_company_whose_database_rds_would_not_name_is_refused_at_once(stack: Stack, company: str) -> None:
    with pytest.raises(DeskError, match="parameter Company"):
        resolve_parameters(stack, {"Company": company})


def test_what_the_databases_clock_writes_into_its_log_rings_without_our_code(stack: Stack) -> None:
    lines, alarm = _properties(stack, "ClockAlarmLines"), _properties(stack, "DatabaseAlarm")
    clock = (ROOT / "sql" / "company" / "doctrine" / "395_database_clock.sql").read_text(encoding="utf-8")

    assert lines["LogGroupName"] == {"Ref": "BrainLog"} and lines["FilterPattern"] == f'"{WRITTEN}"'
    assert f"RAISE WARNING '{WRITTEN} " in clock
    [counted] = lines["MetricTransformations"]
    assert [counted["MetricNamespace"], counted["MetricName"]] == [alarm["Namespace"], alarm["MetricName"]]
    assert alarm["AlarmActions"] == [{"Ref": "OwnerTopic"}] and alarm["TreatMissingData"] == "notBreaching"
    assert {stack.resources[name].condition for name in ("ClockAlarmLines", "DatabaseAlarm")} == {"MakesBrain"}


def _properties(stack: Stack, name: str) -> Mapping[str, Any]:
    return stack.resources[name].properties
