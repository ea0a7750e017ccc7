"""Backtests for tests: a study of the shipped product over a brain that is filled past every function."""

import json
from typing import Any

from tests.support.brains import TestBrain, run_sql
from tests.support.drafts import given_session

WORKER = "research_worker"


def backtest(brain: TestBrain, study: str = "rising_vendors", subject: str = "x", **given: Any) -> int:
    """A kept backtest, put there past every function: how a backtest is made is not tested here."""
    row = {
        "numbers": {"recent": 5},
        "past": {"moments": 6, "calls": 0, "held": 0},
        "looked_at": 17,
        "title": f"{study} of {subject}",
        "run_by": WORKER,
        "model_version": None,
        **given,
    }
    session = given.get("session_id") or given_session(brain, WORKER)
    values = {**row, "numbers": json.dumps(row["numbers"]), "past": json.dumps(row["past"]), "session_id": session}
    values |= {"study": study, "subject": subject}
    columns, places = ", ".join(values), ", ".join(f"%({name})s" for name in values)
    insert = f"INSERT INTO company.backtests ({columns}) VALUES ({places}) RETURNING id"
    [kept] = run_sql(brain.as_login("migrate"), insert, **values)
    return int(kept["id"])


def propose(brain: TestBrain, backtest_id: int, role: str = WORKER, remark: str = "") -> dict[str, Any]:
    """As the worker's tool does."""
    given = {"backtest_id": backtest_id, "remark": remark, "not_again_days": 7}
    row = brain.as_role(role).one("propose", session_id=given_session(brain, role), **given)
    assert row is not None
    return dict(row)
