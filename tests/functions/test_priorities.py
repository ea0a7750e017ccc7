"""The CEO's order of work: tasks about an open finding come first, tasks that waited long move up."""

from datetime import timedelta
from typing import Any

import pytest

from ceo.priorities import least_priority
from tests.support.acts import file_task, open_finding, task_row
from tests.support.brains import MORNING, TestBrain
from tests.support.findings import a_finding
from tests.support.fires import Fires
from tests.support.tasks import a_task
from watchbill.cloud.aws import LocalAws

FINDING = a_finding(id=7, subject="a_feed")


@pytest.mark.parametrize(
    ("payload", "days", "wanted"),
    [({"source": "a_feed"}, 0, 2), ({"source": "another"}, 0, 5), ({}, 1, 4), ({}, 9, 2)],
)
def test_the_reason_decides_the_priority(payload: dict[str, Any], days: int, wanted: int) -> None:
    assert least_priority(a_task(payload=payload), [FINDING], MORNING + timedelta(days=days))[0] == wanted


def test_a_task_about_an_open_finding_is_moved_up_once_with_the_reason(
    brain: TestBrain, fire: Fires, cloud: LocalAws
) -> None:
    cloud.client("s3").create_bucket(Bucket="company")
    task = file_task(brain, payload={"source": "a_feed"})
    finding = open_finding(brain, level="today")
    noon = brain.wait(hours=6)

    first = fire("ceo", cloud=cloud, bucket="company", due_at=noon)
    again = fire("ceo", cloud=cloud, bucket="company", due_at=brain.wait(hours=1), request_id="again")

    assert (first["evidence"]["reordered"], again["evidence"]["reordered"]) == (1, 0)
    assert task_row(brain, task)["priority"] == 2
    [event] = brain.sql("owner", "SELECT reason FROM company.task_events WHERE by_role = 'ceo'")
    assert event["reason"] == f"F-{finding} is about a_feed"
