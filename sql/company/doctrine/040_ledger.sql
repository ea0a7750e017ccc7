-- Why: heartbeat's own acts on the ledger. It fills it ahead from the deployed schedules, and says of each slot how it ended.

CREATE OR REPLACE FUNCTION company.require_heartbeat() RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF company.me() IS DISTINCT FROM 'heartbeat' THEN
    PERFORM company.refuse('only_heartbeat_keeps_the_ledger', coalesce(company.me(), session_user) || ' is not heartbeat');
  END IF;
END $$;

-- One deployed schedule as EventBridge has it now. A changed expression, zone or role withdraws what was expected by the old one.
CREATE OR REPLACE FUNCTION company.note_schedule(
  my_schedule text, my_role text, my_expression text, my_timezone text, my_state text, my_starts_at timestamptz, my_modified_at timestamptz,
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
  INSERT INTO company.schedules (schedule, role, expression, timezone, state, starts_at, ends_at, modified_at, seen_at, failure_queue)
  VALUES (my_schedule, my_role, my_expression, my_timezone, my_state, my_starts_at, my_ends_at, my_modified_at, company.now(), my_failure_queue)
  ON CONFLICT (schedule) DO UPDATE
  SET role = excluded.role, expression = excluded.expression, timezone = excluded.timezone, state = excluded.state,
    starts_at = excluded.starts_at, modified_at = excluded.modified_at, seen_at = excluded.seen_at, gone_at = NULL,
    failure_queue = excluded.failure_queue, ends_at = excluded.ends_at,
    changed_at = CASE WHEN differs THEN company.now() ELSE schedules.changed_at END,
    unreadable = CASE WHEN differs THEN NULL ELSE schedules.unreadable END,
    filled_until = CASE WHEN differs THEN NULL ELSE schedules.filled_until END;
  -- A muted schedule still owes its published fires: they stay expected and will be missed, in the open (scar 2).
  IF differs AND old.expression IS NOT NULL
    AND (old.expression, old.timezone, old.starts_at, old.ends_at) IS DISTINCT FROM (my_expression, my_timezone, my_starts_at, my_ends_at) THEN
    PERFORM company.withdraw_slots(my_schedule, format('the schedule changed from %s to %s', old.expression, my_expression));
  END IF;
  RETURN differs;
END $$;

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

CREATE OR REPLACE FUNCTION company.withdraw_slots(my_schedule text, why text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  withdrawn integer;
BEGIN
  PERFORM company.require_heartbeat();
  UPDATE company.slots SET status = 'withdrawn', reason = why, ended_at = company.now()
  WHERE schedule = my_schedule AND status = 'expected' AND due_at > company.now();
  GET DIAGNOSTICS withdrawn = ROW_COUNT;
  RETURN withdrawn;
END $$;

-- Writes expectations ahead. A slot withdrawn earlier and due again by the new schedule is expected again.
CREATE OR REPLACE FUNCTION company.expect_slots(my_schedule text, due timestamptz[], until timestamptz, wake boolean DEFAULT false) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  written integer;
BEGIN
  PERFORM company.require_heartbeat();
  INSERT INTO company.slots (schedule, due_at, role, watcher, grace, is_wake)
  SELECT s.schedule, moment, s.role, r.watched_by, r.grace + make_interval(mins => s.window_minutes), wake
  FROM company.schedules s JOIN company.roster r ON r.role = s.role, unnest(due) AS moment
  WHERE s.schedule = my_schedule
  ON CONFLICT (schedule, due_at) DO UPDATE SET status = 'expected', reason = NULL, ended_at = NULL WHERE slots.status = 'withdrawn';
  GET DIAGNOSTICS written = ROW_COUNT;
  UPDATE company.schedules SET filled_until = greatest(filled_until, until) WHERE schedule = my_schedule;
  RETURN written;
END $$;

-- The same for many at once: names beside their moments, and whose ledger now reaches how far. An insert a schedule would cost a
-- company of ten thousand its beat.
CREATE OR REPLACE FUNCTION company.expect_many(names text[], moments timestamptz[], filled text[], until timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  written integer;
BEGIN
  PERFORM company.require_heartbeat();
  INSERT INTO company.slots (schedule, due_at, role, watcher, grace)
  SELECT s.schedule, due.moment, s.role, r.watched_by, r.grace + make_interval(mins => s.window_minutes)
  FROM unnest(names, moments) AS due (schedule, moment)
  JOIN company.schedules s ON s.schedule = due.schedule
  JOIN company.roster r ON r.role = s.role
  ON CONFLICT (schedule, due_at) DO UPDATE SET status = 'expected', reason = NULL, ended_at = NULL WHERE slots.status = 'withdrawn';
  GET DIAGNOSTICS written = ROW_COUNT;
  UPDATE company.schedules s SET filled_until = greatest(s.filled_until, until), unreadable = NULL
  FROM unnest(filled) AS name WHERE s.schedule = name;
  RETURN written;
END $$;

-- An expression that nobody can read owes nothing that could be missed, so it is said instead of skipped.
CREATE OR REPLACE FUNCTION company.note_unreadable(my_schedule text, why text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM company.require_heartbeat();
  UPDATE company.schedules SET unreadable = why WHERE schedule = my_schedule;
END $$;

-- Schedules no longer in EventBridge: what they still promised is withdrawn. A one-off that fired was to go; of any other that is
-- published the watch tells by the roster.
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
    UPDATE company.slots s SET status = 'withdrawn', reason = 'the schedule is no longer in EventBridge', ended_at = company.now()
    FROM gone WHERE s.schedule = gone.schedule AND s.status = 'expected' AND s.due_at > company.now()
  )
  SELECT gone.schedule FROM gone;
END $$;

-- Sessions past their deadline are dead: nothing they still try to write is taken.
CREATE OR REPLACE FUNCTION company.end_dead_sessions() RETURNS TABLE (session_id bigint, role text, schedule text, due_at timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM company.require_heartbeat();
  RETURN QUERY
  UPDATE company.sessions s SET finished_at = company.now(), outcome = 'timed_out', reason = 'ran past its deadline and never closed'
  WHERE s.finished_at IS NULL AND s.deadline_at < company.now()
  RETURNING s.id, s.role, s.schedule, s.due_at;
END $$;

-- A slot ends only when no attempt can still come: never fired within its grace (missed), or fired, and all Lambda's
-- attempts are used up or too old to be retried (failed, timed_out). most_attempts and event_age are the template's.
CREATE OR REPLACE FUNCTION company.end_overdue_slots(most_attempts integer, event_age interval) RETURNS SETOF company.slots
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  moment CONSTANT timestamptz := company.now();
BEGIN
  PERFORM company.require_heartbeat();
  RETURN QUERY
  UPDATE company.slots s
  SET status = 'missed', ended_at = moment, reason = format('nothing fired within %s of its time', s.grace)
  WHERE s.status = 'expected' AND s.due_at < moment AND s.due_at + s.grace < moment
  RETURNING s.*;
  RETURN QUERY
  UPDATE company.slots s
  SET status = CASE WHEN last.outcome = 'timed_out' THEN 'timed_out' ELSE 'failed' END,
    ended_at = moment, finished_at = last.finished_at, reason = last.reason
  FROM company.sessions last
  WHERE s.status = 'running'
    AND last.id = (
      SELECT max(x.id) FROM company.sessions x
      WHERE x.schedule = s.schedule AND x.due_at = s.due_at AND x.outcome IS DISTINCT FROM 'duplicate'
    )
    AND last.finished_at IS NOT NULL
    AND (s.attempts >= most_attempts OR s.started_at + event_age < moment)
  RETURNING s.*;
END $$;

-- The beat: emitted last, and only by a session that got so far. Second clocks ask when the last one was.
CREATE OR REPLACE FUNCTION company.record_beat(my_session bigint, looked_at integer, seen integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM company.require_heartbeat();
  PERFORM company.require_living_session(my_session);
  INSERT INTO company.beats (at, session_id, slots_looked_at, schedules_seen)
  VALUES (company.now(), my_session, looked_at, seen) ON CONFLICT (at) DO NOTHING;
END $$;

REVOKE EXECUTE ON FUNCTION company.expect_many(text[], timestamptz[], text[], timestamptz), company.note_unreadable(text, text), company.note_window(text, integer),
  company.note_schedule(text, text, text, text, text, timestamptz, timestamptz, timestamptz, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION company.expect_many(text[], timestamptz[], text[], timestamptz), company.note_unreadable(text, text), company.note_window(text, integer),
  company.note_schedule(text, text, text, text, text, timestamptz, timestamptz, timestamptz, text) TO @login:heartbeat@;
