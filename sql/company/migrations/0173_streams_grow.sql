-- Why: a source's rows get new columns later than its tables, and in some sources no single row may be missed in
-- silence.

-- Each row of the source is a message of its own: one that cannot be read is reported by name until it is read.
ALTER TABLE company.streams ADD COLUMN every_row_matters boolean NOT NULL DEFAULT false;

-- A product's migration calls this for columns that come later, written as for company.create_stream. They stand after
-- the others; of rows in force they are unknown until an edition brings them.
CREATE FUNCTION company.add_stream_columns(my_source text, columns text[]) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  s company.streams := (SELECT t FROM company.streams t WHERE t.source = my_source);
  names text[] := (SELECT array_agg(split_part(c, ' ', 1) ORDER BY n) FROM unnest(columns) WITH ORDINALITY AS t (c, n));
  added text := (SELECT string_agg('ADD COLUMN ' || btrim(split_part(c, '~', 1)), ', ' ORDER BY n)
    FROM unnest(columns) WITH ORDINALITY AS t (c, n));
  tolerated real[] := (SELECT array_agg(nullif(btrim(split_part(c, '~', 2)), '')::real ORDER BY n)
    FROM unnest(columns) WITH ORDINALITY AS t (c, n));
  kind text;
BEGIN
  FOREACH kind IN ARRAY ARRAY['_staging', '', '_history'] LOOP
    EXECUTE format('ALTER TABLE %I.%I %s', s.schema_name, my_source || kind, added);
  END LOOP;
  UPDATE company.streams SET value_columns = value_columns || names, tolerances = tolerances || tolerated
  WHERE source = my_source;
END $$;
