"""A finding about which the owner was asked, and nothing is done: its line says so, and when she is asked again."""

import pytest

from tests.brief.conftest import Write
from tests.support import days
from tests.support.brains import TestBrain


def muted(brief: Write) -> str:
    _, muted = brief().page.section("BROKEN, AND WHO IS ON IT").entries
    return str(muted.details[0])


def test_after_a_no_the_line_says_when_it_is_asked_again(brain: TestBrain, brief: Write) -> None:
    days.a_bad_day(brain)
    brain.set_now(days.EVENING)
    brain.owner.run("answer_decision", decision_id=1, option="no", words=None)

    assert muted(brief).endswith("You said no to D-1; asked again after Wed 18 Mar.")


def test_after_silence_it_says_that_nobody_answered(brain: TestBrain, brief: Write) -> None:
    days.a_bad_day(brain)
    brain.wait(days=3)
    brain.as_role("ceo").run("let_silence_answer")

    assert muted(brief).endswith("Nobody answered D-1; asked again after Sun 22 Mar.")


@pytest.mark.parametrize(("option", "words"), [("yes", None), (None, "wait for April")])
def test_other_answers_ask_nothing_of_the_owner(
    brain: TestBrain, brief: Write, option: str | None, words: str | None
) -> None:
    days.a_bad_day(brain)
    brain.set_now(days.EVENING)
    brain.owner.run("answer_decision", decision_id=1, option="no", words=None)
    brain.as_login("superuser").execute(
        """INSERT INTO company.decisions (fingerprint, question, background, options, recommendation, default_option,
            answer_by, asked_by, asked_at, finding_id, minutes, unknown, subject)
          SELECT fingerprint, question, background, options, recommendation, default_option, answer_by, asked_by,
            asked_at, finding_id, minutes, unknown, subject FROM company.decisions"""
    )
    brain.wait(hours=1)
    brain.owner.run("answer_decision", decision_id=2, option=option, words=words)

    assert muted(brief).endswith("Nothing for you to do.")
