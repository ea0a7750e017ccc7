-- Why: a watcher who found out why a slot fell silent may have it fired again. It asks; heartbeat, which alone writes to EventBridge, does.

-- Gives 'asked', or why firing again would not be safe. The miss stands either way: a retry is a late attempt at the same slot.
CREATE OR REPLACE FUNCTION company.ask_retry(my_schedule text, my_due_at timestamptz, my_finding bigint) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  slot company.slots;
  who company.roster;
  deployed company.schedules;
BEGIN
  SELECT * INTO slot FROM company.slots WHERE schedule = my_schedule AND due_at = my_due_at FOR UPDATE;
  SELECT * INTO who FROM company.roster WHERE role = slot.role;
  IF company.me() IS NULL OR (company.me() IN (slot.watcher, who.watched_by, who.reports_to) OR company.my_kind() IN ('ceo', 'owner')) IS NOT TRUE
    OR company.me() = slot.role THEN
    PERFORM company.refuse('a_retry_is_asked_by_its_watcher', format('%s neither watches nor manages %s', coalesce(company.me(), session_user), my_schedule));
  END IF;
  SELECT * INTO deployed FROM company.schedules WHERE schedule = my_schedule;
  IF EXISTS (SELECT FROM company.slot_retries WHERE schedule = my_schedule AND due_at = my_due_at) THEN
    RETURN 'it was fired again before';
  ELSIF slot.status NOT IN ('missed', 'failed', 'timed_out') THEN
    RETURN format('the slot is %s', slot.status);
  ELSIF slot.is_wake OR who.missed_fire <> 'run_once' THEN
    RETURN 'what it missed is not made up for, as its record says';
  ELSIF who.is_paused OR who.left_at IS NOT NULL THEN
    RETURN format('%s is resting', slot.role);
  ELSIF deployed.schedule IS NULL OR deployed.gone_at IS NOT NULL OR deployed.state <> 'ENABLED' THEN
    RETURN 'its schedule is not deployed and enabled';
  ELSIF slot.due_at < company.now() - interval '24 hours' THEN
    RETURN 'it is more than a day old';
  ELSIF EXISTS (
    SELECT FROM company.sessions s WHERE s.schedule = my_schedule AND s.due_at >= my_due_at AND s.outcome IN ('done', 'skipped')
  ) THEN
    RETURN 'it or a later one has worked since';
  ELSIF EXISTS (SELECT FROM company.sessions s WHERE s.role = slot.role AND s.finished_at IS NULL) THEN
    RETURN format('a fire of %s is at work', slot.role);
  END IF;
  INSERT INTO company.slot_retries (schedule, due_at, asked_by, finding_id) VALUES (my_schedule, my_due_at, company.me(), my_finding);
  RETURN 'asked';
END $$;

CREATE OR REPLACE FUNCTION company.note_retry_fired(my_schedule text, my_due_at timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM company.require_heartbeat();
  UPDATE company.slot_retries SET fired_at = company.now() WHERE schedule = my_schedule AND due_at = my_due_at AND fired_at IS NULL;
END $$;

REVOKE EXECUTE ON FUNCTION company.ask_retry(text, timestamptz, bigint), company.note_retry_fired(text, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION company.ask_retry(text, timestamptz, bigint) TO @staff@;
GRANT EXECUTE ON FUNCTION company.note_retry_fired(text, timestamptz) TO @login:heartbeat@;
