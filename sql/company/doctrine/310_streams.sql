-- Why: a product says what a row is; the company protects the tables made from it, so that no product can forget a
-- grant.

GRANT SELECT ON company.streams TO @staff@, @readers@;

-- The sources that are asked. One that is off has no age and no trouble; what it gave before stays in force.
CREATE OR REPLACE VIEW company.streams_on AS SELECT * FROM company.streams WHERE off_because IS NULL;
GRANT SELECT ON company.streams_on TO @staff@;

-- Its own machine says at each fire whether an optional source is asked, and why not: nobody else can silence a source.
-- From the moment it is switched on its age counts anew.
CREATE OR REPLACE FUNCTION company.switch_source(my_source text, my_reason text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM company.source_machines WHERE source = my_source AND role = company.me())
    OR NOT EXISTS (SELECT FROM company.streams WHERE source = my_source AND is_optional) THEN
    PERFORM company.refuse('a_source_is_switched_by_its_machine',
      format('%s does not switch %s', coalesce(company.me(), session_user), my_source));
  END IF;
  UPDATE company.streams SET off_because = my_reason, switched_at = company.now()
  WHERE source = my_source AND off_because IS DISTINCT FROM my_reason;
END $$;
GRANT EXECUTE ON FUNCTION company.switch_source(text, text) TO @machines@;

-- Only a source's own machine (and a worker who fetches what it missed) stages, and nobody stages into a batch that is
-- sealed.
CREATE OR REPLACE FUNCTION company.only_its_writers_stage() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM company.streams WHERE source = TG_ARGV[0] AND company.me() = ANY (writers)) THEN
    PERFORM company.refuse('only_its_writers_stage_a_source',
      format('%s does not stage %s', coalesce(company.me(), session_user), TG_ARGV[0]));
  END IF;
  RETURN NULL;
END $$;

-- The number of the next batch is easily guessed: rows that somebody else put under it would stand in the way of its
-- own. One statement stages rows of one batch, and locks that batch until its transaction ends: who seals, checks or
-- promotes it waits for rows that are not committed. A lock for keys alone would let a transaction pass that began
-- before the sealing and reads the batch as it was then.
CREATE OR REPLACE FUNCTION company.only_into_ones_own_batch() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  rows_of record;
BEGIN
  SELECT min(batch_id) AS first, max(batch_id) AS last INTO rows_of FROM added;
  PERFORM FROM company.batches b
  WHERE b.id = rows_of.first AND b.id = rows_of.last AND b.staged_by = company.me() AND b.status = 'staging'
  FOR SHARE;
  IF rows_of.first IS NOT NULL AND NOT FOUND THEN
    PERFORM company.refuse('rows_are_staged_into_ones_own_open_batch',
      format('batch %s is not one that %s is staging', rows_of.last, company.me()));
  END IF;
  RETURN NULL;
END $$;

-- When anything is written to canonical, also by hand, no digest speaks for it any more.
CREATE OR REPLACE FUNCTION company.forget_digest() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE company.streams SET digest_in_force = NULL WHERE source = TG_ARGV[0] AND digest_in_force IS NOT NULL;
  RETURN NULL;
END $$;

-- Everybody reads; only writers add to staging; canonical and history are written by promotion alone, which runs as
-- their owner.
CREATE OR REPLACE FUNCTION company.protect_stream(source text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  s company.streams := (SELECT t FROM company.streams t WHERE t.source = protect_stream.source);
  -- In the table's own order: columns that came later stand at its end.
  columns text := (
    SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum)
    FROM pg_attribute a
    WHERE a.attrelid = format('%I.%I', s.schema_name, source)::regclass AND a.attnum > 0 AND NOT a.attisdropped
  );
  -- Staging is analysed at each edition: plans need the size of a batch, and not a column's hundred commonest values.
  few_statistics text := (
    SELECT string_agg(format('ALTER COLUMN %I SET STATISTICS 10', a.attname), ', ')
    FROM pg_attribute a
    WHERE a.attrelid = format('%I.%I', s.schema_name, source || '_staging')::regclass AND a.attnum > 0
      AND NOT a.attisdropped AND a.attstattarget IS DISTINCT FROM 10
  );
BEGIN
  IF few_statistics IS NOT NULL THEN
    EXECUTE format('ALTER TABLE %I.%I %s', s.schema_name, source || '_staging', few_statistics);
  END IF;
  EXECUTE format('CREATE OR REPLACE FUNCTION %1$I.%2$I(at timestamptz) RETURNS SETOF %1$I.%3$I
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS
    $f$ SELECT %4$s FROM %1$I.%3$I WHERE valid_from <= at
    UNION ALL
    SELECT %4$s FROM %1$I.%5$I WHERE valid_from <= at AND valid_to > at $f$',
    s.schema_name, source || '_known_at', source, columns, source || '_history');
  EXECUTE format('GRANT USAGE ON SCHEMA %I TO @staff@, @readers@, @trials@', s.schema_name);
  EXECUTE format('GRANT SELECT ON %1$I.%2$I, %1$I.%3$I, %1$I.%4$I TO @staff@',
    s.schema_name, source, source || '_staging', source || '_history');
  EXECUTE format('GRANT SELECT ON %1$I.%2$I, %1$I.%3$I TO @readers@', s.schema_name, source, source || '_history');
  EXECUTE format('GRANT SELECT ON %1$I.%2$I, %1$I.%3$I TO @trials@', s.schema_name, source, source || '_staging');
  EXECUTE format('GRANT INSERT ON %I.%I TO @machines@, @workers@', s.schema_name, source || '_staging');
  EXECUTE format('REVOKE ALL ON FUNCTION %I.%I(timestamptz) FROM PUBLIC', s.schema_name, source || '_known_at');
  EXECUTE format('GRANT EXECUTE ON FUNCTION %I.%I(timestamptz) TO @staff@', s.schema_name, source || '_known_at');
  EXECUTE format('CREATE OR REPLACE TRIGGER only_its_writers_stage BEFORE INSERT ON %I.%I
    FOR EACH STATEMENT EXECUTE FUNCTION company.only_its_writers_stage(%L)', s.schema_name, source || '_staging',
      source);
  EXECUTE format('CREATE OR REPLACE TRIGGER only_into_ones_own_batch AFTER INSERT ON %I.%I
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION company.only_into_ones_own_batch()',
    s.schema_name, source || '_staging');
  EXECUTE format('CREATE OR REPLACE TRIGGER forget_digest AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON %I.%I
    FOR EACH STATEMENT EXECUTE FUNCTION company.forget_digest(%L)', s.schema_name, source, source);
  EXECUTE format('CREATE OR REPLACE TRIGGER only_add BEFORE UPDATE ON %I.%I
    FOR EACH STATEMENT EXECUTE FUNCTION company.only_add()', s.schema_name, source || '_history');
END $$;

-- SQL that says whether a staged row s and one in force c have different values, the newer or not.
CREATE OR REPLACE FUNCTION company.values_differ(s company.streams) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT string_agg(CASE WHEN t IS NULL THEN format('c.%1$I IS DISTINCT FROM s.%1$I', c)
    ELSE format('coalesce(abs(c.%1$I - s.%1$I) > %2$s, c.%1$I IS DISTINCT FROM s.%1$I)', c, t) END, ' OR ' ORDER BY n)
  FROM unnest(s.value_columns, s.tolerances) WITH ORDINALITY AS columns (c, t, n)
$$;

-- The names of a stream's tables and the pieces of SQL that promotion is put together from.
CREATE OR REPLACE FUNCTION company.stream_sql(
  source text, OUT staging text, OUT canonical text, OUT history text, OUT key text, OUT vals text, OUT s_vals text,
  OUT differs text, OUT sets text
)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  s company.streams := (SELECT t FROM company.streams t WHERE t.source = stream_sql.source);
BEGIN
  IF s.source IS NULL THEN
    PERFORM company.refuse('a_source_has_its_stream', coalesce(source, 'null') || ' has none');
  END IF;
  staging := format('%I.%I', s.schema_name, source || '_staging');
  canonical := format('%I.%I', s.schema_name, source);
  history := format('%I.%I', s.schema_name, source || '_history');
  key := quote_ident(s.key_column);
  SELECT string_agg(quote_ident(c), ', ' ORDER BY n), string_agg(format('s.%I', c), ', ' ORDER BY n),
    string_agg(format('%1$I = d.%1$I', c), ', ' ORDER BY n)
  INTO vals, s_vals, sets
  FROM unnest(s.value_columns) WITH ORDINALITY AS columns (c, n);
  differs := company.values_differ(s);
  IF s.newer_by IS NOT NULL THEN
    -- A row that said that it was changed after it came said something false: whatever else comes replaces it.
    differs := format('(%1$s) AND coalesce(s.%2$I >= c.%2$I OR c.%2$I > c.valid_from + interval ''10 minutes'', true)',
      differs, s.newer_by);
  END IF;
END $$;

-- What is in force now, per source that is asked, and how old it is beside its limit. Before the first edition the age
-- counts from the stream's own making, or from when it was switched on; what is older than that is not stale at once.
CREATE OR REPLACE VIEW company.source_freshness AS
SELECT s.source, good.id AS batch_id, good.edition_at, good.promoted_at, good.version, good.rows_read,
  greatest(company.now() - coalesce(good.edition_at, newest.edition_at, s.switched_at, s.created_at), interval '0')
    AS age,
  s.fresh_within,
  company.now() - greatest(coalesce(good.edition_at, newest.edition_at, s.created_at), s.switched_at) > s.fresh_within
    AS is_stale,
  good.id IS NOT NULL AS has_edition,
  newest.edition_at AS newest_seen_at,
  last.at AS last_asked_at, last.result AS last_result, last.route AS last_route, last.reason AS last_reason
FROM company.streams_on s
LEFT JOIN LATERAL (
  SELECT b.* FROM company.batches b WHERE b.source = s.source AND b.status = 'promoted'
  ORDER BY b.edition_at DESC, b.id DESC LIMIT 1
) good ON true
LEFT JOIN LATERAL (
  SELECT max(b.edition_at) AS edition_at FROM company.batches b
  WHERE b.source = s.source AND b.status IN ('staged', 'checked', 'held', 'promoted')
) newest ON true
LEFT JOIN LATERAL (SELECT f.* FROM company.fetches f WHERE f.source = s.source ORDER BY f.id DESC LIMIT 1) last ON true;
GRANT SELECT ON company.source_freshness TO @staff@, @readers@;

SELECT company.protect_stream(source) FROM company.streams;
