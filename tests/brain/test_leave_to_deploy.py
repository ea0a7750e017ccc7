"""The owner is asked about a proved change until she says yes or no, and her last word about it holds."""

from datetime import timedelta

import pytest

from tests.brain.test_deployments import auditor, begin, proved
from tests.support.brains import TestBrain
from tests.support.refusals import refused


@pytest.fixture
def asking(brain: TestBrain) -> TestBrain:
    brain.owner.run("set_approval", action="deploy", level="ask")
    return brain


def ask(brain: TestBrain, change: int) -> int | None:
    """The number of the question; None where there is none to ask now."""
    login, session = auditor(brain)
    answer_by = brain.now() + timedelta(days=2)
    asked: int | None = login.value("ask_to_deploy", change_id=change, session_id=session, answer_by=answer_by)
    return asked


def answer(brain: TestBrain, decision: int | None, word: str | None, words: str | None = None) -> None:
    brain.sql("owner", "SELECT company.answer_decision(%(d)s, %(word)s, %(words)s)", d=decision, word=word, words=words)


def test_what_nobody_answered_is_asked_again_a_week_later(asking: TestBrain) -> None:
    change = proved(asking)
    assert ask(asking, change)
    asking.wait(days=2, minutes=1)
    asking.sql("ceo", "SELECT company.let_silence_answer()")
    asking.wait(days=6, hours=23)
    assert ask(asking, change) is None

    asking.wait(hours=2)
    again = ask(asking, change)
    assert again
    answer(asking, again, "yes")

    assert begin(asking, change)


def test_what_she_answered_in_words_is_asked_again_a_day_later(asking: TestBrain) -> None:
    change = proved(asking)
    answer(asking, ask(asking, change), None, "not before Monday")
    asking.wait(hours=23)
    assert ask(asking, change) is None

    asking.wait(hours=2)
    assert ask(asking, change)


def test_a_no_is_not_asked_about_again(asking: TestBrain) -> None:
    change = proved(asking)
    answer(asking, ask(asking, change), "no")

    asking.wait(days=30)
    assert ask(asking, change) is None
    with refused("a_deployment_has_the_owners_approval"):
        begin(asking, change)


@pytest.mark.parametrize("level", ["ask", "open"])
def test_a_no_after_her_order_holds_at_any_level(asking: TestBrain, level: str) -> None:
    change = proved(asking, files=["functions/check/SKILL.md"])
    decision = ask(asking, change)
    asking.owner.run("order_change", change_id=change, order="approve", reason="looks fine")
    asking.wait(minutes=30)
    answer(asking, decision, "no")
    asking.owner.run("set_approval", action="deploy", level=level)

    with refused("a_deployment_has_the_owners_approval"):
        begin(asking, change)
    asking.wait(minutes=30)
    asking.owner.run("order_change", change_id=change, order="approve", reason="after all")

    assert begin(asking, change)


def test_an_approval_after_a_refusal_counts_although_one_was_given_before(asking: TestBrain) -> None:
    change = proved(asking)
    for order in ("approve", "refuse", "approve"):
        asking.owner.run("order_change", change_id=change, order=order, reason="")
        asking.wait(minutes=5)

    assert begin(asking, change)
