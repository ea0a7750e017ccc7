-- Why: what happened stays as it happened. These triggers stand on tables that only grow, and on texts that people
-- read.

CREATE OR REPLACE FUNCTION company.only_add() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM company.refuse(TG_TABLE_NAME || '_is_append_only', TG_OP || ' is not a thing one does to history');
  RETURN NULL;
END $$;

-- A line is history; with the session that it is of it may go, after a month at the earliest.
CREATE OR REPLACE FUNCTION company.only_add_for_a_month() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF TG_OP = 'DELETE' AND OLD.at < company.now() - interval '30 days' THEN
    RETURN OLD;
  END IF;
  PERFORM company.refuse(TG_TABLE_NAME || '_is_append_only', TG_OP || ' is not a thing one does to history');
  RETURN NULL;
END $$;

-- Row triggers do not fire on a TRUNCATE.
CREATE OR REPLACE FUNCTION company.never_empty() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM company.refuse('history_is_never_emptied', TG_TABLE_NAME || ' keeps its rows');
  RETURN NULL;
END $$;

-- A text that people read has a bounded length: a title of thirty thousand letters once filled the owner's page. The
-- rest is cut, and the cut is visible.
CREATE OR REPLACE FUNCTION company.cut_to_length() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  said text;
BEGIN
  FOR n IN 0 .. TG_NARGS - 1 BY 2 LOOP
    said := to_jsonb(NEW) ->> TG_ARGV[n];
    IF length(said) > TG_ARGV[n + 1]::integer THEN
      NEW := jsonb_populate_record(NEW,
        jsonb_build_object(TG_ARGV[n], left(said, TG_ARGV[n + 1]::integer - 3) || '...'));
    END IF;
  END LOOP;
  RETURN NEW;
END $$;
