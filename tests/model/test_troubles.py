"""What can go wrong between a session and its model; the slot ends with evidence all the same."""

import subprocess
import sys
import time
from dataclasses import replace

import pytest

from company.model.anthropic import open_model
from company.model.port import ModelDown, ModelRequest
from company.model.sizes import effort_for, model_for
from company.settings import Settings
from tests.model.conftest import RunByModel
from tests.support.brains import TestBrain
from tests.support.fires import Fires
from tests.support.messages_api import Breaks, Drips, Fails, Reply, Says, finishes, messages_api, uses

TEXT = {"type": "text", "text": "go"}


@pytest.mark.parametrize(
    "trouble",
    [
        Fails(429, retry_after="0.2"),
        Fails(429, retry_after="Fri, 27 Nov 2026 01:10:01 GMT", headers=(("date", "Fri, 27 Nov 2026 01:10:00 GMT"),)),
        Fails(529, retry_after="0"),
        Fails(529, headers=(("retry-after-ms", "120"),)),
        Fails(500),
        Breaks(),
        Breaks(half=True),
    ],
    ids=["429", "a date", "529", "milliseconds", "500", "dropped", "half sent"],
)
def test_a_trouble_that_passes_is_waited_out(run_by_model: RunByModel, trouble: Reply) -> None:
    ran = run_by_model([trouble, finishes()])

    assert (ran.session["worked_by"], len(ran.api.asked)) == ("model", 2)


def test_after_a_wait_longer_than_the_fire_the_book_works_at_once(run_by_model: RunByModel) -> None:
    ran = run_by_model([Fails(429, retry_after="3600")])

    assert (ran.answer["outcome"], ran.session["worked_by"]) == ("done", "book")
    assert "429" in ran.session["by_book_because"]
    assert len(ran.api.asked) == 1


def test_a_date_far_away_is_a_wait_longer_than_the_fire(run_by_model: RunByModel) -> None:
    an_hour = Fails(
        503, retry_after="Fri, 27 Nov 2026 02:10:00 GMT", headers=(("date", "Fri, 27 Nov 2026 01:10:00 GMT"),)
    )

    ran = run_by_model([an_hour])

    assert (len(ran.api.asked), ran.session["worked_by"]) == (1, "book")


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_wrong_configuration_is_not_tried_twice(run_by_model: RunByModel, status: int, brain: TestBrain) -> None:
    ran = run_by_model([Fails(status, "invalid x-api-key")])

    assert len(ran.api.asked) == 1
    assert ran.answer["outcome"] == "done"
    assert str(status) in ran.session["by_book_because"]
    [finding] = brain.sql("owner", "SELECT title FROM company.findings")
    assert "model" in finding["title"]


@pytest.mark.parametrize("trouble", [Fails(413), Fails(400, "prompt is too long: 200001 tokens > 200000 maximum")])
def test_a_conversation_too_long_is_clipped_and_asked_again(run_by_model: RunByModel, trouble: Reply) -> None:
    steps: list[Reply] = [
        uses(("describe_schedule", {"schedule": "data_worker"})),
        uses(("task_figures", {})),
        trouble,
        finishes(),
    ]

    ran = run_by_model(steps)

    assert ran.session["worked_by"] == "model"
    assert len(str(ran.api.asked[-1])) < len(str(ran.api.asked[-2]))


def test_when_a_conversation_stays_too_long_the_book_works(run_by_model: RunByModel) -> None:
    ran = run_by_model([Fails(413), Fails(413)])

    assert (ran.answer["outcome"], ran.session["worked_by"]) == ("done", "book")


def test_the_book_takes_over_in_the_middle_of_a_fire(run_by_model: RunByModel) -> None:
    ran = run_by_model([uses(("task_figures", {})), Fails(401)])

    assert (ran.answer["outcome"], ran.session["worked_by"]) == ("done", "book")
    assert ran.session["turns"] == 1
    assert ran.session["tokens"]["output"] > 0
    assert "sources" in ran.answer["evidence"]


def test_a_slow_answer_leaves_the_book_enough_seconds(
    run_by_model: RunByModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("company.fire.session._remaining_seconds", lambda context: 7.0)

    ran = run_by_model([Says([], after=8)])

    assert (ran.answer["outcome"], ran.session["worked_by"]) == ("done", "book")
    assert "no answer within" in ran.session["by_book_because"]


@pytest.mark.parametrize("answer", [Drips(every=0.2), Says([], after=30)], ids=["a byte at a time", "nothing at all"])
def test_an_answer_that_never_ends_is_given_up_at_its_deadline(
    run_by_model: RunByModel, monkeypatch: pytest.MonkeyPatch, answer: Reply
) -> None:
    monkeypatch.setattr("company.fire.session._remaining_seconds", lambda context: 10.0)
    began = time.monotonic()

    ran = run_by_model([answer])

    assert time.monotonic() - began < 25, "the answer itself takes longer"
    assert (ran.answer["outcome"], ran.session["worked_by"]) == ("done", "book")
    assert ran.session["by_book_because"].startswith("no answer within")


def test_an_unreachable_endpoint_costs_nothing(fire: Fires, brain: TestBrain) -> None:
    fire("data_manager", company_model="anthropic", anthropic_base_url="http://127.0.0.1:9", anthropic_api_key="k")

    [session] = brain.sql("owner", "SELECT outcome, worked_by, by_book_because FROM company.sessions")
    assert (session["outcome"], session["worked_by"]) == ("done", "book")
    assert "cannot be reached" in session["by_book_because"]
    assert brain.sql("owner", "SELECT state FROM company.spend") == []


def test_after_an_abandoned_call_the_next_one_is_answered(brain: TestBrain) -> None:
    with messages_api([Drips(), finishes()]) as api:
        model = open_model(brain.settings("ceo", company_model="anthropic", anthropic_base_url=api.url), "k")
        ask = ModelRequest(
            model="m", system=[], tools=[], messages=[{"role": "user", "content": [TEXT]}], most_output=9
        )
        with pytest.raises(ModelDown) as late:
            model.turn(replace(ask, seconds=0.5))

        assert late.value.may_have_cost is True
        assert model.turn(ask).calls[0].name == "finish"


def test_tasks_that_the_model_claimed_are_returned_to_the_book(run_by_model: RunByModel, brain: TestBrain) -> None:
    brain.sql("data_manager", "SELECT company.file_task('data', 't', '{}', 5::smallint, NULL, NULL)")

    ran = run_by_model([uses(("claim_task", {"mode": "data"})), Fails(401)], role="data_worker")

    assert (ran.answer["outcome"], ran.answer["evidence"]["tasks"]) == ("done", 1)
    steps = "SELECT to_status FROM company.task_events WHERE by_role = 'data_worker' ORDER BY id"
    assert [row["to_status"] for row in brain.sql("owner", steps)] == [
        "in_progress",
        "pending",
        "in_progress",
        "blocked",
    ]


def test_the_brief_states_why_the_book_replaced_the_model(run_by_model: RunByModel, brain: TestBrain) -> None:
    run_by_model([Fails(401)])
    span = {"since": brain.now().replace(hour=0), "until": brain.now().replace(hour=23)}

    [row] = brain.as_role("ceo").all("brief_by_the_book_because", **span)

    assert row["fires"] == 1
    assert "401" in row["because"]


def test_the_sizes_of_a_record_are_settings(brain: TestBrain) -> None:
    def named(**more: str) -> Settings:
        return brain.settings("ceo", **more)

    assert model_for(named(company_model="anthropic"), "large") == "claude-opus-5-5"
    assert model_for(named(company_model="anthropic", model_small="mine"), "small") == "mine"


@pytest.mark.parametrize("model", ["claude-sonnet-4-5", "claude-opus-55", "my-claude-opus-5-5", "gpt", ""])
def test_a_model_that_may_not_know_effort_is_not_told_one(model: str) -> None:
    assert effort_for(model, "low") is None


def test_the_book_alone_loads_neither_anthropic_nor_boto3() -> None:
    heavy = "import company.fire.session, company.model.conversation, sys"
    heavy += "; print(sorted({'anthropic', 'boto3'} & set(sys.modules)))"

    done = subprocess.run([sys.executable, "-c", heavy], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


def test_no_model_is_asked_when_there_is_nothing_to_do(run_by_model: RunByModel) -> None:
    ran = run_by_model([], role="data_worker")

    assert (ran.answer["outcome"], ran.api.asked) == ("skipped", [])


def test_the_book_by_choice_asks_no_model(fire: Fires, brain: TestBrain) -> None:
    fire("data_manager")

    assert brain.sql("owner", "SELECT worked_by, model, by_book_because FROM company.sessions") == [
        {"worked_by": "book", "model": None, "by_book_because": None}
    ]


@pytest.mark.parametrize(
    ("troubles", "states"),
    [([Breaks()] * 4, {"reserved"}), ([Fails(529, retry_after="0")] * 4, {"released"}), ([Fails(401)], {"released"})],
    ids=["dropped", "overloaded", "no right"],
)
def test_only_a_call_that_certainly_cost_nothing_is_refunded(
    run_by_model: RunByModel, brain: TestBrain, troubles: list[Reply], states: set[str]
) -> None:
    ran = run_by_model(troubles)

    assert ran.session["worked_by"] == "book"
    assert {row["state"] for row in brain.sql("owner", "SELECT state FROM company.spend")} == states
