"""Proposals have figures that the brain measured, never typed ones; the author does not judge its own."""

from typing import Any

import pytest

from tests.support.acts import close_session, file_task, session_of
from tests.support.brains import TestBrain, run_sql
from tests.support.drafts import given_session
from tests.support.refusals import NO_RIGHT, refused
from tests.support.studies import backtest, propose

COPIED = "study, subject, title, numbers, past, looked_at, backtest_id, proposed_by, session_id"
ROW = "SELECT * FROM company.proposals ORDER BY id DESC LIMIT 1"


def proposed(brain: TestBrain, **given: Any) -> int:
    return int(propose(brain, backtest(brain, **given))["proposal_id"])


def judge(brain: TestBrain, proposal: int, role: str = "research_manager", **other: Any) -> None:
    given = {"status": "declined", "verdict": "recent is 5 and not 9", "task_id": None, "decision_id": None, **other}
    brain.as_role(role).run("judge_proposal", proposal_id=proposal, **given)


def test_a_proposal_is_declined_with_the_reason(brain: TestBrain) -> None:
    proposal = proposed(brain)

    judge(brain, proposal)

    [row] = brain.sql("owner", ROW)
    assert (row["status"], row["proposed_by"], row["judged_by"]) == ("declined", "research_worker", "research_manager")


def test_a_proposal_has_the_figures_of_its_backtest(brain: TestBrain) -> None:
    kept = backtest(brain, numbers={"recent": 6}, past={"moments": 6, "calls": 4, "held": 3}, looked_at=23)

    propose(brain, kept, remark="Of 4 calls 3 held.")

    [row] = brain.sql("owner", ROW)
    assert (row["backtest_id"], row["numbers"], row["looked_at"]) == (kept, {"recent": 6}, 23)
    assert (row["past"]["held"], row["title"], row["remark"]) == (3, "rising_vendors of x", "Of 4 calls 3 held.")


@pytest.mark.parametrize(
    "remark",
    [
        "it was 77 times",
        "5.5 where 1 was usual",
        "word " * 100,
        "9" * 5000,
        "a dozen times",
        "\u0667\u0667 times",
        "XIV of them",
    ],
    ids=lambda remark: ascii(remark[:20]),
)
def test_invented_figures_beside_a_backtest_are_refused(brain: TestBrain, remark: str) -> None:
    kept = backtest(brain)

    with refused("every_figure_of_a_remark_was_measured"):
        propose(brain, kept, remark=remark)


def test_nobody_enters_a_backtest_by_hand(brain: TestBrain) -> None:
    kept = backtest(brain)

    for statement in (
        "INSERT INTO company.backtests (study, subject, title, numbers, past, looked_at, run_by, session_id)"
        " VALUES ('a', 'b', 'c', '{\"n\": 9}', '{\"moments\": 9}', 1, 'research_worker', 1)",
        f"UPDATE company.backtests SET numbers = '{{\"recent\": 99}}' WHERE id = {kept}",
        "SELECT company.figures_of('{}')",
        "SELECT company.parts_at(company.now())",
    ):
        with refused(NO_RIGHT):
            brain.sql("research_worker", statement)
    with refused("backtests_is_append_only"):
        run_sql(brain.as_login("migrate"), "UPDATE company.backtests SET looked_at = 99")


def test_a_backtest_of_another_role_or_none_at_all_is_no_proposal(brain: TestBrain) -> None:
    kept = backtest(brain, run_by="research_clerk")

    with refused("a_proposal_rests_on_ones_own_backtest"):
        propose(brain, kept)
    with refused("a_proposal_rests_on_ones_own_backtest"):
        propose(brain, kept + 1)


def test_a_backtest_of_other_weights_than_those_in_force_is_no_proposal(brain: TestBrain) -> None:
    kept = backtest(brain, model_version="2026.1")

    with refused("a_backtest_is_of_the_weights_in_force"):
        propose(brain, kept)


def test_a_backtest_of_the_day_before_yesterday_is_no_proposal(brain: TestBrain) -> None:
    kept = backtest(brain)
    brain.wait(hours=23)
    other = backtest(brain, subject="y")
    brain.wait(hours=2)

    with refused("a_proposal_rests_on_a_fresh_backtest"):
        propose(brain, kept)

    assert propose(brain, other)["is_new"]


@pytest.mark.parametrize(
    ("rule", "fields"),
    [
        ("a_backtest_carries_its_numbers", {"numbers": {}}),
        ("a_backtest_carries_its_numbers", {"numbers": {"recent": "many"}}),
        ("a_backtest_looks_back", {"past": {"moments": "some"}}),
        ("a_backtest_looks_back", {"past": {}}),
        ("a_backtest_says_how_much_was_looked_at", {"looked_at": 0}),
        ("a_backtest_has_a_title", {"title": ""}),
    ],
)
def test_a_backtest_without_numbers_is_refused(brain: TestBrain, rule: str, fields: dict[str, Any]) -> None:
    with refused(rule):
        backtest(brain, **fields)


@pytest.mark.parametrize(
    ("rule", "column", "value"),
    [
        ("a_proposal_carries_its_backtest", "backtest_id", "NULL"),
        ("a_proposal_carries_its_numbers", "numbers", "'{}'"),
        ("a_proposal_says_how_much_was_looked_at", "looked_at", "0"),
        ("a_proposal_says_what_was_seen", "title", "''"),
    ],
)
def test_a_proposal_keeps_its_form_past_every_function(brain: TestBrain, rule: str, column: str, value: str) -> None:
    proposed(brain)

    with refused(rule):
        run_sql(brain.as_login("migrate"), f"UPDATE company.proposals SET {column} = {value}")


@pytest.mark.parametrize("role", ["research_manager", "data_worker", "data_auditor", "ceo", "score"])
def test_only_a_research_worker_measures_and_proposes(brain: TestBrain, role: str) -> None:
    kept = backtest(brain)
    session = given_session(brain, role)

    with refused("only_research_proposes"):
        propose(brain, kept, role)
    with refused("only_research_proposes"):
        brain.as_role(role).all("run_study", session_id=session, study="rising_vendors")
    with refused("only_research_proposes"):
        brain.as_role(role).all("backtest_weights", session_id=session, weights={"a": 1})


def test_an_ended_session_measures_nothing(brain: TestBrain) -> None:
    session = session_of(brain, "research_worker")
    close_session(brain, "research_worker", session, "failed", reason="over")

    with refused("a_fenced_session_writes_nothing"):
        brain.as_role("research_worker").all("run_study", session_id=session, study="rising_vendors")


@pytest.mark.parametrize("study", ["the_moon", "rising_vendors(now()) --", "x; DROP TABLE company.backtests"])
def test_a_study_that_the_product_does_not_have_is_refused(brain: TestBrain, study: str) -> None:
    session = session_of(brain, "research_worker")

    with refused("a_study_is_the_products"):
        brain.as_role("research_worker").all("run_study", session_id=session, study=study)


@pytest.mark.parametrize("role", ["research_worker", "data_manager", "data_auditor", "ceo"])
def test_only_its_manager_judges_a_proposal(brain: TestBrain, role: str) -> None:
    proposal = proposed(brain)

    with refused("the_manager_of_research_judges_proposals"):
        judge(brain, proposal, role)
    with refused(NO_RIGHT):
        brain.sql(role, "UPDATE company.proposals SET status = 'accepted'")


def test_nobody_judges_their_own_proposal_even_past_the_function(brain: TestBrain) -> None:
    proposed(brain)

    with refused("nobody_judges_their_own_proposal"):
        run_sql(
            brain.as_login("migrate"),
            "UPDATE company.proposals SET status = 'declined', judged_by = proposed_by, judged_at = company.now(),"
            " verdict = 'no'",
        )


def test_a_verdict_has_a_reason_and_an_accepted_proposal_has_a_task(brain: TestBrain) -> None:
    proposal = proposed(brain)

    with refused("a_judged_proposal_says_by_whom_and_why"):
        judge(brain, proposal, verdict="")
    with refused("an_accepted_proposal_leads_somewhere"):
        judge(brain, proposal, status="accepted")
    with refused("a_proposal_status_is_known"):
        judge(brain, proposal, status="liked")
    judge(brain, proposal, status="accepted", task_id=file_task(brain, "research_manager", mode="research"))
    with refused("a_proposal_is_judged_once"):
        judge(brain, proposal)


def test_a_declined_proposal_is_not_repeated_every_morning(brain: TestBrain) -> None:
    first = proposed(brain)
    judge(brain, first)

    brain.wait(days=1)
    again = propose(brain, backtest(brain))
    brain.wait(days=7)
    later = propose(brain, backtest(brain))

    assert (again["proposal_id"], again["is_new"]) == (first, False)
    assert later["is_new"]


def test_one_pattern_has_one_open_proposal(brain: TestBrain) -> None:
    proposed(brain)

    with refused("one_open_proposal_of_a_pattern"):
        run_sql(
            brain.as_login("migrate"),
            f"INSERT INTO company.proposals ({COPIED}) SELECT {COPIED} FROM company.proposals",
        )
