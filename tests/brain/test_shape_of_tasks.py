"""What a row of the queue may be: its owner tries every combination, and each column by hand."""

import pytest

from tests.support.acts import close_task, file_task, held_task, task_row
from tests.support.brains import TestBrain, run_sql
from tests.support.refusals import refused

# Each rule as a CHECK would say it; a row breaks those that are false of it.
BROKEN = """
array_remove(ARRAY[
  CASE WHEN NOT (status IN ('pending', 'in_progress', 'blocked', 'complete', 'failed', 'superseded', 'stale'))
    THEN 'a_status_is_known' END,
  CASE WHEN NOT ((status IN ('complete', 'failed', 'superseded', 'stale')) = (closed_at IS NOT NULL))
    THEN 'terminal_exactly_when_closed' END,
  CASE WHEN NOT ((status = 'in_progress') = (claimed_by IS NOT NULL AND session_id IS NOT NULL
    AND lease_until IS NOT NULL)) THEN 'in_progress_names_its_holder' END,
  CASE WHEN NOT ((status = 'blocked') = (blocked_on IS NOT NULL AND coalesce(blocked_action, '') <> ''))
    THEN 'blocked_names_an_owner_and_an_action' END,
  CASE WHEN NOT (status <> 'superseded' OR superseded_by IS NOT NULL) THEN 'superseded_names_its_successor' END
], NULL)
"""
# Every combination of what these rules look at, with the rules that it breaks. FILED stands for an existing task.
SHAPES = f"""
SELECT *, {BROKEN} AS broken
FROM unnest('{{pending,in_progress,blocked,complete,failed,superseded,stale,done,NULL}}'::text[]) AS status,
  unnest(ARRAY[company.now(), NULL]) AS closed_at, unnest('{{ceo,NULL}}'::text[]) AS claimed_by,
  unnest('{{1,NULL}}'::bigint[]) AS session_id, unnest(ARRAY[company.now(), NULL]) AS lease_until,
  unnest('{{owner,NULL}}'::text[]) AS blocked_on, unnest(ARRAY['look', '', NULL]) AS blocked_action,
  unnest(ARRAY[FILED, NULL]::bigint[]) AS superseded_by
"""
INSERTED = """
INSERT INTO company.task_queue (mode, title, created_by, status, closed_at, claimed_by, session_id, lease_until,
  blocked_on, blocked_action, superseded_by)
VALUES ('data', 'look', 'ceo', s.status, s.closed_at, s.claimed_by, s.session_id, s.lease_until, s.blocked_on,
  s.blocked_action, s.superseded_by)
"""
UPDATED = """
UPDATE company.task_queue SET status = s.status, closed_at = s.closed_at, claimed_by = s.claimed_by,
  session_id = s.session_id, lease_until = s.lease_until, blocked_on = s.blocked_on,
  blocked_action = s.blocked_action, superseded_by = s.superseded_by
WHERE title = 'to be changed'
"""
# Tries each, and takes it back; says of each what refused it: a rule, or the column that may not be NULL.
TRY_ALL = """
CREATE FUNCTION pg_temp.try_all() RETURNS TABLE (shape jsonb, broken text[], refused_by text) LANGUAGE plpgsql AS $$
DECLARE
  s record;
BEGIN
  FOR s IN SHAPES LOOP
    shape := to_jsonb(s);
    broken := s.broken;
    BEGIN
      WRITE;
      RAISE EXCEPTION 'taken' USING CONSTRAINT = 'taken';
    EXCEPTION WHEN OTHERS THEN
      GET STACKED DIAGNOSTICS refused_by = CONSTRAINT_NAME;
      refused_by := CASE SQLSTATE WHEN '23502' THEN 'null' ELSE refused_by END;
    END;
    RETURN NEXT;
  END LOOP;
END $$
"""


@pytest.mark.parametrize("write", [INSERTED, UPDATED], ids=["inserted", "updated"])
def test_a_task_is_taken_exactly_where_it_breaks_no_rule(brain: TestBrain, write: str) -> None:
    filed = file_task(brain)
    file_task(brain, title="to be changed")
    owner = brain.migrator

    run_sql(owner, TRY_ALL.replace("SHAPES", SHAPES).replace("FILED", str(filed)).replace("WRITE", write))
    tried = run_sql(owner, "SELECT shape, broken, refused_by FROM pg_temp.try_all()")

    wrong = [row for row in tried if row["refused_by"] not in _may_answer(row)]
    assert wrong == []
    assert len(tried) == 9 * 2**6 * 3
    assert {row["refused_by"] for row in tried} >= {rule for row in tried for rule in row["broken"]} | {"taken"}


def _may_answer(row: dict[str, object]) -> list[object]:
    shape, broken = row["shape"], row["broken"]
    assert isinstance(shape, dict) and isinstance(broken, list)
    if shape["status"] is None:
        return ["null", *broken]
    return broken or ["taken"]


@pytest.mark.parametrize(
    ("rule", "change"),
    [
        ("a_mode_is_known", "mode = 'sales'"),
        ("a_task_has_a_title", "title = ''"),
        ("priority_is_one_to_nine", "priority = 10"),
        ("attempts_are_bounded", "max_attempts = 21"),
        ("nothing_supersedes_itself", "superseded_by = id"),
    ],
)
def test_what_a_task_is_stays_within_its_rules_for_the_owner_of_the_table(
    brain: TestBrain, rule: str, change: str
) -> None:
    file_task(brain)

    for login in (brain.migrator, brain.admin):
        with refused(rule):
            run_sql(login, f"UPDATE company.task_queue SET {change}")


@pytest.mark.parametrize("column", ["attempts", "result", "begun_at", "not_before", "payload", "dedupe_key"])
def test_nothing_of_an_ended_task_is_changed_by_hand(brain: TestBrain, column: str) -> None:
    task, session = held_task(brain)
    close_task(brain, "data_worker", task, session)

    with refused("terminal_is_for_ever"):
        run_sql(brain.migrator, f"UPDATE company.task_queue SET {column} = {column}")


def test_a_long_action_is_cut_where_it_can_be_seen(brain: TestBrain) -> None:
    task, session = held_task(brain)

    close_task(brain, "data_worker", task, session, "blocked", blocked_on="owner", blocked_action="x" * 1001)

    assert task_row(brain, task)["blocked_action"] == "x" * 997 + "..."


def test_a_long_title_is_cut_where_it_can_be_seen(brain: TestBrain) -> None:
    task = file_task(brain, title="x" * 301)

    assert task_row(brain, task)["title"] == "x" * 297 + "..."
