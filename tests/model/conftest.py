"""run_by_model(script) fires an employee with a model that follows a script."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import pytest

from tests.support.brains import TestBrain
from tests.support.fires import Fires
from tests.support.messages_api import MessagesApi, Reply, Script, messages_api

RunByModel = Callable[..., "ModelRun"]


@dataclass(frozen=True)
class ModelRun:
    """One fire and everything that it recorded."""

    answer: dict[str, Any]
    api: MessagesApi
    session: dict[str, Any]
    log: list[dict[str, Any]]


@pytest.fixture
def run_by_model(brain: TestBrain, fire: Fires) -> Iterator[RunByModel]:
    with ExitStack() as servers:

        def run(script: list[Reply] | Script, role: str = "data_manager", **settings: Any) -> ModelRun:
            api = servers.enter_context(messages_api(script))
            known = {"company_model": "anthropic", "anthropic_base_url": api.url, "anthropic_api_key": "test"}
            answer = fire(role, **(known | settings))
            [session] = brain.sql("owner", "SELECT * FROM company.sessions ORDER BY id DESC LIMIT 1")
            log = brain.sql("owner", "SELECT kind, body, facts FROM company.session_log ORDER BY id")
            return ModelRun(answer, api, session, log)

        yield run
