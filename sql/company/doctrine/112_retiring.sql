-- Why: every table that grows with each fire has an end. The sums of a day's slots stay for a year, and all that
-- people, money, mail or audits refer to stays.

-- Which of these sessions something still refers to, beside their own lines and beats.
CREATE OR REPLACE FUNCTION company.sessions_referred_to(ids bigint[]) RETURNS SETOF bigint
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  reference record;
BEGIN
  FOR reference IN
    SELECT c.conrelid::regclass AS from_table, a.attname FROM pg_constraint c
    JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
    WHERE c.contype = 'f' AND c.confrelid = 'company.sessions'::regclass
      AND c.conrelid NOT IN ('company.session_log'::regclass, 'company.beats'::regclass)
  LOOP
    RETURN QUERY EXECUTE format('SELECT DISTINCT %1$I FROM %2$s WHERE %1$I = ANY ($1)', reference.attname,
      reference.from_table) USING ids;
  END LOOP;
END $$;

-- Sessions whose slot is retired, with their lines and beats; fetches and probes of the same age; sums older than 400
-- days. Sessions are looked at in turn, each once: a mark says how far. Gives how many sessions went.
CREATE OR REPLACE FUNCTION company.retire_old_sessions(keep interval, at_most integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  mark bigint := coalesce((SELECT value::bigint FROM company.switches WHERE switch = 'sessions_retired_to'), 0);
  until CONSTANT timestamptz := company.now() - keep;
  old bigint[];
  retired integer;
BEGIN
  PERFORM company.require_heartbeat();
  IF keep < interval '30 days' THEN
    PERFORM company.refuse('a_session_is_kept_for_a_month', format('%s is too short a memory', keep));
  END IF;
  DELETE FROM company.beats WHERE at < until;
  DELETE FROM company.fetches WHERE at < until;
  DELETE FROM company.route_probes WHERE at < until;
  DELETE FROM company.slot_days WHERE day < (company.now() - interval '400 days')::date;
  -- Up to the first that is not old: the mark passes none by.
  SELECT array_agg(s.id ORDER BY s.id) INTO old FROM (
    SELECT x.id, bool_and(x.started_at < until) OVER (ORDER BY x.id) AS all_old FROM (
      SELECT id, started_at FROM company.sessions WHERE id > mark ORDER BY id LIMIT at_most
    ) AS x
  ) AS s
  WHERE s.all_old;
  IF old IS NULL THEN
    RETURN 0;
  END IF;
  DELETE FROM company.session_log WHERE session_id IN (SELECT company.sessions_to_retire(old));
  DELETE FROM company.sessions WHERE id IN (SELECT company.sessions_to_retire(old));
  GET DIAGNOSTICS retired = ROW_COUNT;
  INSERT INTO company.switches AS w (switch, value) VALUES ('sessions_retired_to', old[cardinality(old)]::text)
  ON CONFLICT (switch) DO UPDATE SET value = excluded.value, changed_at = company.now(), changed_by = session_user;
  RETURN retired;
END $$;
GRANT EXECUTE ON FUNCTION company.retire_old_sessions(interval, integer) TO @login:heartbeat@;

CREATE OR REPLACE FUNCTION company.sessions_to_retire(old bigint[]) RETURNS SETOF bigint
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT x.id FROM company.sessions x
  WHERE x.id = ANY (old) AND x.finished_at IS NOT NULL
    AND NOT EXISTS (SELECT FROM company.slots s WHERE s.schedule = x.schedule AND s.due_at = x.due_at)
    AND x.id NOT IN (SELECT company.sessions_referred_to(old))
$$;
