-- Why: a slot whose work was not done is fired again: late, once, and only where that is safe. What it was stays
-- recorded.

GRANT SELECT ON company.slot_retries TO @staff@;

-- Its fire found another of its role at work, and did nothing.
CREATE OR REPLACE FUNCTION company.was_held_up(slot company.slots) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT slot.status = 'skipped' AND EXISTS (SELECT FROM company.sessions s
    WHERE s.schedule = slot.schedule AND s.due_at = slot.due_at AND s.held_up_by IS NOT NULL)
$$;
GRANT EXECUTE ON FUNCTION company.was_held_up(company.slots) TO @staff@;

-- The reason why firing a slot again would not be safe; null where it is.
CREATE OR REPLACE FUNCTION company.why_not_fired_again(slot company.slots) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  who company.roster := (SELECT r FROM company.roster r WHERE r.role = slot.role);
  deployed company.schedules := (SELECT d FROM company.schedules d WHERE d.schedule = slot.schedule);
BEGIN
  RETURN CASE
    WHEN EXISTS (SELECT FROM company.slot_retries q WHERE q.schedule = slot.schedule AND q.due_at = slot.due_at)
      THEN 'fired_again_before'
    WHEN slot.status NOT IN ('missed', 'failed', 'timed_out') AND NOT company.was_held_up(slot) THEN 'not_over'
    WHEN slot.is_wake OR who.missed_fire <> 'run_once' THEN 'not_made_up_for'
    WHEN who.is_paused OR who.left_at IS NOT NULL THEN 'paused'
    WHEN deployed.schedule IS NULL OR deployed.gone_at IS NOT NULL OR deployed.state <> 'ENABLED' THEN 'not_deployed'
    WHEN slot.due_at < company.now() - interval '24 hours' THEN 'too_old'
    WHEN EXISTS (
      SELECT FROM company.sessions s WHERE s.schedule = slot.schedule AND s.due_at >= slot.due_at
        AND s.outcome IN ('done', 'skipped') AND s.held_up_by IS NULL
    ) THEN 'worked_since'
    WHEN EXISTS (SELECT FROM company.sessions s WHERE s.role = slot.role AND s.finished_at IS NULL) THEN 'at_work'
  END;
END $$;
GRANT EXECUTE ON FUNCTION company.why_not_fired_again(company.slots) TO @staff@;

-- Whether a schedule fires within the hour by itself, which makes up for what it missed.
CREATE OR REPLACE FUNCTION company.fires_soon(my_schedule text) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT EXISTS (SELECT FROM company.slots s WHERE s.schedule = my_schedule AND s.status = 'expected'
    AND s.due_at <= company.now() + interval '1 hour')
$$;
GRANT EXECUTE ON FUNCTION company.fires_soon(text) TO @staff@;

-- Whether an open finding of heartbeat about many schedules, which waits for me, is about this one too.
CREATE OR REPLACE FUNCTION company.is_of_my_many(my_finding bigint, my_schedule text) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT EXISTS (SELECT FROM company.findings f
    WHERE f.id = my_finding AND f.closed_at IS NULL AND f.found_by = 'heartbeat' AND f.watcher = company.me()
      AND f.fingerprint LIKE 'many:%' AND f.evidence ? my_schedule)
$$;

-- verdict is 'asked', or the reason why firing again would not be safe. The slot stays missed either way: a retry is a
-- late attempt at it.
CREATE OR REPLACE FUNCTION company.ask_retry(
  my_schedule text, my_due_at timestamptz, my_finding bigint, OUT verdict text, OUT slot_role text, OUT slot_status text
)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  slot company.slots;
  who company.roster;
BEGIN
  SELECT * INTO slot FROM company.slots WHERE schedule = my_schedule AND due_at = my_due_at FOR UPDATE;
  SELECT * INTO who FROM company.roster WHERE role = slot.role;
  IF company.me() IS NULL
    OR (company.me() IN (slot.watcher, who.watched_by, who.reports_to)
      OR company.my_kind() IN ('ceo', 'owner') OR company.is_console_act()
      OR company.is_of_my_many(my_finding, my_schedule)) IS NOT TRUE
    OR company.me() = slot.role THEN
    PERFORM company.refuse('a_retry_is_asked_by_its_watcher',
      format('%s neither watches nor manages %s', coalesce(company.me(), session_user), my_schedule));
  END IF;
  slot_role := slot.role;
  slot_status := slot.status;
  verdict := coalesce(company.why_not_fired_again(slot), 'asked');
  IF verdict = 'asked' THEN
    INSERT INTO company.slot_retries (schedule, due_at, asked_by, finding_id)
    VALUES (my_schedule, my_due_at, company.me(), my_finding);
  END IF;
END $$;
GRANT EXECUTE ON FUNCTION company.ask_retry(text, timestamptz, bigint) TO @staff@;

-- What was held up is fired again when its role is free, where its schedule does not fire soon by itself: a wake at ten
-- to seven would cost the day its brief. Nobody is to blame, so heartbeat asks; how many.
CREATE OR REPLACE FUNCTION company.retry_what_was_held_up() RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  asked integer;
BEGIN
  PERFORM company.require_heartbeat();
  INSERT INTO company.slot_retries (schedule, due_at, asked_by)
  SELECT s.schedule, s.due_at, company.me() FROM company.slots s
  WHERE (s.schedule, s.due_at) IN (SELECT x.schedule, x.due_at FROM company.sessions x
      WHERE x.held_up_by IS NOT NULL AND x.started_at > company.now() - interval '1 day')
    AND company.why_not_fired_again(s) IS NULL AND NOT company.fires_soon(s.schedule)
  ON CONFLICT DO NOTHING;
  GET DIAGNOSTICS asked = ROW_COUNT;
  RETURN asked;
END $$;
GRANT EXECUTE ON FUNCTION company.retry_what_was_held_up() TO @login:heartbeat@;

CREATE OR REPLACE FUNCTION company.note_retry_fired(my_schedule text, my_due_at timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM company.require_heartbeat();
  UPDATE company.slot_retries SET fired_at = company.now()
  WHERE schedule = my_schedule AND due_at = my_due_at AND fired_at IS NULL;
END $$;
GRANT EXECUTE ON FUNCTION company.note_retry_fired(text, timestamptz) TO @login:heartbeat@;
