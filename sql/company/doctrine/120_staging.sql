-- Why: what a scraper may say of the world: this is what I asked, these bytes came, these rows I read. Nothing more.

CREATE OR REPLACE FUNCTION company.require_writer(my_source text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM company.streams WHERE source = my_source AND company.me() = ANY (writers)) THEN
    PERFORM company.refuse('only_its_writers_stage_a_source', format('%s does not stage %s', coalesce(company.me(), session_user), my_source));
  END IF;
END $$;

CREATE OR REPLACE FUNCTION company.record_raw(
  my_source text, my_url text, my_route text, my_sha256 text, my_size integer, my_status_code integer, my_headers jsonb,
  my_edition_at timestamptz, my_verdict text, my_reason text, my_session bigint
) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  raw bigint;
BEGIN
  PERFORM company.require_writer(my_source);
  INSERT INTO company.raw_documents (source, url, route, sha256, size, status_code, headers, edition_at, fetched_by, session_id, verdict, reason)
  VALUES (my_source, my_url, my_route, my_sha256, my_size, my_status_code, coalesce(my_headers, '{}'), my_edition_at, company.me(), my_session,
    my_verdict, my_reason)
  RETURNING id INTO raw;
  RETURN raw;
END $$;

CREATE OR REPLACE FUNCTION company.open_batch(my_source text, my_raw bigint, my_edition_at timestamptz, my_version text, my_session bigint) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  opened bigint;
BEGIN
  PERFORM company.require_writer(my_source);
  IF NOT EXISTS (SELECT FROM company.raw_documents WHERE id = my_raw AND source = my_source AND verdict = 'new') THEN
    PERFORM company.refuse('only_a_new_edition_is_staged', format('document %s is not one of %s', my_raw, my_source));
  END IF;
  -- Two of the staff may come upon the same document that was left lying; only what was taken back may be staged again.
  PERFORM 1 FROM company.raw_documents WHERE id = my_raw FOR NO KEY UPDATE;
  IF EXISTS (SELECT FROM company.batches WHERE raw_id = my_raw AND status NOT IN ('undone', 'refused')) THEN
    PERFORM company.refuse('a_document_is_staged_once', format('document %s has its batch', my_raw));
  END IF;
  INSERT INTO company.batches (source, raw_id, edition_at, version, staged_by, session_id)
  VALUES (my_source, my_raw, my_edition_at, my_version, company.me(), my_session)
  RETURNING id INTO opened;
  RETURN opened;
END $$;

-- Rows that nobody can read are counted and kept as they came.
CREATE OR REPLACE FUNCTION company.reject_rows(my_batch bigint, numbers integer[], entities text[], reasons text[], raws text[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  b company.batches := (SELECT t FROM company.batches t WHERE t.id = my_batch);
BEGIN
  PERFORM company.require_writer(b.source);
  IF b.status <> 'staging' THEN
    PERFORM company.refuse('a_sealed_batch_takes_no_rows', format('batch %s is %s', my_batch, b.status));
  END IF;
  INSERT INTO company.quarantine (batch_id, source, row_no, entity, check_name, reason, raw)
  SELECT my_batch, b.source, r.n, r.entity, 'rows_can_be_read', r.reason, r.raw
  FROM unnest(numbers, entities, reasons, raws) AS r (n, entity, reason, raw);
END $$;

-- From here on the number of staged rows is a fact that check and promote compare with what they find.
CREATE OR REPLACE FUNCTION company.seal_batch(my_batch bigint, staged integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  b company.batches := (SELECT t FROM company.batches t WHERE t.id = my_batch);
  rejected integer := (SELECT count(*) FROM company.quarantine WHERE batch_id = my_batch);
BEGIN
  PERFORM company.require_writer(b.source);
  UPDATE company.batches
  SET status = 'staged', rows_staged = staged, rows_read = staged + rejected, quarantined = rejected, held = staged
  WHERE id = my_batch AND status = 'staging';
  IF NOT FOUND THEN
    PERFORM company.refuse('a_sealed_batch_takes_no_rows', format('batch %s is %s', my_batch, b.status));
  END IF;
  -- An anti-join against a freshly grown table without figures once took minutes.
  EXECUTE format('ANALYZE %s', (company.stream_sql(b.source)).staging);
END $$;

-- Staging is a workbench: raw bytes and canonical stay, what was copied between them goes after some days.
CREATE OR REPLACE FUNCTION company.drop_old_staging(keep interval) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  b company.batches;
  dropped integer := 0;
  n integer;
BEGIN
  FOR b IN
    SELECT * FROM company.batches
    WHERE status IN ('promoted', 'refused', 'undone') AND staging_dropped_at IS NULL
      AND coalesce(promoted_at, decided_at, staged_at) < company.now() - keep
    ORDER BY id FOR UPDATE SKIP LOCKED
  LOOP
    EXECUTE format('DELETE FROM %s WHERE batch_id = $1', (company.stream_sql(b.source)).staging) USING b.id;
    GET DIAGNOSTICS n = ROW_COUNT;
    dropped := dropped + n;
    UPDATE company.batches SET staging_dropped_at = company.now() WHERE id = b.id;
  END LOOP;
  RETURN dropped;
END $$;

REVOKE EXECUTE ON FUNCTION company.require_writer(text), company.open_batch(text, bigint, timestamptz, text, bigint),
  company.record_raw(text, text, text, text, integer, integer, jsonb, timestamptz, text, text, bigint),
  company.reject_rows(bigint, integer[], text[], text[], text[]), company.seal_batch(bigint, integer),
  company.drop_old_staging(interval) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION company.open_batch(text, bigint, timestamptz, text, bigint),
  company.record_raw(text, text, text, text, integer, integer, jsonb, timestamptz, text, text, bigint),
  company.reject_rows(bigint, integer[], text[], text[], text[]), company.seal_batch(bigint, integer) TO @machines@, @workers@;
GRANT EXECUTE ON FUNCTION company.drop_old_staging(interval) TO @login:promote@;
