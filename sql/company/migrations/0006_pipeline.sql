-- Why: from bytes off the net to rows that customers may rely on. Every byte is kept, every row read has one fate, and every
-- earlier value stays known with the days on which it was believed.

-- One row per feed of the product. Its staging, canonical and history tables are made by company.create_stream.
CREATE TABLE company.streams (
  source text PRIMARY KEY CONSTRAINT a_source_is_a_plain_word CHECK (source ~ '^[a-z][a-z0-9_]{1,30}$'),
  schema_name text NOT NULL,
  key_column text NOT NULL,
  value_columns text[] NOT NULL,
  -- beside each value column: by how much a number may differ and still count as unchanged; null for exact
  tolerances real[] NOT NULL,
  -- among rows of one key the one with the smallest value here is kept; without it, the first
  prefer_smallest text,
  is_full_edition boolean NOT NULL,
  max_drop real NOT NULL CONSTRAINT a_drop_is_a_fraction CHECK (max_drop BETWEEN 0 AND 1),
  max_growth real NOT NULL CONSTRAINT growth_is_a_factor CHECK (max_growth > 1),
  max_quarantined real NOT NULL CONSTRAINT a_quarantine_limit_is_a_fraction CHECK (max_quarantined BETWEEN 0 AND 1),
  fresh_within interval NOT NULL,
  writers text[] NOT NULL,
  required_checks text[] NOT NULL,
  created_at timestamptz NOT NULL DEFAULT company.now(),
  CONSTRAINT every_value_has_its_tolerance CHECK (cardinality(tolerances) = cardinality(value_columns))
);

-- A body as it came. The bytes stand in the bucket under raw/<source>/<sha256>.
CREATE TABLE company.raw_documents (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  source text NOT NULL REFERENCES company.streams (source),
  url text NOT NULL,
  route text NOT NULL,
  sha256 text NOT NULL CONSTRAINT a_digest_is_sha256 CHECK (sha256 ~ '^[0-9a-f]{64}$'),
  size integer NOT NULL,
  status_code smallint NOT NULL,
  headers jsonb NOT NULL DEFAULT '{}',
  edition_at timestamptz,
  fetched_at timestamptz NOT NULL DEFAULT company.now(),
  fetched_by text NOT NULL,
  session_id bigint,
  verdict text NOT NULL CONSTRAINT a_body_is_new_older_or_malformed CHECK (verdict IN ('new', 'older', 'malformed')),
  reason text,
  CONSTRAINT bytes_are_kept_once UNIQUE (source, sha256),
  CONSTRAINT a_body_that_is_not_staged_says_why CHECK (verdict = 'new' OR coalesce(reason, '') <> ''),
  CONSTRAINT an_edition_has_its_stamp CHECK (verdict = 'malformed' OR edition_at IS NOT NULL)
);

-- One row per request: what was asked, and what came of it. Freshness and the scraping manager ask here.
CREATE TABLE company.fetches (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  source text NOT NULL REFERENCES company.streams (source),
  url text NOT NULL,
  route text NOT NULL,
  at timestamptz NOT NULL DEFAULT company.now(),
  result text NOT NULL CONSTRAINT a_fetch_result_is_known CHECK (
    result IN ('new', 'unchanged', 'older', 'malformed', 'not_modified', 'not_yet', 'blocked', 'failed')
  ),
  status_code smallint,
  raw_id bigint REFERENCES company.raw_documents (id),
  reason text,
  by_role text NOT NULL,
  session_id bigint
);
CREATE INDEX fetches_of_a_source ON company.fetches (source, at);

CREATE TABLE company.batches (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  source text NOT NULL REFERENCES company.streams (source),
  raw_id bigint NOT NULL REFERENCES company.raw_documents (id),
  edition_at timestamptz NOT NULL,
  version text,
  status text NOT NULL DEFAULT 'staging' CONSTRAINT a_batch_status_is_known CHECK (
    status IN ('staging', 'staged', 'checked', 'held', 'promoted', 'refused', 'undone')
  ),
  rows_staged integer NOT NULL DEFAULT 0,
  rows_read integer NOT NULL DEFAULT 0,
  promoted integer NOT NULL DEFAULT 0,
  unchanged integer NOT NULL DEFAULT 0,
  quarantined integer NOT NULL DEFAULT 0,
  held integer NOT NULL DEFAULT 0,
  removed integer NOT NULL DEFAULT 0,
  staged_by text NOT NULL,
  staged_at timestamptz NOT NULL DEFAULT company.now(),
  session_id bigint,
  checked_by text,
  checked_at timestamptz,
  decided_by text,
  decided_at timestamptz,
  reason text,
  promoted_at timestamptz,
  undone_by text,
  undone_at timestamptz,
  staging_dropped_at timestamptz,
  -- Holds in every state: what is neither published nor put aside is held, waiting or for good.
  CONSTRAINT every_row_read_has_one_fate CHECK (rows_read = promoted + unchanged + quarantined + held),
  CONSTRAINT nothing_is_held_once_promoted CHECK (status NOT IN ('promoted', 'undone') OR held = 0),
  CONSTRAINT a_promoted_batch_was_checked CHECK (promoted_at IS NULL OR checked_at IS NOT NULL),
  CONSTRAINT promoted_exactly_when_it_says_when CHECK ((status IN ('promoted', 'undone')) = (promoted_at IS NOT NULL)),
  CONSTRAINT a_held_or_refused_batch_says_why CHECK (status NOT IN ('held', 'refused') OR coalesce(reason, '') <> ''),
  CONSTRAINT nobody_decides_on_their_own_batch CHECK (decided_by IS NULL OR decided_by NOT IN (staged_by, coalesce(checked_by, '')))
);
-- check and promote ask for their work; freshness asks for the last good edition.
CREATE INDEX batches_in_flight ON company.batches (source, edition_at) WHERE status IN ('staged', 'checked', 'held');
CREATE INDEX batches_last_good ON company.batches (source, edition_at DESC) WHERE status = 'promoted';
CREATE INDEX batches_of_a_document ON company.batches (raw_id);

CREATE TABLE company.quarantine (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  batch_id bigint NOT NULL REFERENCES company.batches (id),
  source text NOT NULL,
  row_no integer NOT NULL,
  entity text,
  check_name text NOT NULL,
  reason text NOT NULL CONSTRAINT a_quarantined_row_says_why CHECK (reason <> ''),
  raw text NOT NULL,
  status text NOT NULL DEFAULT 'open' CONSTRAINT a_quarantine_status_is_known CHECK (status IN ('open', 'resolved', 'discarded')),
  at timestamptz NOT NULL DEFAULT company.now(),
  resolved_by text,
  resolved_at timestamptz,
  resolution text,
  CONSTRAINT a_row_is_quarantined_once UNIQUE (batch_id, row_no),
  CONSTRAINT a_resolution_names_who_and_why CHECK (
    (status = 'open') = (resolved_by IS NULL) AND (status = 'open') = (resolved_at IS NULL) AND (status = 'open') = (resolution IS NULL)
  )
);
CREATE INDEX quarantine_open ON company.quarantine (source, entity) WHERE status = 'open';

CREATE TABLE company.batch_checks (
  batch_id bigint NOT NULL REFERENCES company.batches (id),
  check_name text NOT NULL,
  severity text NOT NULL CONSTRAINT a_severity_is_known CHECK (severity IN ('quarantine', 'hold', 'warn')),
  is_ok boolean NOT NULL,
  looked_at integer NOT NULL,
  failed integer NOT NULL,
  detail text NOT NULL DEFAULT '',
  checked_by text NOT NULL,
  checked_at timestamptz NOT NULL DEFAULT company.now(),
  PRIMARY KEY (batch_id, check_name),
  CONSTRAINT ok_means_that_nothing_failed CHECK (is_ok = (failed = 0))
);

-- A product's migration calls this once per source. The columns are written as 'name type', or 'name type ~ 0.001' for a number whose smaller moves are not a change.
CREATE FUNCTION company.create_stream(
  source text, schema_name text, key text, columns text[], fresh_within interval,
  prefer_smallest text DEFAULT NULL, is_full_edition boolean DEFAULT true, max_drop real DEFAULT 0.05, max_growth real DEFAULT 2,
  max_quarantined real DEFAULT 0.05, checks text[] DEFAULT '{}', writers text[] DEFAULT NULL
) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  names text[] := (SELECT array_agg(split_part(c, ' ', 1) ORDER BY n) FROM unnest(columns) WITH ORDINALITY AS t (c, n));
  typed text := (SELECT string_agg(btrim(split_part(c, '~', 1)), ', ' ORDER BY n) FROM unnest(columns) WITH ORDINALITY AS t (c, n));
  tolerated real[] := (SELECT array_agg(nullif(btrim(split_part(c, '~', 2)), '')::real ORDER BY n) FROM unnest(columns) WITH ORDINALITY AS t (c, n));
  key_name text := split_part(key, ' ', 1);
  quoted text := (SELECT string_agg(quote_ident(c), ', ' ORDER BY n) FROM unnest(names) WITH ORDINALITY AS t (c, n));
BEGIN
  EXECUTE format('CREATE TABLE %1$I.%2$I (batch_id bigint NOT NULL, row_no integer NOT NULL, %3$s NOT NULL, %4$s,
    PRIMARY KEY (batch_id, row_no))', schema_name, source || '_staging', key, typed);
  -- No foreign key to batches here: promotion alone writes these rows, and the check per row took longer than all the rest of it.
  EXECUTE format('CREATE TABLE %1$I.%2$I (%3$s PRIMARY KEY, %4$s, first_seen_at timestamptz NOT NULL, valid_from timestamptz NOT NULL,
    batch_id bigint NOT NULL) WITH (fillfactor = 90)', schema_name, source, key, typed);
  EXECUTE format('CREATE TABLE %1$I.%2$I (%3$s NOT NULL, %4$s, first_seen_at timestamptz NOT NULL, valid_from timestamptz NOT NULL,
    batch_id bigint NOT NULL, valid_to timestamptz NOT NULL, ended_by bigint NOT NULL,
    ended_how text NOT NULL CONSTRAINT an_end_is_a_change_a_removal_or_an_undoing CHECK (ended_how IN (''changed'', ''removed'', ''undone'')))',
    schema_name, source || '_history', key, typed);
  EXECUTE format('CREATE INDEX ON %I.%I (%I, valid_to)', schema_name, source || '_history', key_name);
  EXECUTE format('CREATE INDEX ON %I.%I (ended_by)', schema_name, source || '_history');
  EXECUTE format('CREATE FUNCTION %1$I.%2$I(at timestamptz) RETURNS SETOF %1$I.%3$I LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS
    $f$ SELECT %4$I, %5$s, first_seen_at, valid_from, batch_id FROM %1$I.%3$I WHERE valid_from <= at
    UNION ALL SELECT %4$I, %5$s, first_seen_at, valid_from, batch_id FROM %1$I.%6$I WHERE valid_from <= at AND valid_to > at $f$',
    schema_name, source || '_known_at', source, key_name, quoted, source || '_history');
  INSERT INTO company.streams VALUES (source, schema_name, key_name, names, tolerated, prefer_smallest, is_full_edition, max_drop, max_growth,
    max_quarantined, fresh_within, coalesce(writers, ARRAY['scrape_' || source, 'scraping_worker', 'ingest_worker']),
    ARRAY['rows_are_all_there', 'no_row_twice', 'edition_moves_forward', 'keys_remain', 'rows_did_not_multiply', 'the_method_is_the_same']
      || checks || ARRAY['quarantine_is_small']);
  -- At a company's birth doctrine comes after all migrations and protects every stream; later it is there already.
  IF to_regprocedure('company.protect_stream(text)') IS NOT NULL THEN
    PERFORM company.protect_stream(source);
  END IF;
END $$;
