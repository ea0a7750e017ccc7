-- Why: whether a schedule is deployed as its record says is kept beside the record, by triggers on both sides, so that no writer can forget it.

CREATE OR REPLACE FUNCTION company.is_deployed_so(my_role text, my_expression text, my_timezone text) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT coalesce(bool_and(s.gone_at IS NULL AND s.state = 'ENABLED' AND s.unreadable IS NULL
    AND s.expression = my_expression AND s.timezone = my_timezone), false)
  FROM company.schedules s WHERE s.schedule = my_role
$$;

CREATE OR REPLACE FUNCTION company.compare_record_with_deployed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  NEW.is_deployed_as_published := coalesce(company.is_deployed_so(NEW.role, NEW.schedule_expression, NEW.schedule_timezone), false);
  RETURN NEW;
END $$;

-- The row lock on the record puts two writers in a row: whoever comes second sees what the first one wrote.
CREATE OR REPLACE FUNCTION company.compare_deployed_with_record() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE company.roster SET is_deployed_as_published = false  -- the record's own trigger says what is so
  WHERE role = coalesce(NEW.schedule, OLD.schedule);
  RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER a_record_knows_what_is_deployed
BEFORE INSERT OR UPDATE ON company.roster
FOR EACH ROW EXECUTE FUNCTION company.compare_record_with_deployed();

CREATE OR REPLACE TRIGGER what_is_deployed_is_noted
AFTER INSERT OR DELETE ON company.schedules
FOR EACH ROW EXECUTE FUNCTION company.compare_deployed_with_record();

-- A ledger filled further is no change of the schedule.
CREATE OR REPLACE TRIGGER what_changed_is_noted
AFTER UPDATE ON company.schedules
FOR EACH ROW WHEN (
  (OLD.schedule, OLD.expression, OLD.timezone, OLD.state, OLD.gone_at, OLD.unreadable)
    IS DISTINCT FROM (NEW.schedule, NEW.expression, NEW.timezone, NEW.state, NEW.gone_at, NEW.unreadable)
) EXECUTE FUNCTION company.compare_deployed_with_record();

REVOKE EXECUTE ON FUNCTION company.is_deployed_so(text, text, text) FROM PUBLIC;
