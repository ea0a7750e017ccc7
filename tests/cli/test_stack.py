"""`--aws`: the same commands over a stack's brain, by the owner's login from SSM; and what is refused there."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import (
    ClientError,
    EndpointConnectionError,
    NoCredentialsError,
    NoRegionError,
    ProfileNotFound,
    UnauthorizedSSOTokenError,
)
from psycopg.conninfo import conninfo_to_dict

from company.aws.clients import Cloud
from company.brain import authorities
from company.brain.connection import with_network
from company.settings import Settings
from tests.cli.conftest import Watchbill
from tests.cli.stacks import OWNER, founded, point_the_shell_at
from tests.support.brains import PASSWORD, TestBrain
from watchbill.cli import stack as stacks
from watchbill.cli.choice import chosen_stack, take_choice
from watchbill.cli.commands import dsn
from watchbill.cloud.aws import LocalAws, desk_cloud
from watchbill.doctor.stack_checks import check_subscription
from watchbill.errors import UsageError


@pytest.fixture(autouse=True)
def on_the_desk_again() -> Iterator[None]:
    """What a test chose holds for no other."""
    yield
    take_choice([], {})


@pytest.fixture(scope="module")
def cloud() -> Iterator[LocalAws]:
    with desk_cloud() as running:
        yield running


@pytest.fixture
def stack(cloud: LocalAws, brain: TestBrain, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A stack whose brain is the test's."""
    point_the_shell_at(cloud, monkeypatch)
    with founded(cloud, brain, zone="Asia/Kolkata") as name:
        yield name


@pytest.mark.parametrize(
    ("written", "left", "named"),
    [
        (["brief", "--aws"], ["brief"], "watchbill"),
        (["brief", "--aws", "blue"], ["brief"], "blue"),
        (["--aws", "blue", "why", "F-1"], ["why", "F-1"], "blue"),
        (["why", "--aws=blue", "F-1"], ["why", "F-1"], "blue"),
        (["slots", "--aws", "--json"], ["slots", "--json"], "watchbill"),
        (["brief"], ["brief"], None),
    ],
)
def test_the_word_after_it_is_the_stack_unless_it_is_an_option(
    written: list[str], left: list[str], named: str | None
) -> None:
    assert take_choice(written, {}) == left
    assert chosen_stack() == named


def test_the_environments_stack_holds_where_none_is_named() -> None:
    take_choice(["brief"], {"WATCHBILL_STACK": "green"})
    assert chosen_stack() == "green"
    take_choice(["brief", "--aws", "blue"], {"WATCHBILL_STACK": "green"})
    assert chosen_stack() == "blue"
    take_choice(["brief"], {"WATCHBILL_STACK": ""})
    assert chosen_stack() is None


@pytest.mark.parametrize("name", ["", "a b", "-x", "ü", "a/b", "1st"])
def test_what_no_stack_is_called_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="letters, digits and hyphens"):
        take_choice([f"--aws={name}"], {})


def test_what_answers_on_the_desk_does_so_on_aws(watchbill: Watchbill, stack: str) -> None:
    assert watchbill("customers", "add", "Alder", "--email", "a@alder.example", "--aws", stack).code == 0
    assert "Alder" in watchbill("customers", "--aws", stack).out
    assert "stopped" in watchbill("stop", "--aws", stack).out
    assert watchbill("start", "--aws", stack).code == 0
    assert "closed" in watchbill("approvals", "deliver", "closed", "--aws", stack).out


def test_the_dsn_is_the_stacks_with_the_logins_password(watchbill: Watchbill, brain: TestBrain, stack: str) -> None:
    done = watchbill("dsn", "--aws", stack)

    assert f"user={brain.company.name}_owner" in done.out and PASSWORD in done.out


def test_the_stacks_zone_is_the_owners(watchbill: Watchbill, stack: str) -> None:
    take_choice(["brief", "--aws", stack], {})
    company = stacks.chosen_company()

    assert company is not None and str(company.zone) == "Asia/Kolkata"
    assert "sesame" not in repr(company) and company.as_day().data_kind == ""


def test_a_stack_that_is_not_there_is_named(watchbill: Watchbill, stack: str) -> None:
    done = watchbill("brief", "--aws", "elsewhere")

    assert done.code == 1 and "elsewhere" in done.err and "Traceback" not in done.err


class Faulty:
    """A cloud of which every client fails in this way, at once or at its first call."""

    def __init__(self, fault: Exception, *, at_once: bool) -> None:
        self._fault, self._at_once = fault, at_once

    def client(self, service: str) -> "Faulty":
        if self._at_once:
            raise self._fault
        return self

    def describe_stacks(self, **_: str) -> None:
        raise self._fault


def refused(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "the security token included in the request"}}, "X")


@pytest.mark.parametrize(
    ("fault", "at_once"),
    [
        (NoRegionError(), True),
        (ProfileNotFound(profile="nobody"), True),
        (NoCredentialsError(), False),
        (UnauthorizedSSOTokenError(), False),
        (EndpointConnectionError(endpoint_url="https://cloudformation.example"), False),
        (refused("ExpiredToken"), False),
        (refused("AccessDenied"), False),
    ],
)
def test_a_fault_of_aws_is_one_line_that_names_the_stack_and_whose_credentials(
    watchbill: Watchbill, monkeypatch: pytest.MonkeyPatch, fault: Exception, at_once: bool
) -> None:
    monkeypatch.setattr(stacks, "Cloud", lambda: Faulty(fault, at_once=at_once))

    done = watchbill("slots", "--aws", "night-watch")

    assert (done.code, done.out, done.err.count("\n")) == (1, "", 1)
    assert "The stack 'night-watch' cannot be read" in done.err and "are the shell's" in done.err


class Undecrypted:
    """A cloud whose key of Lambda's environments these credentials may not use: AWS answers with an error instead."""

    def client(self, service: str) -> "Undecrypted":
        return self

    def describe_stacks(self, **_: str) -> dict[str, Any]:
        return {"Stacks": [{"Parameters": [{"ParameterKey": "Company", "ParameterValue": "acme"}]}]}

    def get_function_configuration(self, **_: str) -> dict[str, Any]:
        return {"Environment": {"Error": {"ErrorCode": "AccessDeniedException", "Message": "kms:Decrypt"}}}


def test_an_environment_that_may_not_be_decrypted_is_one_line_that_names_the_key(
    watchbill: Watchbill, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stacks, "Cloud", Undecrypted)

    done = watchbill("slots", "--aws", "night-watch")

    assert (done.code, done.out, done.err.count("\n")) == (1, "", 1) and "acme-heartbeat" in done.err
    assert "decrypt" in done.err


def test_a_brain_that_cannot_be_reached_is_one_line_that_says_how_to(
    watchbill: Watchbill, cloud: LocalAws, brain: TestBrain, monkeypatch: pytest.MonkeyPatch
) -> None:
    point_the_shell_at(cloud, monkeypatch)
    with founded(cloud, brain, BRAIN_DSN="postgresql://127.0.0.1:1/nowhere") as name:
        done = watchbill("slots", "--aws", name)

    assert (done.code, done.out, done.err.count("\n")) == (1, "", 1)
    assert "WATCHBILL_BRAIN_VIA" in done.err and PASSWORD not in done.err


def test_a_tunnel_leads_to_the_servers_own_name_and_a_token_is_for_the_server(
    cloud: LocalAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = "postgresql://db.example:5432/acme?sslmode=verify-full"
    assert stacks.by_tunnel(address) == address
    monkeypatch.setenv("WATCHBILL_BRAIN_VIA", "127.0.0.1:5433")
    settings = Settings(role="owner", company="acme", vertical="v", brain_dsn=address, brain_auth="iam")

    login = stacks.StackCompany("s", settings, {}, Cloud()).login("owner")

    near = conninfo_to_dict(login.brain_dsn)
    assert (near["host"], near["hostaddr"], near["port"]) == ("db.example", "127.0.0.1", "5433")
    assert near["sslmode"] == "verify-full" and str(login.brain_password).startswith("db.example:5432/?Action=connect")
    monkeypatch.setenv("WATCHBILL_BRAIN_VIA", "5433")
    with pytest.raises(UsageError, match="address:port"):
        stacks.by_tunnel(address)


def test_the_dsn_names_a_file_of_authorities_that_outlives_the_command(home: Path) -> None:
    given = dsn._with_lasting_authorities(with_network("postgresql://db.example/acme"))

    named = Path(str(conninfo_to_dict(given)["sslrootcert"]))
    assert named.is_relative_to(home) and named.read_bytes() == authorities.bundle().read_bytes()


def test_a_login_without_a_password_in_ssm_is_named(watchbill: Watchbill, stack: str) -> None:
    done = watchbill("dsn", "--as", "nobody", "--aws", stack)

    assert done.code == 1 and "_nobody" in done.err


@pytest.mark.parametrize(
    ("subscription", "is_ok", "said"),
    [
        ("arn:aws:sns:us-east-1:1:owner:1", True, "has confirmed"),
        ("PendingConfirmation", False, "has not confirmed"),
        ("Deleted", False, "is not subscribed any more"),
        (None, False, "is not subscribed any more"),
    ],
)
def test_the_doctor_asks_sns_whether_anybody_hears_the_alarms(subscription: str | None, is_ok: bool, said: str) -> None:
    own = [{"Protocol": "email", "Endpoint": OWNER.upper(), "SubscriptionArn": subscription}] if subscription else []
    found = check_subscription(Topic(own), "arn:aws:sns:us-east-1:1:owner", OWNER)

    assert (found.is_ok, said in found.what) == (is_ok, True)
    assert "aws sns subscribe" in found.do


class Topic:
    """A cloud whose SNS lists these subscriptions; without any list it refuses to."""

    def __init__(self, found: list[dict[str, str]] | None) -> None:
        self._found = found

    def client(self, service: str) -> "Topic":
        assert service == "sns"
        return self

    def get_paginator(self, operation: str) -> "Topic":
        return self

    def paginate(self, **_: str) -> list[dict[str, Any]]:
        if self._found is None:
            raise refused("AuthorizationError")
        return [{"Subscriptions": self._found}]


def test_a_topic_that_may_not_be_read_is_a_failed_check_and_no_traceback() -> None:
    found = check_subscription(Topic(None), "arn:aws:sns:us-east-1:1:owner", OWNER)

    assert not found.is_ok and "sns:ListSubscriptionsByTopic" in found.do


def test_what_only_the_desk_can_do_is_refused_there(watchbill: Watchbill, stack: str) -> None:
    for command in (["day"], ["drill"], ["restore"]):
        done = watchbill(*command, "--aws", stack)
        assert done.code == 2 and "the desk alone" in done.err, command
