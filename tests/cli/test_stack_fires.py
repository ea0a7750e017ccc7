"""`invoke --aws`: one fire of a stack's function, of the right version, asked for once and waited for."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from threading import Event, Thread
from typing import Any, cast

import pytest

from company.aws.clients import Cloud
from tests.cli.stacks import STACK, founded, point_the_shell_at
from tests.support.brains import TestBrain
from watchbill.cli import stack as stacks
from watchbill.cloud.aws import LocalAws
from watchbill.errors import DeskError


@pytest.fixture
def company(cloud: LocalAws, brain: TestBrain, monkeypatch: pytest.MonkeyPatch) -> Iterator[stacks.StackCompany]:
    point_the_shell_at(cloud, monkeypatch)
    with founded(cloud, brain):
        yield stacks.find_company(STACK, Cloud())


class Lambda:
    """AWS's Lambda with one function, whose alias `live` it may have; it keeps which version was asked for."""

    class exceptions:  # noqa: N801, as botocore names it
        class ResourceNotFoundException(Exception):  # noqa: N818
            pass

    def __init__(self, *, has_alias: bool) -> None:
        self._has_alias = has_alias
        self.fired: list[str] = []

    def client_with(self, *_: object, **__: object) -> "Lambda":
        return self

    def invoke(self, *, Qualifier: str = "$LATEST", **_: object) -> dict[str, Any]:  # noqa: N803
        if Qualifier != "$LATEST" and not self._has_alias:
            raise self.exceptions.ResourceNotFoundException
        self.fired.append(Qualifier)
        return {"Payload": BytesIO(b"{}"), "ResponseMetadata": {}}


@pytest.mark.parametrize(("has_alias", "fired"), [(True, "live"), (False, "$LATEST")])
def test_a_fire_by_hand_is_of_the_version_that_its_schedule_fires(
    company: stacks.StackCompany, has_alias: bool, fired: str
) -> None:
    lambdas = Lambda(has_alias=has_alias)

    assert replace(company, cloud=cast(Cloud, lambdas)).invoke("score").is_ok

    assert lambdas.fired == [fired]


def test_a_function_that_is_not_there_is_named(company: stacks.StackCompany) -> None:
    with pytest.raises(DeskError, match="has no function"):
        company.invoke("stranger")


@contextmanager
def late_lambda(answers_after: Event) -> Iterator[tuple[str, list[str]]]:
    """The address of a Lambda that answers when the event is set, and the paths that it was asked for."""
    asked = list[str]()

    class Late(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(self.path)
            answers_after.wait(60)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Late)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", asked
    finally:
        answers_after.set()
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_fire_that_answers_late_is_asked_for_once(
    company: stacks.StackCompany, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """botocore sends a call again whose answer is late, and each is another fire."""
    monkeypatch.setattr(stacks, "LONGEST_SECONDS", 0.2, raising=False)
    with late_lambda(Event()) as (url, asked):
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        with pytest.raises(DeskError, match=r"score was fired and has not answered.*watchbill logs score --aws"):
            replace(company, cloud=Cloud()).invoke("score")

    assert len(asked) == 1
    assert capsys.readouterr().err == "score is fired on AWS; waiting for its end.\n"


def test_no_function_works_longer_than_is_waited_for() -> None:
    """Lambda ends each after 15 minutes at most."""
    assert stacks.LONGEST_SECONDS > 15 * 60


def test_a_fire_that_was_refused_says_so(company: stacks.StackCompany, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")

    with pytest.raises(DeskError, match="score was not fired"):
        replace(company, cloud=Cloud()).invoke("score")
