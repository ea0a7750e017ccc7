"""Which processes of a desk get the model's key: those of employees, and no other; and what the system shows of it."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.support.staff import staff
from watchbill.cloud.postgres.shared_server import remove_server
from watchbill.cloud.runtime.fork_server import ForkedProcess, ForkServer
from watchbill.desk.desk import Plan, new_desk
from watchbill.desk.model_access import ModelAccess

KEY = "sk-ant-marked-7c20"
PROC = Path("/proc")


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, tuple[int, str]]]:
    """Of each function of a desk with a model, by role: its process, and its environment in one text."""
    home = tmp_path_factory.mktemp("desk") / ".watchbill"
    home.mkdir()
    plan = Plan(home, "patchfirst", "sample data", model=ModelAccess(KEY, "http://127.0.0.1:9"))
    seen: dict[str, tuple[int, str]] = {}
    start = ForkServer.start

    def watched(server: ForkServer, environment: Mapping[str, str], *more: Any, **files: Any) -> ForkedProcess:
        process = start(server, environment, *more, **files)
        seen[environment["ROLE"]] = (process.pid, "\n".join(f"{key}={it}" for key, it in environment.items()))
        return process

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(ForkServer, "start", watched)
        with new_desk(plan, lambda _: {}, lambda _: None):
            yield seen
    remove_server(home)


def test_only_employees_get_the_models_key(started: Mapping[str, tuple[int, str]]) -> None:
    employees = {role for role, record in staff().items() if record.is_employee}

    assert set(started) == set(staff())
    assert {role for role, (_, environment) in started.items() if KEY in environment} == employees


@pytest.mark.skipif(not PROC.is_dir(), reason="the system does not show the environment of processes")
def test_the_system_shows_nobody_a_key_or_a_password(started: Mapping[str, tuple[int, str]]) -> None:
    shown = [(PROC / str(pid) / "environ").read_text(errors="replace") for pid, _ in started.values()]

    assert shown and not [one for one in shown if KEY in one or "PASSWORD" in one]
