"""Another emulator than moto: what the desk asks of it is what AWS has, and what it lacks is said."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock

from watchbill.cloud.alarms import Alarms
from watchbill.cloud.metrics import Metrics
from watchbill.cloud.template.resources import CREATORS
from watchbill.cloud.template.stack_target import StackTarget

START = datetime(2026, 3, 11, 7, tzinfo=UTC)


def test_mail_events_are_asked_for_by_the_newer_api_of_ses() -> None:
    sesv2 = Mock()
    cloud: Any = SimpleNamespace(is_moto=False, client={"sesv2": sesv2}.__getitem__)
    wanted = {"Name": "n", "Enabled": True, "MatchingEventTypes": ["delivery", "deliveryDelay", "bounce"],
              "SnsDestination": {"TopicARN": "arn"}}  # fmt: skip
    properties = {"ConfigurationSetName": "x-mail", "EventDestination": wanted}

    CREATORS["AWS::SES::ConfigurationSet"](StackTarget(cloud, "x"), "MailSet", {"Name": "x-mail"})
    CREATORS["AWS::SES::ConfigurationSetEventDestination"](StackTarget(cloud, "x"), "MailSetEvents", properties)

    sesv2.create_configuration_set.assert_called_once_with(ConfigurationSetName="x-mail")
    asked = sesv2.create_configuration_set_event_destination.call_args.kwargs
    assert asked["EventDestination"]["MatchingEventTypes"] == ["DELIVERY", "DELIVERY_DELAY", "BOUNCE"]
    assert asked["EventDestination"]["SnsDestination"] == {"TopicArn": "arn"} and properties == {}


def test_an_alarm_whose_expression_an_emulator_lost_is_left_out_and_named() -> None:
    whole = {"AlarmName": "whole", "Namespace": "n", "MetricName": "m", "Statistic": "Sum", "Period": 300}
    pages = Mock(paginate=lambda: [{"MetricAlarms": [{"AlarmName": "lost"}, whole]}])
    cloud: Any = SimpleNamespace(is_moto=False, client=lambda _: Mock(get_paginator=lambda _: pages))

    alarms = Alarms(cloud, Metrics(cloud), START)

    assert alarms.not_evaluated == ["lost"]
    assert list(alarms.states) == ["whole"] and alarms.step.total_seconds() == 300
