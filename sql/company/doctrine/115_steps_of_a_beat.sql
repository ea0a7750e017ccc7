-- Why: a beat asks some thirty questions, and in most beats none has an answer. One question, whose plan a connection
-- keeps, says which steps of a beat have anything to do.

-- The steps of functions/heartbeat/work.py in which something may be to do. A step that is not named would write
-- nothing: so each condition is that of the step's own question, or a wider one. While an item that failed is open all
-- steps are named, because the step that tries it again is what closes it.
CREATE OR REPLACE FUNCTION company.steps_to_do(
  refill_below timestamptz, most_attempts integer, event_age interval, overdue_after interval, idle interval,
  unanswered_after interval, most_wakes integer, keep interval
) RETURNS SETOF text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
DECLARE
  moment CONSTANT timestamptz := company.now();
  -- Real time also where the company's is simulated: for transactions that stand open.
  really CONSTANT timestamptz := (SELECT a.query_start FROM pg_stat_get_activity(pg_backend_pid()) a);
  mine text[];
  is_stuck boolean := false;
  wakes_builders boolean := false;
BEGIN
  PERFORM company.require_heartbeat();
  SELECT array_agg(DISTINCT f.kind) INTO mine FROM company.findings f
  WHERE f.found_by = 'heartbeat' AND f.closed_at IS NULL;
  -- By themselves: Postgres prepares the whole of a long question, also of a part that it then does not ask.
  IF company.may_be_stuck(moment) THEN
    is_stuck := EXISTS (SELECT FROM company.source_troubles t WHERE t.is_stuck);
  END IF;
  IF company.may_wake_builders(moment) THEN
    wakes_builders := EXISTS (SELECT FROM company.build_wakes_due(most_wakes));
  END IF;
  RETURN QUERY SELECT s.step FROM (VALUES
    ('open transactions', EXISTS (SELECT FROM pg_stat_activity a
      WHERE a.datname = current_database() AND a.pid <> pg_backend_pid()
        AND (a.xact_start < really - interval '16 minutes'
          OR (a.state LIKE 'idle in transaction%' AND a.state_change < really - idle)))),
    ('writing the ledger', EXISTS (SELECT FROM company.schedules d JOIN company.roster r ON r.role = d.role
      WHERE d.gone_at IS NULL AND r.schedule_expression IS NOT NULL AND NOT r.is_paused AND d.unreadable IS NULL
        AND (d.filled_until IS NULL OR d.filled_until < refill_below))),
    ('ending sessions', EXISTS (SELECT FROM company.sessions x WHERE x.finished_at IS NULL AND x.deadline_at < moment)
      OR EXISTS (SELECT FROM company.role_leases l
        WHERE (SELECT x.deadline_at FROM company.sessions x WHERE x.id = l.session_id) < moment)),
    ('ending slots', EXISTS (SELECT FROM company.overdue_slots(most_attempts, event_age))),
    ('returning leases', EXISTS (SELECT FROM company.task_queue t
      WHERE t.status = 'in_progress' AND t.lease_until <= moment)),
    ('idle work', EXISTS (SELECT FROM company.task_queue t WHERE t.status = 'pending'
        AND t.created_at < moment - interval '1 day' AND company.why_nobody_does_it(t, moment) IS NOT NULL)
      OR EXISTS (SELECT FROM company.inbox i JOIN company.roster r ON r.role = i.to_role
        WHERE i.kind IN ('escalation', 'alarm') AND i.answered_at IS NULL AND (r.left_at IS NOT NULL OR r.is_paused))
      -- What waits too long is not what the open findings name, or none was seen this hour.
      OR (SELECT jsonb_object_agg(w.fingerprint, w.tasks) FROM (
          SELECT 'overdue:' || t.waits_for AS fingerprint, to_jsonb(array_agg(t.id ORDER BY t.since, t.id)) AS tasks
          FROM company.blocked_tasks t WHERE t.since < moment - overdue_after GROUP BY t.waits_for) AS w)
        IS DISTINCT FROM (SELECT jsonb_object_agg(f.fingerprint, f.evidence -> 'tasks') FROM company.findings f
          WHERE f.found_by = 'heartbeat' AND f.closed_at IS NULL AND f.kind = 'overdue_work'
            AND f.last_seen_at > moment - interval '55 minutes')),
    ('logins', EXISTS (SELECT FROM pg_db_role_setting p JOIN pg_roles l ON l.oid = p.setrole
        JOIN company.roster r ON r.login = l.rolname WHERE r.login <> current_user)
      OR EXISTS (SELECT FROM company.slots o
        WHERE o.status = 'missed' AND o.ended_at > moment - interval '10 minutes')),
    ('reporting', EXISTS (SELECT FROM company.slots o
        WHERE o.reported_at IS NULL AND o.status IN ('missed', 'failed', 'timed_out'))
      OR EXISTS (SELECT FROM company.schedule_troubles)
      OR EXISTS (SELECT FROM company.slot_retries q WHERE q.fired_at > moment - interval '1 day')
      OR EXISTS (SELECT FROM company.slots o LEFT JOIN company.schedules d ON d.schedule = o.schedule
        WHERE o.due_at > moment - interval '1 hour' AND o.due_at <= moment
          AND NOT o.was_expected AND NOT o.is_wake AND o.started_at IS NOT NULL
          AND (o.schedule = 'unknown-' || o.role OR (o.due_at > d.changed_at AND o.due_at <= d.filled_until)))
      OR EXISTS (SELECT FROM company.sessions x WHERE (x.held_up_by IS NOT NULL OR x.ended_pid IS NOT NULL)
        AND x.started_at > moment - interval '2 days')),
    ('the budget', 'budget_spent' = ANY (mine)
      OR EXISTS (SELECT FROM company.spending_refusals r
        WHERE r.rule = 'company' AND r.at >= company.spending_day())),
    ('healed schedules', mine && ARRAY['muted', 'differs', 'gone', 'unreadable', 'missed', 'failed', 'deaf',
      'lost_retry', 'held_up', 'unexpected']),
    ('stuck sources', 'stuck_source' = ANY (mine) OR is_stuck),
    ('the model', EXISTS (SELECT FROM company.model_endpoint e WHERE e.failed_since IS NOT NULL)
      OR EXISTS (SELECT FROM company.findings f WHERE f.kind = 'model_endpoint' AND f.closed_at IS NULL)),
    ('retries', EXISTS (SELECT FROM company.slot_retries q WHERE q.fired_at IS NULL)
      OR EXISTS (SELECT FROM company.sessions x
        WHERE x.held_up_by IS NOT NULL AND x.started_at > moment - interval '1 day')),
    ('escalating', EXISTS (SELECT FROM company.findings f
        WHERE f.closed_at IS NULL AND f.answered_at IS NULL AND f.level IN ('ring', 'today') AND f.escalated < 2)
      OR EXISTS (SELECT FROM company.inbox i WHERE i.kind = 'escalation' AND i.answered_at IS NULL AND i.raised = 2
        AND i.sent_at + unanswered_after * 3 < moment AND i.alerted_at IS NULL)),
    ('waking', EXISTS (SELECT FROM company.wakes_due(most_wakes))),
    ('waking builders', wakes_builders),
    ('mail', EXISTS (SELECT FROM company.outbox m WHERE m.status IN ('sent', 'unknown') AND m.to_whom LIKE '%@%'
      AND m.recorded_at > moment - interval '3 days' AND coalesce(m.mail_status, 'delayed') = 'delayed')),
    ('old slots', EXISTS (SELECT FROM company.slots o WHERE o.due_at < moment - keep AND o.ended_at IS NOT NULL)),
    ('old sessions', EXISTS (SELECT FROM company.beats b WHERE b.at < moment - keep)
      OR EXISTS (SELECT FROM company.fetches f WHERE f.at < moment - keep)
      OR EXISTS (SELECT FROM company.route_probes p WHERE p.at < moment - keep)
      OR EXISTS (SELECT FROM company.slot_days d WHERE d.day < (moment - interval '400 days')::date)
      OR (SELECT x.started_at FROM company.sessions x
        WHERE x.id > coalesce((SELECT w.value::bigint FROM company.switches w WHERE w.switch = 'sessions_retired_to'),
          0) ORDER BY x.id LIMIT 1) < moment - keep)
  ) AS s (step, may_have) WHERE s.may_have OR 'item_failed' = ANY (mine);
END $$;
GRANT EXECUTE ON FUNCTION company.steps_to_do(timestamptz, integer, interval, interval, interval, interval, integer,
  interval) TO @login:heartbeat@;
