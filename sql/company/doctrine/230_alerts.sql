-- Why: what cannot wait for the brief is told at once, once, and by day unless it rings; the levels are the owner's (ring, today, brief, log).

-- An IANA name; migrate keeps it from the deployment's setting.
CREATE OR REPLACE FUNCTION company.owner_zone() RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$ SELECT coalesce((SELECT value FROM company.switches WHERE switch = 'owner_timezone'), 'UTC') $$;

-- A ring at once; what is for today waits from 22 to 7 of the owner's night.
CREATE OR REPLACE FUNCTION company.alert_not_before(my_level text, moment timestamptz) RETURNS timestamptz
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT CASE
    WHEN my_level = 'ring' OR (wall::time >= '07:00' AND wall::time < '22:00') THEN moment
    WHEN wall::time < '07:00' THEN (wall::date + time '07:00') AT TIME ZONE company.owner_zone()
    ELSE (wall::date + 1 + time '07:00') AT TIME ZONE company.owner_zone()
  END
  FROM (SELECT moment AT TIME ZONE company.owner_zone() AS wall) AS here
$$;

-- Called by functions of the house only: nobody of the staff tells the owner something by hand. Gives null when it was told before.
CREATE OR REPLACE FUNCTION company.raise_alert(
  my_key text, my_level text, my_subject text, my_body text, by_whom text, my_finding bigint DEFAULT NULL, my_decision bigint DEFAULT NULL
) RETURNS bigint
LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
  INSERT INTO company.alerts (dedupe_key, level, subject, body, finding_id, decision_id, raised_by, not_before)
  VALUES (my_key, my_level, my_subject, my_body, my_finding, my_decision, by_whom, company.alert_not_before(my_level, company.now()))
  ON CONFLICT (dedupe_key) DO NOTHING
  RETURNING id
$$;

REVOKE EXECUTE ON FUNCTION company.owner_zone(), company.alert_not_before(text, timestamptz),
  company.raise_alert(text, text, text, text, text, bigint, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION company.owner_zone() TO @staff@;
GRANT SELECT ON company.alerts, company.alarm_tests, company.slot_retries, company.slot_days TO @staff@;
