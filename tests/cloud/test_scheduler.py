"""Attacks the desk's scheduler: what is due fires once, what is disabled never fires, what fails is retried."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.cloud.companies import (
    HOUR,
    MINUTE,
    MORNING,
    FakeFunctions,
    played,
    run_of,
    scheduler_of,
    small_company,
    when,
)
from watchbill.cloud.aws import LocalAws
from watchbill.cloud.runtime import Invocation
from watchbill.cloud.scheduler import Scheduler, SimulatedClock
from watchbill.cloud.template.loader import Deployed
from watchbill.drill.mechanics import plant_mute


@pytest.fixture
def stack(cloud: LocalAws, tmp_path: Path) -> Deployed:
    return small_company(cloud, tmp_path)


def create(cloud: LocalAws, name: str, expression: str, **more: Any) -> None:
    target = {"Arn": "arn:aws:lambda:us-east-1:123456789012:function:small-late", "RoleArn": "arn:aws:iam::1:role/r"}
    cloud.client("scheduler").create_schedule(
        Name=name,
        GroupName="small",
        ScheduleExpression=expression,
        FlexibleTimeWindow={"Mode": "OFF"},
        **{"Target": {**target, "Input": f'{{"schedule": "{name}"}}'}, **more},
    )


def mute_early(cloud: LocalAws) -> None:
    plant_mute(cloud, "small", "early")


def test_schedules_fire_in_order_of_time_and_then_of_name(cloud: LocalAws, stack: Deployed) -> None:
    fires = played(cloud, stack, FakeFunctions(), hours=1.5)

    assert when(fires) == [("early", 0), ("late", 0), ("early", 30), ("early", 60), ("late", 60)]


def test_two_days_end_to_end_fire_each_schedule_once(cloud: LocalAws, stack: Deployed) -> None:
    functions = FakeFunctions()
    scheduler, clock = scheduler_of(cloud, stack, functions)

    scheduler.run(MORNING, MORNING + HOUR)
    scheduler.run(MORNING + HOUR, MORNING + 2 * HOUR)

    assert [name for name, _, _ in functions.runs] == ["small-early", "small-late", "small-early"] * 2
    assert clock.now == MORNING + 2 * HOUR


def test_the_placeholders_of_the_input_are_filled_in(cloud: LocalAws, stack: Deployed) -> None:
    functions = FakeFunctions()

    played(cloud, stack, functions, hours=0.1)

    _, event, request_id = functions.runs[0]
    assert event == {
        "role": "early",
        "due_at": "2026-03-11T07:00:00Z",
        "attempt": "1",
        "id": request_id,
        "arn": "arn:aws:scheduler:us-east-1:123456789012:schedule/small/early",
    }


def test_the_same_day_has_the_same_request_ids(cloud: LocalAws, stack: Deployed) -> None:
    first, second = FakeFunctions(), FakeFunctions()

    played(cloud, stack, first)
    played(cloud, stack, second)

    assert first.runs == second.runs
    assert len({request_id for _, _, request_id in first.runs}) == len(first.runs)


def test_the_clock_is_set_before_each_instant_and_only_then(cloud: LocalAws, stack: Deployed) -> None:
    seen: list[tuple[str, datetime]] = []
    clock = SimulatedClock(MORNING)

    def look_at_the_clock(name: str, event: Any, request_id: str) -> Invocation:
        seen.append((name, clock.now))
        return run_of(name, request_id)

    scheduler = Scheduler(cloud, stack, look_at_the_clock, clock)

    scheduler.run(MORNING, MORNING + HOUR, before_instant=lambda moment: seen.append(("instant", moment)))

    half_past = MORNING + 30 * MINUTE
    assert seen == [
        ("instant", MORNING),
        ("small-early", MORNING),
        ("small-late", MORNING),
        ("instant", half_past),
        ("small-early", half_past),
    ]


def test_the_clock_stays_for_a_call_that_does_not_ask_the_brain_and_is_set_before_a_fire_of_its_moment(
    cloud: LocalAws, stack: Deployed
) -> None:
    seen: list[tuple[str, datetime]] = []
    scheduler = Scheduler(cloud, stack, FakeFunctions(), SimulatedClock(MORNING))
    half_past = MORNING + 30 * MINUTE
    for at in (MORNING + MINUTE, half_past):
        scheduler.call_later(at, partial(seen.append, ("alarms", at)), asks_brain=False)

    scheduler.run(MORNING, MORNING + HOUR, before_instant=lambda moment: seen.append(("instant", moment)))

    assert seen == [
        ("instant", MORNING),
        ("alarms", MORNING + MINUTE),
        ("alarms", half_past),
        ("instant", half_past),
    ]


def test_a_schedule_made_by_a_handler_for_the_next_minute_fires(cloud: LocalAws, stack: Deployed) -> None:
    def wakes_late(name: str, event: Any, request_id: str) -> Invocation:
        if name == "small-early" and event["due_at"].endswith("07:00:00Z"):
            create(cloud, "wake-late-7", "at(2026-03-11T07:01:00)", ActionAfterCompletion="DELETE")
        return run_of(name, request_id)

    fires = played(cloud, stack, FakeFunctions(wakes_late))

    assert when(fires) == [("early", 0), ("late", 0), ("wake-late-7", 1), ("early", 30)]
    assert "wake-late-7" not in {item["Name"] for item in cloud.client("scheduler").list_schedules()["Schedules"]}


def test_a_one_off_made_for_this_very_minute_still_fires_and_says_when_it_was_due(
    cloud: LocalAws, stack: Deployed
) -> None:
    def wakes_late(name: str, event: Any, request_id: str) -> Invocation:
        if name == "small-late" and "schedule" not in event:
            create(cloud, "wake-late-8", "at(2026-03-11T06:59:30)")
        return run_of(name, request_id)

    fires = played(cloud, stack, FakeFunctions(wakes_late), hours=0.4)

    assert when(fires) == [("early", 0), ("late", 0), ("wake-late-8", 0)]
    assert fires[-1].attempt.due_at == MORNING - 30 * timedelta(seconds=1)


def test_a_one_off_for_a_time_long_past_never_fires(cloud: LocalAws, stack: Deployed) -> None:
    create(cloud, "wake-late-9", "at(2026-03-11T06:30:00)")

    assert "wake-late-9" not in {fire.attempt.schedule for fire in played(cloud, stack, FakeFunctions())}


def test_a_one_off_without_deletion_stays_and_fires_once(cloud: LocalAws, stack: Deployed) -> None:
    create(cloud, "wake-late-1", "at(2026-03-11T08:10:00)", ScheduleExpressionTimezone="Europe/Madrid")

    fires = played(cloud, stack, FakeFunctions(), hours=3)

    assert [entry for entry in when(fires) if entry[0] == "wake-late-1"] == [("wake-late-1", 10)]
    assert cloud.client("scheduler").get_schedule(GroupName="small", Name="wake-late-1")


def test_a_muted_schedule_does_not_fire_and_keeps_everything_else(cloud: LocalAws, stack: Deployed) -> None:
    before = cloud.client("scheduler").get_schedule(GroupName="small", Name="early")

    def mute(scheduler: Scheduler) -> None:
        scheduler.call_later(MORNING + 15 * MINUTE, partial(mute_early, cloud), "mute")

    fires = played(cloud, stack, FakeFunctions(), hours=2, prepare=mute)

    after = cloud.client("scheduler").get_schedule(GroupName="small", Name="early")
    assert when(fires) == [("early", 0), ("late", 0), ("late", 60)]
    assert after["State"] == "DISABLED"
    assert {part: after[part] for part in ("Target", "ScheduleExpression")} == {
        part: before[part] for part in ("Target", "ScheduleExpression")
    }


def test_a_schedule_switched_on_again_fires_when_next_due(cloud: LocalAws, stack: Deployed) -> None:
    plant_mute(cloud, "small", "early")

    def switch_on() -> None:
        found = cloud.client("scheduler").get_schedule(GroupName="small", Name="early")
        kept = {part: found[part] for part in ("ScheduleExpression", "FlexibleTimeWindow", "Target")}
        cloud.client("scheduler").update_schedule(Name="early", GroupName="small", State="ENABLED", **kept)

    fires = played(
        cloud, stack, FakeFunctions(), hours=1.2, prepare=lambda one: one.call_later(MORNING + 31 * MINUTE, switch_on)
    )

    assert when(fires) == [("late", 0), ("early", 60), ("late", 60)]


def test_a_schedule_changed_at_the_moment_it_fired_does_not_fire_twice(cloud: LocalAws, stack: Deployed) -> None:
    def touches_early(name: str, event: Any, request_id: str) -> Invocation:
        if name == "small-late":
            plant_mute(cloud, "small", "early")
            found = cloud.client("scheduler").get_schedule(GroupName="small", Name="early")
            kept = {part: found[part] for part in ("ScheduleExpression", "FlexibleTimeWindow", "Target")}
            cloud.client("scheduler").update_schedule(Name="early", GroupName="small", State="ENABLED", **kept)
        return run_of(name, request_id)

    fires = played(cloud, stack, FakeFunctions(touches_early))

    assert when(fires) == [("early", 0), ("late", 0), ("early", 30)]


def test_a_deleted_schedule_never_fires_again(cloud: LocalAws, stack: Deployed) -> None:
    def delete() -> None:
        cloud.client("scheduler").delete_schedule(GroupName="small", Name="early")

    fires = played(cloud, stack, FakeFunctions(), prepare=lambda one: one.call_later(MORNING + MINUTE, delete))

    assert when(fires) == [("early", 0), ("late", 0)]


def test_a_fire_that_cannot_reach_its_function_goes_to_the_schedules_own_queue(
    cloud: LocalAws, stack: Deployed
) -> None:
    found = cloud.client("scheduler").get_schedule(GroupName="small", Name="early")
    target = {**found["Target"], "Arn": "arn:aws:lambda:us-east-1:123456789012:function:small-nobody"}
    cloud.client("scheduler").update_schedule(
        Name="early",
        GroupName="small",
        Target=target,
        ScheduleExpression=found["ScheduleExpression"],
        FlexibleTimeWindow={"Mode": "OFF"},
    )

    fires = played(cloud, stack, FakeFunctions(), hours=0.4)

    assert when(fires) == [("late", 0)]
    url = cloud.client("sqs").get_queue_url(QueueName="small-Undelivered")["QueueUrl"]
    [written] = cloud.client("sqs").receive_message(QueueUrl=url, MessageAttributeNames=["All"])["Messages"]
    assert json.loads(written["Body"])["role"] == "early"
    assert set(written["MessageAttributes"]) == {"ERROR_CODE", "ERROR_MESSAGE", "SCHEDULED_TIME", "SCHEDULE_ARN"}
    assert written["MessageAttributes"]["SCHEDULED_TIME"]["StringValue"].startswith("2026-03-11T07:")


def test_a_schedule_that_aws_would_not_have_taken_is_reported_and_stops_nobody(
    cloud: LocalAws, stack: Deployed
) -> None:
    create(cloud, "broken", "cron(99 * * * ? *)")
    functions = FakeFunctions()
    scheduler, _ = scheduler_of(cloud, stack, functions)

    scheduler.run(MORNING, MORNING + MINUTE)

    assert "minutes: 0-59" in scheduler.timetable.refused["broken"]
    assert len(functions.runs) == 2


def test_a_rate_made_during_the_day_counts_from_its_making(cloud: LocalAws, stack: Deployed) -> None:
    def begin() -> None:
        create(cloud, "pulse", "rate(10 minutes)")

    fires = played(
        cloud, stack, FakeFunctions(), hours=0.5, prepare=lambda one: one.call_later(MORNING + 5 * MINUTE, begin)
    )

    assert [entry for entry in when(fires) if entry[0] == "pulse"] == [("pulse", 5), ("pulse", 15), ("pulse", 25)]


def test_a_planned_call_comes_before_the_fires_of_its_moment(cloud: LocalAws, stack: Deployed) -> None:
    functions = FakeFunctions()
    scheduler, _ = scheduler_of(cloud, stack, functions)

    scheduler.call_later(MORNING, lambda: functions.runs.append(("call", None, "")))
    scheduler.run(MORNING, MORNING + MINUTE)

    assert [name for name, _, _ in functions.runs] == ["call", "small-early", "small-late"]


def test_progress_is_reported_after_each_step(cloud: LocalAws, stack: Deployed) -> None:
    progress: list[tuple[datetime, int]] = []
    scheduler, _ = scheduler_of(cloud, stack, FakeFunctions())

    scheduler.run(MORNING, MORNING + HOUR, on_progress=lambda at, fires: progress.append((at, fires)))

    assert progress == [(MORNING, 1), (MORNING, 2), (MORNING + 30 * MINUTE, 3)]
