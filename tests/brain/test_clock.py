"""Time is simulated only in a brain that was created so; in a live one nobody can move it."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.support.brains import MORNING, TestBrain, run_sql
from tests.support.refusals import NO_RIGHT, refused

SET_TIME = "UPDATE company.clock SET simulated_now = '2001-01-01'"
MAKE_SIMULATED = "UPDATE company.clock SET is_simulated = true, simulated_now = '2001-01-01'"


def test_a_simulated_brain_has_the_time_that_the_desk_set(brain: TestBrain) -> None:
    assert brain.as_role("data_worker").now() == MORNING

    brain.set_now(MORNING + timedelta(hours=3))

    assert brain.as_role("data_worker").now() == MORNING + timedelta(hours=3)


@pytest.mark.parametrize("role", ["data_worker", "heartbeat", "ceo", "owner"])
def test_nobody_of_the_staff_sets_the_clock(brain: TestBrain, role: str) -> None:
    with refused(NO_RIGHT):
        brain.sql(role, SET_TIME)


def test_a_live_brain_cannot_be_given_another_time(live_brain: TestBrain) -> None:
    for login in (live_brain.as_login("migrate"), live_brain.as_login("superuser")):
        with refused("only_a_simulated_brain_has_simulated_time"):
            run_sql(login, SET_TIME)
        with refused("a_brain_stays_live_or_simulated"):
            run_sql(login, MAKE_SIMULATED)
        with refused("a_brain_stays_live_or_simulated"):
            run_sql(login, "DELETE FROM company.clock")
        with refused("history_is_never_emptied"):
            run_sql(login, "TRUNCATE company.clock")


def test_a_setting_after_creation_changes_nothing(live_brain: TestBrain) -> None:
    set_it = "SELECT set_config('watchbill.simulated', 'on', false)"
    for login in (live_brain.as_role("data_worker").connection, live_brain.as_login("migrate")):
        run_sql(login, set_it)
        [row] = run_sql(login, "SELECT abs(extract(epoch FROM company.now() - clock_timestamp())) AS apart")
        assert row["apart"] < 60


def test_a_live_brain_does_not_become_simulated_by_migrating_again(live_brain: TestBrain) -> None:
    with live_brain.company.server.connect() as admin:
        admin.execute(f"ALTER DATABASE \"{live_brain.name}\" SET watchbill.simulated = 'on'".encode())

    live_brain.company.migrate(live_brain.name)

    assert abs(live_brain.connect("ceo").now() - datetime.now(UTC)) < timedelta(minutes=1)


def test_the_time_of_a_live_brain_is_asked_of_no_table_and_that_of_a_simulated_one_is(
    brain: TestBrain, live_brain: TestBrain
) -> None:
    """A time that needs no question costs nothing, and no row can set it."""
    asked = "EXPLAIN (VERBOSE, COSTS OFF) SELECT company.now() AS moment"
    for _ in range(2):
        said = [one.sql("data_worker", asked)[-1]["QUERY PLAN"].strip() for one in (live_brain, brain)]
        assert said == ["Output: statement_timestamp()", "Output: company.now()"]
        for one in (live_brain, brain):
            one.company.migrate(one.name)


def test_time_in_a_simulated_brain_does_not_pass_until_it_is_moved(brain: TestBrain) -> None:
    brain.owner.connection.execute("SELECT pg_sleep(0.01)")

    assert brain.now() == MORNING


DRAWN = (
    "SELECT company.chance('a session') AS one, company.chance('a session') AS same, company.chance('next') AS other"
)


def test_what_is_drawn_is_the_same_however_often_and_of_a_simulated_brain_also_on_an_equal_day(
    brain: TestBrain, live_brain: TestBrain
) -> None:
    [drawn], [live] = (run_sql(each.as_login("migrate"), DRAWN) for each in (brain, live_brain))
    [kept] = run_sql(brain.as_login("migrate"), "SELECT secret, md5('simulated from ' || extract(epoch FROM"
                     " %(born)s::timestamptz)) AS of_its_birth FROM company.draw_secret", born=MORNING)  # fmt: skip

    for each in (drawn, live):
        assert each["one"] == each["same"] != each["other"], "who rolls back and draws again learns nothing"
    assert drawn["one"] != live["one"]
    assert kept["secret"] == kept["of_its_birth"]


@pytest.mark.parametrize("role", ["data_auditor", "audit_auditor", "planter", "data_worker", "heartbeat", "owner"])
def test_nobody_foresees_what_is_drawn(brain: TestBrain, role: str) -> None:
    for asked in ("SELECT * FROM company.draw_secret", "SELECT company.chance('a session')"):
        with refused(NO_RIGHT):
            brain.sql(role, asked)
