"""A beat's cheap question never says that nobody of building is to be woken where somebody is."""

import pytest

from tests.support.brains import TestBrain, run_sql

DOCUMENT = """
INSERT INTO company.raw_documents (source, url, route, sha256, size, status_code, fetched_by, verdict, reason)
SELECT 'kev', 'https://x.invalid', 'r', repeat('a', 64), 1, 200, 'scrape_kev', 'malformed', 'no list'
"""
PROMOTED = """
INSERT INTO company.batches (source, raw_id, edition_at, status, staged_by, checked_at, checked_by, promoted_at)
SELECT 'kev', 1, company.now(), 'promoted', 'scrape_kev', company.now(), 'check', company.now()
"""
TASK = "INSERT INTO company.task_queue (mode, title, created_by) SELECT 'build', 't', 'build_manager'"
CHANGE = """
INSERT INTO company.changes (task_id, subject, title, reason, diff, files, test, author, session_id)
SELECT 1, 'kev', 't', 'r', E'--- a\\n+x', '{f}', 'def test_x', 'build_worker', 1
"""
STARTED = """
WITH begun AS (
  INSERT INTO company.deployments (change_id, by_role, session_id) SELECT 1, 'build_auditor', 1 RETURNING id
), noted AS (
  INSERT INTO company.deployment_steps (deployment_id, by_role, session_id, step)
  SELECT id, 'build_auditor', 1, 'started' FROM begun
)
INSERT INTO company.sessions (id, role, schedule, due_at, request_id, attempt, deadline_at, outcome, finished_at)
OVERRIDING SYSTEM VALUE
SELECT 1, 'build_auditor', 'build_auditor', company.now(), 'r', 1, company.now(), 'crashed', company.now()
"""
UNDONE = """
INSERT INTO company.deployments (change_id, by_role, session_id, status, live_at, ended_at, reason, layer_arn,
  layer_sha256, functions)
SELECT 1, 'build_auditor', 1, 'undone', company.now(), company.now(), 'by a deploy', 'l', 's', '{"x": {}}'
"""
ORDER = "INSERT INTO company.change_orders (change_id, what) SELECT 1, 'roll_back'"
KEPT = """
INSERT INTO company.deployments (change_id, by_role, session_id, status, live_at, ended_at, reason, layer_arn,
  layer_sha256, functions, evidence)
SELECT 1, 'build_auditor', 1, 'kept', company.now() - interval '1 day', company.now(), 'it works', 'l', 's',
  '{"x": {}}', '{"fires": 1}'
"""
PUBLISHED = "UPDATE company.roster SET published_at = company.now()"
WAITS = {
    "a document": (DOCUMENT, PROMOTED),
    "a task": (TASK,),
    "a change": (CHANGE,),
    "a deployment": (STARTED,),
    "a taking back": (UNDONE,),
    "an order": (ORDER,),
    "a deploy of the owner's": (KEPT, PUBLISHED),
}
"""A held edition waits in pipeline/test_read_anew, a page in functions/test_unwritten: both ask may_wake_builders."""
MAY = "SELECT company.may_wake_builders(company.now()) AS may"


@pytest.mark.parametrize("what", WAITS)
def test_the_cheap_question_says_that_somebody_may_be_woken(brain: TestBrain, what: str) -> None:
    admin = brain.as_login("superuser")
    run_sql(admin, "UPDATE company.roster SET published_at = company.now() - interval '2 days'")
    [before] = run_sql(admin, MAY)
    run_sql(admin, "SET session_replication_role = replica")
    for statement in WAITS[what]:
        run_sql(admin, statement)

    [after] = run_sql(admin, MAY)
    woken = brain.as_role("heartbeat").all("build_wakes_due", most_a_day=9)

    assert (before["may"], after["may"], len(woken)) == (False, True, 1)
