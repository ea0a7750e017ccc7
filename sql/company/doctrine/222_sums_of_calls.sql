-- Why: what calls come to is kept beside them, so that a limit is asked without adding up the calls of a fire and of a
-- day.

GRANT SELECT ON company.spend_days, company.spend_fires TO @staff@;

-- The sums are written by the trigger of the calls (221_calls.sql) and by nobody else. That is asked in the function
-- and not by a WHEN, which would be read from its text in each write.
CREATE OR REPLACE FUNCTION company.keep_sums_of_calls() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'DELETE' AND pg_trigger_depth() > 1 THEN
    RETURN NEW;
  END IF;
  IF TG_TABLE_NAME = 'spend_days' THEN
    PERFORM company.refuse('a_day_costs_what_its_calls_cost', 'the sums of a day are added up from its calls');
  END IF;
  PERFORM company.refuse('a_session_costs_what_its_calls_cost', 'the sums of a fire are added up from its calls');
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER keep_sums_of_calls BEFORE INSERT OR UPDATE OR DELETE ON company.spend_days
FOR EACH ROW EXECUTE FUNCTION company.keep_sums_of_calls();
CREATE OR REPLACE TRIGGER keep_sums_of_calls BEFORE INSERT OR UPDATE OR DELETE ON company.spend_fires
FOR EACH ROW EXECUTE FUNCTION company.keep_sums_of_calls();
CREATE OR REPLACE TRIGGER never_empty BEFORE TRUNCATE ON company.spend_days
FOR EACH STATEMENT EXECUTE FUNCTION company.never_empty();
CREATE OR REPLACE TRIGGER never_empty BEFORE TRUNCATE ON company.spend_fires
FOR EACH STATEMENT EXECUTE FUNCTION company.never_empty();

CREATE OR REPLACE FUNCTION company.set_spending_limit(my_whose text, my_unit text, my_most numeric) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM company.require_owner('only_the_owner_sets_limits');
  IF my_whose <> 'company' AND NOT EXISTS (
    SELECT FROM company.roster WHERE role = my_whose AND left_at IS NULL AND kind NOT IN ('machine', 'owner')
  ) THEN
    PERFORM company.refuse('one_limits_who_can_spend', my_whose || ' is neither the company nor an employee');
  END IF;
  INSERT INTO company.spending_limits (whose, unit, most, changed_by) VALUES (my_whose, my_unit, my_most, company.me())
  ON CONFLICT (whose, unit) DO UPDATE SET most = excluded.most, changed_at = company.now(),
    changed_by = excluded.changed_by;
END $$;
GRANT EXECUTE ON FUNCTION company.set_spending_limit(text, text, numeric) TO @staff@;

-- A refusal rolls back its own statement, so the refused session records it in a second one; only a refusal that still
-- holds is recorded.
CREATE OR REPLACE FUNCTION company.note_spending_refused(
  my_session bigint, my_model text, my_most_input integer, my_most_output integer
) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM company.require_open_session(my_session);
  INSERT INTO company.spending_refusals (session_id, role, rule, because)
  SELECT my_session, company.me(), b.scope, b.because
  FROM company.broken_limit(my_session,
    company.most_cost_of(my_model, company.priced_as(my_model), my_most_input, my_most_output),
    my_most_input::bigint + my_most_output) b;
  RETURN FOUND;
END $$;
GRANT EXECUTE ON FUNCTION company.note_spending_refused(bigint, text, integer, integer) TO @staff@;
