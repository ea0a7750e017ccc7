-- Why: a column that its publisher renamed or dropped comes as nothing, and to a reader nothing is unknown. A whole
-- edition would take what is known from every row, and nobody would hear of it.

-- How many rows fill each of some columns, by name, and under '' how many rows there are. version: of the edition that
-- the rows are of; where they repeat it in a column, it says nothing of a row.
CREATE OR REPLACE FUNCTION company.count_filled(columns text[], place text, my_batch bigint, version text)
RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  counts text := (
    SELECT string_agg(format('%L, count(%s)', a.attname, CASE
        WHEN a.atttypid = 'text'::regtype AND version IS NOT NULL THEN
          format('nullif(nullif(%I, %L), '''')', a.attname, version)
        WHEN a.atttypid = 'text'::regtype THEN format('nullif(%I, '''')', a.attname)
        WHEN a.attndims > 0 THEN format('nullif(%I, ''{}'')', a.attname)
        ELSE quote_ident(a.attname) END), ', ')
    FROM pg_attribute a WHERE a.attrelid = place::regclass AND a.attname = ANY (columns)
  );
  filled jsonb;
BEGIN
  EXECUTE format('SELECT jsonb_build_object(%s) FROM %s %s', concat_ws(', ', ''''', count(*)', counts), place,
    CASE WHEN my_batch IS NOT NULL THEN format('WHERE batch_id = %s', my_batch) END) INTO filled;
  RETURN filled;
END $$;

-- The columns that most rows in force fill and fewer than one in twenty of a whole edition does, each with both
-- numbers. here: what company.count_filled says of the edition. Of fewer than ten rows nothing is said, and what is in
-- force is counted only where the edition gives cause.
CREATE OR REPLACE FUNCTION company.emptied_columns(b company.batches, here jsonb)
RETURNS TABLE (name text, staged integer, filled integer, in_force integer, filled_in_force integer)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  empty text[] := ARRAY(SELECT c.key FROM jsonb_each_text(here) AS c
    WHERE c.key <> '' AND c.value::integer * 20 < (here ->> '')::integer);
  known jsonb;
BEGIN
  IF cardinality(empty) > 0 THEN
    known := company.count_filled(empty, (company.stream_sql(b.source)).canonical, NULL, (
      SELECT p.version FROM company.batches p WHERE p.source = b.source AND p.status = 'promoted'
      ORDER BY p.edition_at DESC, p.id DESC LIMIT 1));
    RETURN QUERY SELECT c, (here ->> '')::integer, (here ->> c)::integer, (known ->> '')::integer,
      (known ->> c)::integer
    FROM unnest(empty) AS c
    WHERE (known ->> c)::integer >= 10 AND (known ->> c)::integer * 2 > (known ->> '')::integer;
  END IF;
END $$;
