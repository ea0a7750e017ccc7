-- Why: customers receive what canonical holds. It is written here and nowhere else, from checked rows, and what it
-- replaces is kept.

CREATE OR REPLACE FUNCTION company.promote(my_batch bigint) RETURNS company.batches
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  b company.batches;
  newest timestamptz;
BEGIN
  IF company.me() IS DISTINCT FROM 'promote' THEN
    PERFORM company.refuse('only_promote_promotes', coalesce(company.me(), session_user) || ' is not promote');
  END IF;
  -- One promotion of a source at a time; a second one of the same batch waits here, and then finds it promoted.
  SELECT * INTO b FROM company.batches WHERE id = my_batch FOR UPDATE;
  PERFORM 1 FROM company.streams WHERE source = b.source FOR UPDATE;
  PERFORM company.require_checked(b);
  SELECT max(edition_at) INTO newest FROM company.batches WHERE source = b.source AND status = 'promoted';
  -- A stream of changes decides by row, so that a late part does no harm.
  IF b.edition_at < newest AND NOT EXISTS (SELECT FROM company.streams
    WHERE source = b.source AND newer_by IS NOT NULL) THEN
    UPDATE company.batches SET status = 'refused',
      reason = format('older than the edition of %s that is in force', newest)
    WHERE id = my_batch RETURNING * INTO b;
    RETURN b;
  END IF;
  RETURN company.publish(b, b.edition_at > newest IS TRUE);
END $$;
GRANT EXECUTE ON FUNCTION company.promote(bigint) TO @login:promote@;

-- Nothing is taken for removed unless the edition is whole and newer than what is in force. An edition whose rows are
-- those in force, by the digest that was made of them when they were checked, has no difference.
CREATE OR REPLACE FUNCTION company.publish(b company.batches, is_newer boolean) RETURNS company.batches
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  s company.streams := (SELECT t FROM company.streams t WHERE t.source = b.source);
  sql record := company.stream_sql(b.source);
  published company.batches;
BEGIN
  IF is_newer AND b.digest = s.digest_in_force THEN
    RETURN company.note_promotion(b, sql.staging, sql.key, company.now(), 0, 0, 0);
  END IF;
  published := company.publish_difference(b, sql.staging, sql.canonical, sql.history, sql.key, sql.vals, sql.s_vals,
    company.differs_for(b, sql.differs), sql.sets, s.is_full_edition AND is_newer);
  IF published.status = 'promoted' AND is_newer THEN
    UPDATE company.streams SET digest_in_force = b.digest WHERE source = b.source;
  END IF;
  RETURN published;
END $$;

-- Of a whole edition all of whose rows count: then canonical equals it after its promotion. The columns and what they
-- tolerate belong to it. None for columns that cannot be hashed.
CREATE OR REPLACE FUNCTION company.digest_of(b company.batches) RETURNS numeric
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  s company.streams := (SELECT t FROM company.streams t WHERE t.source = b.source);
  sql record := company.stream_sql(b.source);
  digest numeric;
BEGIN
  IF NOT s.is_full_edition OR s.newer_by IS NOT NULL
    OR EXISTS (SELECT FROM company.quarantine WHERE batch_id = b.id) THEN
    RETURN NULL;
  END IF;
  EXECUTE format('SELECT hashtextextended($2, 0) + coalesce(sum(hash_record_extended(ROW(s.%1$s, %2$s), 0)), 0)
    FROM %3$s s WHERE batch_id = $1', sql.key, sql.s_vals, sql.staging)
  INTO digest USING b.id, concat_ws(' ', s.key_column, s.value_columns, s.tolerances);
  RETURN digest;
EXCEPTION WHEN undefined_function THEN
  RETURN NULL;
END $$;

-- In a stream of changes the newer row is kept. A whole list is the publisher's word of all rows until its newest
-- change: there it counts as it is, also where a row was changed and dated back.
CREATE OR REPLACE FUNCTION company.differs_for(b company.batches, differs text) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  s company.streams := (SELECT t FROM company.streams t WHERE t.source = b.source);
BEGIN
  IF NOT b.is_whole OR s.newer_by IS NULL THEN
    RETURN differs;
  END IF;
  RETURN format('(%s) OR (c.%I <= %L AND (%s))', differs, s.newer_by, b.edition_at, company.values_differ(s));
END $$;

CREATE OR REPLACE FUNCTION company.require_checked(b company.batches) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  found integer;
BEGIN
  IF b.status IS DISTINCT FROM 'checked' THEN
    PERFORM company.refuse('only_a_checked_batch_is_promoted',
      format('batch %s is %s', b.id, coalesce(b.status, 'not there')));
  END IF;
  IF EXISTS (
    SELECT FROM company.streams s, unnest(s.required_checks) AS n
    WHERE s.source = b.source
      AND NOT EXISTS (SELECT FROM company.batch_checks c
        WHERE c.batch_id = b.id AND c.check_name = n AND c.checked_by <> b.staged_by)
  ) THEN
    PERFORM company.refuse('canonical_holds_only_checked_rows',
      format('batch %s was not checked in full by somebody else than %s', b.id, b.staged_by));
  END IF;
  IF EXISTS (SELECT FROM company.check_verdicts
    WHERE batch_id = b.id AND severity = 'hold' AND NOT is_ok AND released_by IS NULL) THEN
    PERFORM company.refuse('a_failed_check_is_released_by_name',
      format('batch %s failed a check that no decision released', b.id));
  END IF;
  EXECUTE format('SELECT count(*) FROM %s WHERE batch_id = $1', (company.stream_sql(b.source)).staging) INTO found
    USING b.id;
  IF found <> b.rows_staged THEN
    PERFORM company.refuse('canonical_holds_only_checked_rows',
      format('batch %s was sealed with %s rows and now has %s', b.id, b.rows_staged, found));
  END IF;
END $$;

-- Whether the difference takes away more rows than the source's limit, and no decision released that. Counted from the
-- rows themselves: what a check said of them is one opinion.
CREATE OR REPLACE FUNCTION company.hold_a_drop(b company.batches, canonical text) RETURNS company.batches
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  limit_share real := (SELECT max_drop FROM company.streams WHERE source = b.source);
  in_force integer;
  gone integer := (SELECT count(*) FROM pg_temp.promotion_difference WHERE promotion_fate = 'removed');
BEGIN
  IF gone <= 1 OR EXISTS (SELECT FROM company.batch_checks c JOIN company.check_releases r ON r.check_id = c.id
    WHERE c.batch_id = b.id AND c.check_name = 'keys_remain') THEN
    RETURN NULL;
  END IF;
  EXECUTE format('SELECT count(*) FROM %s', canonical) INTO in_force;
  IF gone <= limit_share * in_force THEN
    RETURN NULL;
  END IF;
  INSERT INTO company.batch_checks (batch_id, check_name, severity, is_ok, looked_at, failed, detail, checked_by)
  VALUES (b.id, 'keys_remain', 'hold', false, in_force, gone, format('%s of %s in force would go; the limit is %s %%',
    gone, in_force, round((100 * limit_share)::numeric, 2)), company.me())
  RETURNING detail INTO b.reason;
  UPDATE company.batches SET status = 'held', reason = b.reason, decided_by = NULL, decided_at = NULL WHERE id = b.id
  RETURNING * INTO b;
  RETURN b;
END $$;

-- The difference first, then only the difference is written: a row that is as it was costs a join and no log.
CREATE OR REPLACE FUNCTION company.publish_difference(
  b company.batches, staging text, canonical text, history text, key text, vals text, s_vals text, differs text,
  sets text, removes boolean
) RETURNS company.batches
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET work_mem = '64MB' AS $$
DECLARE
  -- Asked once: a call per row would cost more than the promotion.
  moment timestamptz := company.now();
  -- A row whose id cannot be read may be any row in force: where each row matters, such an edition ends none of them.
  ends_rows boolean := removes AND NOT EXISTS (SELECT FROM company.quarantine q JOIN company.streams t USING (source)
    WHERE q.batch_id = b.id AND q.entity IS NULL AND t.every_row_matters);
  not_aside text := CASE WHEN EXISTS (SELECT FROM company.quarantine WHERE batch_id = b.id) THEN
    ' AND NOT EXISTS (SELECT FROM company.quarantine q WHERE q.batch_id = $1 AND q.row_no = t.row_no)' END;
  -- The values in force stand beside the new ones. Not as one row: that would be made of every row that is compared.
  was record;
  added integer;
  changed integer;
  gone integer;
  held company.batches;
BEGIN
  SELECT string_agg(format('c.%I AS %I', c, 'was_' || c), ', ' ORDER BY n) AS kept,
    string_agg(quote_ident('was_' || c), ', ' ORDER BY n) AS vals
  INTO was FROM company.streams t, unnest(t.value_columns) WITH ORDINALITY AS columns (c, n) WHERE t.source = b.source;
  DROP TABLE IF EXISTS pg_temp.promotion_difference;
  EXECUTE format('CREATE TEMP TABLE promotion_difference ON COMMIT DROP AS
    SELECT coalesce(s.%1$s, c.%1$s) AS %1$s, %2$s, CASE WHEN c.%1$s IS NULL THEN ''added''
      WHEN s.%1$s IS NULL THEN ''removed'' ELSE ''changed'' END AS promotion_fate,
      c.first_seen_at, c.valid_from, c.batch_id, %7$s
    FROM (SELECT * FROM %3$s t WHERE t.batch_id = $1%6$s) AS s
    %8$s JOIN %4$s c ON c.%1$s = s.%1$s
    WHERE c.%1$s IS NULL OR (s.%1$s IS NULL AND $2 AND c.%1$s NOT IN (
        SELECT q.entity FROM company.quarantine q WHERE q.batch_id = $1 AND q.entity IS NOT NULL))
      OR (s.%1$s IS NOT NULL AND (%5$s))', key, s_vals, staging, canonical, differs, not_aside, was.kept,
      -- Where nothing is ended, what is in force and not in the batch needs no look.
      CASE WHEN ends_rows THEN 'FULL' ELSE 'LEFT' END)
  USING b.id, ends_rows;
  held := company.hold_a_drop(b, canonical);
  IF held.id IS NOT NULL THEN
    DROP TABLE pg_temp.promotion_difference;
    RETURN held;
  END IF;
  EXECUTE format('INSERT INTO %1$s (%2$s, %3$s, first_seen_at, valid_from, batch_id, valid_to, ended_by, ended_how)
    SELECT %2$s, %4$s, first_seen_at, valid_from, batch_id, $2, $1, promotion_fate
    FROM pg_temp.promotion_difference WHERE promotion_fate <> ''added''', history, key, vals, was.vals)
  USING b.id, moment;
  EXECUTE format(
    'DELETE FROM %1$s c USING pg_temp.promotion_difference d WHERE c.%2$s = d.%2$s AND d.promotion_fate = ''removed''',
    canonical, key);
  GET DIAGNOSTICS gone = ROW_COUNT;
  EXECUTE format('UPDATE %1$s c SET %3$s, valid_from = $2, batch_id = $1 FROM pg_temp.promotion_difference d
    WHERE c.%2$s = d.%2$s AND d.promotion_fate = ''changed''', canonical, key, sets) USING b.id, moment;
  GET DIAGNOSTICS changed = ROW_COUNT;
  -- What was taken back by an undoing and is read again was first seen before: it is no news.
  EXECUTE format('INSERT INTO %1$s (%2$s, %3$s, first_seen_at, valid_from, batch_id)
    SELECT %2$s, %3$s, coalesce((SELECT CASE h.ended_how WHEN ''undone'' THEN h.first_seen_at END FROM %4$s h
        WHERE h.%2$s = d.%2$s ORDER BY h.valid_to DESC LIMIT 1), $2), $2, $1
    FROM pg_temp.promotion_difference d
    WHERE promotion_fate = ''added''', canonical, key, vals, history) USING b.id, moment;
  GET DIAGNOSTICS added = ROW_COUNT;
  IF added > 5000 THEN
    EXECUTE format('ANALYZE %s', canonical);
  END IF;
  DROP TABLE pg_temp.promotion_difference;
  RETURN company.note_promotion(b, staging, key, moment, added, changed, gone);
END $$;

CREATE OR REPLACE FUNCTION company.note_promotion(
  b company.batches, staging text, key text, moment timestamptz, added integer, changed integer, gone integer
) RETURNS company.batches
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  -- Also a row that is as it was before the unreadable one came has been read again.
  EXECUTE format('UPDATE company.quarantine q SET status = ''resolved'', resolved_by = ''promote'', resolved_at = $3,
      resolution = format(''batch %%s brought it right'', $1::bigint)
    FROM %1$s t WHERE q.entity = t.%2$s AND q.source = $2 AND q.status = ''open'' AND q.batch_id < $1
      AND t.batch_id = $1 AND NOT EXISTS (
        SELECT FROM company.quarantine again WHERE again.batch_id = $1 AND again.row_no = t.row_no)', staging, key)
  USING b.id, b.source, moment;
  UPDATE company.batches AS t
  SET status = 'promoted', promoted_at = moment, promoted = added + changed, removed = gone, held = 0,
    unchanged = t.rows_read - t.quarantined - added - changed
  WHERE t.id = b.id RETURNING t.* INTO b;
  RETURN b;
END $$;

-- Undoes one batch: the values of before are in force again, and history keeps that the others were in force for a
-- while. Posts that say what was taken back are known at once.
CREATE OR REPLACE FUNCTION company.undo_batch(my_batch bigint, my_reason text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  b company.batches;
  sql record;
  moment timestamptz;
  taken_back integer;
BEGIN
  IF coalesce(company.me(), '') <> 'data_auditor' AND NOT company.acts_for_the_owner() THEN
    PERFORM company.refuse('batches_are_undone_by_data_auditor_or_owner',
      coalesce(company.me(), session_user) || ' is neither');
  END IF;
  moment := company.hold_back_passes();
  SELECT * INTO b FROM company.batches WHERE id = my_batch FOR UPDATE;
  PERFORM 1 FROM company.streams WHERE source = b.source FOR UPDATE;
  IF b.id IS DISTINCT FROM (
    SELECT id FROM company.batches WHERE source = b.source AND status = 'promoted'
    ORDER BY promoted_at DESC, edition_at DESC, id DESC LIMIT 1
  ) THEN
    PERFORM company.refuse('only_the_last_promotion_is_undone',
      format('batch %s is not the last of %s', my_batch, coalesce(b.source, 'any source')));
  END IF;
  sql := company.stream_sql(b.source);
  EXECUTE format('WITH wrong AS (DELETE FROM %1$s WHERE batch_id = $1 RETURNING *)
    INSERT INTO %2$s (%3$s, %4$s, first_seen_at, valid_from, batch_id, valid_to, ended_by, ended_how)
    SELECT %3$s, %4$s, first_seen_at, valid_from, batch_id, $2, $1, ''undone'' FROM wrong',
    sql.canonical, sql.history, sql.key, sql.vals) USING my_batch, moment;
  GET DIAGNOSTICS taken_back = ROW_COUNT;
  EXECUTE format('INSERT INTO %1$s (%3$s, %4$s, first_seen_at, valid_from, batch_id)
    SELECT %3$s, %4$s, first_seen_at, $2, batch_id FROM %2$s WHERE ended_by = $1 AND ended_how <> ''undone''',
    sql.canonical, sql.history, sql.key, sql.vals) USING my_batch, moment;
  UPDATE company.batches SET status = 'undone', undone_by = company.me(), undone_at = moment, reason = my_reason
  WHERE id = my_batch;
  PERFORM company.take_back_posts(b, moment);
  RETURN taken_back;
END $$;
GRANT EXECUTE ON FUNCTION company.undo_batch(bigint, text) TO @auditors@, @owners@, @login:console@;

-- The story of one row: each value it had, from when to when, and which batch brought it.
CREATE OR REPLACE FUNCTION company.entity_history(my_source text, my_key text)
RETURNS TABLE (valid_from timestamptz, valid_to timestamptz, batch_id bigint, ended_by bigint, ended_how text,
  was jsonb)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  sql record := company.stream_sql(my_source);
BEGIN
  RETURN QUERY EXECUTE format('SELECT t.valid_from, t.valid_to, t.batch_id, t.ended_by, t.ended_how, t.was FROM (
      SELECT h.valid_from, h.valid_to, h.batch_id, h.ended_by, h.ended_how,
        to_jsonb(h) - ARRAY[''valid_from'', ''valid_to'', ''batch_id'', ''ended_by'', ''ended_how'',
          ''first_seen_at''] AS was
      FROM %1$s h WHERE h.%3$s = $1
      UNION ALL
      SELECT c.valid_from, NULL, c.batch_id, NULL, NULL,
        to_jsonb(c) - ARRAY[''valid_from'', ''batch_id'', ''first_seen_at'']
      FROM %2$s c WHERE c.%3$s = $1) AS t
      ORDER BY t.valid_from, t.valid_to NULLS LAST', sql.history, sql.canonical, sql.key) USING my_key;
END $$;
GRANT EXECUTE ON FUNCTION company.entity_history(text, text) TO @staff@, @readers@;
