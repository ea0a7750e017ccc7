-- Why: what was known of one CVE at any moment, exactly: a customer asks what we knew when we wrote.

-- Every source's rows of one CVE that were in force at a moment, also those that an undone batch had put there. A row
-- counts from the moment of its promotion to the one of its end, that one left out.
CREATE OR REPLACE FUNCTION patchfirst.rows_of_cve_at(my_cve text, at timestamptz)
RETURNS TABLE (source text, since timestamptz, batch_id bigint, was jsonb)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT s.source, h.valid_from AS since, h.batch_id, h.was
  FROM company.streams s, LATERAL company.entity_history(s.source, my_cve) h
  WHERE s.schema_name = 'patchfirst' AND s.key_column = 'cve' AND h.valid_from <= at
    AND coalesce(h.valid_to > at, true)
  UNION ALL
  SELECT 'exploitdb', x.valid_from, x.batch_id, to_jsonb(x) FROM patchfirst.exploitdb x
  WHERE x.cves @> ARRAY[my_cve] AND x.valid_from <= at
  UNION ALL
  SELECT 'exploitdb', x.valid_from, x.batch_id, to_jsonb(x) FROM patchfirst.exploitdb_history x
  WHERE x.cves @> ARRAY[my_cve] AND x.valid_from <= at AND x.valid_to > at
  UNION ALL
  SELECT 'metasploit', m.valid_from, m.batch_id, to_jsonb(m) FROM patchfirst.metasploit m
  WHERE m.cves @> ARRAY[my_cve] AND m.valid_from <= at
  UNION ALL
  SELECT 'metasploit', m.valid_from, m.batch_id, to_jsonb(m) FROM patchfirst.metasploit_history m
  WHERE m.cves @> ARRAY[my_cve] AND m.valid_from <= at AND m.valid_to > at
  UNION ALL
  -- An entry for several CVEs is kept under the first, which the streams above have.
  SELECT 'vulncheck', v.valid_from, v.batch_id, to_jsonb(v) FROM patchfirst.vulncheck v
  WHERE my_cve = ANY (v.cves[2:]) AND v.valid_from <= at
  UNION ALL
  SELECT 'vulncheck', v.valid_from, v.batch_id, to_jsonb(v) FROM patchfirst.vulncheck_history v
  WHERE my_cve = ANY (v.cves[2:]) AND v.valid_from <= at AND v.valid_to > at
$$;
GRANT EXECUTE ON FUNCTION patchfirst.rows_of_cve_at(text, timestamptz) TO @staff@, @readers@;

-- What a customer reads of a span, by a key of theirs: whose changes they are is said by the key alone.
CREATE OR REPLACE FUNCTION patchfirst.changes_by_key(my_key_id text, since timestamptz, until timestamptz)
RETURNS TABLE (at timestamptz, cve text, what text, old_score numeric, vendor text, product text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT c.at, c.cve, c.what, c.old_score, c.vendor, c.product
  FROM patchfirst.changes_for(company.customer_of_key(my_key_id), since, until, patchfirst.kinds_of_change()) c
$$;
GRANT EXECUTE ON FUNCTION patchfirst.changes_by_key(text, timestamptz, timestamptz) TO @login:lookup@;

-- A digest of what decides which changes those are: filters, inventory, and what is handled.
CREATE OR REPLACE FUNCTION patchfirst.choice_of_key(my_key_id text) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT md5(concat_ws(' ', c.filters, (SELECT max(i.id) FROM company.inventories i WHERE i.customer_id = c.id),
    'handled', (SELECT max(h.id) FROM company.handled h WHERE h.customer_id = c.id)))
  FROM company.customers c WHERE c.id = company.customer_of_key(my_key_id)
$$;
GRANT EXECUTE ON FUNCTION patchfirst.choice_of_key(text) TO @login:lookup@;
