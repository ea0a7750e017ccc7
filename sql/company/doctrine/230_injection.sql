-- Why: text is data. A text from outside may contain anything; it is read, kept and reported, and it opens nothing
-- (scar: instructions hidden in a feed).

-- Rows of a batch with instructions to a model: staged ones whose text is not in force already, and those that could
-- not be read. A text is normalised as the patterns expect it (company.injection.fold): small letters, single blanks,
-- one form for each letter, nothing invisible. The anchors are looked for first, because a pattern without one of them
-- cannot match: a third of a million rows of figures cost next to nothing.
CREATE OR REPLACE FUNCTION company.rows_with_instructions(my_batch bigint, anchors text[], pattern text, invisible text)
RETURNS TABLE (row_no integer, entity text, said jsonb)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  b company.batches := (SELECT t FROM company.batches t WHERE t.id = my_batch);
  sql record := company.stream_sql(b.source);
  -- Written into the statement: a function of our own, called for each row, would take ten times as long as what it
  -- does.
  plain CONSTANT text := $f$lower(CASE WHEN octet_length(%1$s) > length(%1$s) THEN translate(normalize(%1$s, NFKC), $4,
    '') ELSE %1$s END)$f$;
  folded CONSTANT text := format(
    $f$CASE WHEN %%1$s LIKE ANY (ARRAY['%%%%  %%%%', E'%%%%\n%%%%', E'%%%%\t%%%%', E'%%%%\r%%%%'])
    THEN replace(replace(replace(translate(%1$s, E'\n\r\t', '   '), '    ', ' '), '  ', ' '), '  ', ' ')
      ELSE %1$s END$f$, plain);
  -- A CASE, because of two conditions Postgres tries first the one that it takes for cheap, which is the pattern.
  speaks CONSTANT text := 'CASE WHEN s.folded LIKE ANY ($2) OR octet_length(s.folded) > length(s.folded)
    THEN s.folded ~ $3 ELSE false END';
  texts text[];
  all_of_them text;
BEGIN
  SELECT array_agg(quote_ident(a.attname) ORDER BY a.attnum),
    string_agg(CASE WHEN a.atttypid = 'text[]'::regtype THEN format('array_to_string(%%1$s.%I, E''\x01'')', a.attname)
      ELSE format('%%1$s.%I', a.attname) END, ', ' ORDER BY a.attnum)
  INTO texts, all_of_them
  FROM pg_attribute a
  WHERE a.attrelid = sql.staging::regclass AND a.attnum > 0 AND NOT a.attisdropped
    AND a.atttypid IN ('text'::regtype, 'text[]'::regtype);
  -- OFFSET 0: each text is put together and folded once, and not once for every time that it is looked at.
  RETURN QUERY EXECUTE format('SELECT s.row_no, s.%1$s,
    (SELECT jsonb_object_agg(k, to_jsonb(s) -> k) FROM unnest($5) AS k)
    FROM (
      SELECT t.*, %6$s AS folded
      FROM (SELECT t.*, concat_ws(E''\x01'', %2$s) AS all_said FROM %3$s t WHERE t.batch_id = $1 OFFSET 0) t
      -- An order has blanks or brackets in it; most columns of figures and names have neither.
      WHERE t.all_said LIKE ANY (ARRAY[''%% %%'', ''%%<%%'', ''%%[%%'', ''%%(%%'', ''%%#%%''])
        OR octet_length(t.all_said) > length(t.all_said)
      OFFSET 0
    ) s LEFT JOIN %4$s c ON c.%1$s = s.%1$s
    WHERE %7$s AND s.all_said IS DISTINCT FROM concat_ws(E''\x01'', %5$s)
    LIMIT 200', sql.key, format(all_of_them, 't'), sql.staging, sql.canonical, format(all_of_them, 'c'),
      format(folded, 't.all_said'), speaks)
  USING my_batch, anchors, pattern, invisible, texts;
  RETURN QUERY EXECUTE format('SELECT s.row_no, s.entity, jsonb_build_object(''raw'', s.raw)
    FROM (SELECT q.*, %s AS folded FROM company.quarantine q WHERE q.batch_id = $1 OFFSET 0) s WHERE %s
    LIMIT 200', format(folded, 'q.raw'), speaks)
  USING my_batch, anchors, pattern, invisible;
END $$;
GRANT EXECUTE ON FUNCTION company.rows_with_instructions(bigint, text[], text, text) TO @login:check@;

-- The database opens it for the role that read the text, workers too: kind, level, watcher and wording are fixed, and
-- the role gives only the place. So a finding of this kind says that somebody should look, and cannot say anything
-- else. In a feed one for each field of a source; elsewhere one for each text, however many roles read it: a page that
-- all read at boot would otherwise be twenty findings.
CREATE OR REPLACE FUNCTION company.note_instructions(
  my_session bigint, my_subject text, my_place text, my_words text, my_evidence jsonb, OUT finding_id bigint,
  OUT is_new boolean
)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  place text := coalesce(nullif(btrim(left(regexp_replace(lower(my_place), '[^a-z0-9_]+', ' ', 'g'), 60)), ''),
    'something');
  known CONSTANT text[] := ARRAY['batch', 'rows', 'row', 'key', 'where', 'sign', 'excerpt'];
  is_feed boolean := my_subject IS DISTINCT FROM company.me();
  mark text;
  shown jsonb;
BEGIN
  PERFORM company.require_open_session(my_session);
  IF is_feed AND (company.me() IN ('check', 'data_auditor')
    AND EXISTS (SELECT FROM company.streams WHERE source = my_subject)) IS NOT TRUE THEN
    PERFORM company.refuse('instructions_are_reported_by_who_read_them',
      format('%s did not read %s', coalesce(company.me(), session_user), my_subject));
  END IF;
  mark := CASE WHEN is_feed THEN format('instructions:%s:%s', my_subject, place)
    ELSE 'instructions:read:' || md5(my_words) END;
  -- Too many places of one source become one finding.
  IF (SELECT count(*) FROM company.findings f
    WHERE f.kind = 'instructions_in_data' AND f.by_database AND f.subject = my_subject AND f.closed_at IS NULL
      AND f.fingerprint <> mark) >= (CASE WHEN is_feed THEN 20 ELSE 6 END) THEN
    mark := format('instructions:%s:more', my_subject);
  END IF;
  SELECT coalesce(jsonb_object_agg(e.k, CASE WHEN jsonb_typeof(e.v) = 'string' THEN to_jsonb(left(e.v #>> '{}', 200))
    ELSE e.v END), '{}')
  INTO shown
  FROM jsonb_each(my_evidence) AS e (k, v) WHERE e.k = ANY (known) AND jsonb_typeof(e.v) IN ('string', 'number');
  IF NOT is_feed THEN
    shown := shown || jsonb_build_object(format('%s in %s', my_subject, place), company.now());
  END IF;
  INSERT INTO company.findings AS f (fingerprint, kind, subject, level, title, effect, evidence, watcher, found_by,
    by_database)
  SELECT mark, 'instructions_in_data', my_subject, 'brief',
    format('text that gives orders: %s in %s', my_subject, place),
    'none: text is data, and nobody acts on it', shown, coalesce(r.watched_by, r.reports_to), r.role, true
  FROM company.roster r WHERE r.role = company.me()
  ON CONFLICT (fingerprint) WHERE closed_at IS NULL AND by_database DO UPDATE
  SET times_seen = f.times_seen + 1, last_seen_at = company.now(),
    evidence = f.evidence || CASE WHEN (SELECT count(*) FROM jsonb_object_keys(f.evidence)) < 40 THEN excluded.evidence
      ELSE '{}' END
  RETURNING f.id, f.times_seen = 1 INTO finding_id, is_new;
END $$;
GRANT EXECUTE ON FUNCTION company.note_instructions(bigint, text, text, text, jsonb) TO @staff@;
