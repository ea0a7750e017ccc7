"""heartbeat: one question says which steps of a beat have anything to do."""

from collections.abc import Iterator
from contextlib import AbstractContextManager

import pytest

from company.brain import Brain
from heartbeat.agenda import QUESTION, Agenda
from heartbeat.work import STEPS
from tests.functions.left_out_steps import LeftOutSteps
from tests.functions.office import Office
from tests.support.acts import open_finding
from tests.support.poison import left_out, refused_query
from tests.support.staff import staff

SCHEDULED = [role for role, record in staff().items() if record.schedule]
CAN_BE_LEFT_OUT = {name for name, step in STEPS.items() if not step.is_always_done}
VALUES = {
    "refill_below": None,
    "most_attempts": 3,
    "event_age_seconds": 3600,
    "overdue_after_hours": 72,
    "idle_seconds": 120,
    "unanswered_after_hours": 6,
    "most_wakes": 24,
    "keep_days": 90,
}
QUIET_BEAT = [
    *("open_session", "boot", "last_beat", "steps_to_do", "known_stamps", "ledger_figures", "record_beat"),
    *("brief_is_late", "close_session"),
]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The names of the queries that were asked, and the begin of each transaction."""
    names, text, transaction = list[str](), Brain._text, Brain.transaction

    def noting(brain: Brain, query: str) -> bytes:
        names.append(query)
        return text(brain, query)

    def noting_its_begin(brain: Brain) -> AbstractContextManager[None]:
        names.append("BEGIN")
        return transaction(brain)

    monkeypatch.setattr(Brain, "_text", noting)
    monkeypatch.setattr(Brain, "transaction", noting_its_begin)
    yield names


def test_a_beat_in_which_nothing_is_to_do_asks_nine_questions(
    office: Office, left_out_steps: LeftOutSteps, asked: list[str]
) -> None:
    left_out_steps.are_tried = False
    office.deploy(*SCHEDULED)
    office.run("heartbeat")
    asked.clear()

    office.run("heartbeat", minutes=5)

    assert asked[asked.index("open_session") :] == QUIET_BEAT
    assert set(left_out_steps.left_out) == CAN_BE_LEFT_OUT


def test_a_beat_has_the_same_figures_whatever_it_leaves_out(office: Office, left_out_steps: LeftOutSteps) -> None:
    left_out_steps.are_tried = False
    office.deploy(*SCHEDULED)
    office.run("heartbeat")

    quiet, whole = office.run("heartbeat", minutes=5), office.run("heartbeat", minutes=55)

    assert quiet["evidence"].keys() == whole["evidence"].keys()
    assert left_out_steps.left_out != []


def test_while_an_item_that_failed_is_open_each_step_is_done(office: Office) -> None:
    office.deploy("heartbeat")
    open_finding(office.works.brain, "heartbeat", kind="item_failed", fingerprint="item_failed:heartbeat:x:y")

    steps = office.works.brain.as_role("heartbeat").all("steps_to_do", **VALUES)

    assert {row["step"] for row in steps} == CAN_BE_LEFT_OUT


OLD = {
    "beats": "(at, session_id, slots_looked_at, schedules_seen) VALUES (company.now() - '91 days'::interval, 1, 1, 1)",
    "fetches": "(source, url, route, at, result, by_role)"
    " VALUES ('kev', 'u', 'r', company.now() - '91 days'::interval, 'failed', 'scrape_kev')",
    "route_probes": "(source, route, url, at, ms, is_ok, by_role)"
    " VALUES ('kev', 'r', 'u', company.now() - '91 days'::interval, 1, true, 'scraping_worker')",
    "slot_days": "(schedule, day, status, slots) VALUES ('s', company.now()::date - 401, 'missed', 1)",
}
"""A row of each table whose end comes with the sessions' of its time."""


@pytest.mark.parametrize("table", OLD)
def test_what_is_old_in_one_table_alone_is_retired_by_the_next_beat(office: Office, table: str) -> None:
    office.deploy("heartbeat")
    office.run("heartbeat")
    superuser = office.works.brain.as_login("superuser")
    superuser.execute("SET session_replication_role = replica")
    superuser.execute(f"INSERT INTO company.{table} {OLD[table]}".encode())

    steps = [row["step"] for row in office.works.brain.as_role("heartbeat").all("steps_to_do", **VALUES)]
    office.run("heartbeat", minutes=5)

    assert "old sessions" in steps
    age = "day < company.now() - '400 days'" if table == "slot_days" else "at < company.now() - '90 days'"
    assert office.value(f"SELECT count(*) FROM company.{table} WHERE {age}::interval") == 0


def test_where_the_question_fails_each_step_is_done(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.deploy("heartbeat", "data_worker", "data_auditor")
    office.run("heartbeat")

    with refused_query(monkeypatch, "steps_to_do"):
        answer = office.run("heartbeat", hours=1, minutes=10)

    assert answer["evidence"]["missed"] > 0
    assert left_out(office.works.brain) == [f"{QUESTION}: 1 of 1 ({QUESTION})"]


def test_the_first_beat_of_an_hour_does_each_step_whatever_the_answer_is(
    office: Office, monkeypatch: pytest.MonkeyPatch, left_out_steps: LeftOutSteps
) -> None:
    left_out_steps.are_tried = False
    office.deploy("heartbeat", "data_worker", "data_auditor")
    office.run("heartbeat")
    monkeypatch.setattr(Agenda, "_ask", lambda _: frozenset())

    blind, hourly = office.run("heartbeat", hours=1, minutes=10), office.run("heartbeat", minutes=50)

    assert blind["evidence"]["missed"] == 0
    assert hourly["evidence"]["missed"] > 0
