"""PROMISED: whether the failure that a change is for stayed away for two weeks after the change was live."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from company.brief.changes import BriefDeployment, PromisedChange, SeenFailure
from tests.brain.test_changes import judge, propose
from tests.brain.test_deployments import LIVE, begin, step
from tests.brief.conftest import Gather, Write
from tests.support import days
from tests.support.acts import claim, close_session, file_task, session_of
from tests.support.brains import MORNING, TestBrain

UTC = ZoneInfo("UTC")
FIRST = SeenFailure(kind="failed", message="503 from 'the route' after 3 tries")


def promise(*later: tuple[timedelta, str], signature: str | None = None, days_tried: int = 14) -> PromisedChange:
    seen = [SeenFailure(at=(MORNING + after).isoformat(), kind="failed", message=text) for after, text in later]
    return PromisedChange(
        7, "x: a comes as A", MORNING, signature, days_tried, [FIRST] if signature is None else [], seen
    )


@pytest.mark.parametrize(
    ("later", "until", "says"),
    [
        ([], timedelta(days=2, hours=3), "day 3 of 14 without its failure, live since Wed 07:00"),
        ([], timedelta(days=14, hours=1), "kept, 14 days without its failure, live since 11 Mar 2026 07:00"),
        (
            [(timedelta(days=12, hours=4), FIRST["message"])],
            timedelta(days=13),
            "its failure came back Mon 11:00, on day 13",
        ),
        (
            [(timedelta(days=12), '503  FROM "another one"   after 41 tries')],
            timedelta(days=20),
            "its failure came back 23 Mar 2026 07:00, on day 13",
        ),
        ([(timedelta(days=1), "404 from 'the route' after 3 tries, and it moved")], timedelta(days=2), "day 3 of 14"),
    ],
    ids=["counting", "kept", "on day 13", "another spelling", "another failure"],
)  # fmt: skip
def test_a_promise_is_counted_kept_or_broken(later: list[tuple[timedelta, str]], until: timedelta, says: str) -> None:
    assert promise(*later).line(MORNING + until, UTC).startswith(f"C-7 (x: a comes as A): {says}")


@pytest.mark.parametrize(
    ("days", "days_tried", "says"),
    [
        (0, 0, "day 1 of 14 without its failure, live since"),
        (1, 0, "nothing of its kind was tried, so nobody knows, live since"),
        (3, 3, "day 4 of 14 without its failure, live since"),
        (9, 2, "day 10 of 14 without its failure, tried on 2 of these days, live since"),
        (14, 13, "kept, 14 days without its failure, tried on 13 of these days, live since"),
        (15, 0, "nothing of its kind was tried, so nobody knows, live since"),
    ],
)
def test_days_on_which_nothing_was_tried_show_nothing(days: int, days_tried: int, says: str) -> None:
    line = promise(days_tried=days_tried).line(MORNING + timedelta(days=days, hours=1), UTC)

    assert line.startswith(f"C-7 (x: a comes as A): {says}")


def test_the_signature_that_a_lesson_was_filed_under_is_the_failures_own() -> None:
    again = promise((timedelta(days=1), "503 from 'x' after 9 tries"), signature="failed: # from '...' after # tries")

    assert again.came_back_at == MORNING + timedelta(days=1)


def test_a_deployment_is_one_line_with_the_moments_of_its_steps() -> None:
    hour = timedelta(hours=1)
    kept = BriefDeployment(7, "x: a", "kept", MORNING, MORNING + hour, MORNING + 2 * hour, "3 fires worked", 13)
    stopped = BriefDeployment(8, "x: b", "withdrawn", MORNING, None, MORNING, "deploy is not open any more", 0)

    assert (
        kept.line(MORNING, UTC)
        == "C-7 x: a: began Wed 07:00, live Wed 08:00 in 13 functions, kept Wed 09:00: 3 fires worked"
    )
    assert stopped.line(MORNING, UTC) == "C-8 x: b: began Wed 07:00, withdrawn Wed 07:00: deploy is not open any more"


def deployed(brain: TestBrain, at: datetime) -> int:
    """A change for a root cause of data_worker, live at this moment."""
    brain.owner.run("set_approval", action="deploy", level="open")
    brain.set_now(at)
    payload = {"kind": "root_cause", "role": "data_worker", "signature": "failed: # from the route"}
    file_task(brain, "memory_worker", mode="build", payload=payload)
    session = session_of(brain, "build_worker")
    task = claim(brain, "build_worker", session, mode="build")
    assert task is not None
    judge(brain, change := propose(brain, of={"task_id": task, "session_id": session}))
    step(brain, begin(brain, change), "live", LIVE)
    return change


def fails(brain: TestBrain, at: datetime, reason: str) -> None:
    brain.set_now(at)
    close_session(brain, "data_worker", session_of(brain, "data_worker"), "failed", reason=reason)


def promised(brief: Write) -> str:
    return " ".join(brief().page.section("PROMISED").lines)


def test_the_brief_says_of_each_live_change_whether_its_failure_came_back(brain: TestBrain, brief: Write) -> None:
    days.a_quiet_day(brain)
    change = deployed(brain, days.BRIEF_AT - timedelta(hours=20))
    fails(brain, days.BRIEF_AT - timedelta(hours=12), "no room on the disk")
    brain.set_now(days.BRIEF_AT)
    assert f"C-{change} (x: a comes as A): day 1 of 14 without its failure" in promised(brief)

    fails(brain, days.BRIEF_AT - timedelta(hours=2), "503  from THE route")
    brain.set_now(days.BRIEF_AT)
    assert f"C-{change} (x: a comes as A): its failure came back Thu 04:50, on day 1" in promised(brief)
    [line] = brief().page.section("DOMAINS").notes
    assert line.startswith(f"C-{change} x: a comes as A: began Wed 10:50, live Wed 10:50 in 1 function")

    admin: dict[str, Any] = {"at": days.BRIEF_AT}
    days.write(brain, "UPDATE company.deployments SET status = 'rolled_back', ended_at = %(at)s, reason = 'r'", **admin)
    assert f"C-{change}" not in promised(brief)


def test_a_payload_that_is_no_task_of_ours_stops_no_brief(brain: TestBrain, facts: Gather) -> None:
    days.a_quiet_day(brain)
    deployed(brain, days.BRIEF_AT - timedelta(hours=20))
    days.write(
        brain, """UPDATE company.task_queue SET payload = '{"raw_id": "x; DROP", "source": 3, "session_id": []}'"""
    )
    brain.set_now(days.BRIEF_AT)

    [row] = facts().promised_changes
    assert (row.signatures, row.came_back_at) == (set(), None)


@pytest.mark.parametrize(
    ("fails_on_day", "says"),
    [(12, "its failure came back"), (14, "kept, 14 days without its failure, tried on 1 of these days")],
    ids=["on day 13", "on day 15"],
)
def test_two_weeks_are_measured_and_not_a_day_more(
    brain: TestBrain, facts: Gather, fails_on_day: int, says: str
) -> None:
    days.a_quiet_day(brain)
    live_at = days.BRIEF_AT - timedelta(days=14, hours=3)
    change = deployed(brain, live_at)
    fails(brain, live_at + timedelta(hours=2), "no room on the disk")
    fails(brain, live_at + timedelta(days=fails_on_day, hours=1), "503 from THE route")
    brain.set_now(days.BRIEF_AT)

    [row] = facts().promised_changes

    assert row.line(days.BRIEF_AT, UTC).startswith(f"C-{change} (x: a comes as A): {says}")
