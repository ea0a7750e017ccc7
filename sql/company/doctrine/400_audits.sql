-- Why: an auditor compares and records. It writes its own audits and nothing that it audits, and it does not choose
-- what it looks at where there is too much to see all of it.

GRANT SELECT ON company.audits, company.audit_checks, company.draws TO @staff@;

CREATE OR REPLACE TRIGGER only_add BEFORE UPDATE OR DELETE ON company.audits
FOR EACH ROW EXECUTE FUNCTION company.only_add();
CREATE OR REPLACE TRIGGER only_add BEFORE UPDATE OR DELETE ON company.audit_checks
FOR EACH ROW EXECUTE FUNCTION company.only_add();
CREATE OR REPLACE TRIGGER only_add BEFORE UPDATE OR DELETE ON company.draws
FOR EACH ROW EXECUTE FUNCTION company.only_add();

CREATE OR REPLACE FUNCTION company.require_auditor() RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF company.my_kind() IS DISTINCT FROM 'auditor' THEN
    PERFORM company.refuse('audits_come_from_auditors', coalesce(company.me(), session_user) || ' is none');
  END IF;
END $$;

-- The names among which is drawn: a source's rows in force (of a stream of changes those that its last batch brought),
-- or the scores. As SQL that gives one text a row.
CREATE OR REPLACE FUNCTION company.names_to_draw_from(my_subject text) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  s company.streams := (SELECT t FROM company.streams t WHERE t.source = my_subject);
BEGIN
  IF my_subject = 'scores' THEN
    RETURN 'SELECT entity AS item FROM company.scores';
  ELSIF s.source IS NULL THEN
    PERFORM company.refuse('a_draw_is_from_a_source_or_the_scores', coalesce(my_subject, 'null') || ' is neither');
  END IF;
  RETURN format('SELECT %I::text AS item FROM %I.%I', s.key_column, s.schema_name, s.source)
    || CASE WHEN s.is_full_edition THEN ''
      ELSE format(' WHERE batch_id = (SELECT batch_id FROM company.source_freshness WHERE source = %L)', s.source) END;
END $$;

-- How many there are to draw from; null where a subject is neither a source nor the scores.
CREATE OR REPLACE FUNCTION company.how_many(my_subject text) RETURNS bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  there_are bigint;
BEGIN
  IF my_subject = 'scores' OR EXISTS (SELECT FROM company.streams WHERE source = my_subject) THEN
    EXECUTE format('SELECT count(*) FROM (%s) AS names', company.names_to_draw_from(my_subject)) INTO there_are;
  END IF;
  RETURN there_are;
END $$;
GRANT EXECUTE ON FUNCTION company.how_many(text) TO @auditors@;

-- A sample that nobody saw coming: it is drawn when the work that it checks is done, by the brain, once a session. What
-- is planted for this auditor is among it, so it has ten things at least: of one alone it would be known.
CREATE OR REPLACE FUNCTION company.draw_sample(my_session bigint, my_subject text, most integer) RETURNS company.draws
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  names text := company.names_to_draw_from(my_subject);
  drawn company.draws;
  there_are bigint := company.how_many(my_subject);
  luck text := company.chance(format('%s in session %s', my_subject, my_session));
  chosen jsonb;
BEGIN
  PERFORM company.require_auditor();
  PERFORM company.require_open_session(my_session);
  SELECT * INTO drawn FROM company.draws WHERE session_id = my_session AND subject = my_subject;
  IF FOUND THEN
    RETURN drawn;
  END IF;
  EXECUTE format('SELECT coalesce(jsonb_agg(item ORDER BY item), ''[]'') FROM (
    SELECT item FROM (%s) AS names ORDER BY item = ANY ($1) DESC, md5($3 || item), item LIMIT $2) AS drawn', names)
  INTO chosen USING company.items_planted_for_me(my_subject), least(greatest(most, 10), 1000), luck;
  INSERT INTO company.draws (session_id, auditor, subject, population, items, salt)
  VALUES (my_session, company.me(), my_subject, there_are, chosen, md5('rows of a file' || luck))
  RETURNING * INTO drawn;
  RETURN drawn;
END $$;
GRANT EXECUTE ON FUNCTION company.draw_sample(bigint, text, integer) TO @auditors@;

-- How the things of an audit were chosen, and of how many, as the brain knows it: what was drawn is looked at in full.
CREATE OR REPLACE FUNCTION company.require_what_was_drawn(
  my_session bigint, my_subject text, my_sample jsonb, OUT chosen text, OUT population bigint
)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  drawn company.draws;
  left_out text;
BEGIN
  SELECT * INTO drawn FROM company.draws WHERE session_id = my_session AND subject = my_subject;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  SELECT min(item) INTO left_out FROM jsonb_array_elements_text(drawn.items) AS item WHERE NOT my_sample ? item;
  IF left_out IS NOT NULL THEN
    PERFORM company.refuse('what_was_drawn_is_looked_at',
      format('%s was drawn of %s and is not among what you looked at', left_out, my_subject));
  END IF;
  chosen := CASE WHEN drawn.population <= jsonb_array_length(drawn.items) THEN 'all' ELSE 'drawn' END;
  population := drawn.population;
END $$;

-- differences: [{"item": ..., "expected": ..., "found": ...}], each of them a thing of the sample. looked_at_all:
-- whether the sample is all that there is; what the brain drew is known to it, and so is how many rows or scores there
-- are: who looks six times at one row of forty has not looked at all.
CREATE OR REPLACE FUNCTION company.record_audit(
  my_session bigint, my_what text, my_subject text, my_whose text, my_sample jsonb, differences jsonb,
  looked_at_all boolean DEFAULT false
) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  audit bigint;
  how record;
  looked_at CONSTANT integer := jsonb_array_length(my_sample);
  there_are bigint;
BEGIN
  PERFORM company.require_auditor();
  PERFORM company.require_open_session(my_session);
  IF EXISTS (SELECT FROM jsonb_array_elements(differences) AS d WHERE NOT my_sample ? (d ->> 'item')) THEN
    PERFORM company.refuse('what_differs_was_looked_at', 'a difference is reported of something outside the sample');
  END IF;
  how := company.require_what_was_drawn(my_session, my_subject, my_sample);
  there_are := coalesce(how.population, company.how_many(my_subject), CASE WHEN looked_at_all THEN looked_at END);
  INSERT INTO company.audits (auditor, session_id, what, subject, whose, looked_at, differing, sample, chosen,
    population)
  VALUES (company.me(), my_session, my_what, my_subject, my_whose, looked_at, jsonb_array_length(differences),
    my_sample,
    coalesce(how.chosen, CASE WHEN looked_at_all AND looked_at >= there_are THEN 'all' ELSE 'by the auditor' END),
    there_are)
  RETURNING id INTO audit;
  INSERT INTO company.audit_checks (audit_id, item, expected, found)
  SELECT audit, d ->> 'item', d -> 'expected', d -> 'found' FROM jsonb_array_elements(differences) AS d;
  PERFORM company.note_found_tests(audit);
  RETURN audit;
END $$;
GRANT EXECUTE ON FUNCTION company.record_audit(bigint, text, text, text, jsonb, jsonb, boolean) TO @auditors@;

-- What an audit that is recorded found and its auditor reports: all but what was planted for it. Only of a committed
-- audit: who takes back what it said hears nothing of what is planted.
CREATE OR REPLACE FUNCTION company.differences_to_report(my_audit bigint) RETURNS SETOF text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT c.item
  FROM company.audits a JOIN company.audit_checks c ON c.audit_id = a.id
  WHERE a.id = my_audit AND a.auditor = company.me()
    AND NOT (a.recorded_in IS DISTINCT FROM pg_current_xact_id_if_assigned()
      AND EXISTS (SELECT FROM company.plants p WHERE p.found_in = a.id
        AND (coalesce(p.item, p.subject) = p.subject OR p.item = c.item)))
  ORDER BY c.item
$$;
GRANT EXECUTE ON FUNCTION company.differences_to_report(bigint) TO @auditors@;

-- Rows that an auditor derived again from the bytes, beside what is in force: those that differ, by the stream's own
-- idea of a change. A row that is planted for the asker is compared in place of the one in force.
CREATE OR REPLACE FUNCTION company.compare_with_canonical(my_source text, derived jsonb)
RETURNS TABLE (item text, expected jsonb, found jsonb)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  sql record := company.stream_sql(my_source);
  planted jsonb := company.shadow_for_me('wrong_row', my_source);
  in_force text := sql.canonical;
BEGIN
  IF planted IS NOT NULL THEN
    in_force := format('(SELECT * FROM %1$s WHERE %2$s::text <> $2 ->> %3$L
      UNION ALL SELECT * FROM jsonb_populate_record(NULL::%1$s, $2))', sql.canonical, sql.key,
      (SELECT key_column FROM company.streams WHERE source = my_source));
  END IF;
  RETURN QUERY EXECUTE format('SELECT s.%1$s::text,
    to_jsonb(s) - ARRAY[''first_seen_at'', ''valid_from'', ''batch_id''], to_jsonb(c)
    FROM jsonb_populate_recordset(NULL::%2$s, $1) AS s LEFT JOIN %4$s AS c ON c.%1$s = s.%1$s
    WHERE c.%1$s IS NULL OR (%3$s)', sql.key, sql.canonical, sql.differs, in_force) USING derived, planted;
END $$;
GRANT EXECUTE ON FUNCTION company.compare_with_canonical(text, jsonb) TO @auditors@, @owners@;

-- How the values of a source are spread now and at a moment before: of each column the share of rows that have it, and
-- of numbers their mean, and how far they lay from it then. A rule for each row sees none of that.
CREATE OR REPLACE FUNCTION company.value_figures(my_source text, before timestamptz)
RETURNS TABLE (
  field text, rows_before bigint, rows_now bigint, known_before float8, known_now float8, mean_before float8,
  mean_now float8, spread_before float8
)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  s company.streams := (SELECT t FROM company.streams t WHERE t.source = my_source);
  canonical text := (company.stream_sql(my_source)).canonical;
  figures text;
BEGIN
  SELECT string_agg(format('count(%1$I)::float8 / greatest(count(*), 1), %2$s', c.name,
    CASE WHEN a.atttypid IN ('smallint'::regtype, 'integer'::regtype, 'bigint'::regtype, 'real'::regtype,
        'double precision'::regtype, 'numeric'::regtype)
      THEN format('avg(%1$I)::float8, stddev_pop(%1$I)::float8', c.name) ELSE 'NULL, NULL' END), ', ' ORDER BY c.n)
  INTO figures
  FROM unnest(s.value_columns) WITH ORDINALITY AS c (name, n)
  JOIN pg_attribute a ON a.attrelid = canonical::regclass AND a.attname = c.name;
  RETURN QUERY EXECUTE format('WITH was AS (SELECT count(*) AS n, ARRAY[%1$s]::float8[] AS f FROM %2$I.%3$I($1)),
      so AS (SELECT count(*) AS n, ARRAY[%1$s]::float8[] AS f FROM %4$s)
    SELECT c.name, was.n, so.n, was.f[3 * c.i - 2], so.f[3 * c.i - 2], was.f[3 * c.i - 1], so.f[3 * c.i - 1],
      was.f[3 * c.i]
    FROM was, so, unnest($2) WITH ORDINALITY AS c (name, i)',
    figures, s.schema_name, my_source || '_known_at', canonical)
  USING before, s.value_columns;
END $$;
GRANT EXECUTE ON FUNCTION company.value_figures(text, timestamptz) TO @auditors@;
