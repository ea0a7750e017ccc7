"""One fire with nothing to do: warm in its own process, warm through the desk's Lambda, and from a cold start."""

import json
import os
import subprocess
import sys
import sysconfig
import uuid
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

from bench.database import BenchDatabase
from bench.measure import Measurement, at_most, interleaved, seconds
from company.json_values import JsonObject
from watchbill.cloud.runtime import FunctionSpec, Runtime

ROLE = "promote"
"""A machine whose preflight finds no work: no batch was checked here."""
EMPLOYEE = "data_worker"
"""An employee whose preflight finds no task, no finding and no mail."""
WARM_SECONDS = 0.0025
THROUGH_LAMBDA_SECONDS = 0.025
FIRES = 200
COLD_ROUNDS = 7
# Run in separate processes, so that only the imports of the fire are counted.
FIRE = """
import json, statistics, sys, time, types
from datetime import UTC, datetime, timedelta
from {role}.handler import handler
took, now = [], datetime.now(UTC)
for n in range({fires}):
    due_at = (now - timedelta(seconds=n)).isoformat()
    event = {{"role": "{role}", "schedule": "by-hand-{role}", "due_at": due_at, "attempt": "1"}}
    began = time.perf_counter()
    answer = handler(event, types.SimpleNamespace(aws_request_id=f"request-{{n}}"))
    took.append(time.perf_counter() - began)
    assert answer["outcome"] in ("skipped", "duplicate"), answer
heavy = sorted(set(sys.modules) & {{"anthropic", "boto3"}})
print(json.dumps({{"seconds": statistics.median(took), "heavy": heavy}}))
"""
# `import pydantic` alone loads nothing: it loads at the first use of a name.
LEAST = """
import os, psycopg
from pydantic import BaseModel
from company.json_values import JsonObject
user = os.environ["COMPANY"] + "_{role}"
psycopg.connect(os.environ["BRAIN_DSN"], user=user, password=os.environ["BRAIN_PASSWORD"]).close()
"""
ONE_QUERY = "SELECT 1"


def warm(database: BenchDatabase) -> Iterator[Measurement]:
    """A machine's and an employee's, compared with one round trip to the brain; and the first through Lambda."""
    trip = _round_trip(database)
    machine = _in_process(database, "warm", ROLE, "a machine's", trip)
    yield machine
    yield _in_process(database, "warm-employee", EMPLOYEE, "an employee's", trip)
    took, through = machine.ours / 1e3, _through_lambda(database)
    yield Measurement(
        "warm-lambda",
        "a machine's through the desk's Lambda | in process",
        through * 1e3,
        took * 1e3,
        "ms",
        through / took,
        f"<= {THROUGH_LAMBDA_SECONDS * 1e3:g} ms",
        through <= THROUGH_LAMBDA_SECONDS,
    )


def cold(database: BenchDatabase) -> Iterator[Measurement]:
    """A cold start with one fire, compared with what every fire needs: psycopg, pydantic and a connection."""
    fire, bare = FIRE.format(role=ROLE, fires=1), LEAST.format(role=ROLE)
    ours, least = interleaved(
        lambda: _run(database, ROLE, fire), lambda: _run(database, ROLE, bare), rounds=COLD_ROUNDS
    )
    what = "a cold start and one fire | importing psycopg and pydantic, one connection"
    yield at_most("cold", what, ours, least, limit=1.5)


def _in_process(database: BenchDatabase, name: str, role: str, who: str, trip: float) -> Measurement:
    child = _child(database, role, FIRES)
    heavy, took = ", ".join(child["heavy"]) or "neither anthropic nor boto3", child["seconds"]
    what = f"{who} warm fire with nothing to do (imports {heavy}) | one round trip"
    is_met = took <= WARM_SECONDS and not child["heavy"]
    return Measurement(name, what, took * 1e3, trip * 1e3, "ms", took / trip, f"<= {WARM_SECONDS * 1e3:g} ms", is_met)


def _child(database: BenchDatabase, role: str, fires: int) -> JsonObject:
    answer: JsonObject = json.loads(_run(database, role, FIRE.format(role=role, fires=fires)).splitlines()[-1])
    return answer


def _run(database: BenchDatabase, role: str, code: str) -> str:
    """Runs Python as a function's process does: with the deployed copy and installed libraries, not the checkout."""
    done = subprocess.run(
        [sys.executable, "-S", "-c", code],
        env=_environment(database, role),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"the measured process failed:\n{done.stderr}")
    return done.stdout


def _environment(database: BenchDatabase, role: str) -> Mapping[str, str]:
    path = [*map(str, database.deployment.pythonpath), sysconfig.get_paths()["purelib"]]
    return {**database.environment(role), "PATH": os.defpath, "PYTHONPATH": os.pathsep.join(path), "TZ": "UTC"}


def _round_trip(database: BenchDatabase) -> float:
    connection = database.brain(ROLE).connection
    try:
        return sorted(seconds(lambda: connection.execute(ONE_QUERY)) for _ in range(FIRES))[FIRES // 2]
    finally:
        database.close()


def _through_lambda(database: BenchDatabase) -> float:
    spec = FunctionSpec(ROLE, f"{ROLE}.handler.handler", timeout_seconds=30, environment=database.environment(ROLE))
    with Runtime(database.deployment) as runtime:
        runtime.define(spec)
        began = datetime.now(UTC)
        walls = [_invoke(runtime, began - timedelta(days=1, seconds=n)) for n in range(FIRES)]
    return sorted(walls[1:])[len(walls) // 2]


def _invoke(runtime: Runtime, due_at: datetime) -> float:
    event = {"role": ROLE, "schedule": ROLE, "due_at": due_at.isoformat(), "attempt": "1"}
    done = runtime.invoke(ROLE, event, request_id=str(uuid.uuid4()))
    if not done.is_ok:
        raise RuntimeError(f"the fire failed: {done.payload}")
    return done.wall_ms / 1e3
