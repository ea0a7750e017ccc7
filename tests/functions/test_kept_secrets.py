"""migrate's secrets: made once, asked for together, never two for one name, and no faster than SSM takes them."""

import json
import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from company.aws.clients import Cloud
from migrate.kept_secrets import KeptSecrets
from watchbill.cloud.aws import LocalAws
from watchbill.cloud.rights import read_statements

NAMES = [f"/watchbill/acme/logins/role_{n}" for n in range(23)]
GET, GET_SEVERAL, PUT = "ssm:GetParameter", "ssm:GetParameters", "ssm:PutParameter"


@dataclass
class Deploy:
    """What migrate has of AWS: clients that may do these actions; asked: the operations that it asked for."""

    cloud: LocalAws
    may: Sequence[str] = (GET, GET_SEVERAL, PUT)
    asked: list[str] = field(default_factory=list)

    def client(self, service: str) -> Any:
        statement = {"Effect": "Allow", "Action": list(self.may), "Resource": "*"}
        self.cloud.enforce({"deploy": read_statements([{"Statement": [statement]}])})
        client = self.cloud.client_of(service, "deploy", "desk")
        client.meta.events.register("before-call.ssm", lambda model, **_: self.asked.append(model.name))
        return client

    def client_with(self, service: str, *, tries: int) -> Any:
        return self.client(service)

    def secrets(self) -> KeptSecrets:
        return KeptSecrets(self, NAMES)


def all_of(secrets: KeptSecrets) -> list[str]:
    return [secrets.get_or_make(name) for name in NAMES]


def test_each_is_made_once_and_is_the_same_at_the_next_deploy(cloud: LocalAws) -> None:
    first = all_of(Deploy(cloud).secrets())

    assert len(set(first)) == len(NAMES)
    assert min(map(len, first)) >= 32
    assert all_of(Deploy(cloud).secrets()) == first


def test_a_later_deploy_asks_for_ten_at_a_time_and_makes_nothing(cloud: LocalAws) -> None:
    all_of(Deploy(cloud).secrets())
    later = Deploy(cloud)

    all_of(later.secrets())

    assert later.asked == ["GetParameters"] * 3


def test_one_that_another_deploy_makes_meanwhile_counts(cloud: LocalAws) -> None:
    slow, quick = Deploy(cloud).secrets(), Deploy(cloud).secrets()

    made = quick.get_or_make(NAMES[0])

    assert slow.get_or_make(NAMES[0]) == made


def test_before_iam_knows_of_the_right_each_is_asked_for_by_itself(cloud: LocalAws) -> None:
    kept = all_of(Deploy(cloud).secrets())

    assert all_of(Deploy(cloud, may=(GET, PUT)).secrets()) == kept


def test_another_refusal_ends_the_deploy(cloud: LocalAws, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("company.aws.clients.MOST_NAMES", 11)

    with pytest.raises(ClientError, match="ValidationException"):
        Deploy(cloud).secrets()


MANY = [f"/watchbill/acme/logins/role_{n}" for n in range(40)]
A_SECOND, AT_ONCE = 3, 3
ENVIRONMENT = {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_DEFAULT_REGION": "us-east-1"}


@dataclass
class Ssm:
    """SSM's rate for PutParameter as a token bucket. Its time passes only while a client waits."""

    now: float = 0.0
    tokens: float = AT_ONCE
    filled_at: float = 0.0
    kept: dict[str, str] = field(default_factory=dict)
    refused: int = 0

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def answer(self, action: str, asked: Any) -> tuple[int, dict[str, Any]]:
        if action == "GetParameters":
            return 200, {"Parameters": [{"Name": n, "Value": self.kept[n]} for n in asked["Names"] if n in self.kept]}
        self.tokens = min(AT_ONCE, self.tokens + (self.now - self.filled_at) * A_SECOND)
        self.filled_at = self.now
        if self.tokens < 1:
            self.refused += 1
            return 400, {"__type": "ThrottlingException", "message": "Rate exceeded"}
        self.tokens -= 1
        self.kept[asked["Name"]] = asked["Value"]
        return 200, {"Version": 1, "Tier": "Standard"}


@contextmanager
def served(ssm: Ssm) -> Iterator[str]:
    class Answers(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
            status, answer = ssm.answer(self.headers["x-amz-target"].rpartition(".")[2], asked)
            body = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/x-amz-json-1.1")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize("seed", [1, 2])
def test_a_first_deploy_waits_while_ssm_takes_no_more(monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    random.seed(seed)  # botocore waits for a part of its time that it draws
    ssm = Ssm()
    monkeypatch.setattr("botocore.endpoint.time", SimpleNamespace(sleep=ssm.sleep))
    with served(ssm) as url:
        for name, value in {**ENVIRONMENT, "AWS_ENDPOINT_URL": url}.items():
            monkeypatch.setenv(name, value)
        secrets = KeptSecrets(Cloud(), MANY)

        made = {name: secrets.get_or_make(name) for name in MANY}

    assert ssm.kept == made and ssm.refused > 0
    assert ssm.now < 120, "a deploy gives migrate five minutes"
