"""Bedrock through the same interface: the SDK's own client, signed by IAM, against a local server."""

from collections.abc import Iterator
from typing import Any

import pytest

from company.errors import SettingsError
from company.model.anthropic import open_model
from company.model.port import ModelMisconfigured, ModelRequest
from company.model.sizes import model_for
from tests.support.bedrock import BedrockHandler
from tests.support.brains import TestBrain
from tests.support.fires import Fires
from tests.support.messages_api import Fails, MessagesApi, Reply, Says, finishes, messages_api, uses

FIRE: dict[str, Any] = {"company_model": "bedrock", "aws_region": "eu-central-1"}
LAST = "SELECT outcome, worked_by, by_book_because, model, turns, tokens FROM company.sessions ORDER BY id DESC LIMIT 1"


@pytest.fixture(autouse=True)
def _credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """Set as Lambda sets them for a function; the values do not matter here."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "ASIATEST")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "not-a-secret")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "a-token")


def worked(fire: Fires, api: MessagesApi, **settings: Any) -> dict[str, Any]:
    """data_manager's fire with Bedrock at this address, as its session records it."""
    fire("data_manager", anthropic_bedrock_base_url=api.url, **(FIRE | settings))
    [session] = fire.brain.sql("owner", LAST)
    return dict(session)


@pytest.fixture
def bedrock() -> Iterator[MessagesApi]:
    with messages_api([], BedrockHandler) as api:
        yield api


def test_a_whole_fire_uses_a_model_on_bedrock(fire: Fires, brain: TestBrain, bedrock: MessagesApi) -> None:
    bedrock.script = [uses(("task_figures", {})), finishes(looked_at=1)]

    session = worked(fire, bedrock)

    assert (session["outcome"], session["worked_by"], session["turns"]) == ("done", "model", 2)
    assert {(ask["model"], ask["region"]) for ask in bedrock.asked} == {
        ("global.anthropic.claude-sonnet-5-5", "eu-central-1")
    }
    assert session["tokens"]["cache_read"] == sum(u["cache_read_input_tokens"] for u in bedrock.usages)
    [priced] = brain.sql("owner", "SELECT DISTINCT priced_as FROM company.spend")
    assert priced == {"priced_as": "claude-sonnet-5-5"}


def test_what_bedrock_would_refuse_is_not_sent_back(fire: Fires, bedrock: MessagesApi) -> None:
    odd = {"type": "text", "text": "so", "citations": None}
    call = {"type": "tool_use", "id": "call_0", "name": "task_figures", "input": {}, "caller": {"type": "direct"}}
    bedrock.script = [Says([odd, call]), Says([call | {"input": {"hours": 1}}]), finishes()]

    session = worked(fire, bedrock)

    assert (session["worked_by"], session["turns"]) == ("model", 3)


def test_bedrock_may_be_asked_in_another_region(fire: Fires, bedrock: MessagesApi) -> None:
    bedrock.script = [finishes()]

    worked(fire, bedrock, bedrock_region="us-west-2", model_medium="us.anthropic.claude-sonnet-5-5")

    assert [(ask["model"], ask["region"]) for ask in bedrock.asked] == [("us.anthropic.claude-sonnet-5-5", "us-west-2")]


@pytest.mark.parametrize(
    "trouble", [Fails(429, "Too many tokens"), Fails(424, "model error"), Fails(503), Fails(500), Fails(408)]
)
def test_a_passing_trouble_of_bedrock_is_waited_out(fire: Fires, bedrock: MessagesApi, trouble: Reply) -> None:
    bedrock.script = [trouble, finishes()]

    assert worked(fire, bedrock)["worked_by"] == "model"


@pytest.mark.parametrize(
    "trouble",
    [
        Fails(403, "You don't have access to the model with the specified model ID."),
        Fails(404, "This model version has reached the end of its life."),
        Fails(400, "The provided model identifier is invalid."),
        Fails(400, "Invocation of model ID anthropic.x with on-demand throughput isn't supported. Retry your request"),
    ],
    ids=["no access", "gone", "no such name", "no profile"],
)
def test_an_error_that_only_the_owner_can_fix_is_asked_once_and_reported(
    fire: Fires, brain: TestBrain, bedrock: MessagesApi, trouble: Fails
) -> None:
    bedrock.script = [trouble]

    session = worked(fire, bedrock)

    assert (session["outcome"], session["worked_by"], len(bedrock.asked)) == ("done", "book", 1)
    [finding] = brain.sql("owner", "SELECT kind, subject, effect FROM company.findings")
    assert (finding["kind"], finding["subject"]) == ("model_endpoint", "bedrock")
    assert trouble.message in finding["effect"]


def test_a_conversation_too_long_for_bedrock_is_clipped(fire: Fires, bedrock: MessagesApi) -> None:
    bedrock.script = [uses(("task_figures", {})), Fails(400, "Input is too long for requested model."), finishes()]

    assert worked(fire, bedrock)["worked_by"] == "model"


def test_without_credentials_the_book_works_and_the_reason_is_recorded(
    fire: Fires, bedrock: MessagesApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("boto3.Session.get_credentials", lambda session: None)

    session = worked(fire, bedrock)

    assert (session["outcome"], session["worked_by"]) == ("done", "book")
    assert "credentials" in session["by_book_because"]


def test_bedrock_without_a_region_is_a_named_error(brain: TestBrain) -> None:
    with pytest.raises(SettingsError, match="BEDROCK_REGION"):
        open_model(brain.settings("ceo", company_model="bedrock"), None)


def test_a_client_that_cannot_be_made_is_a_misconfiguration(brain: TestBrain) -> None:
    settings = brain.settings("ceo", company_model="bedrock", aws_region="eu-west-1", anthropic_bedrock_base_url="::")

    with pytest.raises(ModelMisconfigured, match="cannot be made: InvalidURL"):
        open_model(settings, None).turn(ModelRequest(model="m", system=[], tools=[], messages=[], most_output=9))


def test_todays_models_are_asked_by_their_global_profile(brain: TestBrain) -> None:
    settings = brain.settings("ceo", company_model="bedrock", model_small="eu.mine")

    assert model_for(settings, "large") == "global.anthropic.claude-opus-5-5"
    assert model_for(settings, "small") == "eu.mine"
