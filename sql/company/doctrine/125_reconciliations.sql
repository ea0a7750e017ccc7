-- Why: who compares bytes with rows is not who put the rows there; the figures of staging are counted here, not told.

CREATE OR REPLACE FUNCTION company.record_reconciliation(my_batch bigint, found_in_raw integer, my_session bigint) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  b company.batches := (SELECT t FROM company.batches t WHERE t.id = my_batch);
  in_staging integer;
  equal boolean;
BEGIN
  IF company.me() IS DISTINCT FROM 'ingest_worker' THEN
    PERFORM company.refuse('raw_and_staged_are_reconciled_by_ingest_worker', coalesce(company.me(), session_user) || ' does not');
  END IF;
  IF b.staged_by = company.me() THEN
    PERFORM company.refuse('nobody_reconciles_what_they_staged', format('%s staged batch %s', company.me(), my_batch));
  END IF;
  IF b.staging_dropped_at IS NOT NULL THEN
    PERFORM company.refuse('staging_that_was_cleared_is_not_reconciled', format('batch %s was cleared %s', my_batch, b.staging_dropped_at));
  END IF;
  EXECUTE format('SELECT count(*) FROM %s WHERE batch_id = $1', (company.stream_sql(b.source)).staging) INTO in_staging USING my_batch;
  INSERT INTO company.reconciliations (batch_id, by_role, session_id, rows_in_raw, rows_in_staging, rows_read)
  VALUES (my_batch, company.me(), my_session, found_in_raw,
    -- rows that could not be read never reach staging; they are counted where they went
    in_staging + (SELECT count(*) FROM company.quarantine q WHERE q.batch_id = my_batch AND q.check_name = 'rows_can_be_read'), b.rows_read)
  RETURNING is_equal INTO equal;
  RETURN equal;
END $$;

REVOKE EXECUTE ON FUNCTION company.record_reconciliation(bigint, integer, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION company.record_reconciliation(bigint, integer, bigint) TO @workers@;
GRANT SELECT ON company.reconciliations TO @staff@;
