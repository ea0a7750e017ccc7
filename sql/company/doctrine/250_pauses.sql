-- Why: the owner may rest one role, or one customer. What a resting role was expected to do is withdrawn in the open, never silently dropped.

CREATE OR REPLACE FUNCTION company.require_owner(rule text) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF company.my_kind() IS DISTINCT FROM 'owner' THEN
    PERFORM company.refuse(rule, coalesce(company.me(), session_user) || ' is not the owner');
  END IF;
END $$;

-- Gives how many expected slots were withdrawn. Heartbeat writes them again at its first beat after the rest.
CREATE OR REPLACE FUNCTION company.pause_role(my_role text, rests boolean, why text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  withdrawn integer;
BEGIN
  PERFORM company.require_owner('only_the_owner_pauses_a_role');
  -- A watch that rests would make every other silence look like health (scar 2).
  IF my_role = 'heartbeat' AND rests THEN
    PERFORM company.refuse('the_watch_is_never_paused', 'heartbeat keeps the ledger; stop the company instead, and it goes on watching');
  END IF;
  UPDATE company.roster SET is_paused = rests WHERE role = my_role AND left_at IS NULL AND schedule_expression IS NOT NULL;
  IF NOT FOUND THEN
    PERFORM company.refuse('one_pauses_who_works_here', my_role || ' is nobody here who has a schedule');
  END IF;
  UPDATE company.slots SET status = 'withdrawn', reason = why, ended_at = company.now()
  WHERE rests AND role = my_role AND status = 'expected' AND due_at > company.now();
  GET DIAGNOSTICS withdrawn = ROW_COUNT;
  -- Filled anew from the moment of resuming: what fell into the rest stays withdrawn.
  UPDATE company.schedules SET filled_until = NULL WHERE role = my_role;
  RETURN withdrawn;
END $$;

CREATE OR REPLACE FUNCTION company.pause_customer(my_name text, rests boolean) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM company.require_owner('only_the_owner_takes_customers');
  UPDATE company.customers SET is_paused = rests WHERE name = my_name;
  IF NOT FOUND THEN
    PERFORM company.refuse('one_pauses_a_customer_one_has', my_name || ' is no customer');
  END IF;
END $$;

REVOKE EXECUTE ON FUNCTION company.require_owner(text), company.pause_role(text, boolean, text), company.pause_customer(text, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION company.pause_role(text, boolean, text), company.pause_customer(text, boolean) TO @staff@;

-- The desk is a laptop: it sleeps. What fell into its sleep is no miss of anybody's. Only in a simulated brain: a live company never sleeps, and a
-- function that lets slots disappear would be the quietest way to hide that it did (scar 2).
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

REVOKE EXECUTE ON FUNCTION company.note_sleep(text, timestamptz, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION company.note_sleep(text, timestamptz, text) TO @staff@;
