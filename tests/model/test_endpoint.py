"""A model's endpoint that is dead, slow or refuses the company: two roles find out, all others work by the book."""

from typing import Any

import pytest

from company.fire.fire import Fire
from company.outcomes import Done, Outcome
from heartbeat import money
from tests.model.conftest import ModelRun, RunByModel
from tests.support.brains import TestBrain
from tests.support.fires import Fires
from tests.support.messages_api import Fails, MessagesApi, Says, finishes, messages_api
from tests.support.silent_server import silent_server

FOUND = (
    "SELECT level, title, watcher, found_by, times_seen, closed_by, resolution, evidence"
    " FROM company.findings WHERE kind = 'model_endpoint'"
)
LAST = "SELECT worked_by, by_book_because FROM company.sessions ORDER BY id DESC LIMIT 1"
KNOWN = "the model's endpoint is known to be down: "


def found(brain: TestBrain) -> dict[str, Any]:
    [finding] = brain.sql("owner", FOUND)
    return dict(finding)


def worked(fire: Fires, role: str, url: str, **minutes: float) -> dict[str, Any]:
    """One fire of this role with a model at this address, so many minutes later, as its session records it."""
    fire.brain.wait(**({"minutes": 1} | minutes))
    fire(
        role,
        company_model="anthropic",
        anthropic_base_url=url,
        anthropic_api_key="k",
        request_id=f"r{fire.brain.now()}",
    )
    [session] = fire.brain.sql("owner", LAST)
    return dict(session)


def beat(fire: Fires, **settings: Any) -> None:
    """The part of heartbeat's fire that is about the model, five minutes later."""
    fire.brain.wait(minutes=5)

    def work(at_work: Fire) -> Outcome:
        return Done({"ended": int(money.end_model_trouble(at_work))})

    fire("heartbeat", work, request_id=f"beat-{fire.brain.now()}", **settings)


def test_a_worker_reports_that_the_model_refuses_the_company(run_by_model: RunByModel, brain: TestBrain) -> None:
    brain.sql("data_manager", "SELECT company.file_task('data', 't', '{}', 5::smallint, NULL, NULL)")

    ran = run_by_model([Fails(401, "invalid x-api-key")], role="data_worker")

    assert (ran.answer["outcome"], ran.session["worked_by"]) == ("done", "book")
    reported = found(brain)
    assert (reported["level"], reported["watcher"], reported["found_by"]) == ("today", "ceo", "any_session")
    assert reported["evidence"] == {"reported_by": ["data_worker"]}


@pytest.mark.parametrize("failure", [Fails(401), Fails(500)], ids=["refused", "broken"])
def test_after_two_roles_nobody_asks_and_no_money_is_reserved(fire: Fires, brain: TestBrain, failure: Fails) -> None:
    with messages_api(lambda _: failure) as api:
        for role in ("data_manager", "research_manager"):
            worked(fire, role, api.url)
        asked, checks = len(api.asked), api.checks
        third = worked(fire, "build_manager", api.url)

    assert (len(api.asked), api.checks) == (asked, checks)
    assert third["worked_by"] == "book"
    assert third["by_book_because"].startswith(KNOWN)
    assert brain.sql("owner", "SELECT FROM company.spend WHERE role = 'build_manager'") == []
    assert found(brain)["evidence"] == {"reported_by": ["data_manager", "research_manager"]}


def test_an_endpoint_that_failed_somebody_is_tried_once(fire: Fires) -> None:
    with messages_api(lambda _: Fails(529, retry_after="0")) as api:
        worked(fire, "data_manager", api.url)
        first = len(api.asked)
        worked(fire, "research_manager", api.url)

    assert (first, len(api.asked) - first) == (4, 1)


def test_one_role_that_meets_a_busy_model_finds_nothing(fire: Fires, brain: TestBrain) -> None:
    with messages_api(lambda _: Fails(529, retry_after="0")) as api:
        worked(fire, "data_manager", api.url)

    assert brain.sql("owner", FOUND) == []


def test_an_endpoint_that_never_answers_is_looked_at_for_seconds_only(fire: Fires, brain: TestBrain) -> None:
    with silent_server() as (url, taken):
        sessions = [worked(fire, role, url) for role in ("data_manager", "research_manager", "build_manager")]

    assert len(taken) == 2
    assert {session["worked_by"] for session in sessions} == {"book"}
    assert all("gave no answer within" in session["by_book_because"] for session in sessions)
    assert found(brain)["title"] == "the model's endpoint does not answer: everybody works by the book"


def test_a_slow_endpoint_is_known_too_though_it_answers_at_once_that_it_is_there(
    fire: Fires, brain: TestBrain, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("company.fire.session._remaining_seconds", lambda context: 8.0)
    with messages_api(lambda _: Says([], after=6)) as api:
        sessions = [worked(fire, role, api.url) for role in ("data_manager", "research_manager", "build_manager")]

    assert len(api.asked) == 2
    assert [session["by_book_because"].startswith(KNOWN) for session in sessions] == [False, False, True]
    assert found(brain)["times_seen"] == 1


def refusing(fire: Fires, api: MessagesApi) -> None:
    """The endpoint refuses two roles, and everybody works by the book."""
    api.script = lambda _: Fails(401)
    for role in ("data_manager", "research_manager"):
        worked(fire, role, api.url)


def test_a_probe_that_is_answered_brings_the_model_back_for_all(fire: Fires, brain: TestBrain) -> None:
    with messages_api([]) as api:
        refusing(fire, api)
        api.script = lambda _: finishes()
        sessions = [worked(fire, role, api.url) for role in ("build_manager", "scraping_manager")]
        sessions += [worked(fire, "build_manager", api.url, minutes=30), worked(fire, "scraping_manager", api.url)]

    assert [session["worked_by"] for session in sessions] == ["book", "book", "model", "model"]
    reported = found(brain)
    assert reported["closed_by"] == "build_manager"
    assert reported["resolution"] == "seen 2 times; it answered build_manager"
    assert reported["evidence"]["since"] < reported["evidence"]["until"]


def test_a_probe_that_fails_leaves_everybody_by_the_book(fire: Fires, brain: TestBrain) -> None:
    with messages_api([]) as api:
        refusing(fire, api)
        before = len(api.asked)
        worked(fire, "build_manager", api.url, minutes=31)
        by_all = [worked(fire, role, api.url) for role in ("scraping_manager", "data_manager")]

    assert len(api.asked) == before + 1
    assert all(session["by_book_because"].startswith(KNOWN) for session in by_all)
    assert (found(brain)["times_seen"], found(brain)["closed_by"]) == (3, None)


def test_with_a_recent_answer_nobody_looks_first(fire: Fires) -> None:
    with messages_api(lambda _: finishes()) as api:
        for role in ("data_manager", "research_manager", "build_manager"):
            worked(fire, role, api.url)
        once = api.checks
        worked(fire, "scraping_manager", api.url, hours=2)

    assert (once, api.checks) == (1, 2)


def test_it_ends_when_nobody_uses_a_model_any_more(run_by_model: RunByModel, fire: Fires, brain: TestBrain) -> None:
    ran: ModelRun = run_by_model([Fails(401)])
    beat(fire, company_model="anthropic")
    still_open = found(brain)["closed_by"]
    beat(fire)

    assert (ran.session["worked_by"], still_open) == ("book", None)
    assert found(brain)["resolution"] == "seen once; no role uses it any more"
