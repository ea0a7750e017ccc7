"""Every command that answers or changes does so for a stack: by the owner's login and AWS's own interfaces."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from company.aws.clients import Cloud
from tests.cli.conftest import Watchbill
from tests.cli.stacks import STACK, founded, point_the_shell_at
from tests.cloud.companies import run_of
from tests.support import days
from tests.support.brains import TestBrain
from watchbill.cli import stack as stacks
from watchbill.cli.choice import take_choice
from watchbill.cloud import logs
from watchbill.cloud.aws import LocalAws, desk_cloud
from watchbill.cloud.runtime import Invocation

ANSWERS = (
    ("decide", "D-1", "yes"),
    ("approvals", "deliver", "ask"),
    ("customers", "add", "Oak & Co", "--email", "o@oak.example"),
    ("customers", "pause", "Oak & Co"),
    ("customers", "resume", "Oak & Co"),
    ("customers", "key", "Oak & Co"),
    ("findings", "mute", "F-1", "--until", "2026-03-20"),
    ("cost", "--limit", "company=3.00"),
    ("audits", "--tests", "on"),
    ("stop",),
    ("start",),
    ("pause", "content_worker", "--why", "holidays"),
    ("resume", "content_worker"),
    ("invoke", "heartbeat"),
)


@pytest.fixture
def stack(brain: TestBrain, home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalAws]:
    """A company after a bad day in moto: its stack, a schedule, its bucket."""
    days.a_bad_day(brain)
    with desk_cloud() as cloud:
        point_the_shell_at(cloud, monkeypatch)
        cloud.client("s3").create_bucket(Bucket="kept")
        cloud.client("s3").put_object(Bucket="kept", Key="raw/a.json", Body=b"{}")
        _schedule(cloud, brain.company.name, "content_worker")
        with founded(cloud, brain, BUCKET="kept"):
            found = stacks.find_company(STACK, Cloud())
            monkeypatch.setattr(stacks, "_looked_up", lambda _: found)
            monkeypatch.setattr(stacks.StackCompany, "invoke", _called)
            yield cloud
    take_choice([], {})


def _called(_: stacks.StackCompany, role: str, event: object = None) -> Invocation:
    """moto runs no function without a container engine."""
    return run_of(role, "r", "ok", {"outcome": "done"})


def _schedule(cloud: LocalAws, group: str, name: str) -> None:
    cloud.client("scheduler").create_schedule_group(Name=group)
    cloud.client("scheduler").create_schedule(
        Name=name,
        GroupName=group,
        ScheduleExpression="rate(1 hour)",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={"Arn": f"arn:aws:lambda:us-east-1:1:function:{group}-{name}", "RoleArn": "arn:aws:iam::1:role/x"},
    )


def test_what_answers_or_changes_does_so_for_a_stack(watchbill: Watchbill, stack: LocalAws, tmp_path: Path) -> None:
    for command in ANSWERS:
        done = watchbill(*command, "--aws", STACK)
        assert (done.code, done.err) == (0, ""), (command, done)

    out = str(tmp_path / "left")
    assert "1 file of the bucket" in watchbill("leave", "--to", out, "--aws", STACK).out
    assert (tmp_path / "left" / "bucket" / "raw" / "a.json").read_bytes() == b"{}"
    assert "Oak & Co" in watchbill("customers", "dashboard", "Oak & Co", "--json", "--aws", STACK).out
    assert watchbill("logs", "--aws", STACK).code == 0


def test_of_a_stacks_lines_only_those_of_the_time_asked_for_are_read(
    watchbill: Watchbill, stack: LocalAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    """CloudWatch keeps a month of each function's, and gives ten thousand in a request."""
    begins = list[float]()

    def no_events(_cloud: object, _prefix: str, begin: float, _pattern: str) -> list[object]:
        begins.append(begin)
        return []

    monkeypatch.setattr(logs, "_events", no_events)

    for since in ("1h", "3h"):
        watchbill("logs", "--since", since, "--aws", STACK)

    of_one_hour, of_three = begins
    assert of_three > 0 and round((of_one_hour - of_three) / 3_600_000, 1) == 2


def test_the_doctor_of_a_stack_names_each_check_and_ends_with_1_where_one_failed(
    watchbill: Watchbill, stack: LocalAws
) -> None:
    done = watchbill("doctor", "--json", "--aws", STACK)

    found = {one["name"]: one["is_ok"] for one in json.loads(done.out)}
    assert done.code == 1 and {"credentials", "zone", "sender", "topic", "last beat", "alarms"} <= set(found)
    assert not found["topic"] and not found["sender"]
