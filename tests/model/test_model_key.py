"""The model's key: read from SSM into the client, and nowhere else."""

import secrets
from collections.abc import Iterator
from typing import Any

import pytest

from company.aws.clients import Cloud as FiresCloud
from company.aws.clients import model_key_parameter
from company.log import make_log
from tests.support.brains import TestBrain, run_sql
from tests.support.fires import Fires
from tests.support.messages_api import (
    Body,
    Fails,
    MessagesApi,
    MessagesHandler,
    Reply,
    Says,
    finishes,
    messages_api,
    uses,
)
from watchbill.cloud.aws import LocalAws

KEY = "sk-ant-marked-5b1f"
LAST = "SELECT outcome, worked_by, by_book_because FROM company.sessions ORDER BY id DESC LIMIT 1"
ALL_TABLES = """
SELECT c.oid::regclass::text AS name FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
WHERE relkind = 'r' AND nspname NOT IN ('pg_catalog', 'information_schema')
"""


class KeyedHandler(MessagesHandler):
    """A server that adds the key of each request to what the script gets."""

    def ask(self, body: Body) -> Body:
        return {**body, "key": self.headers["authorization"].removeprefix("Bearer ")}


@pytest.fixture
def api() -> Iterator[MessagesApi]:
    with messages_api([], KeyedHandler) as served:
        yield served


@pytest.fixture
def aws(cloud: LocalAws, monkeypatch: pytest.MonkeyPatch) -> LocalAws:
    """A fire's own clients use the AWS of this test, as functions on the desk do."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", cloud.endpoint_url)
    return cloud


def store_key(aws: LocalAws, brain: TestBrain, value: str = KEY) -> None:
    name = model_key_parameter(brain.company.name)
    aws.client("ssm").put_parameter(Name=name, Value=value, Type="SecureString")


def worked(fire: Fires, **settings: Any) -> dict[str, Any]:
    container = fire.container("data_manager", cloud=FiresCloud(), company_model="anthropic", **settings)
    container.log = make_log(f"keyed_{secrets.token_hex(4)}")  # a Logger keeps the standard output of its creation
    fire("data_manager", container=container)
    [session] = fire.brain.sql("owner", LAST)
    return dict(session)


@pytest.mark.parametrize("stored", [KEY, f"{KEY}\n"], ids=["as it is", "with a line's end"])
def test_the_key_is_fetched_from_ssm(
    aws: LocalAws, brain: TestBrain, fire: Fires, api: MessagesApi, stored: str
) -> None:
    store_key(aws, brain, stored)
    api.script = [finishes()]

    session = worked(fire, anthropic_base_url=api.url)

    assert session["worked_by"] == "model"
    assert [ask["key"] for ask in api.asked] == [KEY]


def test_a_key_that_is_not_there_is_named_by_its_place(aws: LocalAws, brain: TestBrain, fire: Fires) -> None:
    session = worked(fire)

    assert (session["outcome"], session["worked_by"]) == ("done", "book")
    assert model_key_parameter(brain.company.name) in session["by_book_because"]
    [finding] = brain.sql("owner", "SELECT kind, effect FROM company.findings")
    assert finding["kind"] == "model_endpoint"
    assert "ParameterNotFound" in finding["effect"]


def test_a_private_endpoint_may_need_no_key(aws: LocalAws, brain: TestBrain, fire: Fires, api: MessagesApi) -> None:
    api.script = [finishes()]

    assert worked(fire, anthropic_base_url=api.url)["worked_by"] == "model"
    assert api.asked[0]["key"] == "none"


def test_a_corrected_key_is_used_at_the_next_fire(
    aws: LocalAws, brain: TestBrain, fire: Fires, api: MessagesApi
) -> None:
    store_key(aws, brain, "sk-ant-old")
    container = fire.container(
        "data_manager", cloud=FiresCloud(), company_model="anthropic", anthropic_base_url=api.url
    )

    def script(ask: Body) -> Reply:
        return finishes() if ask["key"] == KEY else Fails(401, "invalid x-api-key")

    api.script = script
    fire("data_manager", container=container, request_id="one")
    aws.client("ssm").put_parameter(
        Name=model_key_parameter(brain.company.name), Value=KEY, Type="SecureString", Overwrite=True
    )
    brain.wait(hours=1)
    fire("data_manager", container=container, request_id="two")

    assert brain.sql("owner", LAST)[0]["worked_by"] == "model"


@pytest.mark.parametrize(
    "answer",
    [
        Fails(401, f"Incorrect API key provided: {KEY}. Check it."),
        Fails(400, f"{KEY} may not use this model"),
        Fails(529, f"busy, {KEY}"),
        Says([{"type": "text", "text": f"the key is {KEY}"}], "refusal"),
        uses(("no_such_tool", {})),
    ],
    ids=["401", "400", "529", "refusal", "tool"],
)
def test_a_key_is_in_no_table_no_log_and_no_error(
    aws: LocalAws, brain: TestBrain, fire: Fires, api: MessagesApi, capfd: pytest.CaptureFixture[str], answer: Reply
) -> None:
    store_key(aws, brain)
    api.script = lambda ask: answer

    session = worked(fire, anthropic_base_url=api.url)

    assert session["worked_by"] == "book"
    out, err = capfd.readouterr()
    assert out
    assert KEY not in out + err
    admin = brain.as_login("superuser")
    for table in run_sql(admin, ALL_TABLES):
        kept = run_sql(
            admin, f"SELECT t::text AS row FROM {table['name']} t WHERE t::text LIKE '%{KEY}%'".replace("%", "%%")
        )
        assert kept == [], table["name"]


def test_a_key_in_the_environment_is_not_shown_with_the_settings(brain: TestBrain) -> None:
    assert KEY not in repr(brain.settings("ceo", anthropic_api_key=KEY))
