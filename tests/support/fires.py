"""One fire in the test's own process: the real session over its brain, around work that the test wrote."""

from collections.abc import Callable
from datetime import datetime
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from company.fire.fire import Fire
from company.fire.role import RoleCode
from company.fire.session import run_fire
from company.fire.wiring import Container
from company.log import make_log
from company.outcomes import Outcome
from company.tools import tools_of
from tests.support.brains import TestBrain
from tests.support.staff import FUNCTIONS, staff

Work = Callable[[Fire], Outcome]


class Fires:
    """Fires roles over one brain. Each call is a container of its own, unless the test hands in a container."""

    def __init__(self, brain: TestBrain) -> None:
        self.brain = brain
        self._containers: list[Container] = []

    def __call__(
        self,
        role: str,
        work: Work | None = None,
        *,
        container: Container | None = None,
        preflight: Callable[[Fire], str | None] | None = None,
        schedule: str | None = None,
        due_at: datetime | None = None,
        request_id: str = "request-1",
        **settings: Any,
    ) -> dict[str, Any]:
        """Runs one fire and returns what the handler would; without work it runs the role's own."""
        used = container or self.container(role, work, preflight=preflight, **settings)
        event = {
            "role": role,
            "schedule": schedule or role,
            "due_at": (due_at or self.brain.now()).isoformat(),
            "attempt": "1",
        }
        return run_fire(used, event, context(request_id))

    def container(
        self,
        role: str,
        work: Work | None = None,
        *,
        preflight: Callable[[Fire], str | None] | None = None,
        cloud: Any = None,
        **settings: Any,
    ) -> Container:
        """What wiring would build for this role, around the test's work."""
        record = staff()[role]
        code = _code(work, preflight) if work else role_code(role)
        own = import_module(f"{role}.tools") if _has_tools(role) else None
        tools = tools_of(record.tools, own) if _has_folder(role) else {}
        container = Container(self.brain.settings(role, **settings), record, code, tools, make_log(role))
        if cloud is not None:
            container.cloud = cloud
        self._containers.append(container)
        return container

    def close(self) -> None:
        for container in self._containers:
            if container._brain is not None:
                container._brain.connection.close()


def context(request_id: str, remaining_ms: int = 60_000) -> SimpleNamespace:
    """The part of Lambda's context that a session reads."""
    return SimpleNamespace(aws_request_id=request_id, get_remaining_time_in_millis=lambda: remaining_ms)


def role_code(role: str) -> RoleCode:
    """The role's own code, as its handler passes it to its fires."""
    code = import_module(f"{role}.{'book' if staff()[role].is_employee else 'work'}").ROLE
    assert isinstance(code, RoleCode)
    return code


def _code(work: Work, preflight: Callable[[Fire], str | None] | None) -> RoleCode:
    return RoleCode(work=work, preflight=preflight) if preflight else RoleCode(work=work)


def _has_folder(role: str) -> bool:
    return Path(FUNCTIONS / role).is_dir()


def _has_tools(role: str) -> bool:
    return (FUNCTIONS / role / "tools.py").is_file()
