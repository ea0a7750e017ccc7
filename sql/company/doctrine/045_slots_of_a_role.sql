-- Why: a slot is opened by its own role, under its own name, and not by the thousand. A session under the name of a
-- wake kept the ceo from being called.

-- Whose a schedule is: as EventBridge has it, and by its name, which heartbeat may not have seen yet. No row when
-- nobody can tell. What the name says is taken apart once, not for each role.
CREATE OR REPLACE FUNCTION company.owners_of_schedule(my_schedule text) RETURNS SETOF text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
  of_whom CONSTANT text := CASE WHEN my_schedule ~ '^(by-hand|unknown)-' THEN substr(my_schedule, 9) END;
  is_wake CONSTANT boolean := starts_with(my_schedule, 'wake-');
BEGIN
  RETURN QUERY
  SELECT s.role FROM company.schedules s WHERE s.schedule = my_schedule
  UNION
  SELECT r.role FROM company.roster r
  WHERE r.role IN (my_schedule, of_whom) OR is_wake AND starts_with(my_schedule, 'wake-' || r.role || '-');
END $$;

-- The name under which a fire of a role is kept. A schedule is its role's alone, deployed or not yet; one that is
-- nobody's yet may be another's tomorrow, so its fires are kept under a name of their own role. And tomorrow's slot
-- cannot be worked off today.
CREATE OR REPLACE FUNCTION company.own_schedule(my_schedule text, my_due_at timestamptz, my_role text) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  owners CONSTANT text[] := ARRAY(SELECT company.owners_of_schedule(my_schedule));
BEGIN
  IF NOT owners <@ ARRAY[my_role] THEN
    PERFORM company.refuse('nobody_fires_as_another',
      format('the schedule %s is not one of %s', my_schedule, my_role));
  END IF;
  -- Clocks of two machines differ by seconds, not by minutes.
  IF my_due_at > company.now() + interval '2 minutes' THEN
    PERFORM company.refuse('nobody_fires_ahead_of_time', format('%s is due at %s', my_schedule, my_due_at));
  END IF;
  PERFORM company.require_calendar_time(my_due_at, 'the time of a slot');
  RETURN CASE WHEN owners = '{}' THEN 'unknown-' || my_role ELSE my_schedule END;
END $$;

-- Whether a role has had 300 fires in a day that no slot expected: any further one is not kept.
CREATE OR REPLACE FUNCTION company.is_flooding(my_role text) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN (SELECT count(*) FROM company.slots WHERE role = my_role AND NOT was_expected AND NOT is_wake
    AND started_at > company.now() - interval '1 day') >= 300;
END $$;

-- A fire that is not kept is counted with the slot that stands for it: its own, or the last one of its role that nobody
-- expected. Gives that slot's last session.
CREATE OR REPLACE FUNCTION company.count_fire(stands company.slots, my_role text) RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF stands.role IS NULL THEN
    SELECT * INTO stands FROM company.slots WHERE role = my_role AND NOT was_expected AND NOT is_wake
      AND started_at > company.now() - interval '1 day'
    ORDER BY started_at DESC, due_at DESC LIMIT 1;
  END IF;
  UPDATE company.slots SET more_fires = more_fires + 1 WHERE schedule = stands.schedule AND due_at = stands.due_at;
  RETURN (SELECT max(id) FROM company.sessions WHERE schedule = stands.schedule AND due_at = stands.due_at);
END $$;
