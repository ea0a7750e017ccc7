"""What one login alone may call is refused to the owner of the functions too: a right that is granted by mistake opens
nothing.
"""

from company.errors import Refused
from tests.support.brains import TestBrain, run_sql

GRANTED_TO_ONE = """
SELECT p.oid::regprocedure::text AS signature, format('%I.%I(%s)', n.nspname, p.proname, (
    SELECT string_agg('NULL::' || format_type(type, NULL), ', ' ORDER BY place)
    FROM unnest(p.proargtypes) WITH ORDINALITY AS a (type, place))) AS call
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE n.nspname = 'company' AND p.provolatile = 'v' AND p.prorettype <> 'trigger'::regtype
  AND (SELECT array_agg(r.rolcanlogin) FROM aclexplode(p.proacl) AS g JOIN pg_roles r ON r.oid = g.grantee
    WHERE g.grantee <> p.proowner) = '{true}'
ORDER BY 1
"""
OPEN = {
    "company.drop_old_staging(interval)": "tidies what was promoted long ago; whose hand does it is all the same",
    "company.record_score_model(text,text[],real[],real[],text[])": "a model that stands is never changed by it",
    "company.take_request(text,boolean)": "counts a request of a customer's key; it gives nothing",
}
"""Those that ask for nobody, each with its reason."""


def _is_refused(brain: TestBrain, call: str) -> bool:
    try:
        with brain.as_login("migrate").transaction(force_rollback=True):
            run_sql(brain.as_login("migrate"), f"SELECT * FROM {call}")
    except Refused:
        return True
    except Exception:
        return False
    return False


def test_what_one_login_may_call_is_refused_to_the_owner_of_the_functions(brain: TestBrain) -> None:
    functions = run_sql(brain.as_login("superuser"), GRANTED_TO_ONE)
    is_open = {one["signature"] for one in functions if not _is_refused(brain, one["call"])}

    assert len(functions) > 40
    assert is_open == set(OPEN)
