"""Only the console ends its sessions, and nobody makes an ended one good again."""

from datetime import timedelta

import pytest

from tests.support.brains import TestBrain, run_sql
from tests.support.refusals import NO_RIGHT, refused

KEY = "k" * 22
END = "SELECT company.end_console_session(%(key)s, company.now() + interval '1 hour')"


def test_an_ended_session_stays_ended_until_its_cookie_is_over(brain: TestBrain) -> None:
    console = brain.as_role("console")
    ends_at = brain.now() + timedelta(hours=1)

    for _ in range(2):
        console.run("end_console_session", session_key=KEY, ends_at=ends_at)

    assert console.value("console_session_has_ended", session_key=KEY)
    assert not console.value("console_session_has_ended", session_key="j" * 22)


@pytest.mark.parametrize("role", ["ceo", "heartbeat", "data_worker", "owner"])
def test_nobody_else_ends_or_asks(brain: TestBrain, role: str) -> None:
    with refused(NO_RIGHT):
        brain.sql(role, END, key=KEY)
    with refused(NO_RIGHT):
        brain.sql(role, "SELECT company.console_session_has_ended(%(key)s)", key=KEY)


def test_the_console_takes_no_logout_back(brain: TestBrain) -> None:
    for statement in ("DELETE FROM company.console_logouts", "SELECT * FROM company.console_logouts"):
        with refused(NO_RIGHT):
            brain.sql("console", statement)


def test_another_login_with_the_right_to_call_is_refused_by_name(brain: TestBrain) -> None:
    with refused("only_the_console_ends_its_sessions"):
        run_sql(brain.as_login("migrate"), END, key=KEY)


def test_what_is_no_session_is_not_kept(brain: TestBrain) -> None:
    with refused("a_session_key_is_a_key"):
        brain.sql("console", END, key="'; --")
