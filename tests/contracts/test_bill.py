"""docs/money.md counts what AWS counts: alarms by their metrics, metrics, functions, schedules and fires."""

import re
from datetime import UTC, datetime

import pytest

from company.watch.expressions import Expression
from tests.contracts.repository import ROOT, records, released
from watchbill.cloud.template.translation import Stack

PAGE = (ROOT / "docs" / "money.md").read_text(encoding="utf-8")
WEEK = (datetime(2026, 11, 2, tzinfo=UTC), datetime(2026, 11, 9, tzinfo=UTC))


def _stated(what: str) -> float:
    """The number of a line of the table, in its second column."""
    found = re.search(rf"(?m)^\| {re.escape(what)} \| ([\d,.]+)", PAGE)
    assert found, f"docs/money.md has no line {what}"
    return float(found[1].replace(",", ""))


def test_alarms_are_counted_by_the_metrics_that_they_read(stack: Stack) -> None:
    alarms = [one for one in stack.resources.values() if one.type == "AWS::CloudWatch::Alarm"]
    always = [one.properties for one in alarms if one.condition is None]
    read = [m for one in always for m in one.get("Metrics", [{"MetricStat": 1}]) if "MetricStat" in m]
    hired = records().keys() - released().keys()

    assert len([m for m in read if m.get("Id") not in hired]) == _stated("metrics read by alarms")
    assert len(alarms) - len(always) == _stated("the alarm on its log")


def test_metrics_of_our_own_are_counted() -> None:
    text = (ROOT / "functions" / "heartbeat" / "metric.py").read_text(encoding="utf-8")

    assert len(re.findall(r'add_metric\("\w+"', text)) == _stated("metrics of our own")


def test_fires_of_a_week_are_counted() -> None:
    schedules = [record for record in released().values() if record.schedule]
    fires = sum(len(Expression.parse(str(one.schedule), one.timezone).between(*WEEK)) for one in schedules)

    assert fires == _stated("fires in a week")


def test_each_line_is_its_count_by_its_price_and_both_columns_add_up() -> None:
    table = re.findall(r"(?m)^\| ([^|]+) \| ([\d,]+) \| ([\d.]+) \| ([\d.]+|-) \| ([^|]+) \| ([am]) \|$", PAGE)
    assert len(table) == 15, "a line of the bill is written in another form"
    for line, count, private, lean, how, _ in table:
        if each := re.search(r"([\d.]+) each", how):
            assert float(private) == pytest.approx(float(count.replace(",", "")) * float(each[1]), abs=0.006), line
        assert lean in (private, "-"), line

    together = re.search(r"\| \*\*together\*\* \| \| \*\*([\d.]+)\*\* \| \*\*([\d.]+)\*\* \|", PAGE)
    assert together, "docs/money.md has no line together"
    assert float(together[1]) == pytest.approx(sum(float(private) for _, _, private, *_ in table))
    assert float(together[2]) == pytest.approx(sum(float(lean) for _, _, _, lean, *_ in table if lean != "-"))
