"""The few questions only a human can answer: answered once, by the owner alone, and acted upon once."""

from datetime import timedelta
from typing import Any

import pytest

from tests.support.acts import ask_decision
from tests.support.brains import TestBrain
from tests.support.refusals import refused


def answer(brain: TestBrain, decision: int, option: str | None = "yes", words: str | None = None) -> None:
    brain.owner.run("answer_decision", decision_id=decision, option=option, words=words)


@pytest.mark.parametrize(
    ("fields", "rule"),
    [
        ({"default_option": "perhaps"}, "the_default_is_an_option"),
        ({"recommendation": "perhaps"}, "the_recommendation_is_an_option"),
        ({"options": {"yes": "go on"}, "default_option": "yes"}, "a_decision_has_at_least_two_options"),
    ],
)
def test_a_question_that_cannot_be_answered_is_not_asked(brain: TestBrain, fields: dict[str, Any], rule: str) -> None:
    with refused(rule):
        ask_decision(brain, **fields)


@pytest.mark.parametrize("role", ["data_worker", "data_auditor", "check", "owner"])
def test_only_managers_and_the_ceo_ask_the_owner(brain: TestBrain, role: str) -> None:
    with refused("only_managers_and_the_ceo_ask_the_owner"):
        ask_decision(brain, role)


def test_an_open_question_is_not_asked_twice(brain: TestBrain) -> None:
    assert ask_decision(brain, question="Go on?") == ask_decision(brain, question="Shall we go on?")


def test_anothers_question_under_the_same_name_takes_no_ones_place(brain: TestBrain) -> None:
    squatted = ask_decision(brain, "content_manager")

    real = ask_decision(brain)

    assert real != squatted
    answer(brain, real)
    assert [row["id"] for row in brain.as_role("data_manager").all("my_answered_decisions")] == [real]


@pytest.mark.parametrize("role", ["data_manager", "ceo", "data_worker"])
def test_only_the_owner_decides(brain: TestBrain, role: str) -> None:
    decision = ask_decision(brain)

    with refused("only_the_owner_decides"):
        brain.as_role(role).run("answer_decision", decision_id=decision, option="yes", words=None)


@pytest.mark.parametrize(
    ("option", "words", "rule"),
    [
        ("perhaps", None, "an_answer_is_one_of_the_options"),
        (None, None, "an_answer_says_something"),
        (None, "  ", "an_answer_says_something"),
    ],
)
def test_an_answer_is_an_option_or_words(brain: TestBrain, option: str | None, words: str | None, rule: str) -> None:
    decision = ask_decision(brain)

    with refused(rule):
        answer(brain, decision, option, words)


@pytest.mark.parametrize("subject", [{"schedule": "data_auditor"}, {"acts_on": "yes"}])
def test_no_condition_stands_beside_a_yes_that_acts(brain: TestBrain, subject: dict[str, str]) -> None:
    decision = ask_decision(brain, subject=subject)

    with refused("an_option_that_acts_has_no_condition"):
        answer(brain, decision, "yes", "but not before Friday")
    answer(brain, decision, "no", "not this week")


def test_a_decision_is_answered_once_and_only_when_it_was_asked(brain: TestBrain) -> None:
    decision = ask_decision(brain)
    answer(brain, decision)

    with refused("a_decision_is_answered_once"):
        answer(brain, decision, "no")
    with refused("one_answers_only_a_decision_that_was_asked"):
        answer(brain, 4711)


def test_the_answer_reaches_the_asker(brain: TestBrain) -> None:
    answer(brain, ask_decision(brain), None, "only until Friday")

    [mail] = brain.as_role("data_manager").all("read_inbox")

    assert (mail["from_role"], '"only until Friday"' in mail["body"]) == ("owner", True)


def test_an_unanswered_question_expires_without_an_answer_and_opens_nothing(brain: TestBrain) -> None:
    ask_decision(brain, "ceo", options={"open": "", "wait": ""}, recommendation="open", default_option="wait")
    later = ask_decision(brain, fingerprint="later", answer_by=brain.now() + timedelta(days=2))
    brain.wait(hours=1)

    expired = brain.as_role("ceo").all("let_silence_answer")

    decisions = brain.owner.all("list_decisions", only_open=False)
    assert len(expired) == 1
    assert {d["id"]: (d["answer"], d["answered_by"]) for d in decisions}[later] == (None, None)
    assert (None, "silence", "nothing was done") in [(d["answer"], d["answered_by"], d["outcome"]) for d in decisions]
    assert brain.owner.value("approval_level", action="deliver") == "closed"


@pytest.mark.parametrize("role", ["data_manager", "owner", "heartbeat"])
def test_only_the_ceo_ends_what_nobody_answered(brain: TestBrain, role: str) -> None:
    with refused("only_the_ceo_notes_silence"):
        brain.as_role(role).all("let_silence_answer")


def test_only_the_asker_acts_on_an_answer_and_only_once(brain: TestBrain) -> None:
    decision = ask_decision(brain)
    acted = {"decision_id": decision, "outcome": "went on"}

    with refused("one_acts_once_on_ones_own_answered_decision"):
        brain.as_role("data_manager").run("note_decision_acted", **acted)
    answer(brain, decision)
    with refused("one_acts_once_on_ones_own_answered_decision"):
        brain.as_role("scraping_manager").run("note_decision_acted", **acted)
    with refused("an_act_on_an_answer_says_what_followed"):
        brain.as_role("data_manager").run("note_decision_acted", **{**acted, "outcome": " "})
    brain.as_role("data_manager").run("note_decision_acted", **acted)
    with refused("one_acts_once_on_ones_own_answered_decision"):
        brain.as_role("data_manager").run("note_decision_acted", **acted)


@pytest.mark.parametrize("role", ["ceo", "data_manager", "heartbeat", "deliver"])
def test_only_the_owner_sets_switches_and_approves_actions(brain: TestBrain, role: str) -> None:
    with refused("only_the_owner_sets_switches"):
        brain.sql(role, "SELECT company.set_switch('company', 'running')")
    with refused("only_the_owner_approves"):
        brain.sql(role, "SELECT company.set_approval('deliver', 'open')")


@pytest.mark.parametrize("value", ["stop", "Stopped", "halted", ""])
def test_a_misspelt_stop_is_refused_instead_of_running_on(brain: TestBrain, value: str) -> None:
    with refused("the_company_is_running_or_stopped"):
        brain.sql("owner", "SELECT company.set_switch('company', %(value)s)", value=value)
