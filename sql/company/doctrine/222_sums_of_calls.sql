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
