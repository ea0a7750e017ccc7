-- Why: time cannot be given to a live brain, and the owner's day is judged in the owner's zone.

GRANT SELECT ON company.clock TO @staff@, @readers@, @trials@;
-- Its one row is written at each moment of a simulated day; what is left of older ones is cleared away sooner.
ALTER TABLE company.clock SET (fillfactor = 10);

-- In plpgsql, whose plan is kept for a connection: nearly every statement asks for the time, some a dozen times, and a
-- function in SQL is planned anew for each of them. All names are written in full and no operator is used, so it needs
-- no search path of its own, which would be a third of its time.
CREATE OR REPLACE FUNCTION company.now() RETURNS timestamptz
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
  RETURN coalesce((SELECT simulated_now FROM company.clock WHERE is_simulated), pg_catalog.statement_timestamp());
END $$;

-- A live brain stays live, so its time is the server's and needs no question: in SQL it becomes a part of each
-- statement.
DO $$ BEGIN
  IF NOT (SELECT is_simulated FROM company.clock) THEN
    CREATE OR REPLACE FUNCTION company.now() RETURNS timestamptz
    LANGUAGE sql STABLE PARALLEL SAFE AS 'SELECT pg_catalog.statement_timestamp()';
  END IF;
END $$;

CREATE OR REPLACE FUNCTION company.keep_clock_mode() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF TG_OP <> 'UPDATE' OR NEW.is_simulated IS DISTINCT FROM OLD.is_simulated THEN
    PERFORM company.refuse('a_brain_stays_live_or_simulated',
      'whether time is simulated is decided when the database is created');
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER keep_clock_mode BEFORE INSERT OR UPDATE OR DELETE ON company.clock
FOR EACH ROW EXECUTE FUNCTION company.keep_clock_mode();
CREATE OR REPLACE TRIGGER never_empty BEFORE TRUNCATE ON company.clock
FOR EACH STATEMENT EXECUTE FUNCTION company.never_empty();

-- A time that no calendar of ours has (infinity, the year 10000) would stop every program that reads it.
CREATE OR REPLACE FUNCTION company.require_calendar_time(moment timestamptz, what text) RETURNS void
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF moment NOT BETWEEN '1900-01-01 00:00:00+00' AND '2200-01-01 00:00:00+00' THEN
    PERFORM company.refuse('a_time_is_in_the_calendar', format('%s is %s', what, moment));
  END IF;
END $$;

-- An IANA name; migrate keeps it from the deployment's setting.
CREATE OR REPLACE FUNCTION company.owner_zone() RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN (
    SELECT coalesce((SELECT value FROM company.switches WHERE switch = 'owner_timezone'), 'UTC')
  );
END $$;
GRANT EXECUTE ON FUNCTION company.owner_zone() TO @staff@;
