"""One transaction that a login keeps open stops neither the watch nor the other roles."""

from contextlib import closing
from typing import Any

import pytest

from tests.brain.test_logins import server_logins
from tests.brain.test_second_clocks import BEAT
from tests.support.acts import open_finding, send_message, session_of
from tests.support.brains import TestBrain, run_sql
from tests.support.races import impatient, standing_open

__all__ = ["server_logins"]
WORKERS = ("data_worker", "content_worker", "build_worker", "research_worker", "scraping_worker", "ingest_worker")
RECORD = {"slots_looked_at": 1, "schedules_seen": 1, "left_out": []}
STALE = "SELECT closed_at IS NOT NULL AS is_closed FROM company.findings WHERE kind = 'stale_beat'"


def answers_mail(brain: TestBrain, role: str, messages: list[int]) -> None:
    """The role answers its mail in a transaction that it never ends."""
    holder = standing_open(brain, role)
    for message in messages:
        run_sql(holder.connection, "SELECT company.answer_message(%(m)s::bigint, 'x')", m=message)


def session_that_read(brain: TestBrain, role: str) -> tuple[int, int]:
    """An open session that took its role and read a message, and that message."""
    message = send_message(brain, "ceo", role)
    reader = brain.connect(role)
    session = session_of(brain, role, schedule=f"wake-{role}-{message}", via=reader)
    run_sql(reader.connection, "SELECT company.take_role_lease(%(s)s::bigint)", s=session)
    assert [mail["id"] for mail in reader.all("read_inbox")] == [message]
    return session, message


def test_heartbeat_waits_two_seconds_for_a_lock_and_others_wait_as_long_as_they_work(brain: TestBrain) -> None:
    shown = {role: brain.sql(role, "SHOW lock_timeout")[0]["lock_timeout"] for role in ("heartbeat", "check", "ceo")}

    assert shown == {"heartbeat": "2s", "check": "0", "ceo": "0"}


def test_no_function_that_heartbeat_may_call_waits_longer_than_its_login(brain: TestBrain) -> None:
    """A function's own setting would be stronger than the login's."""
    longer = """SELECT p.oid::regprocedure::text AS name, config FROM pg_proc p, unnest(p.proconfig) AS config
      WHERE has_function_privilege(%(login)s, p.oid, 'EXECUTE') AND p.pronamespace = 'company'::regnamespace
        AND config LIKE 'lock_timeout=%%' AND config NOT IN ('lock_timeout=1s', 'lock_timeout=2s')"""

    assert run_sql(brain.as_login("superuser"), longer, login=f"{brain.company.name}_heartbeat") == []


def test_a_login_that_is_changing_itself_holds_up_no_other_login_that_is_put_back(server_logins: TestBrain) -> None:
    brain, alter = server_logins, "ALTER ROLE \"{}_{}\" SET work_mem = '5MB'"
    for role in ("check", "data_worker"):
        brain.sql(role, alter.format(brain.company.name, role))

    with closing(standing_open(brain, "check")) as holder:
        run_sql(holder.connection, alter.format(brain.company.name, "check"))
        restored = impatient(brain, "heartbeat").all("restore_logins")

    problems = {row["role"]: row["problem"] for row in restored}
    assert problems == {"check": "canceling statement due to lock timeout", "data_worker": None}


def test_a_session_whose_mail_is_held_is_left_and_the_others_end(brain: TestBrain) -> None:
    held, message = session_that_read(brain, "content_worker")
    other = session_of(brain, "check")
    answers_mail(brain, "content_worker", [message])
    brain.wait(hours=2)

    ended = impatient(brain, "heartbeat").all("end_overdue_sessions")

    assert {row["session_id"]: row["problem"] is None for row in ended} == {held: False, other: True}


def test_however_many_rows_are_held_a_statement_ends_soon(brain: TestBrain) -> None:
    for role in WORKERS:
        _, message = session_that_read(brain, role)
        answers_mail(brain, role, [message])
    brain.wait(hours=2)
    heartbeat = impatient(brain, "heartbeat", seconds=7)

    ended = heartbeat.all("end_overdue_sessions")

    assert [row["problem"] for row in ended] == ["canceling statement due to lock timeout"] * len(WORKERS)


def test_a_finding_that_is_held_holds_up_the_escalation_of_no_other(brain: TestBrain) -> None:
    finding: dict[str, Any] = {"kind": "stale", "level": "today", "subject": "a", "watcher": "data_manager"}
    held = open_finding(brain, "data_auditor", fingerprint="0", **finding)
    other = open_finding(brain, "content_auditor", fingerprint="1", **finding)
    brain.wait(hours=30)
    open_finding_again = {**finding, "fingerprint": "0", "title": "t", "effect": "", "evidence": {}, "accused": None}
    standing_open(brain, "data_auditor").one("open_finding", **open_finding_again)

    escalated = impatient(brain, "heartbeat").all("escalate_findings")

    assert [row["finding_id"] for row in escalated] == [other]
    assert held != other


@pytest.mark.parametrize("is_held", [True, False])
def test_a_beat_is_recorded_at_once_whoever_holds_the_finding_about_it(brain: TestBrain, is_held: bool) -> None:
    run_sql(brain.as_login("migrate"), BEAT, s=session_of(brain, "heartbeat"), out="{}")
    brain.wait(minutes=20)
    brain.as_role("content_worker").value("notice_stale_beat")
    if is_held:
        standing_open(brain, "check").value("notice_stale_beat")
    brain.wait(minutes=1)
    heartbeat = impatient(brain, "heartbeat")
    heartbeat.connection.execute("SET lock_timeout = 0")

    heartbeat.run("record_beat", session_id=session_of(brain, "heartbeat"), **RECORD)

    assert brain.sql("owner", "SELECT count(*) AS n FROM company.beats") == [{"n": 2}]
    assert brain.sql("owner", STALE) == [{"is_closed": not is_held}]
