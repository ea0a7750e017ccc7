"""Proposals: numbers before opinions, and another judges them than had the idea."""

import json
from typing import Any

import pytest

from tests.support.acts import file_task, session_of
from tests.support.brains import TestBrain, run_sql
from tests.support.refusals import NO_RIGHT, refused

IDEA = {"study": "rising", "subject": "x", "title": "x: 5 where 1 was usual", "looked_at": 17, "not_again_days": 7}


def propose(brain: TestBrain, role: str = "research_worker", **other: Any) -> dict[str, Any]:
    given = {**IDEA, "numbers": {"recent": 5}, **other}
    row = brain.as_role(role).one("propose", session_id=session_of(brain, role), **given)
    assert row is not None
    return dict(row)


def judge(brain: TestBrain, proposal: int, role: str = "research_manager", **other: Any) -> None:
    given = {"status": "declined", "verdict": "recent is 5 and not 9", "task_id": None, "decision_id": None, **other}
    brain.as_role(role).run("judge_proposal", proposal_id=proposal, **given)


def test_a_proposal_is_declined_with_the_reason(brain: TestBrain) -> None:
    proposal = propose(brain)["proposal_id"]

    judge(brain, proposal)

    [row] = brain.sql("owner", "SELECT status, proposed_by, judged_by, verdict FROM company.proposals")
    assert (row["status"], row["proposed_by"], row["judged_by"]) == ("declined", "research_worker", "research_manager")


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("a_proposal_carries_its_numbers", {"numbers": {}}),
        ("a_proposal_carries_its_numbers", {"numbers": {"recent": "many"}}),
        ("a_proposal_says_how_much_was_looked_at", {"looked_at": 0}),
        ("a_proposal_says_what_was_seen", {"title": ""}),
    ],
)
def test_a_proposal_without_numbers_is_refused(brain: TestBrain, rule: str, words: dict[str, Any]) -> None:
    with refused(rule):
        propose(brain, **words)


@pytest.mark.parametrize("role", ["research_manager", "data_worker", "data_auditor", "ceo", "score"])
def test_only_who_works_research_proposes(brain: TestBrain, role: str) -> None:
    with refused("only_research_proposes"):
        propose(brain, role)


@pytest.mark.parametrize("role", ["research_worker", "data_manager", "data_auditor", "ceo"])
def test_only_its_manager_judges_a_proposal(brain: TestBrain, role: str) -> None:
    proposal = propose(brain)["proposal_id"]

    with refused("the_manager_of_research_judges_proposals"):
        judge(brain, proposal, role)
    with refused(NO_RIGHT):
        brain.sql(role, "UPDATE company.proposals SET status = 'accepted'")


def test_nobody_judges_the_idea_they_had_even_past_the_function(brain: TestBrain) -> None:
    propose(brain)

    with refused("nobody_judges_their_own_proposal"):
        run_sql(
            brain.as_login("migrate"),
            "UPDATE company.proposals SET status = 'declined', judged_by = proposed_by, judged_at = company.now(),"
            " verdict = 'no'",
        )


def test_a_verdict_says_why_and_an_accepted_idea_leads_somewhere(brain: TestBrain) -> None:
    proposal = propose(brain)["proposal_id"]

    with refused("a_judged_proposal_says_by_whom_and_why"):
        judge(brain, proposal, verdict="")
    with refused("an_accepted_proposal_leads_somewhere"):
        judge(brain, proposal, status="accepted")
    with refused("a_proposal_status_is_known"):
        judge(brain, proposal, status="liked")
    judge(brain, proposal, status="accepted", task_id=file_task(brain, "research_manager", mode="research"))
    with refused("a_proposal_is_judged_once"):
        judge(brain, proposal)


def test_what_was_declined_is_not_brought_up_every_morning(brain: TestBrain) -> None:
    first = propose(brain)
    judge(brain, first["proposal_id"])

    brain.wait(days=1)
    again = propose(brain)
    brain.wait(days=7)
    later = propose(brain)

    assert again == {"proposal_id": first["proposal_id"], "is_new": False}
    assert later["is_new"]


def test_one_pattern_has_one_open_proposal(brain: TestBrain) -> None:
    propose(brain)

    with refused("one_open_proposal_of_a_pattern"):
        run_sql(
            brain.as_login("migrate"),
            "INSERT INTO company.proposals (study, subject, title, numbers, looked_at, proposed_by, session_id)"
            " VALUES ('rising', 'x', 'again', %(numbers)s, 1, 'research_worker', 1)",
            numbers=json.dumps({"recent": 6}),
        )
