-- Why: heartbeat keeps what EventBridge really has. Whether that agrees with the published record is kept beside both,
-- by triggers on both sides, so that no writer can forget it.

GRANT SELECT ON company.schedules TO @staff@;

CREATE OR REPLACE FUNCTION company.require_heartbeat() RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF company.me() IS DISTINCT FROM 'heartbeat' THEN
    PERFORM company.refuse('only_heartbeat_keeps_the_ledger',
      coalesce(company.me(), session_user) || ' is not heartbeat');
  END IF;
END $$;

-- One deployed schedule as EventBridge has it now. A changed expression, zone or role withdraws what was expected by
-- the old one.
CREATE OR REPLACE FUNCTION company.note_schedule(
  my_schedule text, my_role text, my_expression text, my_timezone text, my_state text, my_starts_at timestamptz,
  my_modified_at timestamptz,
  my_ends_at timestamptz DEFAULT NULL, my_failure_queue text DEFAULT NULL
) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  old company.schedules;
  differs boolean;
BEGIN
  PERFORM company.require_heartbeat();
  SELECT * INTO old FROM company.schedules WHERE schedule = my_schedule FOR UPDATE;
  differs := old.schedule IS NULL OR old.gone_at IS NOT NULL
    OR (old.expression, old.timezone, old.state, old.role, old.starts_at, old.ends_at)
      IS DISTINCT FROM (my_expression, my_timezone, my_state, my_role, my_starts_at, my_ends_at);
  INSERT INTO company.schedules (schedule, role, expression, timezone, state, starts_at, ends_at, modified_at, seen_at,
    failure_queue)
  VALUES (my_schedule, my_role, my_expression, my_timezone, my_state, my_starts_at, my_ends_at, my_modified_at,
    company.now(), my_failure_queue)
  ON CONFLICT (schedule) DO UPDATE
  SET role = excluded.role, expression = excluded.expression, timezone = excluded.timezone, state = excluded.state,
    starts_at = excluded.starts_at, modified_at = excluded.modified_at, seen_at = excluded.seen_at, gone_at = NULL,
    failure_queue = excluded.failure_queue, ends_at = excluded.ends_at,
    changed_at = CASE WHEN differs THEN company.now() ELSE schedules.changed_at END,
    unreadable = CASE WHEN differs THEN NULL ELSE schedules.unreadable END,
    filled_until = CASE WHEN differs THEN NULL ELSE schedules.filled_until END;
  -- A muted schedule still owes its published fires: they stay expected and will be missed, in the open (scar 2).
  IF differs AND old.expression IS NOT NULL
    AND (old.expression, old.timezone, old.starts_at, old.ends_at)
      IS DISTINCT FROM (my_expression, my_timezone, my_starts_at, my_ends_at) THEN
    PERFORM company.withdraw_slots(my_schedule,
      format('the schedule changed from %s to %s', old.expression, my_expression));
  END IF;
  RETURN differs;
END $$;
GRANT EXECUTE ON FUNCTION company.note_schedule(
  text, text, text, text, text, timestamptz, timestamptz, timestamptz, text
) TO @login:heartbeat@;

-- How many minutes after its time EventBridge may fire it; what is expected already waits as long.
CREATE OR REPLACE FUNCTION company.note_window(my_schedule text, minutes integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM company.require_heartbeat();
  UPDATE company.schedules SET window_minutes = minutes WHERE schedule = my_schedule AND window_minutes <> minutes;
  IF FOUND THEN
    UPDATE company.slots s SET grace = r.grace + make_interval(mins => minutes)
    FROM company.roster r
    WHERE s.schedule = my_schedule AND r.role = s.role AND s.status = 'expected' AND s.due_at > company.now();
  END IF;
END $$;
GRANT EXECUTE ON FUNCTION company.note_window(text, integer) TO @login:heartbeat@;

-- An expression that cannot be read gives no slots that could be missed, so it is reported instead of skipped.
CREATE OR REPLACE FUNCTION company.note_unreadable(my_schedule text, why text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM company.require_heartbeat();
  UPDATE company.schedules SET unreadable = why WHERE schedule = my_schedule;
END $$;
GRANT EXECUTE ON FUNCTION company.note_unreadable(text, text) TO @login:heartbeat@;

-- Schedules no longer in EventBridge: their expected slots are withdrawn. A one-off that fired was meant to go; for any
-- other that is published, the roster shows that it is missing.
CREATE OR REPLACE FUNCTION company.note_gone(gone_ones text[]) RETURNS SETOF text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM company.require_heartbeat();
  RETURN QUERY
  WITH gone AS (
    UPDATE company.schedules s SET gone_at = company.now()
    WHERE s.gone_at IS NULL AND s.schedule = ANY (gone_ones)
    RETURNING s.schedule
  ), withdrawn AS (
    UPDATE company.slots s SET status = 'withdrawn', reason = 'the schedule is no longer in EventBridge',
      ended_at = company.now()
    FROM gone WHERE s.schedule = gone.schedule AND s.status = 'expected' AND s.due_at > company.now()
  )
  SELECT gone.schedule FROM gone;
END $$;
GRANT EXECUTE ON FUNCTION company.note_gone(text[]) TO @login:heartbeat@;

CREATE OR REPLACE FUNCTION company.is_deployed_so(my_role text, my_expression text, my_timezone text) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT coalesce(bool_and(s.gone_at IS NULL AND s.state = 'ENABLED' AND s.unreadable IS NULL
    AND s.expression = my_expression AND s.timezone = my_timezone), false)
  FROM company.schedules s WHERE s.schedule = my_role
$$;

-- The row lock on the record puts two writers in a row: the second one reads what the first one wrote.
CREATE OR REPLACE FUNCTION company.compare_deployed_with_record() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE company.roster SET is_deployed_as_published = false  -- the record's own trigger says what is so
  WHERE role = coalesce(NEW.schedule, OLD.schedule);
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER what_is_deployed_is_noted
AFTER INSERT OR DELETE ON company.schedules
FOR EACH ROW EXECUTE FUNCTION company.compare_deployed_with_record();

-- A ledger filled further is no change of the schedule.
CREATE OR REPLACE TRIGGER what_changed_is_noted
AFTER UPDATE ON company.schedules
FOR EACH ROW WHEN (
  (OLD.schedule, OLD.expression, OLD.timezone, OLD.state, OLD.gone_at, OLD.unreadable)
    IS DISTINCT FROM (NEW.schedule, NEW.expression, NEW.timezone, NEW.state, NEW.gone_at, NEW.unreadable)
) EXECUTE FUNCTION company.compare_deployed_with_record();

-- Where the deployed schedule is not the published one, unless an open finding says so already. A deploy changes
-- EventBridge a moment before it publishes the records, so only what lasts longer than a deploy counts; a mute is never
-- a deploy's and counts at once.
CREATE OR REPLACE VIEW company.schedule_troubles AS
WITH deploys_take AS MATERIALIZED (
  -- Asked once: a function called for each of ten thousand schedules costs more than all the rest.
  SELECT company.now() - interval '15 minutes' AS until
), standing AS (
  SELECT r.role, r.watched_by, r.schedule_expression, r.schedule_timezone, s.schedule, s.expression, s.timezone,
    s.state, s.unreadable,
    greatest(s.changed_at, r.published_at) < deploys_take.until AS is_settled,
    s.schedule IS NOT NULL AND s.gone_at IS NULL AS is_there,
    greatest(s.gone_at, r.published_at) < deploys_take.until AS is_long_gone
  FROM deploys_take CROSS JOIN company.roster r LEFT JOIN company.schedules s ON s.schedule = r.role
  WHERE r.left_at IS NULL AND r.schedule_expression IS NOT NULL AND NOT r.is_paused
    AND NOT r.is_deployed_as_published
), troubles AS (
  SELECT role, 'muted' AS kind FROM standing WHERE is_there AND state = 'DISABLED'
  UNION ALL
  SELECT role, 'differs' FROM standing
  WHERE is_there AND is_settled AND (expression, timezone) IS DISTINCT FROM (schedule_expression, schedule_timezone)
  UNION ALL
  SELECT role, 'gone' FROM standing WHERE NOT is_there AND is_long_gone
  UNION ALL
  SELECT role, 'unreadable' FROM standing WHERE is_there AND unreadable IS NOT NULL
)
SELECT t.kind, t.role AS schedule, t.role, p.watched_by AS watcher, p.state, p.expression AS deployed,
  p.schedule_expression AS published, p.unreadable
FROM troubles t JOIN standing p ON p.role = t.role
WHERE NOT EXISTS (
  SELECT FROM company.findings f
  WHERE f.closed_at IS NULL AND f.kind = t.kind AND f.found_by = company.me()
    AND (f.fingerprint = t.kind || ':' || t.role OR (f.fingerprint = 'many:' || t.kind AND f.evidence ? t.role))
);
GRANT SELECT ON company.schedule_troubles TO @login:heartbeat@;
