"""The reason why the book replaced the model is recorded for an open session, by that session's own role."""

import pytest

from tests.support.acts import close_session, session_of
from tests.support.brains import TestBrain
from tests.support.refusals import refused

QUERIES = ("book_replaced_part", "book_took_over")


@pytest.mark.parametrize("query", QUERIES)
def test_nobody_records_why_anothers_book_replaced_the_model(brain: TestBrain, query: str) -> None:
    session = session_of(brain, "ceo")

    with refused("a_fenced_session_writes_nothing"):
        brain.as_role("data_manager").run(query, session_id=session, reason="it cannot write")


@pytest.mark.parametrize("query", QUERIES)
def test_the_reason_for_the_book_is_not_changed_afterwards(brain: TestBrain, query: str) -> None:
    session = session_of(brain, "ceo")
    close_session(brain, "ceo", session, "done", evidence={"handled": 1})

    with refused("a_fenced_session_writes_nothing"):
        brain.as_role("ceo").run(query, session_id=session, reason="no reason at all")
