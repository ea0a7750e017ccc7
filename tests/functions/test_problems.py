"""heartbeat: a role that is held up again and again by a fire of its own, or that hung, is found, ended and named."""

from typing import Any

import psycopg
import pytest

from company.brain import Brain
from company.errors import BrainError
from heartbeat import problems
from tests.brain.test_open_transactions import answers_mail, session_that_read
from tests.functions.office import Office
from tests.support.acts import close_session, file_task, open_finding, session_of, task_fields
from tests.support.brains import run_sql
from tests.support.poison import left_out
from tests.support.races import standing_open
from tests.support.refusals import NO_RIGHT, refused

ROLE = "link"
OPEN = "SELECT * FROM company.findings WHERE kind = 'held_up' AND closed_at IS NULL ORDER BY id"
BEATS = "SELECT count(*) FROM company.beats"
ALTER = "ALTER ROLE \"{}_content_worker\" SET work_mem = '5MB'"
SEEN_AGAIN = {"kind": "stale", "level": "today", "subject": "a", "watcher": "data_manager", "title": "t", "effect": ""}


def hold(office: Office, role: str, seconds: int = 900) -> tuple[Brain, int]:
    """A fire of the role that is at work, in a container of its own."""
    brain = office.works.brain
    at_work = brain.connect(role)
    session = session_of(brain, role, schedule=f"wake-{role}-held", seconds=seconds, via=at_work)
    at_work.one("boot", session_id=session, statement_timeout="2min")
    return at_work, session


def skip(office: Office, role: str, times: int) -> None:
    for n in range(times):
        skipped = office.run(role, schedule=f"wake-{role}-{office.fired}-{n}")
        assert skipped["reason"] == f"another fire of {role} is still at work"


def is_connected(login: Brain) -> bool:
    try:
        login.connection.execute("SELECT 1")
    except psycopg.OperationalError:
        return False
    return True


def found(office: Office) -> list[dict[str, Any]]:
    office.run("heartbeat")
    return office.rows(OPEN)


def test_three_skips_in_a_row_are_a_finding_that_names_who_is_at_work(office: Office) -> None:
    at_work, session = hold(office, ROLE)
    skip(office, ROLE, 2)
    assert found(office) == []
    skip(office, ROLE, 1)

    [finding] = found(office)

    assert finding["title"] == "link was skipped 3 times in a row: another fire of it was at work"
    assert (finding["fingerprint"], finding["level"], finding["watcher"]) == ("held_up:link", "today", "data_auditor")
    [evidence] = finding["evidence"].values()
    assert f"session {session}, connection {at_work.connection.info.backend_pid}" in evidence


def test_a_fire_that_worked_in_between_breaks_the_row(office: Office) -> None:
    for _ in range(2):
        at_work, session = hold(office, ROLE)
        skip(office, ROLE, 2)
        close_session(office.works.brain, ROLE, session, via=at_work)
        office.run(ROLE, schedule=f"wake-{ROLE}-well-{office.fired}")

    assert found(office) == []


def test_a_session_that_only_crashes_breaks_no_row(office: Office) -> None:
    """Else a role could hold itself up for ever, with a fresh session after every second fire."""
    for n in range(2):
        at_work, session = hold(office, ROLE)
        skip(office, ROLE, 2)
        close_session(office.works.brain, ROLE, session, "crashed", reason=f"again {n}", via=at_work)

    assert [finding["fingerprint"] for finding in found(office)] == ["held_up:link"]


def test_it_is_over_when_the_role_works_again(office: Office) -> None:
    at_work, session = hold(office, ROLE)
    skip(office, ROLE, 3)
    found(office)
    skip(office, ROLE, 1)
    assert len(found(office)) == 1

    close_session(office.works.brain, ROLE, session, "failed", reason="gave up", via=at_work)
    office.run(ROLE)

    assert found(office) == []
    assert office.finding("held_up")["resolution"].startswith("link worked again")


def test_a_session_older_than_it_may_live_is_ended_with_its_connection_and_found(office: Office) -> None:
    ghost, session = hold(office, ROLE, seconds=60)
    pid = ghost.connection.info.backend_pid
    office.works.brain.wait(minutes=2)

    [finding] = found(office)

    assert finding["title"] == "link hung past its time, and its connection was ended"
    assert f"at work: nobody any more; connection ended: {pid}" in next(iter(finding["evidence"].values()))
    assert office.value("SELECT outcome FROM company.sessions WHERE id = %(id)s", id=session) == "timed_out"
    with pytest.raises(BrainError):
        ghost.value("company_now")
    office.run(ROLE)
    assert found(office) == []


def test_a_session_that_ended_with_its_process_is_no_ghost(office: Office) -> None:
    killed, _ = hold(office, ROLE, seconds=60)
    killed.close()
    office.works.brain.wait(minutes=2)

    assert found(office) == []


def test_the_ceo_rings(office: Office) -> None:
    hold(office, "ceo")
    skip(office, "ceo", 3)

    [finding] = found(office)

    assert (finding["level"], finding["watcher"]) == ("ring", "schedule_auditor")
    alerts = office.rows("SELECT kind FROM company.alerts WHERE finding_id = %(id)s", id=finding["id"])
    assert alerts == [{"kind": "finding"}]


def test_heartbeat_reports_that_it_was_held_up_itself(office: Office) -> None:
    at_work, session = hold(office, "heartbeat")
    skip(office, "heartbeat", 3)
    close_session(office.works.brain, "heartbeat", session, "crashed", reason="it froze", via=at_work)

    [finding] = found(office)

    assert (finding["level"], finding["watcher"]) == ("ring", "schedule_auditor")
    assert finding["title"] == "heartbeat was skipped 3 times in a row: another fire of it was at work"


def test_a_transaction_that_stands_in_the_way_of_others_is_ended_and_found(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It keeps what it wrote locked, with its own time limits switched off."""
    hostile = office.works.brain.connect("data_manager")
    hostile.connection.execute("SET idle_in_transaction_session_timeout = 0; BEGIN")
    hostile.one("file_task", mode="data", title="look", **task_fields(dedupe_key="taken"))
    monkeypatch.setattr(problems, "IDLE_SECONDS", 0)

    [finding] = found(office)

    assert finding["title"] == (
        "data_manager kept a transaction open in the way of others, and its connection was ended"
    )
    assert (finding["fingerprint"], finding["level"]) == ("held_up:data_manager", "today")
    assert not is_connected(hostile)
    assert file_task(office.works.brain, "data_manager", dedupe_key="taken") > 0


def test_a_young_transaction_and_the_owners_are_left_alone(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    young, owner = office.works.brain.connect("data_manager"), office.works.brain.connect("owner")
    for login in (young, owner):
        login.connection.execute("BEGIN; SELECT 1")
    assert (found(office), is_connected(young)) == ([], True)
    young.connection.execute("COMMIT")
    monkeypatch.setattr(problems, "IDLE_SECONDS", 0)

    assert (found(office), is_connected(owner)) == ([], True)


@pytest.mark.parametrize("role", ["data_worker", "ceo", "owner"])
def test_only_heartbeat_ends_open_transactions(office: Office, role: str) -> None:
    with refused(NO_RIGHT):
        office.works.brain.sql(role, "SELECT company.end_open_transactions('0')")


def test_a_beat_ends_while_one_login_holds_all_that_it_can(office: Office) -> None:
    office.deploy("heartbeat", "data_worker", "data_auditor")
    office.run("heartbeat")
    brain = office.works.brain
    _, message = session_that_read(brain, "data_auditor")
    open_finding(brain, "data_auditor", fingerprint="x", level="today")
    answers_mail(brain, "data_auditor", [message])
    standing_open(brain, "data_auditor").one("open_finding", **SEEN_AGAIN, fingerprint="x", evidence={}, accused=None)

    beat = office.run("heartbeat", hours=13)

    assert (beat["outcome"], office.value(BEATS)) == ("done", 2)
    assert [line.split(":")[0] for line in left_out(brain)] == ["sessions to end"]
    assert office.finding("missed")["title"]


def test_the_next_beat_ends_the_transaction_before_all_that_would_wait_for_it(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.deploy("heartbeat", "data_worker", "data_auditor")
    office.run("heartbeat")
    brain = office.works.brain
    brain.sql("content_worker", ALTER.format(brain.company.name))
    holder = standing_open(brain, "content_worker")
    run_sql(holder.connection, ALTER.format(brain.company.name))
    monkeypatch.setattr(problems, "IDLE_SECONDS", 0)

    answer = office.run("heartbeat", minutes=5)

    assert not is_connected(holder)
    assert (answer["evidence"]["logins_restored"], left_out(brain)) == (1, [])
    assert office.finding("held_up")["accused"] is None
