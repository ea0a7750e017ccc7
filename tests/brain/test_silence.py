"""Silence never acts: no default does anything, and an answer acts only on its own question, when the owner gave it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from psycopg import errors

from tests.support.acts import ask_decision, open_finding
from tests.support.brains import TestBrain
from tests.support.races import unfinished, wait_until_blocked
from tests.support.refusals import refused

ASKERS = ("data_manager", "scraping_manager", "content_manager", "build_manager", "research_manager", "ceo")
ACTING = (
    *("yes", "YES", " no", "No", "nо", "ok", "open", "send", "switch it on", "deploy", "spend $20", "approve", "go"),
    *("ja", "oui", "sí", "si", "sim", "da", "да", "はい", "是", "نعم", "כן", "evet", "1", "true", "", " "),
)
"""One of them is a no with a Cyrillic letter."""
HARMLESS = ("no", "wait", "later", "not now", "nothing", "leave it", "leave as it is")
ON = {"yes": "it fires again", "no": "it stays off"}


def ask_about(brain: TestBrain, schedule: str = "data_auditor", role: str = "data_manager", **more: Any) -> int:
    about = {"fingerprint": f"switch_on:{schedule}", "subject": {"schedule": schedule}, "options": ON}
    return ask_decision(brain, role, **{**about, **more})


def answer(brain: TestBrain, decision: int, option: str | None = "yes", words: str | None = None) -> None:
    brain.owner.run("answer_decision", decision_id=decision, option=option, words=words)


def use_yes(brain: TestBrain, decision: int, schedule: str = "data_auditor", role: str = "data_manager") -> None:
    brain.as_role(role).run("use_yes", decision_id=decision, schedule=schedule)


def expire(brain: TestBrain) -> None:
    brain.wait(hours=1)
    brain.as_role("ceo").run("let_silence_answer")


@pytest.mark.parametrize("role", ASKERS)
def test_a_default_that_may_act_is_refused_whatever_its_words(brain: TestBrain, role: str) -> None:
    for default in ACTING:
        options = {default: "nothing happens, honestly", "no": "stays"}
        with refused("silence_does_nothing"):
            ask_decision(brain, role, options=options, recommendation=default, default_option=default)


def test_a_default_that_does_nothing_is_taken(brain: TestBrain) -> None:
    for default in HARMLESS:
        brain.wait(days=1)
        assert ask_decision(brain, options={"yes": "go on", default: ""}, default_option=default, fingerprint=default)


def test_an_option_that_acts_by_its_data_is_no_default_whatever_it_is_called(brain: TestBrain) -> None:
    with refused("silence_does_nothing"):
        ask_decision(brain, "research_manager", subject={"study": "x", "acts_on": "no", "builds": "all of it"})


def test_what_expired_is_no_answer_to_anybody(brain: TestBrain) -> None:
    decision = ask_about(brain)
    expire(brain)

    assert brain.as_role("data_manager").all("my_answered_decisions") == []
    with refused("only_the_owners_yes_acts_and_once"):
        use_yes(brain, decision)
    with refused("one_acts_once_on_ones_own_answered_decision"):
        brain.as_role("data_manager").run("note_decision_acted", decision_id=decision, outcome="switched on")
    with refused("a_decision_is_answered_once"):
        answer(brain, decision)


@pytest.mark.parametrize("who", ["migrate", "superuser"])
def test_not_even_past_the_grants_does_silence_hold_an_answer(brain: TestBrain, who: Any) -> None:
    decision = ask_about(brain)

    answered = "UPDATE company.decisions SET answer = 'yes', answered_by = 'silence', answered_at = asked_at"
    with pytest.raises(errors.CheckViolation, match="silence_answers_nothing"):
        brain.as_login(who).execute(f"{answered} WHERE id = {decision}".encode())


def test_a_yes_switches_on_what_it_was_about_and_once(brain: TestBrain) -> None:
    decision = ask_about(brain)
    with refused("only_the_owners_yes_acts_and_once"):
        use_yes(brain, decision)
    answer(brain, decision)

    with refused("an_answer_acts_on_its_own_question"):
        use_yes(brain, decision, "check")
    with refused("an_answer_acts_on_its_own_question"):
        use_yes(brain, decision, role="scraping_manager")
    use_yes(brain, decision)
    with refused("only_the_owners_yes_acts_and_once"):
        use_yes(brain, decision)


@pytest.mark.parametrize("said", ["no", None])
def test_nothing_but_a_yes_switches_on(brain: TestBrain, said: str | None) -> None:
    decision = ask_about(brain)
    answer(brain, decision, said, None if said else "yes, go on")

    with refused("only_the_owners_yes_acts_and_once"):
        use_yes(brain, decision)


def test_a_question_about_a_schedule_is_worded_by_what_a_yes_switches_on(brain: TestBrain) -> None:
    forged = ask_about(brain, question="Is it Wednesday?")
    several = ask_decision(brain, "ceo", question="?", subject={"schedules": ["link", "check", "deliver", "score"]})

    asked = {row["id"]: row["question"] for row in brain.owner.all("list_decisions", only_open=True)}
    assert asked[forged] == "Switch data_auditor's schedule back on?"
    assert asked[several] == "Switch the schedules of check, deliver, link and 1 other back on?"


def test_an_earlier_yes_does_not_act_against_a_later_no(brain: TestBrain) -> None:
    first = ask_about(brain)
    answer(brain, first)
    brain.wait(minutes=5)
    second = ask_about(brain, role="ceo")
    answer(brain, second, "no")

    with refused("the_owners_last_answer_is_in_force"):
        use_yes(brain, first)


def test_a_yes_kept_for_later_ends_with_what_it_was_about(brain: TestBrain) -> None:
    finding = open_finding(brain, "heartbeat", kind="muted", subject="data_auditor", watcher="data_manager")
    decision = ask_about(brain, finding_id=finding)
    answer(brain, decision)
    brain.as_role("heartbeat").run("close_finding", finding_id=finding, resolution="on again")

    with refused("a_yes_ends_with_its_finding"):
        use_yes(brain, decision)


def test_a_stranger_switches_nothing_on_even_with_a_yes(brain: TestBrain) -> None:
    decision = ask_about(brain, role="content_manager")
    answer(brain, decision)

    with refused("one_switches_on_whom_one_watches_or_manages"):
        use_yes(brain, decision, role="content_manager")


def test_a_strangers_question_does_not_take_the_place_of_the_real_one(brain: TestBrain) -> None:
    decoy = ask_about(brain, role="content_manager")

    real = ask_about(brain)

    assert real != decoy
    assert real == ask_about(brain)


@pytest.mark.parametrize("said", ["no", None])
def test_what_was_declined_or_expired_waits_for_news(brain: TestBrain, said: str | None) -> None:
    first = ask_about(brain)
    if said:
        answer(brain, first, said)
        brain.as_role("data_manager").run("note_decision_acted", decision_id=first, outcome="left off")
    else:
        expire(brain)
    brain.wait(days=6)

    same_again = ask_about(brain, question="PLEASE?", background="new words")
    finding = open_finding(brain, "heartbeat", kind="muted", subject="data_auditor", watcher="data_manager")
    with_news = ask_about(brain, finding_id=finding)

    assert same_again == first
    assert with_news != first


def test_after_a_week_it_is_asked_again_and_says_so(brain: TestBrain) -> None:
    first = ask_about(brain)
    expire(brain)
    brain.wait(days=7)

    again = ask_about(brain)

    assert again != first
    assert [(row["id"], row["asked_before"]) for row in brain.owner.all("brief_decisions")] == [(again, 1)]


def test_a_question_waits_two_weeks_at_most(brain: TestBrain) -> None:
    ask_decision(brain, answer_by=brain.now() + timedelta(days=4000))

    [asked] = brain.owner.all("list_decisions", only_open=True)
    assert asked["answer_by"] == brain.now() + timedelta(days=14)


def test_a_question_is_short_however_long_it_is_asked(brain: TestBrain) -> None:
    long = "x" * 100_000
    ask_decision(brain, question=long, background=long, unknown=long, options={"yes": long, "no": long})

    [asked] = brain.owner.all("list_decisions", only_open=True)
    assert len(str(asked)) < 5000
    for options in ({f"option {n}": "" for n in range(7)}, {"yes": "", long: ""}):
        with refused("options_are_few_and_short"):
            ask_decision(brain, fingerprint="another", options={**options, "no": ""}, recommendation="no")


def test_two_fires_at_once_use_one_yes_once(brain: TestBrain) -> None:
    decision = ask_about(brain)
    answer(brain, decision)
    first, second = brain.connect("data_manager"), brain.connect("data_manager")
    values = {"decision_id": decision, "schedule": "data_auditor"}

    with ThreadPoolExecutor(max_workers=1) as pool:
        with unfinished(first):
            first.run("use_yes", **values)
            step = pool.submit(second.run, "use_yes", **values)
            wait_until_blocked(brain, second, step)
        with refused("only_the_owners_yes_acts_and_once"):
            step.result()
