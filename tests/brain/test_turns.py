"""Migrate is alone in a brain: no member of staff holds it up, and another migrate is named."""

import psycopg
import pytest

from company.brain import turn
from company.errors import BrainError
from tests.support.brains import PASSWORD, TestBrain, run_sql
from tests.support.refusals import NO_RIGHT, refused

OLD_LOCK = "SELECT pg_advisory_lock(7741001)"
HOLD = "BEGIN; LOCK TABLE migrations.turn IN SHARE UPDATE EXCLUSIVE MODE"


@pytest.mark.parametrize("statement", [OLD_LOCK, "BEGIN; SELECT FROM company.roster; SELECT pg_advisory_lock(7741001)"])
def test_no_lock_of_a_member_of_staff_holds_up_a_deploy(brain: TestBrain, statement: str) -> None:
    brain.connect("data_worker").connection.execute(statement.encode())

    assert brain.company.migrate(brain.name).roles > 0


@pytest.mark.parametrize("role", ["data_worker", "ceo", "heartbeat", "owner"])
@pytest.mark.parametrize("mode", ["ACCESS SHARE", "SHARE UPDATE EXCLUSIVE", "ACCESS EXCLUSIVE"])
def test_the_turn_is_nobodys_but_migrates(brain: TestBrain, role: str, mode: str) -> None:
    with refused(NO_RIGHT):
        brain.sql(role, f"DO 'BEGIN LOCK TABLE migrations.turn IN {mode} MODE; END'")


def test_another_migrate_is_waited_for_a_while_and_named(brain: TestBrain, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turn, "WAIT_SECONDS", 1)
    other = brain.login(brain.company.migrator, PASSWORD)
    other.execute(HOLD.encode())

    named = rf"{brain.company.migrator} has been migrating since .*pg_terminate_backend\({other.info.backend_pid}\)"
    with pytest.raises(BrainError, match=named):
        brain.company.migrate(brain.name)

    other.execute("COMMIT")
    assert brain.company.migrate(brain.name).roles > 0


@pytest.mark.parametrize("login", ["migrate", "data_worker"])
def test_a_transaction_older_than_any_function_lives_is_ended(
    brain: TestBrain, monkeypatch: pytest.MonkeyPatch, login: str
) -> None:
    monkeypatch.setattr(turn, "NO_FUNCTION_LIVES_LONGER_MINUTES", 0)
    monkeypatch.setattr(turn, "WAIT_SECONDS", 1)
    ghost = brain.login(f"{brain.company.name}_{login}", PASSWORD)
    ghost.execute(HOLD.encode() if login == "migrate" else b"BEGIN; SELECT FROM company.roster")

    assert brain.company.migrate(brain.name).roles > 0

    with pytest.raises(psycopg.OperationalError):
        ghost.execute("SELECT 1")


def test_a_young_transaction_is_not_ended(brain: TestBrain) -> None:
    at_work = brain.login(f"{brain.company.name}_data_worker", PASSWORD)
    at_work.execute("BEGIN; SELECT 1")

    brain.company.migrate(brain.name)

    assert run_sql(at_work, "SELECT 1 AS well") == [{"well": 1}]
