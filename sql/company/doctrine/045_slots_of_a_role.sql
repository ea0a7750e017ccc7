-- Why: a slot is opened by its own role, under its own name, and not by the thousand. A session under the name of a
-- wake kept the ceo from being called.

-- Whose a schedule is: as EventBridge has it, and by its name, which heartbeat may not have seen yet. No row when
-- nobody can tell.
CREATE OR REPLACE FUNCTION company.owners_of_schedule(my_schedule text) RETURNS SETOF text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  SELECT s.role FROM company.schedules s WHERE s.schedule = my_schedule
  UNION
  SELECT r.role FROM company.roster r
  WHERE r.role IN (my_schedule, CASE WHEN my_schedule ~ '^(by-hand|unknown)-' THEN substr(my_schedule, 9) END)
    OR my_schedule LIKE 'wake-%' AND starts_with(my_schedule, 'wake-' || r.role || '-');
END $$;

-- A schedule is its role's alone, deployed or not yet; and tomorrow's slot cannot be worked off today.
CREATE OR REPLACE FUNCTION company.require_own_slot(my_schedule text, my_due_at timestamptz) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM company.owners_of_schedule(my_schedule) AS owner WHERE owner <> company.me()) THEN
    PERFORM company.refuse('nobody_fires_as_another',
      format('the schedule %s is not one of %s', my_schedule, company.me()));
  END IF;
  -- Clocks of two machines differ by seconds, not by minutes.
  IF my_due_at > company.now() + interval '2 minutes' THEN
    PERFORM company.refuse('nobody_fires_ahead_of_time', format('%s is due at %s', my_schedule, my_due_at));
  END IF;
  PERFORM company.require_calendar_time(my_due_at, 'the time of a slot');
END $$;

-- A name that is nobody's yet may be another's tomorrow, so the fire is kept under a name of its own role.
CREATE OR REPLACE FUNCTION company.schedule_to_record(my_schedule text) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN CASE WHEN EXISTS (SELECT FROM company.owners_of_schedule(my_schedule)) THEN my_schedule
    ELSE 'unknown-' || company.me() END;
END $$;

-- Null for a fire that is kept: its slot has had fewer than 24, or, where no slot expected it, its role has had fewer
-- than 300 such in a day. Any further one is counted with the slot that stands for it, whose last session is given.
CREATE OR REPLACE FUNCTION company.count_fire(my_schedule text, my_due_at timestamptz) RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  stands company.slots;
BEGIN
  SELECT * INTO stands FROM company.slots WHERE schedule = my_schedule AND due_at = my_due_at;
  IF FOUND THEN
    IF (SELECT count(*) FROM company.sessions WHERE schedule = my_schedule AND due_at = my_due_at) < 24 THEN
      RETURN NULL;
    END IF;
  ELSIF (SELECT count(*) FROM company.slots WHERE role = company.me() AND NOT was_expected AND NOT is_wake
    AND started_at > company.now() - interval '1 day') < 300 THEN
    RETURN NULL;
  ELSE
    SELECT * INTO stands FROM company.slots WHERE role = company.me() AND NOT was_expected AND NOT is_wake
      AND started_at > company.now() - interval '1 day'
    ORDER BY started_at DESC, due_at DESC LIMIT 1;
  END IF;
  UPDATE company.slots SET more_fires = more_fires + 1 WHERE schedule = stands.schedule AND due_at = stands.due_at;
  RETURN (SELECT max(id) FROM company.sessions WHERE schedule = stands.schedule AND due_at = stands.due_at);
END $$;
