-- Why: who works here and who is paused. The owner may pause one role or stop the company; what it owed is withdrawn
-- openly.

-- Who asks, and of which kind: in plpgsql for the reason of company.now().
CREATE OR REPLACE FUNCTION company.me() RETURNS text
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$ BEGIN RETURN (SELECT role FROM company.roster WHERE login = session_user); END $$;

CREATE OR REPLACE FUNCTION company.my_kind() RETURNS text
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$ BEGIN RETURN (SELECT kind FROM company.roster WHERE login = session_user); END $$;

GRANT SELECT ON company.roster, company.switches TO @staff@;

CREATE OR REPLACE FUNCTION company.require_owner(rule text) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT company.acts_for_the_owner() THEN
    PERFORM company.refuse(rule, coalesce(company.me(), session_user) || ' is not the owner');
  END IF;
END $$;

-- Returns how many expected slots were withdrawn. Heartbeat writes them again at its first beat after the pause.
CREATE OR REPLACE FUNCTION company.pause_role(my_role text, rests boolean, why text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  withdrawn integer;
BEGIN
  PERFORM company.require_owner('only_the_owner_pauses_a_role');
  -- A paused heartbeat would make every missed fire look like health (scar 2).
  IF my_role = 'heartbeat' AND rests THEN
    PERFORM company.refuse('the_watch_is_never_paused',
      'heartbeat keeps the ledger; stop the company instead, and it goes on watching');
  END IF;
  UPDATE company.roster SET is_paused = rests
  WHERE role = my_role AND left_at IS NULL AND schedule_expression IS NOT NULL;
  IF NOT FOUND THEN
    PERFORM company.refuse('one_pauses_who_works_here', my_role || ' is not a role here with a schedule');
  END IF;
  UPDATE company.slots SET status = 'withdrawn', reason = why, ended_at = company.now()
  WHERE rests AND role = my_role AND status = 'expected' AND due_at > company.now();
  GET DIAGNOSTICS withdrawn = ROW_COUNT;
  -- Filled again from the moment of resuming: what was due during the pause stays withdrawn. A ledger that ends now is
  -- no orphan until a beat should have filled it.
  UPDATE company.schedules SET filled_until = CASE WHEN NOT rests THEN company.now() END WHERE role = my_role;
  RETURN withdrawn;
END $$;
GRANT EXECUTE ON FUNCTION company.pause_role(text, boolean, text) TO @staff@;

CREATE OR REPLACE FUNCTION company.set_switch(my_switch text, my_value text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM company.require_owner('only_the_owner_sets_switches');
  -- Any value but 'stopped' means running, so a typing error must not look like a stop.
  IF my_switch = 'company' AND my_value NOT IN ('running', 'stopped') THEN
    PERFORM company.refuse('the_company_is_running_or_stopped', my_value || ' is neither');
  END IF;
  IF my_switch = 'planted_tests' AND my_value NOT IN ('on', 'off') THEN
    PERFORM company.refuse('tests_are_planted_or_not', my_value || ' is neither on nor off');
  END IF;
  IF my_switch = 'owner_timezone' AND NOT EXISTS (SELECT FROM pg_timezone_names WHERE name = my_value) THEN
    PERFORM company.refuse('the_owner_lives_in_a_time_zone',
      format('%s is none: write one like Europe/Berlin', left(my_value, 60)));
  END IF;
  INSERT INTO company.switches (switch, value, changed_by) VALUES (my_switch, my_value, company.me())
  ON CONFLICT (switch) DO UPDATE SET value = excluded.value, changed_at = company.now(),
    changed_by = excluded.changed_by;
END $$;
GRANT EXECUTE ON FUNCTION company.set_switch(text, text) TO @staff@;

CREATE OR REPLACE FUNCTION company.compare_record_with_deployed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  NEW.is_deployed_as_published := coalesce(company.is_deployed_so(NEW.role, NEW.schedule_expression,
    NEW.schedule_timezone), false);
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER a_record_knows_what_is_deployed
BEFORE INSERT OR UPDATE ON company.roster
FOR EACH ROW EXECUTE FUNCTION company.compare_record_with_deployed();
