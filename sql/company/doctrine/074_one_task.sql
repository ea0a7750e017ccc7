-- Why: most tasks are claimed and closed one by one, and what Postgres readies for several (an order, an array, a table
-- made of JSON) costs as much as the one task. The rules are those of claim_tasks and close_tasks; where the one
-- statement did nothing, the same functions say why.

-- Claims by the one workable state, the most urgent and oldest first; it is begun.
CREATE OR REPLACE FUNCTION company.claim_task(wanted_mode text, my_session bigint, lease interval)
RETURNS SETOF company.task_queue
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  moment timestamptz := company.now();
BEGIN
  RETURN QUERY WITH claimed AS (
    UPDATE company.task_queue AS t
    SET status = 'in_progress', claimed_by = s.role, session_id = s.id, lease_until = moment + lease,
      attempts = t.attempts + 1, begun_at = moment
    FROM company.sessions s JOIN company.roster r ON r.role = s.role
    WHERE s.id = my_session AND s.finished_at IS NULL AND r.login = session_user AND wanted_mode = ANY (r.modes)
      AND moment + lease > s.deadline_at AND moment + lease <= s.deadline_at + interval '15 minutes'
      AND t.id = (
        SELECT q.id FROM company.task_queue q
        WHERE q.status = 'pending' AND q.mode = wanted_mode AND q.not_before <= moment
        ORDER BY q.priority, q.id
        LIMIT 1
        FOR UPDATE SKIP LOCKED
      )
    RETURNING t.*
  ), noted AS (
    INSERT INTO company.task_events (task_id, at, by_role, session_id, from_status, to_status)
    SELECT c.id, moment, c.claimed_by, my_session, 'pending', 'in_progress' FROM claimed c
  )
  SELECT c.* FROM claimed c;
  IF NOT FOUND THEN
    PERFORM company.refuse_claim(wanted_mode, my_session, moment + lease, 1);
  END IF;
END $$;
GRANT EXECUTE ON FUNCTION company.claim_task(text, bigint, interval) TO @staff@;

-- Ends or releases one's own task: complete, failed (or pending again while attempts are left), blocked, pending (given
-- back).
CREATE OR REPLACE FUNCTION company.close_task(
  my_task bigint, my_session bigint, my_status text, my_result jsonb,
  is_permanent boolean DEFAULT true, my_blocked_on text DEFAULT NULL, my_blocked_action text DEFAULT NULL,
  wait interval DEFAULT NULL
) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  moment timestamptz := company.now();
  may_return boolean := my_status = 'failed' AND NOT coalesce(is_permanent, true);
  ended_as text;
BEGIN
  WITH ended AS (
    UPDATE company.task_queue AS t
    SET status = CASE WHEN may_return AND t.attempts < t.max_attempts THEN 'pending' ELSE my_status END,
      claimed_by = NULL, session_id = NULL, lease_until = NULL, result = coalesce(my_result, t.result),
      blocked_on = CASE WHEN my_status = 'blocked' THEN my_blocked_on END,
      blocked_action = CASE WHEN my_status = 'blocked' THEN my_blocked_action END,
      not_before = CASE WHEN my_status = 'pending' OR may_return AND t.attempts < t.max_attempts
        THEN moment + coalesce(wait, interval '0') ELSE t.not_before END,
      closed_at = CASE WHEN my_status = 'complete' OR my_status = 'failed'
        AND NOT (may_return AND t.attempts < t.max_attempts) THEN moment END
    FROM company.sessions s JOIN company.roster r ON r.role = s.role
    WHERE s.id = my_session AND s.finished_at IS NULL AND r.login = session_user
      AND my_status IN ('complete', 'failed', 'blocked', 'pending') AND (wait > interval '1 day') IS NOT TRUE
      AND t.id = my_task AND t.status IS NOT DISTINCT FROM 'in_progress' AND t.claimed_by = s.role
      AND t.session_id = my_session AND t.lease_until > moment
    RETURNING t.id, t.status, s.role
  ), noted AS (
    INSERT INTO company.task_events (task_id, at, by_role, session_id, from_status, to_status, reason)
    SELECT e.id, moment, e.role, my_session, 'in_progress', e.status,
      coalesce(my_result ->> 'reason', my_blocked_action)
    FROM ended e
  )
  SELECT e.status INTO ended_as FROM ended e;
  IF ended_as IS NULL THEN
    PERFORM company.refuse_closings(my_session, jsonb_build_array(jsonb_build_object('task_id', my_task, 'status',
      my_status, 'wait', wait)), '{}');
  END IF;
  RETURN ended_as;
END $$;
GRANT EXECUTE ON FUNCTION company.close_task(bigint, bigint, text, jsonb, boolean, text, text, interval) TO @staff@;
