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
        before = _counted(login)  # the server counts a session's last transactions together
        try:
            with login.transaction():
                login.execute(call.encode())
        except psycopg.Error:
            return 0
        return _counted(login) - before


def _counted(login: psycopg.Connection[DictRow]) -> int:
    [row] = login.execute(WRITTEN).fetchall()
    return int(row["rows"])
