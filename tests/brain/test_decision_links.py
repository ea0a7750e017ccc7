"""A mailed link answers one question, once, and expires; nobody can make one from what the brain stores."""

from typing import Any

import pytest

from company.owner.decision_links import hashed
from tests.support.acts import ask_decision
from tests.support.brains import TestBrain, run_sql
from tests.support.refusals import NO_RIGHT, refused

TOKEN = "x" * 32


def _asked(brain: TestBrain, token: str = TOKEN, **more: Any) -> int:
    """An open question with a link to it."""
    decision = ask_decision(brain, answer_by=brain.wait(minutes=1).replace(hour=12), **more)
    brain.as_role("ceo").run("issue_decision_link", decision_id=decision, token_sha256=hashed(token))
    return decision


def _answer(brain: TestBrain, token: str = TOKEN, option: str | None = "yes", words: str | None = None) -> str:
    answered = brain.as_role("console").value("answer_by_link", token_sha256=hashed(token), option=option, words=words)
    return str(answered)


def _row(brain: TestBrain, decision: int) -> tuple[object, ...]:
    columns = "answer, answer_text, answered_by"
    [row] = brain.sql("owner", f"SELECT {columns} FROM company.decisions WHERE id = %(id)s", id=decision)
    return tuple(row.values())


def test_an_answer_by_link_is_the_owners_and_is_quoted_to_the_asker(brain: TestBrain) -> None:
    decision = _asked(brain)

    asker = _answer(brain, words="but not before Monday")

    assert (asker, _row(brain, decision)) == ("data_manager", ("yes", "but not before Monday", "owner"))
    [note] = brain.as_role("data_manager").all("read_inbox")
    assert note["from_role"] == "owner"
    assert note["body"].endswith(': yes "but not before Monday"')


def test_a_used_link_changes_nothing(brain: TestBrain) -> None:
    decision = _asked(brain)
    _answer(brain, option="no")

    with refused("a_link_answers_once"):
        _answer(brain, option="yes")
    assert _row(brain, decision)[0] == "no"


def test_an_expired_link_changes_nothing(brain: TestBrain) -> None:
    decision = _asked(brain)
    brain.wait(hours=6)

    with refused("a_link_expires"):
        _answer(brain)
    assert _row(brain, decision) == (None, None, None)


def test_a_forged_link_changes_nothing(brain: TestBrain) -> None:
    decision = _asked(brain)
    [kept] = brain.as_login("migrate").execute("SELECT token_sha256 FROM company.decision_links").fetchall()

    for forged in ("y" * 32, "", kept["token_sha256"].hex()):
        with refused("a_link_is_one_that_was_issued"):
            _answer(brain, forged)
    assert _row(brain, decision) == (None, None, None)


def test_a_link_answers_its_own_question_and_no_other(brain: TestBrain) -> None:
    one = _asked(brain)
    other = _asked(brain, "z" * 32, fingerprint="another", options={"wait": "stays", "go": "goes"},
                   recommendation="wait", default_option="wait")  # fmt: skip

    with refused("an_answer_is_one_of_the_options"):
        _answer(brain, option="go")
    _answer(brain, "z" * 32, option="go")

    assert (_row(brain, one)[0], _row(brain, other)[0]) == (None, "go")


def test_a_refused_answer_keeps_the_link_valid(brain: TestBrain) -> None:
    _asked(brain)
    with refused("an_answer_says_something"):
        _answer(brain, option=None, words="  ")

    assert _answer(brain, option="yes") == "data_manager"


def test_a_question_answered_otherwise_is_not_answered_again_by_its_link(brain: TestBrain) -> None:
    decision = _asked(brain)
    brain.owner.run("answer_decision", decision_id=decision, option="no", words=None)

    with refused("a_decision_is_answered_once"):
        _answer(brain)
    with refused("a_link_leads_to_an_open_decision"):
        brain.as_role("ceo").run("issue_decision_link", decision_id=decision, token_sha256=hashed("w" * 32))


def test_opening_a_link_changes_nothing(brain: TestBrain) -> None:
    decision = _asked(brain)

    seen = [brain.as_role("console").one("find_decision_link", token_sha256=hashed(TOKEN)) for _ in range(3)]

    assert [row and (row["decision_id"], row["state"]) for row in seen] == [(decision, "open")] * 3
    assert brain.as_role("console").one("find_decision_link", token_sha256=hashed("y" * 32)) is None


@pytest.mark.parametrize("role", ["ceo", "data_manager", "data_worker", "heartbeat", "owner"])
def test_nobody_but_the_console_answers_by_link(brain: TestBrain, role: str) -> None:
    _asked(brain)

    with refused(NO_RIGHT):
        brain.as_role(role).value("answer_by_link", token_sha256=hashed(TOKEN), option="yes", words=None)
    with refused(NO_RIGHT):
        brain.sql(role, "SELECT company.settle_decision(1, 'yes', NULL)")


@pytest.mark.parametrize("role", ["ceo", "console", "data_manager", "owner"])
def test_links_are_neither_read_nor_written_past_the_functions(brain: TestBrain, role: str) -> None:
    for statement in ("SELECT * FROM company.decision_links", "UPDATE company.decision_links SET used_at = NULL"):
        with refused(NO_RIGHT):
            brain.sql(role, statement)


@pytest.mark.parametrize("role", ["data_manager", "data_worker", "heartbeat"])
def test_nobody_but_the_ceo_and_the_console_issues_a_link(brain: TestBrain, role: str) -> None:
    decision = ask_decision(brain)

    with refused(NO_RIGHT):
        brain.as_role(role).run("issue_decision_link", decision_id=decision, token_sha256=hashed(TOKEN))


def test_past_the_grants_each_rule_still_holds(brain: TestBrain) -> None:
    decision = ask_decision(brain)
    statements = {
        "only_the_ceo_and_the_console_issue_links": "SELECT company.issue_decision_link(%(d)s, %(t)s)",
        "only_the_console_answers_by_link": "SELECT company.answer_by_link(%(t)s, 'yes', 'x') WHERE %(d)s > 0",
    }

    for rule, statement in statements.items():
        with refused(rule):
            run_sql(brain.as_login("migrate"), statement, d=decision, t=hashed(TOKEN))


def test_a_link_is_stored_hashed_and_expires(brain: TestBrain) -> None:
    decision = ask_decision(brain)
    insert = (
        "INSERT INTO company.decision_links (token_sha256, decision_id, issued_by, expires_at)"
        " VALUES (%(token)s, %(decision)s, 'ceo', company.now() + %(lives)s)"
    )

    with refused("a_link_is_kept_hashed"):
        run_sql(brain.as_login("migrate"), insert, token=TOKEN[:20].encode(), decision=decision, lives="1 hour")
    with refused("a_link_lives_a_while"):
        run_sql(brain.as_login("migrate"), insert, token=hashed(TOKEN), decision=decision, lives="0 hours")
