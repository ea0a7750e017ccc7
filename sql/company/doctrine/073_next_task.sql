-- Why: who works one long task after another, or ten small ones after ten others, ends them and takes the next. In one
-- statement that is one round trip and one commit; and what was done is ended when it was done, whatever becomes of the
-- fire later.

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

-- The same for several: ends all of one's own tasks that closings names, or none (by the words and rules of
-- close_tasks), and claims as many as asked of the next ones, which are begun each by itself (by those of claim_tasks).
-- Nothing that is ended here is claimed here.
CREATE OR REPLACE FUNCTION company.close_and_claim_tasks(
  my_session bigint, closings jsonb, wanted_mode text, lease interval, at_most integer
) RETURNS SETOF company.task_queue
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  moment timestamptz := company.now();
  changed record;
  ended_ids bigint[] := '{}';
  has_claimed boolean := false;
BEGIN
  FOR changed IN
    WITH changed AS (
      UPDATE company.task_queue AS t
      SET status = CASE WHEN c.is_claim THEN 'in_progress'
          WHEN c.may_return AND t.attempts < t.max_attempts THEN 'pending' ELSE c.status END,
        claimed_by = CASE WHEN c.is_claim THEN s.role END,
        session_id = CASE WHEN c.is_claim THEN s.id END,
        lease_until = CASE WHEN c.is_claim THEN moment + lease END,
        attempts = CASE WHEN c.is_claim THEN t.attempts + 1 ELSE t.attempts END,
        begun_at = CASE WHEN NOT c.is_claim THEN t.begun_at WHEN at_most = 1 THEN moment END,
        result = coalesce(c.result, t.result),
        blocked_on = CASE WHEN c.status = 'blocked' THEN c.blocked_on END,
        blocked_action = CASE WHEN c.status = 'blocked' THEN c.blocked_action END,
        not_before = CASE WHEN c.status = 'pending' OR c.may_return AND t.attempts < t.max_attempts
          THEN moment + coalesce(c.wait, interval '0') ELSE t.not_before END,
        closed_at = CASE WHEN c.status = 'complete' OR c.status = 'failed'
          AND NOT (c.may_return AND t.attempts < t.max_attempts) THEN moment END
      FROM (
        SELECT g.task_id, false AS is_claim, g.status, g.result, g.blocked_on, g.blocked_action, g.wait,
          g.status = 'failed' AND NOT coalesce(g.is_permanent, true) AS may_return
        FROM jsonb_to_recordset(closings) AS g (task_id bigint, status text, result jsonb, is_permanent boolean,
          blocked_on text, blocked_action text, wait interval)
        WHERE g.status IN ('complete', 'failed', 'blocked', 'pending') AND (g.wait > interval '1 day') IS NOT TRUE
        UNION ALL
        SELECT w.id, true, NULL, NULL, NULL, NULL, NULL, false
        FROM unnest(ARRAY(
          SELECT q.id FROM company.task_queue q
          WHERE q.status = 'pending' AND q.mode = wanted_mode AND q.not_before <= moment
          ORDER BY q.priority, q.id
          LIMIT CASE WHEN at_most BETWEEN 1 AND 100 THEN at_most ELSE 0 END
          FOR UPDATE SKIP LOCKED
        )) AS w (id)
      ) AS c, company.sessions s JOIN company.roster r ON r.role = s.role
      WHERE s.id = my_session AND s.finished_at IS NULL AND r.login = session_user AND wanted_mode = ANY (r.modes)
        AND moment + lease > s.deadline_at AND moment + lease <= s.deadline_at + interval '15 minutes'
        AND t.id = c.task_id
        AND (c.is_claim OR t.status = 'in_progress' AND t.claimed_by = s.role AND t.session_id = my_session
          AND t.lease_until > moment)
      RETURNING t AS task, t.id, t.status, s.role, c.is_claim, t.priority,
        coalesce(c.result ->> 'reason', c.blocked_action) AS reason
    ), noted AS (
      INSERT INTO company.task_events (task_id, at, by_role, session_id, from_status, to_status, reason)
      SELECT c.id, moment, c.role, my_session, CASE WHEN c.is_claim THEN 'pending' ELSE 'in_progress' END, c.status,
        c.reason
      FROM changed c
    )
    SELECT c.id, c.task, c.is_claim FROM changed c ORDER BY c.priority, c.id
  LOOP
    IF changed.is_claim THEN
      has_claimed := true;
      RETURN NEXT changed.task;
    ELSE
      ended_ids := ended_ids || changed.id;
    END IF;
  END LOOP;
  IF NOT has_claimed THEN
    PERFORM company.refuse_claim(wanted_mode, my_session, moment + lease, at_most);
  END IF;
  IF cardinality(ended_ids) <> jsonb_array_length(closings) THEN
    PERFORM company.refuse_closings(my_session, closings, ended_ids);
  END IF;
END $$;
GRANT EXECUTE ON FUNCTION company.close_and_claim_tasks(bigint, jsonb, text, interval, integer) TO @staff@;
