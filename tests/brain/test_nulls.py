"""Every function of the company, called with nothing but NULL by every login but that of their owner."""

import psycopg
import pytest
from psycopg.rows import DictRow

from tests.support.brains import TestBrain, run_sql
from tests.support.staff import staff

CALLABLE = """
SELECT p.oid::regprocedure::text AS signature, format('SELECT * FROM %I.%I(%s)', n.nspname, p.proname,
  (SELECT string_agg('NULL::' || format_type(t, NULL), ', ' ORDER BY place)
    FROM unnest(p.proargtypes) WITH ORDINALITY AS a (t, place))) AS call
FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace
WHERE n.nspname = 'company' AND p.pronargs > 0 AND p.prorettype <> 'trigger'::regtype
  AND has_function_privilege(p.oid, 'EXECUTE')
ORDER BY signature
"""
NUMBERED = "SELECT pg_current_xact_id_if_assigned() IS NOT NULL AS yes"
WRITTEN = "SELECT coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0) AS rows FROM pg_stat_xact_user_tables"


@pytest.mark.parametrize("role", sorted({*staff(), "owner"} - {"migrate"}))
def test_a_call_with_nothing_but_null_writes_nothing(steadfast_brain: TestBrain, role: str) -> None:
    login = steadfast_brain.as_role(role).connection
    functions = run_sql(login, CALLABLE)

    written = [row["signature"] for row in functions if _rows_written(login, row["call"])]

    assert len(functions) > (3 if role == "lookup" else 20)  # lookup answers strangers, and may call few
    assert written == []


def _rows_written(login: psycopg.Connection[DictRow], call: str) -> int:
    """How many rows one call writes, which is then rolled back; one that is refused writes none."""
    with login.transaction(force_rollback=True):
        if not _is_taken(login, call) or not _has_number(login):
            return 0
    with login.transaction(force_rollback=True):
        before = _counted(login)  # the server counts a session's last transactions together
        return _counted(login) - before if _is_taken(login, call) else 0


def _is_taken(login: psycopg.Connection[DictRow], call: str) -> bool:
    try:
        with login.transaction():
            login.execute(call.encode())
    except psycopg.Error:
        return False
    return True


def _has_number(login: psycopg.Connection[DictRow]) -> bool:
    """Whether this transaction locked or wrote anything: only then Postgres numbers it. Counting takes far longer."""
    [row] = login.execute(NUMBERED).fetchall()
    return bool(row["yes"])


def _counted(login: psycopg.Connection[DictRow]) -> int:
    [row] = login.execute(WRITTEN).fetchall()
    return int(row["rows"])
