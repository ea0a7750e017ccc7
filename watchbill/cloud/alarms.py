"""CloudWatch's alarms, simulated on the desk: those that the template deployed, and their actions.

Periods are aligned to the clock (10:00, 10:05 ...). A period is evaluated two minutes after its end, because metrics
arrive late. AWS's windows slide by the minute, so AWS is never slower. A period that began before the company is not
evaluated. Unlike AWS, missing data is evaluated without looking back further than the alarm says.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from math import gcd

from company.json_values import JsonObject
from watchbill.cloud.aws import LocalAws
from watchbill.cloud.metrics import Key, Metrics, key_of
from watchbill.errors import DeskError

DELAY = timedelta(minutes=2)
A_SECOND = timedelta(seconds=1)
FILL = re.compile(r"FILL\((\w+), *(-?[\d.]+)\)")
BREACHES = {
    "LessThanThreshold": float.__lt__,
    "LessThanOrEqualToThreshold": float.__le__,
    "GreaterThanThreshold": float.__gt__,
    "GreaterThanOrEqualToThreshold": float.__ge__,
}
ONLY = "only"
"""The id of the one metric of an alarm without metric math."""
Alarm = JsonObject


@dataclass(frozen=True)
class WatchedAlarm:
    """A deployed alarm, with what each evaluation of it asks. points: each metric and its statistic, by its id.

    expression: what is computed of the points; empty where the one point is the value.
    """

    name: str
    deployed: Alarm
    period: timedelta
    points: Mapping[str, tuple[Key, str]]
    expression: str


class Alarms:
    """Every deployed alarm with its state. Call evaluate at times that are `step` apart, from `first` on."""

    def __init__(self, cloud: LocalAws, metrics: Metrics, since: datetime) -> None:
        self._cloud, self._metrics, self._since = cloud, metrics, since
        pages = cloud.client("cloudwatch").get_paginator("describe_alarms").paginate()
        listed: list[Alarm] = [alarm for page in pages for alarm in page["MetricAlarms"]]
        self._alarms = [_watched(alarm) for alarm in listed if _can_be_evaluated(alarm)]
        self.not_evaluated = sorted(alarm["AlarmName"] for alarm in listed if not _can_be_evaluated(alarm))
        self.states = dict.fromkeys((alarm.name for alarm in self._alarms), "OK")

    @cached_property
    def step(self) -> timedelta:
        """The greatest common divisor of the periods: between its multiples no alarm can change."""
        return timedelta(seconds=gcd(*(alarm.period // A_SECOND for alarm in self._alarms)) or 300)

    @property
    def first(self) -> datetime:
        """The first time at which a period that began after the company can be evaluated."""
        return _aligned(self._since, self.step) + self.step + DELAY

    def evaluate(self, now: datetime) -> list[str]:
        """Updates the states and runs the actions of alarms that went to ALARM; returns their names."""
        raised = []
        for alarm in self._alarms:
            state = self._state(alarm, now)
            if state is not None and state != self.states[alarm.name]:
                self.states[alarm.name] = state
                self._change(alarm.deployed, state, now)
                raised += [alarm.name] if state == "ALARM" else []
        return raised

    def _state(self, alarm: WatchedAlarm, now: datetime) -> str | None:
        """None while the newest period was evaluated already, or the company is younger than the periods."""
        period, wanted = alarm.period, alarm.deployed["EvaluationPeriods"]
        end = _aligned(now - DELAY, period)
        if now - DELAY - end >= self.step or end - period * wanted < _aligned(self._since, period):
            return None
        values = [self._value(alarm, end - period * (n + 1), end - period * n) for n in range(wanted)]
        breaching = [_breaches(alarm.deployed, value) for value in values]
        return "ALARM" if sum(breaching) >= alarm.deployed.get("DatapointsToAlarm", wanted) else "OK"

    def _value(self, alarm: WatchedAlarm, start: datetime, end: datetime) -> float | None:
        points = {
            name: self._metrics.value(key, statistic, start, end) for name, (key, statistic) in alarm.points.items()
        }
        return _computed(alarm.expression, points) if alarm.expression else points[ONLY]

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


def _watched(alarm: Alarm) -> WatchedAlarm:
    name = alarm["AlarmName"]
    if "MetricName" in alarm:
        point = (key_of(alarm), str(alarm["Statistic"]))
        return WatchedAlarm(name, alarm, timedelta(seconds=alarm["Period"]), {ONLY: point}, "")
    asked = {one["Id"]: one["MetricStat"] for one in alarm["Metrics"] if "MetricStat" in one}
    [expression] = [one["Expression"] for one in alarm["Metrics"] if "Expression" in one]
    period = next(iter(asked.values()), alarm)["Period"]
    points = {name: (key_of(one["Metric"]), str(one["Stat"])) for name, one in asked.items()}
    return WatchedAlarm(name, alarm, timedelta(seconds=int(period)), points, str(expression))


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
