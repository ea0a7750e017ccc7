"""migrate's secrets: made once, asked for together, and never two for one name."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore.exceptions import ClientError

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
    monkeypatch.setattr("company.aws.MOST_NAMES", 11)

    with pytest.raises(ClientError, match="ValidationException"):
        Deploy(cloud).secrets()
