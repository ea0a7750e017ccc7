"""A watcher may have a missed slot fired again: once, where it is safe; the miss stays recorded."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from company.brain import Brain
from company.watch.ledger import fill_ledger
from company.watch.retries import RetryVerdict
from tests.brain.test_ledger_filling import deploy
from tests.support.acts import close_session, open_finding, open_session, session_of
from tests.support.brains import MORNING, TestBrain, run_sql
from tests.support.races import unfinished, wait_until_blocked
from tests.support.refusals import refused

ASK = "SELECT * FROM company.ask_retry('data_worker', %(due_at)s, NULL)"


@pytest.fixture
def missed(brain: TestBrain) -> TestBrain:
    """data_worker has a missed slot at MORNING."""
    deploy(brain, "cron(0 * * * ? *)")
    fill_ledger(brain.as_role("heartbeat"), brain.now())
    brain.wait(minutes=25)
    brain.as_role("heartbeat").all("end_overdue_slots", most_attempts=3, event_age_seconds=3600)
    return brain


def ask(brain: TestBrain, role: str = "data_auditor") -> str:
    return RetryVerdict(**brain.sql(role, ASK, due_at=MORNING)[0]).text


def ask_by(brain: Brain) -> str:
    answer = brain.row(RetryVerdict, "ask_retry", schedule="data_worker", due_at=MORNING, finding_id=None)
    assert answer is not None
    return answer.text


def test_a_missed_slot_is_fired_again_once(missed: TestBrain) -> None:
    first, again = ask(missed), ask(missed)

    assert (first, again) == ("asked", "it was fired again before")
    [waiting] = missed.as_role("heartbeat").all("retries_waiting", at_most=10)
    assert (waiting["schedule"], waiting["due_at"]) == ("data_worker", MORNING)


def test_a_retry_works_late_and_its_miss_is_kept(missed: TestBrain) -> None:
    ask(missed)
    taken = open_session(missed, "data_worker", due_at=MORNING, request_id="retry")
    close_session(missed, "data_worker", taken["session_id"])

    [slot] = missed.sql("owner", "SELECT * FROM company.slots WHERE due_at = %(due_at)s", due_at=MORNING)
    assert (taken["verdict"], taken["is_late"]) == ("work", True)
    assert (slot["status"], slot["late"], slot["evidence"]) == ("missed", True, {"rows": 1})


@pytest.mark.parametrize("role", ["data_worker", "content_manager", "check", "scraping_worker"])
def test_a_retry_is_requested_by_the_watcher(missed: TestBrain, role: str) -> None:
    with refused("a_retry_is_asked_by_its_watcher"):
        ask(missed, role)


MANY = {"fingerprint": "many:missed", "watcher": "schedule_auditor", "evidence": {"data_worker": "at 09:00"}}


def _ask_of_many(brain: TestBrain, finding: int) -> str:
    given = {"schedule": "data_worker", "due_at": MORNING, "finding_id": finding}
    answer = brain.as_role("schedule_auditor").row(RetryVerdict, "ask_retry", **given)
    assert answer is not None
    return answer.text


def test_who_answers_for_many_schedules_asks_for_each_of_them(missed: TestBrain) -> None:
    finding = open_finding(missed, "heartbeat", **MANY)

    assert _ask_of_many(missed, finding) == "asked"


@pytest.mark.parametrize(
    ("by", "other"),
    [
        ("schedule_auditor", {}),
        ("heartbeat", {"fingerprint": "missed:data_worker"}),
        ("heartbeat", {"watcher": "data_auditor"}),
        ("heartbeat", {"evidence": {"check": "at 09:00"}}),
    ],
    ids=["its_own", "of_one", "for_another", "about_others"],
)
def test_no_other_finding_lets_one_ask(missed: TestBrain, by: str, other: dict[str, Any]) -> None:
    finding = open_finding(missed, by, **MANY | other)

    with refused("a_retry_is_asked_by_its_watcher"):
        _ask_of_many(missed, finding)


def test_a_closed_finding_lets_nobody_ask(missed: TestBrain) -> None:
    finding = open_finding(missed, "heartbeat", **MANY)
    missed.as_role("heartbeat").run("close_finding", finding_id=finding, resolution="all work again")

    with refused("a_retry_is_asked_by_its_watcher"):
        _ask_of_many(missed, finding)


def test_the_ceo_asks_for_no_fire_of_its_own(missed: TestBrain) -> None:
    """It may ask for anybody's; who watches the ceo decides about the ceo's."""
    run_sql(missed.as_login("superuser"), "UPDATE company.slots SET role = 'ceo' WHERE status = 'missed'")

    with refused("a_retry_is_asked_by_its_watcher"):
        ask(missed, "ceo")
    assert ask(missed, "owner") == "asked"


def test_what_worked_since_is_not_fired_again(missed: TestBrain) -> None:
    missed.set_now(MORNING + timedelta(hours=1))
    close_session(missed, "data_worker", session_of(missed, "data_worker"))

    assert ask(missed) == "it or a later one has worked since"


def test_a_role_at_work_is_not_fired_beside_itself(missed: TestBrain) -> None:
    session_of(missed, "data_worker", schedule="by-hand-data_worker")

    assert "is at work" in ask(missed)


def test_a_muted_schedule_is_not_fired_again(missed: TestBrain) -> None:
    deploy(missed, "cron(0 * * * ? *)", state="DISABLED")

    assert ask(missed) == "its schedule is not deployed and enabled"


def test_a_slot_that_its_record_does_not_make_up_for_stays_missed(missed: TestBrain) -> None:
    missed.as_login("migrate").execute("UPDATE company.roster SET missed_fire = 'skip' WHERE role = 'data_worker'")

    assert "as its record says" in ask(missed)


def test_a_slot_that_still_runs_is_not_fired_again(missed: TestBrain) -> None:
    missed.as_login("migrate").execute("UPDATE company.slots SET status = 'expected', ended_at = NULL")

    assert ask(missed) == "the slot is expected"


def test_two_watchers_at_once_ask_for_one_retry(missed: TestBrain) -> None:
    auditor, manager = missed.as_role("data_auditor"), missed.connect("data_manager")

    with ThreadPoolExecutor(max_workers=1) as background:
        with unfinished(auditor):
            first = ask_by(auditor)
            second = background.submit(ask_by, manager)
            wait_until_blocked(missed, manager, second)

        assert (first, second.result()) == ("asked", "it was fired again before")


def test_a_late_fire_and_its_retry_at_once_work_once(missed: TestBrain) -> None:
    late, retry = missed.connect("data_worker"), missed.connect("data_worker")

    with ThreadPoolExecutor(max_workers=1) as background:
        with unfinished(late):
            working = open_session(missed, "data_worker", due_at=MORNING, request_id="late", via=late)
            opening = background.submit(
                open_session, missed, "data_worker", due_at=MORNING, request_id="retry", via=retry
            )
            wait_until_blocked(missed, retry, opening)

        assert (working["verdict"], opening.result()["verdict"]) == ("work", "duplicate")
