"""Attacks Lambda's asynchronous retries on the desk: same event, same request id, then the queue."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cloud.companies import MINUTE, MORNING, FakeFunctions, messages, played, run_of, small_company, when
from watchbill.cloud.aws import LocalAws
from watchbill.cloud.runtime.report import timeout_error
from watchbill.cloud.template.loader import Deployed
from watchbill.drill.mechanics import plant_mute


@pytest.fixture
def stack(cloud: LocalAws, tmp_path: Path) -> Deployed:
    return small_company(cloud, tmp_path)


def test_a_failed_fire_is_tried_twice_more_with_the_same_event_and_request_id(cloud: LocalAws, stack: Deployed) -> None:
    fails = FakeFunctions(
        lambda name, event, request_id: run_of(name, request_id, "error" if "early" in name else "ok")
    )

    fires = played(cloud, stack, fails, hours=0.4)

    of_early = [fire for fire in fires if fire.attempt.schedule == "early"]
    assert when(of_early) == [("early", 0), ("early", 1), ("early", 3)]
    assert len({(fire.attempt.request_id, str(fire.attempt.event)) for fire in of_early}) == 1


def test_a_fire_that_failed_for_good_waits_in_the_failure_queue_as_aws_writes_it(
    cloud: LocalAws, stack: Deployed
) -> None:
    error = {"errorType": "ValueError", "errorMessage": "no"}
    fails = FakeFunctions(lambda name, event, request_id: run_of(name, request_id, "error", error))

    plant_mute(cloud, "small", "late")
    played(cloud, stack, fails, hours=0.4)

    (message,) = messages(cloud, "small-Failed")
    assert message["requestContext"] == {
        "requestId": fails.runs[0][2],
        "functionArn": "arn:aws:lambda:us-east-1:123456789012:function:small-early:$LATEST",
        "condition": "RetriesExhausted",
        "approximateInvokeCount": 3,
    }
    assert message["requestPayload"] == fails.runs[0][1]
    assert message["responseContext"]["functionError"] == "Unhandled"
    assert message["responsePayload"] == error


def test_a_fire_that_recovers_leaves_no_message(cloud: LocalAws, stack: Deployed) -> None:
    fails_once = FakeFunctions(
        lambda name, event, request_id: run_of(name, request_id, "ok" if len(fails_once.runs) > 2 else "crashed")
    )

    fires = played(cloud, stack, fails_once, hours=0.4)

    assert [fire.attempt.number for fire in fires if fire.attempt.schedule == "early"] == [1, 2]
    assert messages(cloud, "small-Failed") == []


def test_a_hung_fire_ends_at_its_timeout_and_is_tried_again_a_minute_later(cloud: LocalAws, stack: Deployed) -> None:
    error = timeout_error(stack.function("early").spec, "a request")
    ends = {"small-early": ("timeout", error)}
    hangs = FakeFunctions(lambda name, event, request_id: run_of(name, request_id, *ends.get(name, ("ok",))))

    fires = played(cloud, stack, hangs, hours=0.4)

    of_early = [fire for fire in fires if fire.attempt.schedule == "early"]
    assert [fire.ended_at - MORNING for fire in of_early] == [1 * MINUTE, 3 * MINUTE, 6 * MINUTE]
    assert [fire.attempt.start_at - MORNING for fire in of_early] == [0 * MINUTE, 2 * MINUTE, 5 * MINUTE]
    assert messages(cloud, "small-Failed")[0]["responsePayload"]["errorType"] == "Sandbox.Timedout"


def test_an_event_older_than_the_function_allows_is_given_up_early(cloud: LocalAws, tmp_path: Path) -> None:
    stack = small_company(cloud, tmp_path, lambda text: text.replace("InSeconds: 3600", "InSeconds: 90"))
    fails = FakeFunctions(lambda name, event, request_id: run_of(name, request_id, "error"))

    fires = played(cloud, stack, fails, hours=0.4)

    assert [fire.attempt.number for fire in fires] == [1, 1, 2, 2]
    assert {message["requestContext"]["condition"] for message in messages(cloud, "small-Failed")} == {
        "EventAgeExceeded"
    }
