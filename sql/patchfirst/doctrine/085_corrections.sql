-- Why: which pages carried what an undone batch had put into force, item by item, so that exactly they are corrected.

-- The CVEs that an undone batch had added, changed or taken away.
CREATE OR REPLACE FUNCTION patchfirst.cves_taken_back(my_batch bigint) RETURNS SETOF text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  s company.streams := (SELECT t FROM company.streams t JOIN company.batches b ON b.source = t.source
    WHERE b.id = my_batch);
BEGIN
  RETURN QUERY EXECUTE format('SELECT DISTINCT %s FROM %I.%I h
    WHERE h.batch_id = $1 AND h.ended_how = ''undone'' OR h.ended_by = $1 AND h.ended_how <> ''undone''',
    CASE WHEN s.key_column = 'cve' THEN 'h.cve' ELSE 'unnest(h.cves)' END, s.schema_name, s.source || '_history')
  USING my_batch;
END $$;
GRANT EXECUTE ON FUNCTION patchfirst.cves_taken_back(bigint) TO @staff@;

-- Whether what an item says is so now: it was read again since.
CREATE OR REPLACE FUNCTION patchfirst.is_so_again(item jsonb) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT coalesce(CASE item ->> 'what'
    WHEN 'known_exploited' THEN EXISTS (SELECT FROM patchfirst.kev k WHERE k.cve = item ->> 'cve')
    WHEN 'left_the_list' THEN NOT EXISTS (SELECT FROM patchfirst.kev k WHERE k.cve = item ->> 'cve')
    WHEN 'ransomware' THEN (SELECT k.ransomware FROM patchfirst.kev k WHERE k.cve = item ->> 'cve')
    WHEN 'exploit_seen' THEN EXISTS (SELECT FROM patchfirst.exploits x
      WHERE x.cve = item ->> 'cve' AND x.source <> 'cves')
    WHEN 'score_moved' THEN (SELECT s.score = (item ->> 'score')::numeric FROM company.scores s
      WHERE s.entity = item ->> 'cve') END, false)
$$;
GRANT EXECUTE ON FUNCTION patchfirst.is_so_again(jsonb) TO @staff@;
