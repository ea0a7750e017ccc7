-- Why: nobody approves their own work. What may be published was checked by somebody else, and a check that failed
-- stays failed until a decision releases it by name (scar: a pass was written over a failure, and 396 rows went).

GRANT SELECT ON company.quarantine, company.batch_checks, company.check_releases TO @staff@;
GRANT SELECT (id, source, entity, reason, status, at, resolved_at) ON company.quarantine TO @readers@;

CREATE OR REPLACE TRIGGER only_add BEFORE UPDATE OR DELETE ON company.batch_checks
FOR EACH ROW EXECUTE FUNCTION company.only_add();
CREATE OR REPLACE TRIGGER never_empty BEFORE TRUNCATE ON company.batch_checks
FOR EACH STATEMENT EXECUTE FUNCTION company.never_empty();
CREATE OR REPLACE TRIGGER only_add BEFORE UPDATE OR DELETE ON company.check_releases
FOR EACH ROW EXECUTE FUNCTION company.only_add();
CREATE OR REPLACE TRIGGER never_empty BEFORE TRUNCATE ON company.check_releases
FOR EACH STATEMENT EXECUTE FUNCTION company.never_empty();

CREATE OR REPLACE FUNCTION company.require_checker(my_batch bigint) RETURNS company.batches
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  b company.batches;
BEGIN
  -- Not data_auditor: who decides on a held batch has no say in whether it is held.
  IF company.me() IS DISTINCT FROM 'check' THEN
    PERFORM company.refuse('only_check_checks_batches', coalesce(company.me(), session_user) || ' is not check');
  END IF;
  SELECT * INTO b FROM company.batches WHERE id = my_batch FOR UPDATE;
  IF b.staged_by = company.me() THEN
    PERFORM company.refuse('nobody_checks_what_they_staged', format('%s staged batch %s', company.me(), my_batch));
  END IF;
  IF b.status IS DISTINCT FROM 'staged' THEN
    PERFORM company.refuse('only_a_staged_batch_is_checked',
      format('batch %s is %s', my_batch, coalesce(b.status, 'not there')));
  END IF;
  RETURN b;
END $$;

-- The verdict is added to the others of its batch.
CREATE OR REPLACE FUNCTION company.record_check(
  my_batch bigint, my_name text, my_severity text, looked integer, wrong integer, my_detail text
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM company.require_checker(my_batch);
  INSERT INTO company.batch_checks (batch_id, check_name, severity, is_ok, looked_at, failed, detail, checked_by)
  VALUES (my_batch, my_name, my_severity, wrong = 0, looked, wrong, coalesce(my_detail, ''), company.me());
END $$;
GRANT EXECUTE ON FUNCTION company.record_check(bigint, text, text, integer, integer, text) TO @staff@;

-- The rows of a source whose every row matters that its newest edition holds and nobody can read; of a source of
-- changes, those that no later batch has brought. A duplicate of a row that was read is none of them.
CREATE OR REPLACE VIEW company.rows_put_aside AS
SELECT DISTINCT ON (q.source, coalesce(q.entity, q.raw)) q.source, q.entity, q.reason, left(q.raw, 500) AS raw,
  (SELECT min(before.at) FROM company.quarantine before
    WHERE before.source = q.source AND before.status <> 'resolved'
      AND coalesce(before.entity, before.raw) = coalesce(q.entity, q.raw)) AS since,
  q.batch_id,
  EXISTS (SELECT FROM company.entities n WHERE n.entity = q.entity AND q.source = ANY (n.sources)) AS is_in_force
FROM company.streams s
JOIN company.quarantine q ON q.source = s.source AND q.status = 'open'
WHERE s.every_row_matters AND q.check_name <> 'no_row_twice'
  AND (NOT s.is_full_edition OR q.batch_id = (
    SELECT b.id FROM company.batches b
    WHERE b.source = s.source AND b.status IN ('staged', 'checked', 'held', 'promoted')
    ORDER BY b.edition_at DESC, b.id DESC LIMIT 1
  ))
ORDER BY q.source, coalesce(q.entity, q.raw), q.id DESC;
GRANT SELECT ON company.rows_put_aside TO @staff@;

-- Puts staged rows aside; a row that fails twice has one fate, the first.
CREATE OR REPLACE FUNCTION company.quarantine_rows(my_batch bigint, my_check text, numbers integer[], reasons text[])
RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  b company.batches := company.require_checker(my_batch);
  sql record := company.stream_sql(b.source);
  added integer;
BEGIN
  EXECUTE format('INSERT INTO company.quarantine (batch_id, source, row_no, entity, check_name, reason, raw)
    SELECT s.batch_id, $2, s.row_no, s.%1$s, $3, r.reason, (to_jsonb(s) - ''batch_id'' - ''row_no'')::text
    FROM unnest($4, $5) AS r (n, reason) JOIN %2$s s ON s.batch_id = $1 AND s.row_no = r.n
    ON CONFLICT (batch_id, row_no) DO NOTHING', sql.key, sql.staging)
  USING my_batch, b.source, my_check, numbers, reasons;
  GET DIAGNOSTICS added = ROW_COUNT;
  RETURN added;
END $$;
GRANT EXECUTE ON FUNCTION company.quarantine_rows(bigint, text, integer[], text[]) TO @staff@;

-- The checks that every batch of every product goes through; each leaves its row in batch_checks.
CREATE OR REPLACE FUNCTION company.check_frame(my_batch bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  b company.batches := company.require_checker(my_batch);
  s company.streams := (SELECT t FROM company.streams t WHERE t.source = b.source);
  last company.batches := (
    SELECT t FROM company.batches t WHERE t.source = b.source AND t.status = 'promoted'
    ORDER BY t.edition_at DESC, t.id DESC LIMIT 1
  );
  sql record := company.stream_sql(b.source);
  -- The rows that fill a column are counted with all rows: a pass of its own over a third of a million is one more.
  here jsonb := company.count_filled(CASE WHEN s.is_full_edition THEN s.value_columns END, sql.staging, my_batch, NULL);
  found integer := here ->> '';
  in_force integer;
  gone integer;
BEGIN
  PERFORM company.record_check(my_batch, 'rows_are_all_there', 'hold', found,
    (found <> b.rows_staged OR found = 0)::integer,
    format('%s of %s staged rows found', found, b.rows_staged));
  PERFORM company.record_check(my_batch, 'entries_are_as_many_as_stated', 'hold', b.rows_read,
    (b.rows_stated <> b.rows_read IS TRUE)::integer,
    format('%s entries, and the edition says %s', b.rows_read, coalesce(b.rows_stated::text, 'no number')));
  PERFORM company.check_duplicates(b, s, sql.staging, sql.key);
  PERFORM company.record_check(my_batch, 'edition_moves_forward', 'hold', 1,
    (s.newer_by IS NULL AND b.edition_at < last.edition_at IS TRUE)::integer,
    CASE WHEN last.id IS NULL THEN 'the first edition' ELSE format('%s after %s', b.edition_at, last.edition_at) END);
  EXECUTE format('SELECT count(*), count(*) FILTER (WHERE s.%2$s IS NULL) FROM %1$s c
    LEFT JOIN (SELECT DISTINCT %2$s FROM %3$s WHERE batch_id = $1) s ON s.%2$s = c.%2$s', sql.canonical, sql.key,
      sql.staging)
  INTO in_force, gone USING my_batch;
  PERFORM company.record_check(my_batch, 'keys_remain', 'hold', in_force,
    CASE WHEN s.is_full_edition AND gone > greatest(s.max_drop * in_force, 1) THEN gone ELSE 0 END,
    format('%s of %s in force are not in this edition; the limit is %s %%', gone, in_force,
      round((100 * s.max_drop)::numeric, 2)));
  PERFORM company.record_check(my_batch, 'rows_did_not_multiply', 'hold', b.rows_read,
    (in_force > 0 AND b.rows_read > s.max_growth * in_force)::integer,
    format('%s beside %s in force; the limit is %s times', company.counted(b.rows_read, 'row'), in_force,
      s.max_growth));
  PERFORM company.record_check(my_batch, 'the_method_is_the_same', 'warn', 1,
    (last.version IS NOT NULL AND b.version IS DISTINCT FROM last.version)::integer,
    format('%s after %s', coalesce(b.version, 'no version'), coalesce(last.version, 'none')));
  PERFORM company.check_changes(b, s, sql.staging);
  PERFORM company.check_whole(b, s, sql.staging, sql.canonical, sql.key);
  PERFORM company.check_details(b, here);
END $$;
GRANT EXECUTE ON FUNCTION company.check_frame(bigint) TO @staff@;

-- A row that says that it was changed after it came is read; what comes after it replaces it, whatever its date.
CREATE OR REPLACE FUNCTION company.check_changes(b company.batches, s company.streams, staging text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  ahead integer;
  latest timestamptz;
BEGIN
  IF s.newer_by IS NULL THEN
    RETURN;
  END IF;
  EXECUTE format('SELECT count(*), max(%1$I) FROM %2$s WHERE batch_id = $1 AND %1$I > $2', s.newer_by, staging)
  INTO ahead, latest USING b.id, b.staged_at + interval '10 minutes';
  PERFORM company.record_check(b.id, 'changes_are_in_the_past', 'warn', b.rows_read, ahead,
    CASE WHEN ahead > 0 THEN format('the latest says %s', latest) ELSE '' END);
END $$;

-- A whole list in a stream of changes removes nothing; what it does not have, although it was here by then, is a
-- warning.
CREATE OR REPLACE FUNCTION company.check_whole(
  b company.batches, s company.streams, staging text, canonical text, key text
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  missing integer;
  first text;
BEGIN
  IF s.is_full_edition OR NOT b.is_whole THEN
    RETURN;
  END IF;
  EXECUTE format('SELECT count(*), min(c.%1$s) FROM %2$s c WHERE c.%4$I <= $2
      AND NOT EXISTS (SELECT FROM %3$s t WHERE t.batch_id = $1 AND t.%1$s = c.%1$s)
      AND NOT EXISTS (SELECT FROM company.quarantine q WHERE q.batch_id = $1 AND q.entity = c.%1$s)',
    key, canonical, staging, coalesce(s.newer_by, 'valid_from'))
  INTO missing, first USING b.id, b.edition_at;
  PERFORM company.record_check(b.id, 'the_whole_list_has_all', 'warn', b.rows_read, missing,
    format('%s in force are not in the whole list%s', missing, coalesce(', the first: ' || first, '')));
END $$;

-- A detail that cannot be read costs no row; it is a warning, by field, with the first value. In most rows of a whole
-- edition it is another format, which would take away what is known of all rows: that edition is held. So is one in
-- which a column is empty that was filled.
CREATE OR REPLACE FUNCTION company.check_details(b company.batches, here jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  unread record;
  emptied record;
  is_another_format boolean := (SELECT is_full_edition FROM company.streams WHERE source = b.source) AND EXISTS (
    SELECT FROM company.unread_details d WHERE d.batch_id = b.id AND d.count > greatest(b.rows_read / 2, 20));
BEGIN
  SELECT coalesce(sum(u.count), 0)::integer AS count,
    string_agg(format('%s %s (the first: %s)', u.count, u.field, u.first), ', ' ORDER BY u.count DESC, u.field) AS named
  INTO unread FROM company.unread_details AS u WHERE u.batch_id = b.id;
  SELECT coalesce(sum(e.staged - e.filled), 0)::integer AS count,
    string_agg(format('%s is empty in %s of %s rows, and filled in %s of %s in force', e.name, e.staged - e.filled,
      e.staged, e.filled_in_force, e.in_force), ', ' ORDER BY e.name) AS named
  INTO emptied FROM company.emptied_columns(b, here) AS e;
  PERFORM company.record_check(b.id, 'details_can_be_read',
    CASE WHEN is_another_format OR emptied.count > 0 THEN 'hold' ELSE 'warn' END,
    b.rows_read, unread.count + emptied.count,
    left(concat_ws(', ', emptied.named, unread.named), 600));
END $$;

-- Of rows with one key, one is right: the smallest by the stream's choice, in a stream of changes the newest (but not
-- one of the future), else the first. The others are put aside.
CREATE OR REPLACE FUNCTION company.check_duplicates(b company.batches, s company.streams, staging text, key text)
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  numbers integer[];
  reasons text[];
BEGIN
  EXECUTE format('SELECT array_agg(row_no), array_agg(format(''%%s occurs twice; row %%s is kept'', %1$s, kept)) FROM (
      SELECT row_no, %1$s, first_value(row_no) OVER (PARTITION BY %1$s ORDER BY %2$s row_no) AS kept FROM %3$s
      WHERE batch_id = $1 AND %1$s IN (SELECT %1$s FROM %3$s WHERE batch_id = $1 GROUP BY %1$s HAVING count(*) > 1)
    ) AS twice WHERE row_no <> kept',
    key, coalesce(quote_ident(s.prefer_smallest) || ', ',
      quote_ident(s.newer_by) || ' > $2, ' || quote_ident(s.newer_by) || ' DESC NULLS LAST, ', ''), staging)
  INTO numbers, reasons USING b.id, b.staged_at + interval '10 minutes';
  PERFORM company.quarantine_rows(b.id, 'no_row_twice', coalesce(numbers, '{}'), coalesce(reasons, '{}'));
  PERFORM company.record_check(b.id, 'no_row_twice', 'quarantine', b.rows_staged, cardinality(coalesce(numbers, '{}')),
    '');
END $$;

-- Closes the checks: the batch may be promoted, or it waits for data_auditor. A batch that skipped a check stays where
-- it is.
CREATE OR REPLACE FUNCTION company.finish_checks(my_batch bigint) RETURNS company.batches
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  b company.batches := company.require_checker(my_batch);
  s company.streams := (SELECT t FROM company.streams t WHERE t.source = b.source);
  aside integer := (SELECT count(*) FROM company.quarantine WHERE batch_id = my_batch);
  missing text;
  why text;
BEGIN
  PERFORM company.record_check(my_batch, 'quarantine_is_small', 'hold', b.rows_read,
    CASE WHEN aside > greatest(s.max_quarantined * b.rows_read, 20) THEN aside ELSE 0 END,
      format('%s of %s rows', aside, b.rows_read));
  SELECT string_agg(n, ', ') INTO missing FROM unnest(s.required_checks) AS n
  WHERE NOT EXISTS (SELECT FROM company.batch_checks c WHERE c.batch_id = my_batch AND c.check_name = n);
  IF missing IS NOT NULL THEN
    PERFORM company.refuse('a_batch_is_checked_in_full', format('batch %s lacks %s', my_batch, missing));
  END IF;
  SELECT string_agg(format('%s: %s', check_name, detail), '; ' ORDER BY check_name) INTO why
  FROM company.check_verdicts WHERE batch_id = my_batch AND severity = 'hold' AND NOT is_ok;
  UPDATE company.batches
  SET status = CASE WHEN why IS NULL THEN 'checked' ELSE 'held' END, reason = why, quarantined = aside,
    held = b.rows_read - aside,
    checked_by = company.me(), checked_at = company.now(), digest = company.digest_of(b)
  WHERE id = my_batch
  RETURNING * INTO b;
  RETURN b;
END $$;
GRANT EXECUTE ON FUNCTION company.finish_checks(bigint) TO @staff@;

-- A held batch is judged by somebody who neither staged nor checked it. release: it may be promoted, and each failed
-- check that held it is released by name; refuse: never.
CREATE OR REPLACE FUNCTION company.decide_batch(my_batch bigint, my_verdict text, my_reason text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  b company.batches;
BEGIN
  IF coalesce(company.me(), '') <> 'data_auditor' AND NOT company.acts_for_the_owner() THEN
    PERFORM company.refuse('held_batches_are_decided_by_data_auditor_or_owner',
      coalesce(company.me(), session_user) || ' is neither');
  END IF;
  SELECT * INTO b FROM company.batches WHERE id = my_batch FOR UPDATE;
  IF b.status IS DISTINCT FROM 'held' THEN
    PERFORM company.refuse('only_a_held_batch_is_decided',
      format('batch %s is %s', my_batch, coalesce(b.status, 'not there')));
  END IF;
  IF coalesce(my_verdict, '') NOT IN ('release', 'refuse') OR btrim(coalesce(my_reason, '')) = '' THEN
    PERFORM company.refuse('a_decision_on_a_batch_is_release_or_refuse_with_a_reason',
      coalesce(my_verdict, 'no verdict') || ' with the reason: ' || coalesce(my_reason, 'none'));
  END IF;
  UPDATE company.batches
  SET status = CASE my_verdict WHEN 'release' THEN 'checked' ELSE 'refused' END, reason = my_reason,
    decided_by = company.me(), decided_at = company.now()
  WHERE id = my_batch;
  INSERT INTO company.check_releases (check_id, released_by, reason)
  SELECT id, company.me(), my_reason FROM company.check_verdicts
  WHERE my_verdict = 'release' AND batch_id = my_batch AND severity = 'hold' AND NOT is_ok
  ON CONFLICT (check_id) DO NOTHING;
  RETURN CASE my_verdict WHEN 'release' THEN 'checked' ELSE 'refused' END;
END $$;
GRANT EXECUTE ON FUNCTION company.decide_batch(bigint, text, text) TO @staff@;

-- A quarantined row is resolved (it is right elsewhere by now) or discarded (the source's mistake); it never slips into
-- canonical.
CREATE OR REPLACE FUNCTION company.resolve_quarantine(ids bigint[], my_status text, my_resolution text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  closed integer;
BEGIN
  IF coalesce(company.me(), '') NOT IN ('data_worker', 'data_auditor')
    AND coalesce(company.my_kind(), '') <> 'owner' THEN
    PERFORM company.refuse('quarantine_is_worked_by_data_worker', coalesce(company.me(), session_user) || ' does not');
  END IF;
  UPDATE company.quarantine
  SET status = my_status, resolution = my_resolution, resolved_by = company.me(), resolved_at = company.now()
  WHERE id = ANY (ids) AND status = 'open';
  GET DIAGNOSTICS closed = ROW_COUNT;
  RETURN closed;
END $$;
GRANT EXECUTE ON FUNCTION company.resolve_quarantine(bigint[], text, text) TO @staff@;
