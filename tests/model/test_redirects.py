"""A prompt goes to the endpoint that the owner set, and is not sent on to where that endpoint points."""

from typing import Any

import pytest

from tests.model.conftest import RunByModel
from tests.support.bedrock import BedrockHandler
from tests.support.brains import TestBrain
from tests.support.fires import Fires
from tests.support.messages_api import Fails, MessagesApi, finishes, messages_api

LAST = "SELECT worked_by, by_book_because FROM company.sessions ORDER BY id DESC LIMIT 1"


def pointing_to(other: MessagesApi, status: int) -> Fails:
    return Fails(
        status, headers=(("location", other.url.replace("127.0.0.1", "localhost") + "/v1/messages?key=a-secret"),)
    )


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_refused_and_its_target_gets_nothing(
    run_by_model: RunByModel, brain: TestBrain, status: int
) -> None:
    with messages_api([finishes()]) as other:
        ran = run_by_model([pointing_to(other, status)])

    assert other.asked == []
    assert (ran.answer["outcome"], ran.session["worked_by"], len(ran.api.asked)) == ("done", "book", 1)
    assert f"answers {status} and points to localhost" in ran.session["by_book_because"]
    assert "a-secret" not in ran.session["by_book_because"]
    assert brain.sql("owner", "SELECT kind FROM company.findings") == [{"kind": "model_endpoint"}]


def test_a_redirect_of_bedrock_is_refused_too(fire: Fires, brain: TestBrain, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "ASIATEST")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "not-a-secret")
    settings: dict[str, Any] = {"company_model": "bedrock", "aws_region": "eu-central-1"}
    with messages_api([finishes()], BedrockHandler) as other, messages_api([], BedrockHandler) as first:
        first.script = [pointing_to(other, 307)]
        fire("data_manager", anthropic_bedrock_base_url=first.url, **settings)

    assert other.asked == []
    [session] = brain.sql("owner", LAST)
    assert session["worked_by"] == "book"
    assert "points to localhost" in session["by_book_because"]


@pytest.mark.parametrize("location", ["http://[", "", "//", "\u00e9"], ids=["broken", "none", "empty", "odd"])
def test_a_redirect_to_nowhere_is_refused_like_any_other(run_by_model: RunByModel, location: str) -> None:
    ran = run_by_model([Fails(307, headers=(("location", location),))])

    assert ran.session["worked_by"] == "book"
    assert "points to another address" in ran.session["by_book_because"]


def test_nothing_is_charged_for_a_redirect(run_by_model: RunByModel, brain: TestBrain) -> None:
    with messages_api([]) as other:
        run_by_model([pointing_to(other, 307)])

    assert brain.sql("owner", "SELECT state FROM company.spend") == [{"state": "released"}]
