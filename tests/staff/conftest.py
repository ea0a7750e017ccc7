"""by_model(role, part) fires an employee with a scripted model: a generator of calls that gets the answers."""

import json
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import pytest

from tests.functions import conftest as functions
from tests.functions.office import Office
from tests.pipeline import conftest as pipeline
from tests.pipeline.works import SOURCES
from tests.support.messages_api import Body, Fails, MessagesApi, Reply, messages_api, uses
from tests.support.offered import through

works = pipeline.works
office = functions.office

Call = tuple[str, Body]
Part = Generator[Call | tuple[Call, ...], Any, None]
"""Yields a call or several at once; gets what they answered, one by one or as a list. Its last call is finish."""


@dataclass(frozen=True)
class Worked:
    """One fire by a model and its result."""

    answer: dict[str, Any]
    session: dict[str, Any]
    api: MessagesApi

    @property
    def evidence(self) -> dict[str, Any]:
        return dict(self.answer["evidence"])

    @property
    def errors(self) -> list[str]:
        """Everything that a tool refused, in order."""
        answers = [block for body in self.api.asked[-1:] for m in body["messages"] for block in m["content"]]
        return [block["content"] for block in answers if block["type"] == "tool_result" and block.get("is_error")]


ByModel = Callable[[str, Part], Worked]


@pytest.fixture
def by_model(office: Office) -> Iterator[ByModel]:
    with ExitStack() as servers:

        def run(role: str, part: Part) -> Worked:
            faults: list[Exception] = []
            api = servers.enter_context(messages_api(_as_script(part, faults)))
            model: dict[str, Any] = {
                "company_model": "anthropic",
                "anthropic_base_url": api.url,
                "anthropic_api_key": "test",
            }
            office.works.brain.wait(minutes=1)
            feeds = {name: office.works.server.url(name) for name in SOURCES}
            container = office.works.fire.container(
                role, cloud=office.works.cloud, bucket="works", feeds=feeds, schedule_group=office.GROUP, **model
            )
            answer = office.works.fire(role, container=container, request_id=f"model-{role}-{office.works.brain.now()}")
            if faults:
                raise AssertionError(f"{role} by model: {faults[0]!r}") from faults[0]
            session = office.rows("SELECT * FROM company.sessions ORDER BY id DESC LIMIT 1")[0]
            assert session["worked_by"] == "model", session["by_book_because"] or answer
            return Worked(answer, session, api)

        yield run


def _as_script(part: Part, faults: list[Exception]) -> Callable[[Body], Reply]:
    """The generator as a script of the Messages API: each ask carries the answers to the calls before."""
    asked: list[int] = []

    def reply(body: Body) -> Reply:
        try:
            sent = part.send(_answers(body, asked[-1] if asked else 0))
        except Exception as fault:
            # Raised here it would end in the server's thread: the fire goes on by the book, and the test fails with it.
            faults.append(fault)
            return Fails(400, "the part is at its end")
        calls: Any = sent if isinstance(sent[0], tuple) else (sent,)
        asked.append(len(calls))
        return uses(*(through(body, name, arguments) for name, arguments in calls))

    return reply


def _answers(body: Body, asked: int) -> Any:
    """What the tools answered: None before the first call, one answer, or a list; a refusal as its text."""
    if not asked:
        return None
    answers = [block for block in body["messages"][-1]["content"] if block["type"] == "tool_result"]
    read = [block["content"] if block.get("is_error") else _parsed(block["content"]) for block in answers]
    assert not any("[cut:" in block["content"][-60:] for block in answers), "an answer is longer than a model is given"
    return read[0] if asked == 1 else read


def _parsed(content: str) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        return content
