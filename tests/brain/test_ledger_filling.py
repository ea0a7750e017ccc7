"""The ledger is written ahead for any schedule that AWS takes, in bulk, and its old days become sums."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from company.watch.ledger import fill_ledger, retire_old_slots
from tests.support.acts import close_session, note_schedule, open_session, session_of
from tests.support.brains import MORNING, TestBrain
from tests.support.refusals import refused

SUMS = "SELECT status, sum(slots)::integer AS n FROM company.slot_days GROUP BY status"
SLOTS = "SELECT due_at, status FROM company.slots WHERE schedule = %(schedule)s ORDER BY due_at"


def deploy(
    brain: TestBrain, expression: str, timezone: str = "UTC", schedule: str = "data_worker", **more: Any
) -> None:
    note_schedule(brain, schedule, expression=expression, timezone=timezone, **more)


def filled(brain: TestBrain, schedule: str = "data_worker") -> list[datetime]:
    fill_ledger(brain.as_role("heartbeat"), brain.now())
    return [row["due_at"] for row in brain.sql("owner", SLOTS, schedule=schedule)]


@pytest.mark.parametrize(
    ("expression", "timezone", "slots"),
    [
        ("cron(0 12 * * ? *)", "Europe/Lisbon", 1),
        ("cron(0/15 * ? * WED *)", "UTC", 68),
        ("rate(2 hours)", "UTC", 14),
        ("at(2026-03-11T18:00:00)", "America/New_York", 1),
        ("at(2026-03-11T05:00:00)", "UTC", 0),
        ("cron(0 9 1 JAN ? 2031)", "UTC", 0),
    ],
)
def test_every_expression_of_aws_is_expected(brain: TestBrain, expression: str, timezone: str, slots: int) -> None:
    deploy(brain, expression, timezone)

    assert len(filled(brain)) == slots
    assert fill_ledger(brain.as_role("heartbeat"), brain.now()) == 0


def test_a_flexible_window_is_added_to_the_grace_of_present_and_future_slots(brain: TestBrain) -> None:
    deploy(brain, "rate(1 hour)", starts_at=MORNING)
    before = filled(brain)
    brain.as_role("heartbeat").run("note_window", schedule="data_worker", minutes=30)
    brain.wait(hours=4)

    added = set(filled(brain)) - set(before)

    assert added, "the later fill wrote slots of its own"
    graces = "SELECT DISTINCT grace FROM company.slots WHERE schedule = 'data_worker' AND due_at > company.now()"
    published = "SELECT grace + interval '30 minutes' AS grace FROM company.roster WHERE role = 'data_worker'"
    assert brain.sql("owner", graces) == brain.sql("owner", published)


@pytest.mark.parametrize("minutes", [-1, 1441])
def test_a_window_has_minutes_that_aws_accepts(brain: TestBrain, minutes: int) -> None:
    deploy(brain, "rate(1 hour)")

    with refused("a_window_is_at_most_a_day"):
        brain.as_role("heartbeat").run("note_window", schedule="data_worker", minutes=minutes)


def test_a_clock_change_neither_adds_nor_loses_a_fire(brain: TestBrain) -> None:
    brain.set_now(datetime(2026, 3, 28, 12, tzinfo=UTC))
    deploy(brain, "cron(30 * * * ? *)", "Europe/Berlin")

    due = filled(brain)

    assert [later - earlier for earlier, later in zip(due, due[1:], strict=False)] == [timedelta(hours=1)] * 25


def test_an_ended_schedule_expects_no_more_fires(brain: TestBrain) -> None:
    deploy(brain, "cron(0 * * * ? *)", ends_at=MORNING + timedelta(hours=3))

    assert max(filled(brain)) == MORNING + timedelta(hours=3)


def test_an_unreadable_expression_is_reported_and_stops_no_other_schedule(brain: TestBrain) -> None:
    deploy(brain, "cron(nonsense)")
    deploy(brain, "cron(0 * * * ? *)", schedule="check")

    assert len(filled(brain, "check")) > 20
    [reported] = brain.as_role("heartbeat").all("schedule_troubles")
    assert (reported["kind"], reported["schedule"]) == ("unreadable", "data_worker")


def test_a_rate_keeps_its_beat_from_fill_to_fill(brain: TestBrain) -> None:
    deploy(brain, "rate(7 minutes)")
    filled(brain)
    brain.wait(hours=1, minutes=3)

    due = filled(brain)

    assert {later - earlier for earlier, later in zip(due, due[1:], strict=False)} == {timedelta(minutes=7)}


def test_a_fire_shortly_after_its_slot_belongs_to_that_slot(brain: TestBrain) -> None:
    deploy(brain, "rate(7 minutes)")
    due = filled(brain)[1]
    brain.set_now(due + timedelta(minutes=2))

    session = session_of(brain, "data_worker", due_at=due + timedelta(minutes=2))
    close_session(brain, "data_worker", session)

    assert brain.sql("owner", SLOTS, schedule="data_worker")[1]["status"] == "succeeded"
    assert open_session(brain, "data_worker", due_at=due, request_id="other")["verdict"] == "duplicate"


def test_a_fire_between_two_slots_of_a_cron_belongs_to_no_slot(brain: TestBrain) -> None:
    deploy(brain, "cron(0 * * * ? *)")
    filled(brain)
    brain.wait(minutes=20)

    session_of(brain, "data_worker", due_at=brain.now())

    [reported] = brain.as_role("heartbeat").all("unexpected_fires")
    assert (reported["schedule"], reported["fires"]) == ("data_worker", 1)


def test_old_slots_become_sums_and_open_ones_stay(brain: TestBrain) -> None:
    deploy(brain, "cron(0 * * * ? *)")
    filled(brain)
    close_session(brain, "data_worker", session_of(brain, "data_worker", due_at=MORNING))
    brain.wait(days=1)
    brain.as_role("heartbeat").all("end_overdue_slots", most_attempts=3, event_age_seconds=3600)
    brain.wait(days=91)

    retired = retire_old_slots(brain.as_role("heartbeat"))

    sums = {row["status"]: row["n"] for row in brain.sql("owner", SUMS)}
    assert retired == sum(sums.values()) == 24
    assert sums["succeeded"] == 1
    assert {row["status"] for row in brain.sql("owner", SLOTS, schedule="data_worker")} == {"expected"}
    assert brain.sql("owner", "SELECT outcome FROM company.sessions WHERE schedule = 'data_worker'") != []


def test_nothing_counts_as_old_within_a_month(brain: TestBrain) -> None:
    with refused("a_slot_is_kept_for_a_month"):
        brain.as_role("heartbeat").run("retire_old_slots", keep_days=29, at_most=10)
