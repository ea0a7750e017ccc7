"""CloudWatch's alarms, simulated on the desk: those that the template deployed, and their actions.

Periods are aligned to the clock (10:00, 10:05 ...). A period is evaluated two minutes after its end, because metrics
arrive late. AWS's windows slide by the minute, so AWS is never slower. A period that began before the company is not
evaluated. Unlike AWS, missing data is evaluated without looking back further than the alarm says.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from math import gcd

from company.json_values import JsonObject
from watchbill.cloud.aws import LocalAws
from watchbill.cloud.metrics import Metrics, key_of
from watchbill.errors import DeskError

DELAY = timedelta(minutes=2)
FILL = re.compile(r"FILL\((\w+), *(-?[\d.]+)\)")
BREACHES = {
    "LessThanThreshold": float.__lt__,
    "LessThanOrEqualToThreshold": float.__le__,
    "GreaterThanThreshold": float.__gt__,
    "GreaterThanOrEqualToThreshold": float.__ge__,
}
Alarm = JsonObject


class Alarms:
    """Every deployed alarm with its state. Call evaluate at times that are `step` apart, from `first` on."""

    def __init__(self, cloud: LocalAws, metrics: Metrics, since: datetime) -> None:
        self._cloud, self._metrics, self._since = cloud, metrics, since
        pages = cloud.client("cloudwatch").get_paginator("describe_alarms").paginate()
        listed: list[Alarm] = [alarm for page in pages for alarm in page["MetricAlarms"]]
        self._alarms = [alarm for alarm in listed if _can_be_evaluated(alarm)]
        self.not_evaluated = sorted(alarm["AlarmName"] for alarm in listed if not _can_be_evaluated(alarm))
        self.states = dict.fromkeys((alarm["AlarmName"] for alarm in self._alarms), "OK")

    @property
    def step(self) -> timedelta:
        """The greatest common divisor of the periods: between its multiples no alarm can change."""
        return timedelta(seconds=gcd(*(_period(alarm) for alarm in self._alarms)) or 300)

    @property
    def first(self) -> datetime:
        """The first time at which a period that began after the company can be evaluated."""
        return _aligned(self._since, self.step) + self.step + DELAY

    def evaluate(self, now: datetime) -> list[str]:
        """Updates the states and runs the actions of alarms that went to ALARM; returns their names."""
        raised = []
        for alarm in self._alarms:
            name, state = alarm["AlarmName"], self._state(alarm, now)
            if state is not None and state != self.states[name]:
                self.states[name] = state
                self._change(alarm, state, now)
                raised += [name] if state == "ALARM" else []
        return raised

    def _state(self, alarm: Alarm, now: datetime) -> str | None:
        """None while the newest period was evaluated already, or the company is younger than the periods."""
        period, wanted = timedelta(seconds=_period(alarm)), alarm["EvaluationPeriods"]
        end = _aligned(now - DELAY, period)
        if now - DELAY - end >= self.step or end - period * wanted < _aligned(self._since, period):
            return None
        values = [self._value(alarm, end - period * (n + 1), end - period * n) for n in range(wanted)]
        breaching = [_breaches(alarm, value) for value in values]
        return "ALARM" if sum(breaching) >= alarm.get("DatapointsToAlarm", wanted) else "OK"

    def _value(self, alarm: Alarm, start: datetime, end: datetime) -> float | None:
        if "MetricName" in alarm:
            return self._metrics.value(key_of(alarm), alarm["Statistic"], start, end)
        points = {
            one["Id"]: self._metrics.value(key_of(one["MetricStat"]["Metric"]), one["MetricStat"]["Stat"], start, end)
            for one in alarm["Metrics"]
            if "MetricStat" in one
        }
        [expression] = [one["Expression"] for one in alarm["Metrics"] if "Expression" in one]
        return _computed(str(expression), points)

    def _change(self, alarm: Alarm, state: str, now: datetime) -> None:
        name = alarm["AlarmName"]
        reason = f"{alarm.get('AlarmDescription', name)}; evaluated at {now:%Y-%m-%d %H:%M} UTC, simulated"
        self._cloud.client("cloudwatch").set_alarm_state(AlarmName=name, StateValue=state, StateReason=reason)
        if state != "ALARM":
            return
        message = {
            "AlarmName": name,
            "NewStateValue": state,
            "NewStateReason": reason,
            "StateChangeTime": now.isoformat(),
        }
        for topic in alarm["AlarmActions"]:
            self._cloud.client("sns").publish(TopicArn=topic, Subject=f'ALARM: "{name}"', Message=json.dumps(message))


def _can_be_evaluated(alarm: Alarm) -> bool:
    """Not where an emulator kept the alarm and not its expression: ministack has no metric math."""
    return "MetricName" in alarm or bool(alarm.get("Metrics"))


def _period(alarm: Alarm) -> int:
    periods = [one["MetricStat"]["Period"] for one in alarm.get("Metrics", []) if "MetricStat" in one]
    return int(periods[0] if periods else alarm["Period"])


def _aligned(moment: datetime, period: timedelta) -> datetime:
    return moment - (moment - datetime(1970, 1, 1, tzinfo=moment.tzinfo)) % period


def _computed(expression: str, points: Mapping[str, float | None]) -> float | None:
    """The two expressions in the template. Any other is an error, so that no alarm works on AWS only."""
    if found := FILL.fullmatch(expression):
        value = points[found.group(1)]
        return float(found.group(2)) if value is None else value
    if expression == "SUM(METRICS())":
        known: Sequence[float] = [value for value in points.values() if value is not None]
        return sum(known) if known else None
    raise DeskError(f"the desk cannot compute {expression}: add it to watchbill/cloud/alarms.py")


def _breaches(alarm: Alarm, value: float | None) -> bool:
    if value is None:
        return bool(alarm.get("TreatMissingData") == "breaching")
    return bool(BREACHES[alarm["ComparisonOperator"]](float(value), float(alarm["Threshold"])))
