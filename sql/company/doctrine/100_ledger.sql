-- Why: heartbeat alone writes the ledger: slots ahead of their time, how each ended, which are fired again, and sums of
-- the old.

GRANT SELECT ON company.slots, company.slot_days TO @staff@;

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
GRANT EXECUTE ON FUNCTION company.withdraw_slots(text, text) TO @login:heartbeat@;

-- The brain went back: what was due between its last beat and the mark outside it fired or not, and nobody here knows.
-- Bounded by the beats, so that no miss is hidden: where heartbeat beat, nothing is withdrawn.
CREATE OR REPLACE FUNCTION company.withdraw_gap(until timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  withdrawn integer;
  last_beat CONSTANT timestamptz := (SELECT max(at) FROM company.beats);
  gone_until CONSTANT timestamptz := least(until, company.now());
BEGIN
  PERFORM company.require_heartbeat();
  UPDATE company.slots SET status = 'withdrawn', reason = 'the brain was restored: nobody knows whether it fired',
    ended_at = company.now()
  WHERE status = 'expected' AND due_at > last_beat AND due_at <= gone_until;
  GET DIAGNOSTICS withdrawn = ROW_COUNT;
  -- A backup may be older than its ledger reached ahead: what of the gap was never written is not owed either.
  UPDATE company.schedules SET filled_until = gone_until
  WHERE filled_until >= last_beat AND filled_until < gone_until;
  RETURN withdrawn;
END $$;
GRANT EXECUTE ON FUNCTION company.withdraw_gap(timestamptz) TO @login:heartbeat@;

-- Writes expectations ahead. A slot withdrawn earlier and due again by the new schedule is expected again.
CREATE OR REPLACE FUNCTION company.expect_slots(
  my_schedule text, due timestamptz[], until timestamptz, wake boolean DEFAULT false
) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  written integer;
BEGIN
  PERFORM company.require_heartbeat();
  INSERT INTO company.slots (schedule, due_at, role, watcher, grace, is_wake)
  SELECT s.schedule, moment, s.role, r.watched_by, r.grace + make_interval(mins => s.window_minutes), wake
  FROM company.schedules s JOIN company.roster r ON r.role = s.role, unnest(due) AS moment
  WHERE s.schedule = my_schedule
  ON CONFLICT (schedule, due_at) DO UPDATE SET status = 'expected', reason = NULL, ended_at = NULL
  WHERE slots.status = 'withdrawn';
  GET DIAGNOSTICS written = ROW_COUNT;
  UPDATE company.schedules SET filled_until = greatest(filled_until, until) WHERE schedule = my_schedule;
  RETURN written;
END $$;
GRANT EXECUTE ON FUNCTION company.expect_slots(text, timestamptz[], timestamptz, boolean) TO @login:heartbeat@;

-- The same for many at once: names beside their moments, and whose ledger now reaches how far. An insert a schedule
-- would cost a company of ten thousand its beat.
CREATE OR REPLACE FUNCTION company.expect_many(names text[], moments timestamptz[], filled text[], until timestamptz)
RETURNS integer
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
  ON CONFLICT (schedule, due_at) DO UPDATE SET status = 'expected', reason = NULL, ended_at = NULL
  WHERE slots.status = 'withdrawn';
  GET DIAGNOSTICS written = ROW_COUNT;
  UPDATE company.schedules s SET filled_until = greatest(s.filled_until, until), unreadable = NULL
  FROM unnest(filled) AS name WHERE s.schedule = name;
  RETURN written;
END $$;
GRANT EXECUTE ON FUNCTION company.expect_many(text[], timestamptz[], text[], timestamptz) TO @login:heartbeat@;

-- A slot ends only when no attempt can still come: never fired within its grace (missed), or fired, and all Lambda's
-- attempts are used up or too old to be retried (failed, timed_out). most_attempts and event_age are the template's.
CREATE OR REPLACE FUNCTION company.overdue_slots(most_attempts integer, event_age interval)
RETURNS TABLE (schedule text, due_at timestamptz, role text, becomes text, finished_at timestamptz, why text)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  SELECT s.schedule, s.due_at, s.role, 'missed', s.finished_at, format('nothing fired within %s of its time', s.grace)
  FROM company.slots s
  WHERE s.status = 'expected' AND s.due_at < company.now() AND s.due_at + s.grace < company.now()
  UNION ALL
  SELECT s.schedule, s.due_at, s.role, CASE WHEN last.outcome = 'timed_out' THEN 'timed_out' ELSE 'failed' END,
    last.finished_at, last.reason
  FROM company.slots s
  JOIN company.sessions last ON last.id = (
    SELECT max(x.id) FROM company.sessions x
    WHERE x.schedule = s.schedule AND x.due_at = s.due_at AND x.outcome IS DISTINCT FROM 'duplicate'
  )
  WHERE s.status = 'running' AND last.finished_at IS NOT NULL
    AND (s.attempts >= most_attempts OR s.started_at + event_age < company.now());
END $$;

-- Each slot apart: one that cannot be ended says why in problem.
CREATE OR REPLACE FUNCTION company.end_overdue_slots(most_attempts integer, event_age interval)
RETURNS TABLE (schedule text, due_at timestamptz, role text, status text, reason text, problem text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  fired_until timestamptz;
BEGIN
  PERFORM company.require_heartbeat();
  FOR schedule, due_at, role, status, fired_until, reason IN
    SELECT o.* FROM company.overdue_slots(most_attempts, event_age) o
  LOOP
    BEGIN
      problem := NULL;
      PERFORM FROM company.slots s
      WHERE s.schedule = end_overdue_slots.schedule AND s.due_at = end_overdue_slots.due_at
      FOR UPDATE SKIP LOCKED;
      CONTINUE WHEN NOT FOUND;  -- a session takes or closes it at this moment
      UPDATE company.slots s
      SET status = end_overdue_slots.status, reason = end_overdue_slots.reason, ended_at = company.now(),
        finished_at = fired_until
      WHERE s.schedule = end_overdue_slots.schedule AND s.due_at = end_overdue_slots.due_at
        AND s.status = CASE end_overdue_slots.status WHEN 'missed' THEN 'expected' ELSE 'running' END;
      CONTINUE WHEN NOT FOUND;
    EXCEPTION WHEN OTHERS THEN
      problem := SQLERRM;
      PERFORM company.wait_less(SQLSTATE);
    END;
    RETURN NEXT;
  END LOOP;
END $$;
GRANT EXECUTE ON FUNCTION company.end_overdue_slots(integer, interval) TO @login:heartbeat@;

-- These slots ended badly, and are reported: no later beat reports them again.
CREATE OR REPLACE FUNCTION company.note_reported(names text[], moments timestamptz[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM company.require_heartbeat();
  UPDATE company.slots s SET reported_at = company.now()
  FROM unnest(names, moments) AS reported (schedule, due_at)
  WHERE s.schedule = reported.schedule AND s.due_at = reported.due_at AND s.reported_at IS NULL;
END $$;
GRANT EXECUTE ON FUNCTION company.note_reported(text[], timestamptz[]) TO @login:heartbeat@;

-- The desk is a laptop that sleeps; what was due during its sleep is not a miss. Only in a simulated brain: a live
-- company never sleeps, and a function that removes slots would be the easiest way to hide a miss (scar 2).
CREATE OR REPLACE FUNCTION company.note_sleep(my_schedule text, until timestamptz, why text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  withdrawn integer;
BEGIN
  PERFORM company.require_owner('only_the_owner_notes_a_sleep');
  IF NOT (SELECT is_simulated FROM company.clock) THEN
    PERFORM company.refuse('a_live_company_never_sleeps', 'what was not fired there was missed');
  END IF;
  UPDATE company.slots SET status = 'withdrawn', reason = why, ended_at = company.now()
  WHERE schedule = my_schedule AND status = 'expected' AND due_at < until;
  GET DIAGNOSTICS withdrawn = ROW_COUNT;
  RETURN withdrawn;
END $$;
GRANT EXECUTE ON FUNCTION company.note_sleep(text, timestamptz, text) TO @staff@;

CREATE OR REPLACE FUNCTION company.retire_old_slots(keep interval, at_most integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  retired integer;
BEGIN
  PERFORM company.require_heartbeat();
  -- Otherwise a miss could be removed by calling it old.
  IF keep < interval '30 days' THEN
    PERFORM company.refuse('a_slot_is_kept_for_a_month', format('%s is too short a memory', keep));
  END IF;
  WITH old AS (
    SELECT schedule, due_at FROM company.slots
    WHERE due_at < company.now() - keep AND ended_at IS NOT NULL
    ORDER BY due_at
    LIMIT at_most
    FOR UPDATE SKIP LOCKED
  ), gone AS (
    DELETE FROM company.slots s USING old WHERE s.schedule = old.schedule AND s.due_at = old.due_at
    RETURNING s.schedule, (s.due_at AT TIME ZONE 'UTC')::date AS day, s.status, s.late
  ), summed AS (
    INSERT INTO company.slot_days AS d (schedule, day, status, slots, late)
    SELECT schedule, day, status, count(*), count(*) FILTER (WHERE late) FROM gone GROUP BY schedule, day, status
    ON CONFLICT (schedule, day, status) DO UPDATE SET slots = d.slots + excluded.slots, late = d.late + excluded.late
  )
  SELECT count(*) INTO retired FROM gone;
  RETURN retired;
END $$;
GRANT EXECUTE ON FUNCTION company.retire_old_slots(interval, integer) TO @login:heartbeat@;
