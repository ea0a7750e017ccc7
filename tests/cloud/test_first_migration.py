"""What the desk does with the custom resources that it fires beside its deployment."""

from concurrent.futures import Executor, Future, ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import pytest

from watchbill.cloud.template.loader import CustomResource
from watchbill.desk.first_migration import FirstMigration
from watchbill.errors import DeskError

MIGRATION = CustomResource("Migration", "tides-migrate", {})
DONE = SimpleNamespace(is_ok=True, payload={})
FAILED = SimpleNamespace(is_ok=False, payload={"errorMessage": "no such table"})
LIMIT = 7.0


class StubRuntime:
    """Answers each invocation with the next of its answers, and keeps how long it was to wait."""

    def __init__(self, *answers: Any) -> None:
        self.answers, self.limits = list(answers), list[float | None]()

    def define(self, spec: object) -> None:
        """It has every function."""

    def invoke(self, *_: object, wall_limit_seconds: float | None = None, **__: object) -> Any:
        self.limits.append(wall_limit_seconds)
        return self.answers.pop(0)


def _finish(runtime: StubRuntime, *, server_went_away: bool) -> list[Any]:
    """The invocations whose lines were stored, the second try included."""
    stored = list[Any]()
    ready, outages, ssm = Future[None](), SimpleNamespace(check=lambda: server_went_away), SimpleNamespace()
    ssm.put_parameter = lambda **_: None
    cloud: Any = SimpleNamespace(client=lambda _: ssm)

    def again(*_: object) -> Any:
        stored.append(runtime.invoke())
        return stored[-1]

    with ThreadPoolExecutor(1) as beside:
        migration = _migration(beside, ready, outages)
        migration.begin(cloud, runtime, MIGRATION, None)  # type: ignore[arg-type]
        fired_early = list(runtime.limits)
        ready.set_result(None)
        assert fired_early == []  # there was no database for it yet
        migration.finish(stored.append, again)
    return stored


def _migration(beside: Executor, ready: Future[None], outages: Any) -> FirstMigration:
    return FirstMigration(beside, ready, outages, "tides", "not-a-secret", LIMIT)


def test_it_waits_for_the_server_and_not_for_ever_for_a_function_that_hangs() -> None:
    runtime = StubRuntime(DONE)

    assert _finish(runtime, server_went_away=False) == [DONE]
    assert runtime.limits == [LIMIT]


def test_one_that_fails_ends_the_deployment_with_its_reason() -> None:
    with pytest.raises(DeskError, match="Migration failed, so nothing was deployed: no such table"):
        _finish(StubRuntime(FAILED), server_went_away=False)


def test_one_whose_server_went_away_is_fired_once_more() -> None:
    assert _finish(StubRuntime(FAILED, DONE), server_went_away=True) == [FAILED, DONE]
