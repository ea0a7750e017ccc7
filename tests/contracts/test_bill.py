"""docs/money.md counts what AWS counts: alarms by their metrics, metrics, functions, schedules and fires."""

import re
from datetime import UTC, datetime

from company.watch.expressions import Expression
from tests.contracts.repository import ROOT, records
from watchbill.cloud.translation import Stack

PAGE = (ROOT / "docs" / "money.md").read_text(encoding="utf-8")
WEEK = (datetime(2026, 11, 2, tzinfo=UTC), datetime(2026, 11, 9, tzinfo=UTC))


def _stated(what: str) -> float:
    """The number of a line of the table, in its second column."""
    found = re.search(rf"(?m)^\| {re.escape(what)} \| ([\d,.]+)", PAGE)
    assert found, f"docs/money.md has no line {what}"
    return float(found[1].replace(",", ""))


def test_alarms_are_counted_by_the_metrics_that_they_read(stack: Stack) -> None:
    alarms = [one.properties for one in stack.resources.values() if one.type == "AWS::CloudWatch::Alarm"]
    metrics = sum(len([m for m in one.get("Metrics", [{"MetricStat": 1}]) if "MetricStat" in m]) for one in alarms)

    assert metrics == _stated("metrics read by alarms")


def test_metrics_of_our_own_are_counted() -> None:
    text = (ROOT / "functions" / "heartbeat" / "metric.py").read_text(encoding="utf-8")
    [line] = [line for line in text.splitlines() if "for name, value in" in line]

    assert len(re.findall(r'"(\w+)":', line)) == _stated("metrics of our own")


def test_fires_of_a_week_are_counted() -> None:
    schedules = [record for record in records().values() if record.schedule]
    fires = sum(len(Expression.parse(str(one.schedule), one.timezone).between(*WEEK)) for one in schedules)

    assert fires == _stated("fires in a week")
