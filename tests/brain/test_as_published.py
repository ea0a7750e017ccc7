"""Whether a schedule is deployed as its record says: kept correct by triggers, in any order of writes."""

import random
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import psycopg
import pytest

from tests.support.brains import TestBrain

COMPARED = """
SELECT r.role FROM company.roster r LEFT JOIN company.schedules s ON s.schedule = r.role
WHERE r.is_deployed_as_published IS DISTINCT FROM coalesce(
  s.gone_at IS NULL AND s.state = 'ENABLED' AND s.unreadable IS NULL AND s.expression = r.schedule_expression
  AND s.timezone = r.schedule_timezone, false)
"""
DEPLOYED = """
INSERT INTO company.schedules (schedule, role, expression, timezone, state, modified_at, seen_at)
SELECT role, role, schedule_expression, schedule_timezone, 'ENABLED', company.now(), company.now() FROM company.roster
WHERE schedule_expression IS NOT NULL
"""
CHANGES = (
    "UPDATE company.schedules SET state = 'DISABLED' WHERE schedule = %(role)s",
    "UPDATE company.schedules SET state = 'ENABLED' WHERE schedule = %(role)s",
    "UPDATE company.schedules SET expression = 'rate(7 minutes)' WHERE schedule = %(role)s",
    "UPDATE company.schedules SET timezone = 'Europe/Lisbon' WHERE schedule = %(role)s",
    "UPDATE company.schedules SET gone_at = company.now() WHERE schedule = %(role)s",
    "UPDATE company.schedules SET gone_at = NULL, unreadable = NULL WHERE schedule = %(role)s",
    "UPDATE company.schedules SET unreadable = 'cron(x)' WHERE schedule = %(role)s",
    "DELETE FROM company.schedules WHERE schedule = %(role)s",
    "UPDATE company.roster SET schedule_expression = 'rate(7 minutes)' WHERE role = %(role)s",
    "UPDATE company.roster SET schedule_timezone = 'Europe/Lisbon' WHERE role = %(role)s",
    "UPDATE company.roster SET schedule_expression = NULL WHERE role = %(role)s",
    "UPDATE company.roster SET is_deployed_as_published = NOT is_deployed_as_published WHERE role = %(role)s",
)
"""Every change to either side, and the attempt to write the answer itself."""
REDEPLOY = "UPDATE company.schedules SET expression = 'rate(7 minutes)' WHERE schedule = 'score'"
REPUBLISH = "UPDATE company.roster SET schedule_expression = 'rate(7 minutes)' WHERE role = 'score'"


def test_a_company_just_deployed_is_as_published(brain: TestBrain) -> None:
    admin = brain.admin
    admin.execute(DEPLOYED)

    different = "SELECT role FROM company.roster WHERE NOT is_deployed_as_published AND schedule_expression IS NOT NULL"
    assert admin.execute(different).fetchall() == []


def test_the_answer_stays_correct_whichever_side_changes(brain: TestBrain) -> None:
    admin = brain.admin
    admin.execute(DEPLOYED)
    roles = [row["role"] for row in admin.execute("SELECT role FROM company.roster ORDER BY role")]
    chance = random.Random(20260312)

    for _ in range(120):
        admin.execute(chance.choice(CHANGES), {"role": chance.choice(roles)})

    assert admin.execute(COMPARED).fetchall() == []


@pytest.mark.parametrize("first, second", [(REDEPLOY, REPUBLISH), (REPUBLISH, REDEPLOY)], ids=["deploy", "publish"])
def test_record_and_schedule_changed_at_once_still_agree(brain: TestBrain, first: str, second: str) -> None:
    one, other = brain.admin, brain.admin
    one.execute(DEPLOYED)
    with ThreadPoolExecutor(max_workers=1) as background:
        one.execute("BEGIN")
        one.execute(first.encode())

        waits = background.submit(other.execute, second.encode())
        wait_until_blocked(brain, other, waits)
        one.execute("COMMIT")
        waits.result(timeout=10)

    assert one.execute(COMPARED).fetchall() == []
    assert one.execute("SELECT is_deployed_as_published FROM company.roster WHERE role = 'score'").fetchone() == {
        "is_deployed_as_published": True
    }


def wait_until_blocked(brain: TestBrain, login: psycopg.Connection[Any], step: Future[Any]) -> None:
    """Returns once the other connection waits for a lock; fails if it finished instead."""
    blocked = "SELECT cardinality(pg_blocking_pids(%(pid)s)) > 0 AS yes"
    while not brain.owner.connection.execute(blocked, {"pid": login.info.backend_pid}).fetchone()["yes"]:  # type: ignore[index]
        assert not step.done(), "this step should have waited"


def test_a_ledger_filled_further_is_no_change(brain: TestBrain) -> None:
    admin = brain.admin
    admin.execute(DEPLOYED)
    before = admin.execute("SELECT xmin::text FROM company.roster WHERE role = 'score'").fetchone()

    admin.execute("UPDATE company.schedules SET filled_until = company.now(), unreadable = NULL")

    assert admin.execute("SELECT xmin::text FROM company.roster WHERE role = 'score'").fetchone() == before
