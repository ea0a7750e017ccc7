"""A container that freezes in the middle of a session: the next slot is worked, and what it writes later is refused."""

import os
import signal
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.cloud.lambdas import becomes_true
from tests.support.brains import PASSWORD, VERTICAL, TestBrain, run_sql
from watchbill.cloud.runtime import FunctionSpec, Invocation, Runtime
from watchbill.cloud.template.build import Deployment, deploy_artefacts

CHECKOUT = Path(__file__).resolve().parents[2]
ROLE = "data_worker"
FROZEN, NEXT, LATER = (f"wake-{ROLE}-{name}" for name in ("frozen", "next", "later"))
READ_BY_PREFLIGHT = "LOCK TABLE company.decisions IN ACCESS EXCLUSIVE MODE"
WAITING = """
SELECT a.pid FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
WHERE NOT l.granted AND a.application_name = %(role)s AND a.datname = current_database()
"""
SESSION = "SELECT outcome, reason FROM company.sessions WHERE schedule = %(schedule)s"


@pytest.fixture(scope="module")
def company_code(tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    return deploy_artefacts(CHECKOUT, tmp_path_factory.mktemp("frozen"))


@dataclass
class Containers:
    """Two containers of one role over one brain: one freezes, the other does not."""

    brain: TestBrain
    freezes: Runtime
    is_well: Runtime

    def fire(self, runtime: Runtime, schedule: str) -> Invocation:
        event = {"role": ROLE, "schedule": schedule, "due_at": self.brain.now().isoformat(), "attempt": "1"}
        return runtime.invoke(ROLE, event, request_id=f"request-{schedule}")

    @contextmanager
    def frozen_fire(self) -> Iterator[Future[Invocation]]:
        """A fire that froze after its boot; its container goes on when this ends."""
        admin, lock = self.brain.admin, self.brain.admin
        with ThreadPoolExecutor(1) as background:
            with lock.transaction():
                lock.execute(READ_BY_PREFLIGHT)
                running = background.submit(self.fire, self.freezes, FROZEN)
                assert becomes_true(lambda: bool(run_sql(admin, WAITING, role=ROLE)), seconds=60)
                pid = self._pid()
                os.kill(pid, signal.SIGSTOP)
            try:
                yield running
            finally:
                os.kill(pid, signal.SIGCONT)

    def _pid(self) -> int:
        process = self.freezes._functions[ROLE]._process
        assert process is not None
        return process._process.pid

    def end_of(self, schedule: str) -> dict[str, object]:
        [row] = self.brain.sql("owner", SESSION, schedule=schedule)
        return row


@pytest.fixture
def containers(brain: TestBrain, company_code: Deployment) -> Iterator[Containers]:
    environment = {
        "ROLE": ROLE,
        "COMPANY": brain.company.name,
        "VERTICAL": VERTICAL,
        "BRAIN_DSN": brain.dsn,
        "BRAIN_PASSWORD": PASSWORD,
        "SQL_DIR": str(company_code.sql_dir),
    }
    spec = FunctionSpec(ROLE, f"{ROLE}.handler.handler", timeout_seconds=120, environment=environment)
    with Runtime(company_code) as freezes, Runtime(company_code) as is_well:
        freezes.define(spec)
        is_well.define(spec)
        yield Containers(brain, freezes, is_well)


def test_within_its_time_a_frozen_fire_is_taken_for_one_at_work(containers: Containers) -> None:
    with containers.frozen_fire() as frozen:
        held_up = containers.fire(containers.is_well, NEXT).payload

    assert held_up["reason"] == "another fire of data_worker is still at work"
    assert frozen.result(60).payload["outcome"] == "skipped"  # it goes on, and closes as if nothing had been


def test_after_its_time_the_next_slot_is_worked_and_the_frozen_one_is_refused(containers: Containers) -> None:
    with containers.frozen_fire() as frozen:
        containers.brain.wait(minutes=5)
        worked = containers.fire(containers.is_well, NEXT).payload
        assert not frozen.done()

    refused = frozen.result(60)
    assert (worked["outcome"], "at work" in worked["reason"]) == ("skipped", False)
    assert refused.payload["errorType"] == "BrainUnreachable"
    assert containers.end_of(FROZEN) == {
        "outcome": "timed_out",
        "reason": "ran past its deadline and never closed",
    }


def test_heartbeat_ends_a_frozen_fire_too_and_its_container_works_on(containers: Containers) -> None:
    with containers.frozen_fire() as frozen:
        containers.brain.wait(minutes=5)
        containers.brain.as_role("heartbeat").all("end_overdue_sessions")

    assert frozen.result(60).payload["errorType"] == "BrainUnreachable"
    assert containers.fire(containers.freezes, LATER).payload["outcome"] == "skipped"
