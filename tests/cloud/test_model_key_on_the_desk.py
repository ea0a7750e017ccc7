"""Which processes of a desk hold the model's key: those of employees, and no other."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

import pytest

from tests.support.staff import staff
from watchbill.cloud.postgres.shared_server import remove_server
from watchbill.desk.desk import Plan, new_desk
from watchbill.desk.model_access import ModelAccess

KEY = "sk-ant-marked-7c20"
PROC = Path("/proc")


@pytest.fixture(scope="module")
def environments(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, str]]:
    """The environment of each function's process on a desk with a model, by role, as the system shows it."""
    home = tmp_path_factory.mktemp("desk") / ".watchbill"
    home.mkdir()
    plan = Plan(home, "patchfirst", "sample data", model=ModelAccess(KEY, "http://127.0.0.1:9"))
    with new_desk(plan, lambda _: {}, lambda _: None) as desk:
        names = {function.name: function.role for function in desk.deployed.functions}
        yield dict(_functions_of(names))
    remove_server(home)


def _functions_of(names: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for process in PROC.glob("[0-9]*/environ"):
        with suppress(OSError):
            environment = process.read_text(errors="replace").split("\0")
            called = [line.partition("=")[2] for line in environment if line.startswith("AWS_LAMBDA_FUNCTION_NAME=")]
            for name in names.keys() & set(called):
                yield names[name], "\n".join(environment)


@pytest.mark.skipif(not PROC.is_dir(), reason="the system does not show the environment of processes")
def test_only_employees_hold_the_models_key(environments: Mapping[str, str]) -> None:
    employees = {role for role, record in staff().items() if record.is_employee}

    assert set(environments) == set(staff())
    assert {role for role, environment in environments.items() if KEY in environment} == employees
