"""A page has room for five questions, whoever asks how many; whoever said more than a day holds is named."""

from datetime import timedelta
from typing import Any

from company.brief.checklist import POINTS, check
from company.brief.page import MOST_LINES
from company.brief.text import render
from tests.brief.conftest import Gather, Write
from tests.support import days
from tests.support.acts import open_finding
from tests.support.brains import TestBrain

ASKERS = ("data_manager", "scraping_manager", "content_manager", "build_manager", "research_manager", "ceo")


def ask(brain: TestBrain, role: str, number: int, **more: Any) -> int | None:
    fields: dict[str, Any] = {
        "fingerprint": f"{role}:{number}",
        "question": f"Question {number} of {role}?",
        "background": "Looked at everything. " * 20,
        "unknown": "what comes of it",
        "options": {"yes": "go on", "no": "wait"},
        "recommendation": "yes",
        "default_option": "no",
        "answer_by": days.BRIEF_AT + timedelta(hours=5),
        "finding_id": None,
        "subject": {},
    }
    number_of_it: int | None = brain.as_role(role).value("ask_decision", **{**fields, **more})
    return number_of_it


def a_loud_day(brain: TestBrain) -> None:
    """Every asker asks 25 questions, and an auditor reports 100 things."""
    days.a_bad_day(brain)
    brain.set_now(days.EVENING)
    for role in ASKERS:
        for number in range(25):
            ask(brain, role, number)
    for number in range(100):
        open_finding(brain, "data_auditor", fingerprint=f"x:{number}", level="ring", title=f"thing {number}")
    brain.set_now(days.BRIEF_AT)


def test_a_page_asks_five_questions_of_five_askers_and_counts_the_rest(
    brain: TestBrain, facts: Gather, brief: Write
) -> None:
    a_loud_day(brain)

    asked = facts().questions
    page = brief().page

    section = page.section("FOR YOU")
    assert len({row.asked_by for row in asked}) == len(asked) == 5
    assert section.remark == "5"
    assert section.notes[-1].endswith("14 more: watchbill decide")
    assert "Five decisions for you: 10 minutes; 14 more can wait." in page.verdict


def test_a_loud_day_still_fits_one_page_and_passes_its_checklist(brain: TestBrain, facts: Gather, brief: Write) -> None:
    a_loud_day(brain)

    written = brief()

    assert len(render(written.page).splitlines()) <= MOST_LINES
    assert check(written.page, facts()) == {point.__name__: True for point in POINTS}


def test_who_said_more_than_a_day_holds_is_named_with_counts(brain: TestBrain, brief: Write) -> None:
    a_loud_day(brain)

    shown = brief().page.section("THE WATCH").lines

    assert "data_auditor said too much: 70 of 100 findings set aside" in shown
    assert "build_manager said too much: 22 of 25 questions set aside" in shown
    assert shown[-1].startswith("and so did ")


def test_a_quiet_day_names_nobody(brain: TestBrain, brief: Write) -> None:
    days.a_bad_day(brain)

    assert not [line for line in brief().page.section("THE WATCH").lines if "too much" in line]


def test_what_cannot_wait_comes_first_but_no_asker_before_all_others(brain: TestBrain, facts: Gather) -> None:
    days.a_quiet_day(brain)
    brain.set_now(days.EVENING)
    found = open_finding(brain, "data_auditor", fingerprint="grave", level="today")
    first = [ask(brain, "data_manager", number) for number in range(2)]
    grave = ask(brain, "scraping_manager", 1, finding_id=found, answer_by=days.BRIEF_AT + timedelta(days=2))
    brain.set_now(days.BRIEF_AT)

    assert [row.id for row in facts().questions] == [grave, *first]
