-- Why: a changed statement is text of a stranger. It is tried in a login of its own, which reads what statements of
-- the product read and can do nothing else; and the login is there only while its auditor tries one (scar: a worker
-- followed an order in a feed).

GRANT SELECT ON company.batches, company.streams, company.entities, company.links, company.spellings, company.scores,
  company.score_models
TO @trials@;

CREATE OR REPLACE FUNCTION company.require_trier(my_session bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT EXISTS (
    SELECT FROM company.roster me JOIN company.roster m ON m.role = me.reports_to
    WHERE me.role = company.me() AND me.kind = 'auditor' AND 'build' = ANY (m.modes)
  ) THEN
    PERFORM company.refuse('only_auditors_of_building_try_statements',
      coalesce(company.me(), session_user) || ' is none');
  END IF;
  PERFORM company.require_open_session(my_session);
END $$;

-- Lets the login in, with a password that its auditor has made for this one trial; the verifier is what the server
-- keeps of it. Nobody keeps the password: after a crash nobody knows it.
CREATE OR REPLACE FUNCTION company.open_trial(my_session bigint, my_verifier text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM company.require_trier(my_session);
  IF coalesce(my_verifier, '') !~ '^SCRAM-SHA-256\$\d+:[A-Za-z0-9+/=]+\$[A-Za-z0-9+/=]+:[A-Za-z0-9+/=]+$' THEN
    PERFORM company.refuse('a_trial_has_a_verifier', 'the server keeps no password, only what proves one');
  END IF;
  EXECUTE format('ALTER ROLE %s LOGIN PASSWORD %L', '@trials@', my_verifier);
END $$;
GRANT EXECUTE ON FUNCTION company.open_trial(bigint, text) TO @auditors@;

CREATE OR REPLACE FUNCTION company.close_trial(my_session bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM company.require_trier(my_session);
  EXECUTE format('ALTER ROLE %s NOLOGIN PASSWORD NULL', '@trials@');
END $$;
GRANT EXECUTE ON FUNCTION company.close_trial(bigint) TO @auditors@;

-- Rows of a document as they are staged: what a check has seen.
CREATE OR REPLACE FUNCTION company.staged_rows(my_raw bigint, my_keys text[], most integer) RETURNS SETOF jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  b company.batches := (SELECT t FROM company.batches t
    WHERE t.raw_id = my_raw AND t.staging_dropped_at IS NULL ORDER BY t.id DESC LIMIT 1);
  sql record;
BEGIN
  IF b.id IS NULL THEN
    RETURN;
  END IF;
  sql := company.stream_sql(b.source);
  RETURN QUERY EXECUTE format('SELECT to_jsonb(s) FROM %s s WHERE batch_id = $1
    AND (cardinality($2) = 0 OR s.%s::text = ANY ($2)) ORDER BY row_no LIMIT $3', sql.staging, sql.key)
  USING b.id, my_keys, most;
END $$;
GRANT EXECUTE ON FUNCTION company.staged_rows(bigint, text[], integer) TO @staff@;
