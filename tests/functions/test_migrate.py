"""migrate: the custom resource that updates a brain to the deployed code and reports the result to CloudFormation."""

import json
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from unittest.mock import Mock

import psycopg
import pytest

from company.aws.clients import login_parameter
from company.errors import CompanyError
from tests.support.brains import PASSWORD, Company, TestBrain
from watchbill.cloud.aws import LocalAws

FUNCTIONS = Path(__file__).resolve().parents[2] / "functions"


class Stack:
    """CloudFormation's side: the address to which a custom resource reports. refusals: its next statuses."""

    def __init__(self) -> None:
        self.answers: list[dict[str, Any]] = []
        self.refusals: list[int] = []
        self.sizes: list[int] = []
        answers, refusals, sizes = self.answers, self.refusals, self.sizes

        class Taker(BaseHTTPRequestHandler):
            def do_PUT(self) -> None:
                sizes.append(int(self.headers["Content-Length"]))
                sent = json.loads(self.rfile.read(sizes[-1]))
                status = refusals.pop(0) if refusals else 200
                answers.extend([sent] * (status == 200))
                self.send_response(status)
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                return

        self.server = HTTPServer(("127.0.0.1", 0), Taker)

    def request(self, kind: str) -> dict[str, Any]:
        url = f"http://127.0.0.1:{self.server.server_port}/answer"
        return {
            "RequestType": kind,
            "ResponseURL": url,
            "StackId": "s",
            "RequestId": "r",
            "LogicalResourceId": "Migration",
        }


@pytest.fixture
def stack() -> Iterator[Stack]:
    stack = Stack()
    thread = Thread(target=stack.server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield stack
    stack.server.shutdown()
    thread.join()
    stack.server.server_close()


@pytest.fixture
def answer(brain: TestBrain, template_brain: Company, cloud: LocalAws, monkeypatch: pytest.MonkeyPatch) -> Any:
    """migrate's handler in the environment of its function, over the test's own brain."""
    settings = brain.settings("ceo")
    for name, value in {
        "ROLE": "migrate",
        "COMPANY": template_brain.name,
        "VERTICAL": settings.vertical,
        "BRAIN_DSN": settings.brain_dsn,
        "SQL_DIR": str(settings.sql_dir),
        "AWS_ENDPOINT_URL": cloud.endpoint_url,
    }.items():
        monkeypatch.setenv(name, value)
    parameter = login_parameter(template_brain.name, "migrate")
    cloud.client("ssm").put_parameter(Name=parameter, Value=PASSWORD, Type="SecureString")
    monkeypatch.syspath_prepend(str(FUNCTIONS))
    monkeypatch.delitem(sys.modules, "migrate", raising=False)
    from migrate.work import answer  # noqa: PLC0415

    return answer


def test_every_login_gets_a_password_of_its_own_that_opens_the_brain(
    answer: Any, stack: Stack, cloud: LocalAws, brain: TestBrain, template_brain: Company
) -> None:
    done = answer(stack.request("Create"), None)

    assert done["roles"] >= 16
    kept = {
        role: cloud.client("ssm").get_parameter(Name=login_parameter(template_brain.name, role), WithDecryption=True)[
            "Parameter"
        ]["Value"]
        for role in ("ceo", "check")
    }
    assert kept["ceo"] != kept["check"]
    with psycopg.connect(
        brain.settings("ceo").brain_dsn, user=f"{template_brain.name}_ceo", password=kept["ceo"]
    ) as ceo:
        assert ceo.execute("SELECT company.me()").fetchone() == ("ceo",)
    template_brain.migrate(template_brain.template)  # the other tests' passwords again: logins belong to the server


def test_cloudformation_receives_the_success(answer: Any, stack: Stack, template_brain: Company) -> None:
    answer(stack.request("Update"), None)

    [sent] = stack.answers
    assert (sent["Status"], sent["PhysicalResourceId"], sent["LogicalResourceId"]) == ("SUCCESS", "brain", "Migration")
    template_brain.migrate(template_brain.template)


@pytest.mark.parametrize(("refusals", "arrives"), [([503], True), ([403], False)])
def test_an_answer_that_s3_could_not_take_is_given_again(
    answer: Any, stack: Stack, refusals: list[int], arrives: bool
) -> None:
    stack.refusals += refusals

    if arrives:
        answer(stack.request("Delete"), None)
    else:
        with pytest.raises(CompanyError, match="said 403"):
            answer(stack.request("Delete"), None)

    assert len(stack.answers) == arrives


def test_another_answer_is_another_description_of_versions(answer: Any, stack: Stack, template_brain: Company) -> None:
    asked = [{"Asked": "6:50 UTC;A=1"}, {"Asked": "6:50 UTC;A=1"}, {"Asked": "6:50 UTC;A=2"}]
    for properties in asked:
        answer({**stack.request("Update"), "ResourceProperties": properties}, None)
    answer({**stack.request("Delete"), "ResourceProperties": asked[0]}, None)

    first, again, other, deleted = [sent["Data"]["Answers"] for sent in stack.answers]
    assert first == again == deleted != other
    assert "A=1" not in first and len(first) < 256
    template_brain.migrate(template_brain.template)


def test_cloudformation_receives_the_reason_of_a_failure(
    answer: Any, stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VERTICAL", "no_such_product")

    with pytest.raises(Exception, match="no_such_product"):
        answer(stack.request("Create"), None)

    assert stack.answers[0]["Status"] == "FAILED"
    assert "no_such_product" in stack.answers[0]["Reason"]


def test_the_reason_of_a_failure_fits_into_an_answer_whatever_its_letters(
    answer: Any, stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    """CloudFormation takes 4096 bytes."""
    monkeypatch.setitem(answer.__globals__, "_migrate", Mock(side_effect=CompanyError("時刻表" * 400)))

    with pytest.raises(CompanyError):
        answer(stack.request("Update"), None)

    assert stack.answers[0]["Reason"].startswith("時刻表") and stack.sizes[0] <= 4096


def test_deleting_the_stack_does_not_change_the_brain(answer: Any, stack: Stack, brain: TestBrain) -> None:
    before = brain.sql("owner", "SELECT count(*) AS roles FROM company.roster WHERE left_at IS NULL")

    answer(stack.request("Delete"), None)

    assert stack.answers[0]["Status"] == "SUCCESS"
    assert brain.sql("owner", "SELECT count(*) AS roles FROM company.roster WHERE left_at IS NULL") == before
