"""The database's own clock and any boot check heartbeat: one finding, one alert, closed when it beats again."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from company.brain.database_clock import JOBS, PURGE, install_cron_job
from company.outcomes import Done
from tests.support.acts import session_of
from tests.support.brains import MORNING, TestBrain, run_sql
from tests.support.fires import Fires
from tests.support.poison import poisoned
from tests.support.refusals import NO_RIGHT, refused

BEAT = """
INSERT INTO company.beats (at, session_id, slots_looked_at, schedules_seen, left_out)
VALUES (company.now(), %(s)s, 1, 1, %(out)s)
"""
SLOT = """
INSERT INTO company.slots (schedule, due_at, role, status, reason, ended_at)
VALUES (%(r)s, %(at)s, %(r)s, %(st)s, %(w)s, %(e)s)
"""
CRON = """
CREATE SCHEMA cron;
CREATE TABLE cron.job (jobname text, schedule text, command text);
CREATE FUNCTION cron.schedule(text, text, text) RETURNS bigint LANGUAGE sql AS
$$ INSERT INTO cron.job VALUES ($1, $2, $3); SELECT 1::bigint $$;
"""
Tick = Callable[[], list[str]]


def beat(brain: TestBrain, left_out: str = "{}") -> None:
    run_sql(brain.as_login("migrate"), BEAT, s=session_of(brain, "heartbeat"), out=left_out)
    slot(brain, "data_worker", brain.now() + timedelta(hours=1))


def slot(brain: TestBrain, role: str, at: Any, status: str = "expected") -> None:
    ended = None if status in ("expected", "running") else brain.now()
    run_sql(brain.as_login("migrate"), SLOT, r=role, at=at, st=status, w="asleep", e=ended)


@pytest.fixture
def tick(brain: TestBrain) -> Tick:
    """One tick of the database's clock; the alarms that are open."""
    return lambda: [row["alarm"] for row in brain.owner.all("run_database_clock")]


def findings(brain: TestBrain) -> list[dict[str, Any]]:
    return list(brain.sql("owner", "SELECT * FROM company.findings ORDER BY id"))


def count_alerts(brain: TestBrain) -> int:
    return int(brain.sql("owner", "SELECT count(*) AS n FROM company.alerts")[0]["n"])


def test_a_company_without_a_first_beat_is_reported_an_hour_after_it_opened(brain: TestBrain, tick: Tick) -> None:
    brain.wait(minutes=30)
    early = tick()
    brain.wait(hours=1)

    assert (early, tick()) == ([], ["beat:heartbeat"])
    assert findings(brain)[0]["title"] == "heartbeat has never sent a beat"


def test_a_stale_beat_is_one_finding_and_one_alert_and_ends_with_the_next_beat(brain: TestBrain, tick: Tick) -> None:
    beat(brain)
    for _ in range(3):
        brain.wait(minutes=8)
        tick()
    [reported] = findings(brain)
    brain.wait(minutes=1)
    beat(brain)

    [over] = findings(brain)
    assert (reported["fingerprint"], reported["level"], reported["found_by"]) == (
        "beat:heartbeat",
        "ring",
        "database_clock",
    )
    assert count_alerts(brain) == 1
    assert over["resolution"] == "heartbeat beats again; it sent no beat for 0 h 25 min"


def test_time_in_which_a_desk_slept_is_no_stale_beat(brain: TestBrain, tick: Tick) -> None:
    beat(brain)
    due_at = brain.wait(hours=7)
    slot(brain, "heartbeat", due_at - timedelta(hours=1), "withdrawn")

    assert tick() == []


def test_a_ledger_that_expects_nothing_is_an_alert(brain: TestBrain, tick: Tick) -> None:
    beat(brain)
    run_sql(brain.as_login("migrate"), "DELETE FROM company.slots WHERE schedule = 'data_worker'")

    assert tick() == ["ledger:empty"]


def test_thirty_short_ledgers_are_one_finding(brain: TestBrain, tick: Tick) -> None:
    run_sql(
        brain.as_login("migrate"),
        "INSERT INTO company.schedules (schedule, role, expression, state, modified_at, seen_at)"
        " SELECT role, role, 'rate(1 hour)', 'ENABLED', company.now(), company.now() FROM company.roster"
        " WHERE schedule_expression IS NOT NULL",
    )
    brain.wait(minutes=20)
    beat(brain)

    assert tick() == ["ledger:short"]
    assert len(findings(brain)[0]["evidence"]) > 30
    assert count_alerts(brain) == 1


def test_a_missing_brief_is_an_alert_after_forty_minutes_until_it_is_sent(brain: TestBrain, tick: Tick) -> None:
    slot(brain, "ceo", MORNING - timedelta(minutes=10), "missed")
    brain.wait(minutes=25)
    early = tick()
    brain.wait(minutes=6)
    late = tick()
    run_sql(
        brain.as_login("migrate"),
        "INSERT INTO company.briefs (brief_date, covers_from, covers_to, subject, body, html, facts, written_by,"
        " sent_at)"
        " VALUES ('2026-03-11', company.now(), company.now(), 's', 'b', 'h', '{}', 'ceo', company.now())",
    )

    assert (early, late, tick()) == ([], ["brief_late:2026-03-11"], [])
    assert findings(brain)[0]["closed_by"] == "database_clock"


def test_one_poisoned_alarm_leaves_the_others_ringing(brain: TestBrain, tick: Tick) -> None:
    slot(brain, "ceo", MORNING - timedelta(minutes=10), "missed")
    brain.wait(hours=2)
    lines: list[str] = []
    brain.owner.connection.add_notice_handler(lambda notice: lines.append(notice.message_primary or ""))

    with poisoned(brain, "findings", "NEW.fingerprint = 'beat:heartbeat'", on="INSERT"):
        alarms = tick()

    assert alarms == ["beat:heartbeat", "brief_late:2026-03-11"]
    assert [row["fingerprint"] for row in findings(brain)] == ["brief_late:2026-03-11"]
    assert "WATCHBILL ALARM beat:heartbeat: could not be kept: poisoned row" in lines


def test_a_check_that_cannot_look_is_a_finding_until_it_can_again(brain: TestBrain, tick: Tick) -> None:
    slot(brain, "ceo", MORNING - timedelta(minutes=10), "missed")
    brain.wait(hours=2)
    admin = brain.as_login("superuser")
    run_sql(admin, "ALTER FUNCTION company.ledger_check() RENAME TO set_aside")
    during, [blind] = tick(), [row for row in findings(brain) if row["kind"] == "clock_cannot_look"]
    run_sql(admin, "ALTER FUNCTION company.set_aside() RENAME TO ledger_check")

    after = tick()

    assert during == ["beat:heartbeat", "clock:ledger_check", "brief_late:2026-03-11"]
    assert (blind["level"], blind["watcher"]) == ("ring", "ceo")
    assert after == ["beat:heartbeat", "brief_late:2026-03-11"]
    assert [row["closed_by"] for row in findings(brain) if row["kind"] == "clock_cannot_look"] == ["database_clock"]


def test_what_is_over_ends_also_while_another_check_cannot_look(brain: TestBrain, tick: Tick) -> None:
    brain.wait(hours=2)
    tick()
    run_sql(brain.as_login("superuser"), "ALTER FUNCTION company.flow_alarm() RENAME TO set_aside")
    slot(brain, "heartbeat", brain.now() - timedelta(minutes=1), "withdrawn")

    tick()

    assert {row["fingerprint"]: row["closed_at"] is None for row in findings(brain)} == {
        "beat:heartbeat": False,
        "clock:flow_alarm": True,
    }


def test_three_incomplete_beats_ring_and_a_whole_one_ends_it(brain: TestBrain, tick: Tick) -> None:
    beats = []
    for left_out in ("{}", '{"wakes: 1 of 2 (ceo)"}', '{"wakes: 1 of 2 (ceo)"}', '{"wakes: 1 of 2 (ceo)"}', "{}"):
        brain.wait(minutes=5)
        beat(brain, left_out)
        beats.append(tick())

    assert beats == [[], [], [], ["beat:incomplete"], []]
    [over] = findings(brain)
    assert (over["level"], over["accused"], count_alerts(brain)) == ("ring", "heartbeat", 1)
    assert over["resolution"] == "heartbeat does all again"


def test_any_boot_notices_incomplete_beats(brain: TestBrain, fire: Fires) -> None:
    for _ in range(3):
        brain.wait(minutes=5)
        beat(brain, '{"waking"}')

    fire("check", lambda _: Done({"looked": 1}))

    [reported] = findings(brain)
    assert (reported["kind"], reported["found_by"]) == ("incomplete_beat", "any_boot")


def test_a_boot_works_also_where_its_notice_is_refused(brain: TestBrain, fire: Fires) -> None:
    beat(brain)
    brain.wait(minutes=16)
    run_sql(brain.as_login("superuser"), "ALTER FUNCTION company.notice_stale_beat() RENAME TO set_aside")

    assert fire("check", lambda _: Done({"looked": 1}))["outcome"] == "done"


def test_a_beat_is_kept_also_where_the_finding_about_it_cannot_be_closed(brain: TestBrain, tick: Tick) -> None:
    beat(brain)
    brain.wait(minutes=20)
    tick()

    with poisoned(brain, "findings", "OLD.fingerprint = 'beat:heartbeat'"):
        beat(brain)

    assert len(brain.sql("owner", "SELECT at FROM company.beats")) == 2


def test_any_boot_notices_a_stale_beat_once(brain: TestBrain, fire: Fires) -> None:
    beat(brain)
    brain.wait(minutes=16)

    for number, role in enumerate(("check", "promote", "check")):
        fire(role, lambda _: Done({"looked": 1}), request_id=f"r{number}", schedule=f"{role}{number}")

    [reported] = findings(brain)
    assert (reported["found_by"], reported["evidence"]["noticed_by"], count_alerts(brain)) == ("any_boot", "check", 1)


def test_a_boot_asks_nothing_more_while_the_beat_is_fresh(brain: TestBrain) -> None:
    beat(brain)
    brain.wait(minutes=14)

    booted = brain.as_role("check").one("boot", session_id=session_of(brain, "check"), statement_timeout="2min")

    assert booted is not None and booted["beat_is_wrong"] is False
    assert brain.as_role("check").value("notice_stale_beat") is False


def test_heartbeat_does_not_notice_its_own_stale_beat(brain: TestBrain) -> None:
    with refused("heartbeat_does_not_watch_itself"):
        brain.as_role("heartbeat").value("notice_stale_beat")


@pytest.mark.parametrize("role", ["data_worker", "ceo", "heartbeat"])
def test_the_staff_does_not_call_the_databases_clock(brain: TestBrain, role: str) -> None:
    with refused(NO_RIGHT):
        brain.as_role(role).all("run_database_clock")


def test_each_alarm_is_a_line_that_the_servers_log_can_be_searched_for(brain: TestBrain) -> None:
    brain.wait(hours=2)
    lines: list[str] = []
    login = brain.as_login("migrate")
    login.add_notice_handler(lambda notice: lines.append(notice.message_primary or ""))

    run_sql(login, "SELECT * FROM company.database_clock()")

    assert lines == ["WATCHBILL ALARM beat:heartbeat: heartbeat has never sent a beat"]


def test_migrate_says_when_the_database_has_no_clock(brain: TestBrain) -> None:
    assert brain.company.migrate(brain.name).database_clock == "none: pg_cron is not in this database"


def test_migrate_installs_the_cron_job_where_it_may(brain: TestBrain) -> None:
    run_sql(brain.as_login("superuser"), CRON)
    refused_it = install_cron_job(brain.as_login("migrate"))
    run_sql(brain.as_login("superuser"), "GRANT USAGE ON SCHEMA cron TO PUBLIC; GRANT ALL ON cron.job TO PUBLIC")

    result = install_cron_job(brain.as_login("migrate"))

    assert refused_it.startswith("none: pg_cron")
    assert result == "every 5 minutes, by pg_cron"
    assert run_sql(brain.as_login("superuser"), "SELECT * FROM cron.job") == [
        dict(zip(("jobname", "schedule", "command"), job, strict=True)) for job in JOBS
    ]


def test_what_pg_cron_keeps_of_its_runs_ends_after_a_week(brain: TestBrain) -> None:
    admin = brain.as_login("superuser")
    run_sql(
        admin,
        "CREATE SCHEMA cron;"
        " CREATE TABLE cron.job_run_details (runid int, start_time timestamptz, end_time timestamptz);"
        " INSERT INTO cron.job_run_details VALUES (1, now() - interval '8 days', NULL), (2, now(), NULL),"
        " (3, now() - interval '9 days', now() - interval '8 days'), (4, now(), now())",
    )

    admin.execute(PURGE.encode())

    assert [row["runid"] for row in run_sql(admin, "SELECT runid FROM cron.job_run_details ORDER BY 1")] == [2, 4]
