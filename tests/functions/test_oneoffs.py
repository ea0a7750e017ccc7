"""One-offs of heartbeat: what EventBridge refuses for one role keeps no other from being woken."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.functions.office import Office
from tests.support.acts import open_finding
from tests.support.poison import left_out, open_items


def refuse_to_create(office: Office, monkeypatch: pytest.MonkeyPatch, name: str, code: str, *, times: int = 99) -> None:
    """EventBridge refuses schedules whose name begins so, a number of times."""
    scheduler = office.works.cloud.client("scheduler")
    create, left = scheduler.create_schedule, [times]

    def create_schedule(**how: Any) -> Any:
        if how["Name"].startswith(name) and left[0]:
            left[0] -= 1
            error = {"Error": {"Code": code, "Message": "refused in a test"}}
            raise _error(scheduler, code)(error, "CreateSchedule")
        return create(**how)

    monkeypatch.setattr(scheduler, "create_schedule", create_schedule)


def _error(scheduler: Any, code: str) -> type[Exception]:
    """The client's own class for a code, where it has one."""
    found: type[Exception] = getattr(scheduler.exceptions, code, ClientError)
    return found


@pytest.mark.parametrize("code", ["ValidationException", "AccessDeniedException", "ThrottlingException"])
def test_a_wake_that_eventbridge_refuses_keeps_no_other_from_being_woken(
    office: Office, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    office.deploy("heartbeat", "data_manager", "build_manager")
    brain = office.works.brain
    for watcher in ("data_manager", "build_manager"):
        open_finding(brain, "heartbeat", fingerprint=f"f:{watcher}", level="today", watcher=watcher)
    with monkeypatch.context() as patch:
        refuse_to_create(office, patch, "wake-build_manager", code)
        beat = office.run("heartbeat")
        during = (open_items(office.works.brain), left_out(office.works.brain))

    after = office.run("heartbeat", minutes=5)

    assert beat["evidence"]["woken"] == 1
    assert during == (["build_manager"], ["wakes: 1 of 2 (build_manager)"])
    assert after["evidence"]["woken"] >= 1
    assert office.value("SELECT count(*) FROM company.slots WHERE is_wake AND role = 'build_manager'") == 1
    assert (open_items(office.works.brain), left_out(office.works.brain)) == ([], [])


def test_a_moment_that_eventbridge_calls_past_is_asked_once_more_a_minute_later(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.deploy("heartbeat", "data_manager")
    finding = open_finding(office.works.brain, "heartbeat", level="today", watcher="data_manager")
    refuse_to_create(office, monkeypatch, "wake-", "ValidationException", times=1)

    beat = office.run("heartbeat")

    wake, [slot] = (
        office.deployed(f"wake-data_manager-{finding}"),
        office.rows("SELECT * FROM company.slots WHERE is_wake"),
    )
    assert beat["evidence"]["woken"] == 1
    assert wake["ScheduleExpression"] == f"at({slot['due_at']:%Y-%m-%dT%H:%M:%S})"
    assert (slot["due_at"] - office.works.brain.now()).total_seconds() >= 120


def test_a_one_off_lies_ahead_also_when_the_beat_took_long(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.deploy("heartbeat", "data_manager")
    finding = open_finding(office.works.brain, "heartbeat", level="today", watcher="data_manager")
    scheduler = office.works.cloud.client("scheduler")
    listed = scheduler.get_paginator
    office.works.brain.wait(seconds=30)

    def slow(*what: str) -> Any:
        office.works.brain.wait(seconds=50)
        return listed(*what)

    monkeypatch.setattr(scheduler, "get_paginator", slow)
    office.run("heartbeat")

    wake = office.deployed(f"wake-data_manager-{finding}")["ScheduleExpression"]
    assert wake > f"at({office.works.brain.now():%Y-%m-%dT%H:%M:%S})"


def test_many_items_that_fail_for_one_cause_are_one_finding(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    managers = ("data_manager", "build_manager", "content_manager", "research_manager", "scraping_manager")
    office.deploy("heartbeat", *managers)
    for watcher in managers:
        open_finding(office.works.brain, "heartbeat", fingerprint=f"f:{watcher}", level="today", watcher=watcher)
    refuse_to_create(office, monkeypatch, "wake-", "AccessDeniedException")

    office.run("heartbeat")

    assert open_items(office.works.brain) == ["wakes"]
    assert set(office.finding("item_failed")["evidence"]["errors"]) == set(managers)
