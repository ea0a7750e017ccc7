-- Why: what nobody will do says so. A task that nobody takes, one that waits for somebody who does not act, and mail to
-- somebody who is not here, would look like work in hand for ever.

-- Who reads what is sent to a role: itself, or, while it is paused or when it has left, the next above who is here.
CREATE OR REPLACE FUNCTION company.who_is_there(my_role text) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  WITH RECURSIVE line AS (
    SELECT role, reports_to, left_at IS NULL AND NOT is_paused AS is_there, 0 AS step
    FROM company.roster WHERE role = my_role
    UNION ALL
    SELECT r.role, r.reports_to, r.left_at IS NULL AND NOT r.is_paused, l.step + 1
    FROM line l JOIN company.roster r ON r.role = l.reports_to
    WHERE NOT l.is_there AND l.step < 20
  )
  SELECT role FROM line WHERE is_there ORDER BY step LIMIT 1
$$;
GRANT EXECUTE ON FUNCTION company.who_is_there(text) TO @staff@;

-- Why a task will not be done, as the brain knows it: no worker here has its mode, for a day; none has taken it for two
-- weeks in which it could have been taken; or it was taken again and again in two weeks, and is where it was.
CREATE OR REPLACE FUNCTION company.why_nobody_does_it(t company.task_queue, moment timestamptz) RETURNS text
-- In plpgsql: each beat asks it of each task that waits, and to plan it takes longer than to run it.
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN CASE
    WHEN NOT EXISTS (SELECT FROM company.roster r WHERE r.kind = 'worker' AND t.mode = ANY (r.modes)
      AND (r.left_at IS NULL OR r.left_at > moment - interval '1 day'))
      THEN format('nobody here works %s', t.mode)
    WHEN greatest(t.not_before, (SELECT max(e.at) FROM company.task_events e WHERE e.task_id = t.id))
      < moment - interval '14 days' THEN 'nobody took it in 14 days'
    WHEN t.attempts >= 20 AND t.created_at < moment - interval '14 days'
      THEN format('taken %s times in 14 days or more, and never ended', t.attempts)
  END;
END $$;

-- Ends what nobody will do as stale, with the reason; each apart. What somebody holds, and what waits for somebody, is
-- not touched.
CREATE OR REPLACE FUNCTION company.end_work_nobody_does() RETURNS TABLE (task_id bigint, reason text, problem text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  moment timestamptz := company.now();
  old company.task_queue;
BEGIN
  PERFORM company.require_heartbeat();
  FOR old IN
    SELECT * FROM company.task_queue t
    WHERE t.status = 'pending' AND t.created_at < moment - interval '1 day'
      AND company.why_nobody_does_it(t, moment) IS NOT NULL
    ORDER BY t.id FOR UPDATE SKIP LOCKED
  LOOP
    task_id := old.id;
    reason := company.why_nobody_does_it(old, moment);
    problem := NULL;
    BEGIN
      UPDATE company.task_queue SET status = 'stale', closed_at = moment,
        result = coalesce(result, '{}') || jsonb_build_object('reason', reason)
      WHERE id = old.id;
      PERFORM company.note_task_event(old.id, NULL, 'pending', 'stale', reason);
    EXCEPTION WHEN OTHERS THEN
      problem := SQLERRM;  -- this one stays as it is; the others end
    END;
    RETURN NEXT;
  END LOOP;
END $$;
GRANT EXECUTE ON FUNCTION company.end_work_nobody_does() TO @login:heartbeat@;

-- Escalations and alarms that wait for somebody who was paused or left meanwhile: they go to who is there, unread. What
-- only the owner is left to read alerts the owner.
CREATE OR REPLACE FUNCTION company.forward_mail() RETURNS TABLE (message_id bigint, was_for text, goes_to text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  i company.inbox;
BEGIN
  PERFORM company.require_heartbeat();
  FOR i IN
    SELECT x.* FROM company.inbox x JOIN company.roster r ON r.role = x.to_role
    WHERE x.kind IN ('escalation', 'alarm') AND x.answered_at IS NULL AND (r.left_at IS NOT NULL OR r.is_paused)
      AND company.who_is_there(x.to_role) <> x.to_role
    ORDER BY x.id FOR UPDATE OF x SKIP LOCKED
  LOOP
    message_id := i.id;
    was_for := i.to_role;
    goes_to := company.who_is_there(i.to_role);
    UPDATE company.inbox SET to_role = goes_to, read_at = NULL, read_in = NULL, woken_at = NULL,
      evidence = evidence || jsonb_build_object('was_for', was_for)
    WHERE id = i.id;
    PERFORM company.alert_of_mail(i.id, was_for);
    RETURN NEXT;
  END LOOP;
END $$;
GRANT EXECUTE ON FUNCTION company.forward_mail() TO @login:heartbeat@;

CREATE OR REPLACE FUNCTION company.alert_of_mail(my_message bigint, was_for text) RETURNS bigint
LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
  SELECT company.raise_alert('escalation', i.id, 'today',
    jsonb_build_object('to_role', was_for, 'from_role', i.from_role, 'subject', i.subject, 'body', i.body),
    i.from_role, i.finding_id, i.decision_id, i.from_role)
  FROM company.inbox i WHERE i.id = my_message AND i.to_role = 'owner'
$$;

-- Every blocked task, since when somebody could act on it, and what it waits for. Before something came its manager can
-- do nothing, and since is null: quarantined rows wait for a newer edition of their source in force; the task for a
-- mistake's cause waits while the mistake stays away, for three fires of its role without it (quiet_root_causes).
CREATE OR REPLACE VIEW company.blocked_tasks AS
SELECT t.id, t.blocked_on AS waits_for, t.blocked_action AS action,
  CASE WHEN t.blocked_on = 'owner' THEN e.at
    WHEN t.payload ->> 'kind' = 'quarantine' THEN (SELECT min(b.promoted_at) FROM company.batches b
      WHERE b.source = t.payload ->> 'source' AND b.status = 'promoted' AND b.promoted_at > e.at)
    WHEN t.payload ->> 'kind' = 'root_cause' AND made.started_at < e.at THEN (SELECT greatest(s.finished_at, e.at)
      FROM company.sessions s WHERE s.role = made.role AND s.id > made.id AND s.outcome = 'done'
      ORDER BY s.id OFFSET 2 LIMIT 1)
    ELSE e.at END AS since
FROM company.task_queue t
CROSS JOIN LATERAL (SELECT max(at) AS at FROM company.task_events WHERE task_id = t.id AND to_status = 'blocked') AS e
LEFT JOIN LATERAL (
  -- The last session that made it; of a role that has left none, for it will not work again.
  SELECT s.id, s.role, s.started_at
  FROM company.lessons l
  JOIN company.roster r ON r.role = l.role AND r.left_at IS NULL
  JOIN company.lesson_sightings g ON g.lesson_id = l.id
  JOIN company.sessions s ON s.id = g.session_id
  WHERE t.payload ->> 'kind' = 'root_cause'
    AND l.role = t.payload ->> 'role' AND l.signature = t.payload ->> 'signature'
  ORDER BY s.id DESC LIMIT 1
) AS made ON true
WHERE t.status = 'blocked';
GRANT SELECT ON company.blocked_tasks TO @login:heartbeat@;
