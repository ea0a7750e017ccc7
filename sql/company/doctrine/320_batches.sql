-- Why: what a scraper may say: I asked this, I got these bytes, I read these rows. Another role compares bytes with
-- rows, and taking rows back is bounded.

GRANT SELECT ON company.raw_documents, company.batches, company.reconciliations TO @staff@;
GRANT SELECT (id, source, status, edition_at, promoted_at, undone_at) ON company.batches TO @readers@;

CREATE OR REPLACE FUNCTION company.require_writer(my_source text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM company.streams WHERE source = my_source AND company.me() = ANY (writers)) THEN
    PERFORM company.refuse('only_its_writers_stage_a_source',
      format('%s does not stage %s', coalesce(company.me(), session_user), my_source));
  END IF;
END $$;

-- A stamp is evidence, not truth: one of the time to come would stop every later edition, and hide a stale source. The
-- minutes are for clocks that differ.
CREATE OR REPLACE FUNCTION company.require_past_stamp(stamp timestamptz) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM company.require_calendar_time(stamp, 'the stamp of an edition');
  IF stamp > company.now() + interval '10 minutes' THEN
    PERFORM company.refuse('a_stamp_is_not_of_the_future', format('the stamp of an edition is %s', stamp));
  END IF;
END $$;

CREATE OR REPLACE FUNCTION company.record_raw(
  my_source text, my_url text, my_route text, my_sha256 text, my_size integer, my_status_code integer, my_headers jsonb,
  my_edition_at timestamptz, my_verdict text, my_reason text, my_session bigint, my_stated_at timestamptz DEFAULT NULL
) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  raw bigint;
BEGIN
  PERFORM company.require_writer(my_source);
  PERFORM company.require_own_session(my_session);
  PERFORM company.require_past_stamp(my_edition_at);
  PERFORM company.require_past_stamp(my_stated_at);
  INSERT INTO company.raw_documents (source, url, route, sha256, size, status_code, headers, edition_at, fetched_by,
    session_id, verdict, reason, stated_at)
  VALUES (my_source, my_url, my_route, my_sha256, my_size, my_status_code, coalesce(my_headers, '{}'), my_edition_at,
    company.me(), my_session, my_verdict, my_reason, my_stated_at)
  RETURNING id INTO raw;
  RETURN raw;
END $$;
GRANT EXECUTE ON FUNCTION company.record_raw(
  text, text, text, text, integer, integer, jsonb, timestamptz, text, text, bigint, timestamptz
) TO @machines@, @workers@;

-- Whether a held edition was read by code that has been changed since: by a change of its source that is live.
CREATE OR REPLACE FUNCTION company.is_to_be_read_anew(b company.batches) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT b.status = 'held' AND EXISTS (
    SELECT FROM company.deployments d JOIN company.changes c ON c.id = d.change_id
    WHERE c.subject = b.source AND d.status IN ('live', 'kept') AND d.live_at > b.staged_at)
$$;
GRANT EXECUTE ON FUNCTION company.is_to_be_read_anew(company.batches) TO @staff@;

-- Whether an edition was staged while a change of its source was deployed that is in force no more: the code in force
-- may not know its form. A fire that was under way when the change was taken back still had its code.
CREATE OR REPLACE FUNCTION company.was_read_by_what_was_taken_back(b company.batches) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT EXISTS (
    SELECT FROM company.deployments d JOIN company.changes c ON c.id = d.change_id
    WHERE c.subject = b.source AND d.status IN ('rolled_back', 'undone', 'withdrawn')
      AND b.staged_at >= d.started_at AND b.staged_at < d.ended_at + interval '15 minutes'
      AND NOT EXISTS (SELECT FROM company.deployments again
        WHERE again.change_id = d.change_id AND again.status IN ('live', 'kept', 'released')))
$$;
GRANT EXECUTE ON FUNCTION company.was_read_by_what_was_taken_back(company.batches) TO @staff@;

CREATE OR REPLACE FUNCTION company.open_batch(
  my_source text, my_raw bigint, my_edition_at timestamptz, my_version text, my_session bigint,
  my_is_whole boolean DEFAULT false
) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  opened bigint;
BEGIN
  PERFORM company.require_writer(my_source);
  PERFORM company.require_own_session(my_session);
  PERFORM company.require_past_stamp(my_edition_at);
  IF NOT EXISTS (SELECT FROM company.raw_documents WHERE id = my_raw AND source = my_source AND verdict = 'new') THEN
    PERFORM company.refuse('only_a_new_edition_is_staged', format('document %s is not one of %s', my_raw, my_source));
  END IF;
  -- Two roles may find the same document without a batch; only a batch that was undone or refused may be staged again.
  PERFORM 1 FROM company.raw_documents WHERE id = my_raw FOR NO KEY UPDATE;
  UPDATE company.batches b SET status = 'refused', reason = 'read anew by changed code'
  WHERE b.raw_id = my_raw AND company.is_to_be_read_anew(b);
  IF EXISTS (SELECT FROM company.batches WHERE raw_id = my_raw AND status NOT IN ('undone', 'refused')) THEN
    PERFORM company.refuse('a_document_is_staged_once', format('document %s has its batch', my_raw));
  END IF;
  INSERT INTO company.batches (source, raw_id, edition_at, version, staged_by, session_id, is_whole)
  VALUES (my_source, my_raw, my_edition_at, my_version, company.me(), my_session, my_is_whole)
  RETURNING id INTO opened;
  RETURN opened;
END $$;
GRANT EXECUTE ON FUNCTION company.open_batch(text, bigint, timestamptz, text, bigint, boolean) TO @machines@, @workers@;

-- A batch that still takes rows, for who stages its source. It is not sealed before this transaction ends.
CREATE OR REPLACE FUNCTION company.batch_being_staged(my_batch bigint) RETURNS company.batches
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  b company.batches;
BEGIN
  SELECT * INTO b FROM company.batches WHERE id = my_batch FOR SHARE;
  PERFORM company.require_writer(b.source);
  IF b.status <> 'staging' THEN
    PERFORM company.refuse('a_sealed_batch_takes_no_rows', format('batch %s is %s', my_batch, b.status));
  END IF;
  RETURN b;
END $$;

-- Rows that cannot be read are counted and kept as they were.
CREATE OR REPLACE FUNCTION company.reject_rows(
  my_batch bigint, numbers integer[], entities text[], reasons text[], raws text[]
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  b company.batches := company.batch_being_staged(my_batch);
BEGIN
  INSERT INTO company.quarantine (batch_id, source, row_no, entity, check_name, reason, raw)
  SELECT my_batch, b.source, r.n, r.entity, 'rows_can_be_read', r.reason, r.raw
  FROM unnest(numbers, entities, reasons, raws) AS r (n, entity, reason, raw);
END $$;
GRANT EXECUTE ON FUNCTION company.reject_rows(bigint, integer[], text[], text[], text[]) TO @machines@, @workers@;

-- Words that a field's vocabulary did not have, each kept once for ever, with how often it was in that batch. A field
-- of hundreds of new words has no vocabulary, and only its first ones say anything.
CREATE OR REPLACE FUNCTION company.note_new_words(my_batch bigint, fields text[], words text[], seen integer[])
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  b company.batches := company.batch_being_staged(my_batch);
BEGIN
  INSERT INTO company.new_words (source, field, word, batch_id, times)
  SELECT b.source, n.field, n.word, my_batch, n.times FROM unnest(fields, words, seen) AS n (field, word, times)
  WHERE (SELECT count(*) FROM company.new_words known WHERE known.source = b.source AND known.field = n.field) < 50
  ON CONFLICT DO NOTHING;
END $$;
GRANT EXECUTE ON FUNCTION company.note_new_words(bigint, text[], text[], integer[]) TO @machines@, @workers@;
GRANT SELECT ON company.new_words TO @staff@;

-- From here on the number of staged rows is a fact that check and promote compare with what they find. my_unread: the
-- details without which rows were taken, as company.batches keeps them; my_stated: how many the edition says it has.
CREATE OR REPLACE FUNCTION company.seal_batch(
  my_batch bigint, staged integer, my_unread jsonb DEFAULT '{}', my_stated bigint DEFAULT NULL
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  b company.batches;
  rejected integer;
BEGIN
  SELECT * INTO b FROM company.batches WHERE id = my_batch FOR NO KEY UPDATE;
  rejected := (SELECT count(*) FROM company.quarantine WHERE batch_id = my_batch);
  PERFORM company.require_writer(b.source);
  UPDATE company.batches
  SET status = 'staged', rows_staged = staged, rows_read = staged + rejected, quarantined = rejected, held = staged,
    unread = my_unread, rows_stated = my_stated
  WHERE id = my_batch AND status = 'staging';
  IF NOT FOUND THEN
    PERFORM company.refuse('a_sealed_batch_takes_no_rows', format('batch %s is %s', my_batch, b.status));
  END IF;
  -- An anti-join against a freshly grown table without figures once took minutes. Of few rows a plan needs their number
  -- and keys; figures of all columns take ten times as long.
  EXECUTE (SELECT format(CASE WHEN staged < 1000 THEN 'ANALYZE %s (batch_id, row_no, %s)' ELSE 'ANALYZE %s' END,
    t.staging, t.key) FROM company.stream_sql(b.source) AS t);
END $$;
GRANT EXECUTE ON FUNCTION company.seal_batch(bigint, integer, jsonb, bigint) TO @machines@, @workers@;

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
GRANT EXECUTE ON FUNCTION company.drop_old_staging(interval) TO @login:promote@;

CREATE OR REPLACE FUNCTION company.record_reconciliation(my_batch bigint, found_in_raw integer, my_session bigint)
RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  b company.batches := (SELECT t FROM company.batches t WHERE t.id = my_batch);
  in_staging integer;
  equal boolean;
BEGIN
  IF company.me() IS DISTINCT FROM 'ingest_worker' THEN
    PERFORM company.refuse('raw_and_staged_are_reconciled_by_ingest_worker',
      coalesce(company.me(), session_user) || ' does not');
  END IF;
  IF b.staged_by = company.me() THEN
    PERFORM company.refuse('nobody_reconciles_what_they_staged', format('%s staged batch %s', company.me(), my_batch));
  END IF;
  PERFORM company.require_own_session(my_session);
  IF b.staging_dropped_at IS NOT NULL THEN
    PERFORM company.refuse('staging_that_was_cleared_is_not_reconciled',
      format('batch %s was cleared %s', my_batch, b.staging_dropped_at));
  END IF;
  EXECUTE format('SELECT count(*) FROM %s WHERE batch_id = $1', (company.stream_sql(b.source)).staging) INTO in_staging
    USING my_batch;
  INSERT INTO company.reconciliations (batch_id, by_role, session_id, rows_in_raw, rows_in_staging, rows_read)
  VALUES (my_batch, company.me(), my_session, found_in_raw,
    -- rows that could not be read never reach staging; they are counted where they went
    in_staging + (SELECT count(*) FROM company.quarantine q
      WHERE q.batch_id = my_batch AND q.check_name = 'rows_can_be_read'), b.rows_read)
  RETURNING is_equal INTO equal;
  RETURN equal;
END $$;
GRANT EXECUTE ON FUNCTION company.record_reconciliation(bigint, integer, bigint) TO @workers@;

-- An auditor undoes one promotion of a source, not one after another until nothing is left; the second step is the
-- owner's. It opens a finding.
CREATE OR REPLACE FUNCTION company.limit_undo() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF company.acts_for_the_owner() THEN
    RETURN NEW;
  END IF;
  IF EXISTS (
    SELECT FROM company.batches b
    WHERE b.source = NEW.source AND b.status = 'undone' AND b.id <> NEW.id
      AND NOT EXISTS (SELECT FROM company.batches n WHERE n.source = b.source AND n.promoted_at > b.undone_at)
  ) THEN
    PERFORM company.refuse('one_promotion_is_undone_at_a_time',
      format('a promotion of %s was taken back already, and none came since', NEW.source));
  END IF;
  INSERT INTO company.findings (fingerprint, kind, subject, level, title, effect, evidence, accused, watcher, found_by,
    by_database)
  SELECT 'taken_back:' || NEW.id, 'taken_back', 'batch ' || NEW.id, 'today',
    format('batch %s of %s was undone by %s', NEW.id, NEW.source, r.role),
    company.counted(NEW.promoted + NEW.removed, 'row is as it was', 'rows are as they were') || ' before it',
    jsonb_build_object('batch', NEW.id, 'rows', NEW.promoted + NEW.removed, 'reason', left(NEW.reason, 500)), r.role,
    r.reports_to, r.role, true
  FROM company.roster r WHERE r.role = NEW.undone_by
  ON CONFLICT (fingerprint) WHERE closed_at IS NULL AND by_database DO NOTHING;
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER limit_undo BEFORE UPDATE OF status ON company.batches
FOR EACH ROW WHEN (NEW.status = 'undone' AND OLD.status <> 'undone') EXECUTE FUNCTION company.limit_undo();

CREATE OR REPLACE FUNCTION company.limit_undo_by_model() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT company.may_undo_by_model() THEN
    PERFORM company.refuse('a_model_undoes_nothing_without_approval',
      format('undo_by_model is not open: open a finding about batch %s, or escalate it', NEW.id));
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER limit_undo_by_model BEFORE UPDATE OF status ON company.batches
FOR EACH ROW WHEN (NEW.status = 'undone' AND OLD.status <> 'undone') EXECUTE FUNCTION company.limit_undo_by_model();

-- An earlier edition said the same, and nothing else is wrong: by model or by book, nobody but the owner releases more
-- than that.
CREATE OR REPLACE FUNCTION company.limit_release() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF company.acts_for_the_owner() THEN
    RETURN NEW;
  END IF;
  IF NOT EXISTS (
    SELECT FROM company.batches e JOIN company.check_verdicts c ON c.batch_id = e.id AND NOT c.is_ok
      AND c.severity = 'hold'
    JOIN company.check_verdicts mine ON mine.batch_id = NEW.id AND mine.check_name = c.check_name AND NOT mine.is_ok
      AND mine.severity = 'hold'
    WHERE e.source = NEW.source AND e.status = 'refused' AND e.edition_at < NEW.edition_at
      AND abs(e.rows_read - NEW.rows_read) <= 0.05 * NEW.rows_read
      AND NOT EXISTS (SELECT FROM company.batches good
        WHERE good.source = e.source AND good.status = 'promoted' AND good.edition_at >= e.edition_at)
  ) OR EXISTS (
    SELECT FROM company.check_verdicts WHERE batch_id = NEW.id AND severity = 'hold' AND NOT is_ok
      AND check_name NOT IN ('keys_remain', 'rows_did_not_multiply', 'entries_are_as_many_as_stated')
  ) THEN
    PERFORM company.refuse('an_auditor_releases_what_a_second_edition_says',
      format('no earlier edition of %s said what batch %s says; the owner may release it', NEW.source, NEW.id));
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER limit_release BEFORE UPDATE OF status ON company.batches
FOR EACH ROW WHEN (OLD.status = 'held' AND NEW.status = 'checked') EXECUTE FUNCTION company.limit_release();
