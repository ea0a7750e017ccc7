-- Why: what a customer may choose is said once. It is checked when it is taken, and read the same for every page.

-- The changes that a page reports, the most important first.
CREATE OR REPLACE FUNCTION patchfirst.kinds_of_change() RETURNS text[]
LANGUAGE sql IMMUTABLE AS $$
  SELECT ARRAY['known_exploited', 'ransomware', 'left_the_list', 'name_corrected', 'name_restored', 'exploit_seen',
    'score_moved']
$$;
GRANT EXECUTE ON FUNCTION patchfirst.kinds_of_change() TO @staff@;

-- What a filter may say. Names widen: any one of a customer's vendors, products and keywords is enough. The others
-- narrow.
CREATE OR REPLACE FUNCTION patchfirst.filters() RETURNS TABLE (name text, takes text)
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
  VALUES ('vendors', 'a list of names'), ('products', 'a list of names'), ('keywords', 'a list of words'),
    ('min_score', 'a number from 0 to 100'), ('min_move', 'a number from 0 to 100'),
    ('kinds', 'a list out of ' || array_to_string(patchfirst.kinds_of_change(), ', '))
$$;
GRANT EXECUTE ON FUNCTION patchfirst.filters() TO @staff@;

-- What is wrong with a filter, a sentence each. Nothing is guessed here: who wrote it can write it again.
CREATE OR REPLACE FUNCTION patchfirst.filter_faults(filters jsonb) RETURNS SETOF text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  WITH written AS (
    SELECT w.key, w.value, f.takes, left(w.value::text, 60) AS shown,
      CASE jsonb_typeof(w.value) WHEN 'array' THEN jsonb_array_length(w.value) ELSE 0 END AS entries
    FROM jsonb_each(CASE jsonb_typeof(filters) WHEN 'object' THEN filters ELSE '{}' END) AS w
    LEFT JOIN patchfirst.filters() f ON f.name = w.key
  ), items AS (
    SELECT w.key, w.takes, i.value, i.value #>> '{}' AS text FROM written w, jsonb_array_elements(
      CASE jsonb_typeof(w.value) WHEN 'array' THEN w.value ELSE '[]' END) AS i
    WHERE w.takes LIKE 'a list%'
  )
  SELECT 'it is no object' WHERE jsonb_typeof(filters) IS DISTINCT FROM 'object'
  UNION ALL
  SELECT format('there is no filter %s', key) FROM written WHERE takes IS NULL
  UNION ALL
  SELECT format('%s is %s, and not %s', key, shown, takes) FROM written
  WHERE takes LIKE 'a list%' AND entries = 0
    OR takes LIKE 'a number%' AND CASE jsonb_typeof(value) WHEN 'number' THEN value::numeric NOT BETWEEN 0 AND 100
      ELSE true END
  UNION ALL
  SELECT format('%s has %s entries; at most 500 are read', key, entries) FROM written
  WHERE entries > 500
  UNION ALL
  SELECT format('%s has %s, which is not %s', key, left(value::text, 60), CASE key WHEN 'keywords' THEN
    'a word of 2 to 60 letters' WHEN 'kinds' THEN 'a kind of change' ELSE 'a name' END) FROM items
  WHERE jsonb_typeof(value) <> 'string' OR CASE key
    WHEN 'vendors' THEN length(text) > 200 OR patchfirst.vendor_key(text) IS NULL
    WHEN 'products' THEN length(text) > 200 OR patchfirst.product_key(text) IS NULL
    WHEN 'keywords' THEN length(company.plain_words(text)) NOT BETWEEN 2 AND 60
    WHEN 'kinds' THEN text <> ALL (patchfirst.kinds_of_change()) END
$$;
GRANT EXECUTE ON FUNCTION patchfirst.filter_faults(jsonb) TO @staff@;

-- The texts under one key of a filter. What is stored may be older than its rules: a text is a list of one, and what
-- cannot be read narrows nothing (its fault is a finding).
CREATE OR REPLACE FUNCTION patchfirst.chosen(filters jsonb, key text) RETURNS SETOF text
LANGUAGE sql IMMUTABLE AS $$
  SELECT i.value #>> '{}' FROM jsonb_array_elements(
    CASE jsonb_typeof(filters -> key) WHEN 'array' THEN filters -> key WHEN 'string' THEN
      jsonb_build_array(filters -> key) ELSE '[]' END) AS i
  WHERE jsonb_typeof(i.value) = 'string'
$$;
GRANT EXECUTE ON FUNCTION patchfirst.chosen(jsonb, text) TO @staff@;

-- One number of a filter, or what stands where it has none.
CREATE OR REPLACE FUNCTION patchfirst.chosen_number(filters jsonb, key text, otherwise numeric) RETURNS numeric
LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE jsonb_typeof(filters -> key) WHEN 'number' THEN (filters ->> key)::numeric ELSE otherwise END
$$;
GRANT EXECUTE ON FUNCTION patchfirst.chosen_number(jsonb, text, numeric) TO @staff@;

-- The names of a filter that nothing which was ever read has, each with those that look like it. Before the first
-- edition nobody knows a name, and none is unmatched.
CREATE OR REPLACE FUNCTION patchfirst.unmatched_names(filters jsonb)
RETURNS TABLE (kind text, written text, similar_names text[])
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT c.kind, c.written, company.names_like(c.kind, c.key)
  FROM (
    SELECT 'vendor' AS kind, v AS written, patchfirst.vendor_key(v) AS key FROM patchfirst.chosen(filters, 'vendors') v
    UNION ALL
    SELECT 'product', p, patchfirst.product_key(p) FROM patchfirst.chosen(filters, 'products') p
  ) AS c
  WHERE EXISTS (SELECT FROM company.names n WHERE n.kind = c.kind AND n.key IS NOT NULL)
    AND NOT EXISTS (SELECT FROM company.names n WHERE n.kind = c.kind AND n.key = c.key)
$$;
GRANT EXECUTE ON FUNCTION patchfirst.unmatched_names(jsonb) TO @staff@;

-- The known names that have a chosen one's words in them and that the filter does not mean: Apache is not the Apache
-- Software Foundation. For the one who wrote it to add; the shortest five of each.
CREATE OR REPLACE FUNCTION patchfirst.names_left_out(filters jsonb)
RETURNS TABLE (kind text, written text, similar_names text[])
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  WITH chosen AS MATERIALIZED (
    SELECT 'vendor' AS kind, v AS written, patchfirst.vendor_key(v) AS key FROM patchfirst.chosen(filters, 'vendors') v
    UNION ALL
    SELECT 'product', p, patchfirst.product_key(p) FROM patchfirst.chosen(filters, 'products') p
  ), meant AS MATERIALIZED (
    SELECT c.kind, company.spellings_of(c.kind, array_agg(c.key)) AS spellings FROM chosen c GROUP BY c.kind
  ), left_out AS (
    SELECT c.kind, c.written, beside.names FROM chosen c
    JOIN meant m ON m.kind = c.kind AND EXISTS (SELECT FROM company.names n WHERE n.kind = c.kind AND n.key = c.key)
    CROSS JOIN LATERAL (SELECT array_agg(b.spelling ORDER BY length(b.key), b.spelling) AS names FROM (
      SELECT n.key, min(coalesce(s.name, n.spelling)) AS spelling
      FROM company.names n LEFT JOIN company.spellings s ON s.kind = n.kind AND s.spelling = n.spelling
      WHERE n.kind = c.kind AND strpos(n.key, c.key) > 0 AND n.spelling <> ALL (m.spellings)
        -- As whole words: a key has no blanks.
        AND company.plain_words(n.spelling)
          ~ format('(^| )%s( |$)', replace(regexp_replace(c.key, '(.)(?=.)', '\1 ?', 'g'), '+', '[+]'))
      GROUP BY n.key ORDER BY length(n.key), 2 LIMIT 5) AS b) AS beside
  )
  SELECT l.kind, l.written, l.names FROM left_out l WHERE l.names IS NOT NULL
$$;
GRANT EXECUTE ON FUNCTION patchfirst.names_left_out(jsonb) TO @staff@;

-- A customer's choice as pages are made by it: by_name says whether it names anything, by itself or in an inventory;
-- vendors and products are all spellings of the chosen ones today, keywords are in plain words with a blank on both
-- sides.
CREATE OR REPLACE FUNCTION patchfirst.watch_of(my_customer bigint)
RETURNS TABLE (by_name boolean, vendors text[], products text[], keywords text[], min_score numeric, min_move numeric,
  kinds text[])
-- Planned once in a session, not at each call.
LANGUAGE plpgsql STABLE ROWS 1 SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  SELECT cardinality(w.vendors || w.products || w.keywords) > 0
      OR EXISTS (SELECT FROM company.inventory_now n WHERE n.customer_id = c.id),
    company.spellings_of('vendor', ARRAY(SELECT patchfirst.vendor_key(v) FROM unnest(w.vendors) v)),
    company.spellings_of('product', ARRAY(SELECT patchfirst.product_key(p) FROM unnest(w.products) p)),
    ARRAY(SELECT format(' %s ', company.plain_words(k)) FROM unnest(w.keywords) k WHERE company.plain_words(k) <> ''),
    patchfirst.chosen_number(c.filters, 'min_score', 0), patchfirst.chosen_number(c.filters, 'min_move', 5),
    CASE WHEN w.kinds && patchfirst.kinds_of_change() THEN w.kinds ELSE patchfirst.kinds_of_change() END
  FROM company.customers c, LATERAL (
    SELECT ARRAY(SELECT v FROM patchfirst.chosen(c.filters, 'vendors') v) AS vendors,
      ARRAY(SELECT p FROM patchfirst.chosen(c.filters, 'products') p) AS products,
      ARRAY(SELECT k FROM patchfirst.chosen(c.filters, 'keywords') k) AS keywords,
      ARRAY(SELECT k FROM patchfirst.chosen(c.filters, 'kinds') k) AS kinds
  ) AS w
  WHERE c.id = my_customer;
END $$;
GRANT EXECUTE ON FUNCTION patchfirst.watch_of(bigint) TO @staff@;
