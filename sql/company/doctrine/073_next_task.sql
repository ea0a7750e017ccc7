-- Why: who works one long task after another ends one and takes the next. In one statement that is one round trip and
-- one commit; and what was done is ended when it was done, whatever becomes of the fire later.

-- Ends one's own task (by the words and rules of close_tasks) and claims the next of a mode (by those of claim_tasks),
-- which is begun: both, or neither. The one that is ended is never the one that is claimed. Returns what was claimed;
-- no row when nothing waits. Both are one UPDATE: what Postgres readies for a statement (the checks of a task, its
-- indexes) costs more than its rows. What may not be closed is left out of it, and explained afterwards.
CREATE OR REPLACE FUNCTION company.close_and_claim(
  my_task bigint, my_session bigint, my_status text, my_result jsonb, is_permanent boolean, my_blocked_on text,
  my_blocked_action text, wait interval, wanted_mode text, lease interval
) RETURNS SETOF company.task_queue
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  moment timestamptz := company.now();
  changed record;
  is_closed boolean := false;
BEGIN
  FOR changed IN
    WITH changed AS (
      UPDATE company.task_queue AS t
      SET status = CASE WHEN t.id <> my_task THEN 'in_progress'
          WHEN my_status = 'failed' AND NOT coalesce(is_permanent, true) AND t.attempts < t.max_attempts THEN 'pending'
          ELSE my_status END,
        claimed_by = CASE WHEN t.id <> my_task THEN s.role END,
        session_id = CASE WHEN t.id <> my_task THEN s.id END,
        lease_until = CASE WHEN t.id <> my_task THEN moment + lease END,
        attempts = CASE WHEN t.id <> my_task THEN t.attempts + 1 ELSE t.attempts END,
        begun_at = CASE WHEN t.id <> my_task THEN moment ELSE t.begun_at END,
        result = CASE WHEN t.id <> my_task THEN t.result ELSE coalesce(my_result, t.result) END,
        blocked_on = CASE WHEN t.id = my_task AND my_status = 'blocked' THEN my_blocked_on END,
        blocked_action = CASE WHEN t.id = my_task AND my_status = 'blocked' THEN my_blocked_action END,
        not_before = CASE WHEN t.id = my_task AND (my_status = 'pending'
            OR my_status = 'failed' AND NOT coalesce(is_permanent, true) AND t.attempts < t.max_attempts)
          THEN moment + coalesce(wait, interval '0') ELSE t.not_before END,
        closed_at = CASE WHEN t.id = my_task AND (my_status = 'complete'
            OR my_status = 'failed' AND (coalesce(is_permanent, true) OR t.attempts >= t.max_attempts)) THEN moment END
      FROM company.sessions s JOIN company.roster r ON r.role = s.role
      WHERE s.id = my_session AND s.finished_at IS NULL AND r.login = session_user AND wanted_mode = ANY (r.modes)
        AND moment + lease > s.deadline_at AND moment + lease <= s.deadline_at + interval '15 minutes'
        AND my_status IN ('complete', 'failed', 'blocked', 'pending') AND (wait > interval '1 day') IS NOT TRUE
        AND t.id = ANY (ARRAY(
          SELECT q.id FROM company.task_queue q
          WHERE q.status = 'pending' AND q.mode = wanted_mode AND q.not_before <= moment
          ORDER BY q.priority, q.id
          LIMIT 1
          FOR UPDATE SKIP LOCKED
        ) || my_task)
        AND (t.id <> my_task OR t.status = 'in_progress' AND t.claimed_by = s.role AND t.session_id = my_session
          AND t.lease_until > moment)
      RETURNING t AS task, t.id, t.status, s.role
    ), noted AS (
      INSERT INTO company.task_events (task_id, at, by_role, session_id, from_status, to_status, reason)
      SELECT c.id, moment, c.role, my_session, CASE WHEN c.id = my_task THEN 'in_progress' ELSE 'pending' END,
        c.status, CASE WHEN c.id = my_task THEN coalesce(my_result ->> 'reason', my_blocked_action) END
      FROM changed c
    )
    SELECT c.id, c.task FROM changed c
  LOOP
    IF changed.id = my_task THEN
      is_closed := true;
    ELSE
      RETURN NEXT changed.task;
    END IF;
  END LOOP;
  IF NOT is_closed THEN
    PERFORM company.refuse_claim(wanted_mode, my_session, moment + lease, 1);
    PERFORM company.refuse_closings(my_session, jsonb_build_array(jsonb_build_object('task_id', my_task, 'status',
      my_status, 'wait', wait)), '{}');
  END IF;
END $$;
GRANT EXECUTE ON FUNCTION company.close_and_claim(
  bigint, bigint, text, jsonb, boolean, text, text, interval, text, interval
) TO @staff@;
