-- Why: a score is a promise with a reason. Its weights never change under one name, each part is kept, and only changes
-- are written.

GRANT SELECT ON company.score_models, company.scores, company.score_passes, company.score_history
TO @staff@, @readers@;

CREATE OR REPLACE FUNCTION company.record_score_model(
  my_version text, my_names text[], my_weights real[], my_if_unknown real[], my_questions text[]
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  INSERT INTO company.score_models (version, names, weights, if_unknown, questions)
  VALUES (my_version, my_names, my_weights, my_if_unknown, my_questions)
  ON CONFLICT DO NOTHING;
  IF NOT EXISTS (SELECT FROM company.score_models
    WHERE version = my_version AND names = my_names AND weights = my_weights AND if_unknown = my_if_unknown
      AND questions = my_questions) THEN
    PERFORM company.refuse('a_score_model_never_changes',
      format('version %s has other parts, weights or questions; give the new ones a new version', my_version));
  END IF;
END $$;
GRANT EXECUTE ON FUNCTION company.record_score_model(text, text[], real[], real[], text[]) TO @login:score@;

-- SQL for what each part of a row of parts brings, under the names brings_1, brings_2 and so on.
CREATE OR REPLACE FUNCTION company.what_parts_bring_sql(m company.score_models) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT string_agg(format('%s::float8 * coalesce(parts[%s], %s) AS brings_%s', w, n, u, n), ', ' ORDER BY n)
  FROM unnest(m.weights, m.if_unknown) WITH ORDINALITY AS t (w, u, n)
$$;

-- SQL for the score of such a row, over the parts of one question or, without one, over all. A question that no part
-- answers has no score.
CREATE OR REPLACE FUNCTION company.score_sql(m company.score_models, my_question text) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT CASE WHEN sum(w::text::numeric) > 0 THEN format('round((100 * (%s) / %s)::numeric, 1)::numeric(4, 1)',
    string_agg(format('brings_%s', n), ' + ' ORDER BY n), sum(w::text::numeric))
    ELSE 'NULL::numeric(4, 1)' END
  FROM unnest(m.weights, m.questions) WITH ORDINALITY AS t (w, question, n)
  WHERE coalesce(question = my_question, true)
$$;

-- SQL for the rows whose score is new, gone, moved, or of another model. features and scores: all rows (entity, parts
-- real[]), and all scores, or those of some entities. A score is worked out where a part differs, and no earlier:
-- numeric's rounding would be a fourth of a pass. Each part is read from its array once and not for each of the three
-- scores: that was a twentieth of a first pass.
CREATE OR REPLACE FUNCTION company.differing_scores_sql(m company.score_models, features text, scores text)
RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT format('SELECT entity, parts, CASE WHEN is_known THEN %s END AS score,
      CASE WHEN is_known THEN %s END AS score_now, CASE WHEN is_known THEN %s END AS score_next,
      old_score, old_parts, old_version, valid_from
    FROM (
      SELECT d.*, %s
      FROM (
        SELECT coalesce(f.entity, s.entity) AS entity, f.entity IS NOT NULL AS is_known, f.parts, s.score AS old_score,
          s.parts AS old_parts, s.model_version AS old_version, s.scored_at AS valid_from
        FROM %s AS f
        FULL JOIN %s AS s ON s.entity = f.entity
        WHERE s.entity IS NULL OR f.entity IS NULL OR s.parts IS DISTINCT FROM f.parts OR s.model_version <> %L
        OFFSET 0
      ) AS d
      OFFSET 0
    ) AS b',
    company.score_sql(m, NULL), company.score_sql(m, 'now'), company.score_sql(m, 'next'),
    company.what_parts_bring_sql(m), features, scores, m.version)
$$;

-- From when on a pass of this moment may have missed a promotion, which is dated when it begins and seen when it ends:
-- half an hour is more than heartbeat lets a transaction stand open.
CREATE OR REPLACE FUNCTION company.seen_until(moment timestamptz) RETURNS timestamptz
LANGUAGE sql IMMUTABLE AS $$ SELECT moment - interval '30 minutes' $$;

-- What was promoted from about a moment on.
CREATE OR REPLACE FUNCTION company.promoted_about(moment timestamptz) RETURNS bigint[]
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT coalesce(array_agg(id), '{}') FROM company.batches WHERE promoted_at >= company.seen_until(moment)
$$;

-- Whether a batch was undone since a pass. An undoing and a pass wait for each other, so that a pass has seen each
-- undoing of before and none of after.
CREATE OR REPLACE FUNCTION company.is_undone_since(p company.score_passes) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT EXISTS (SELECT FROM company.batches WHERE undone_at > p.at)
$$;

-- Holds passes back until the undoing that asks for this has ended. Gives its date, after each pass that ended before.
CREATE OR REPLACE FUNCTION company.hold_back_passes() RETURNS timestamptz
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  LOCK TABLE company.score_passes IN SHARE MODE;
  RETURN (SELECT greatest(company.now(), max(at) + interval '1 microsecond') FROM company.score_passes);
END $$;

-- The promotions that a pass did not see.
CREATE OR REPLACE FUNCTION company.unscored_batches(p company.score_passes) RETURNS bigint[]
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT coalesce(array_agg(id), '{}') FROM unnest(company.promoted_about(p.at)) AS id WHERE id <> ALL (p.seen_lately)
$$;
GRANT EXECUTE ON FUNCTION company.seen_until(timestamptz), company.promoted_about(timestamptz),
  company.unscored_batches(company.score_passes), company.is_undone_since(company.score_passes) TO @login:score@;

-- The entities at which a pass must look, or null for all. Beside its view x a product may have x_of(entities), the
-- same rows of some entities, and x_touched(batches), which says whom some promotions may have moved. All are looked at
-- on a new day, under another model or other code, after an undoing, and where a tenth or more would have to be.
CREATE OR REPLACE FUNCTION company.entities_to_score(my_version text, features regclass) RETURNS text[]
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  last company.score_passes := (SELECT p FROM company.score_passes p ORDER BY p.id DESC LIMIT 1);
  unscored bigint[] := company.unscored_batches(last);
  touched regprocedure := to_regprocedure(features || '_touched(bigint[])');
  a_tenth numeric := (SELECT count(*) / 10.0 FROM company.scores);
  entities text[];
BEGIN
  IF touched IS NULL OR last.model_version IS DISTINCT FROM my_version
    OR last.code_since IS DISTINCT FROM company.code_since()
    OR (last.at AT TIME ZONE 'UTC')::date <> (company.now() AT TIME ZONE 'UTC')::date
    OR company.is_undone_since(last)
    OR EXISTS (SELECT FROM company.batches WHERE id = ANY (unscored) AND staging_dropped_at IS NOT NULL)
    OR (SELECT coalesce(sum(promoted + removed), 0) FROM company.batches WHERE id = ANY (unscored)) >= a_tenth THEN
    RETURN NULL;
  END IF;
  EXECUTE format('SELECT %s($1)', touched::regproc) INTO entities USING unscored;
  RETURN CASE WHEN cardinality(entities) < a_tenth THEN entities END;
END $$;

-- When the code of the brain that is in force was applied.
CREATE OR REPLACE FUNCTION company.code_since() RETURNS timestamptz
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT max(applied_at) FROM migrations.applied
$$;

-- One pass over everything, or over what may have moved since the last. The arithmetic is in double precision and
-- rounded once, half away from zero, to one decimal: engines differ in the last digits, and a score must not change
-- because the server did. To compile so wide an expression takes longer than it saves.
CREATE OR REPLACE FUNCTION company.score_all(my_version text, features text) RETURNS company.score_passes
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET work_mem = '64MB' SET jit = off AS $$
DECLARE
  m company.score_models := (SELECT t FROM company.score_models t WHERE t.version = my_version);
  p company.score_passes;
  moment timestamptz := company.now();
  seen bigint[];
  entities text[];
  differing text;
BEGIN
  IF m.version IS NULL THEN
    PERFORM company.refuse('a_score_has_its_model', my_version || ' is not recorded');
  END IF;
  LOCK TABLE company.score_passes IN ROW EXCLUSIVE MODE;
  -- Before anything is read: what is promoted meanwhile was not seen.
  seen := company.promoted_about(moment);
  entities := company.entities_to_score(my_version, features::regclass);
  differing := CASE WHEN entities IS NULL
    THEN company.differing_scores_sql(m, (features::regclass)::text, 'company.scores')
    ELSE company.differing_scores_sql(m, features::regclass || '_of($1)',
      '(SELECT * FROM company.scores WHERE entity = ANY ($1))') END;
  INSERT INTO company.score_passes (model_version, looked_at, added, changed, removed, is_whole, code_since,
    seen_lately, up_to_batch)
  VALUES (my_version, 0, 0, 0, 0, entities IS NULL, company.code_since(), seen,
    (SELECT max(id) FROM company.batches WHERE promoted_at IS NOT NULL)) RETURNING * INTO p;
  IF EXISTS (SELECT FROM company.scores) THEN
    DROP TABLE IF EXISTS pg_temp.score_difference;
    EXECUTE 'CREATE TEMP TABLE score_difference ON COMMIT DROP AS ' || differing USING entities;
    INSERT INTO company.score_history (entity, old_score, new_score, old_parts, new_parts, old_version, new_version,
      valid_from, valid_to, pass_id)
    SELECT entity, old_score, score, old_parts, parts, old_version, my_version, valid_from, moment, p.id
    FROM pg_temp.score_difference WHERE old_score IS NOT NULL;
    DELETE FROM company.scores s USING pg_temp.score_difference d WHERE s.entity = d.entity AND d.score IS NULL;
    GET DIAGNOSTICS p.removed = ROW_COUNT;
    UPDATE company.scores s SET score = d.score, score_now = d.score_now, score_next = d.score_next, parts = d.parts,
      model_version = my_version, scored_at = moment
    FROM pg_temp.score_difference d WHERE s.entity = d.entity AND d.old_score IS NOT NULL AND d.score IS NOT NULL;
    GET DIAGNOSTICS p.changed = ROW_COUNT;
    INSERT INTO company.scores (entity, score, score_now, score_next, parts, model_version, scored_at)
    SELECT entity, score, score_now, score_next, parts, my_version, moment FROM pg_temp.score_difference
    WHERE old_score IS NULL;
    GET DIAGNOSTICS p.added = ROW_COUNT;
    DROP TABLE pg_temp.score_difference;
  ELSE
    -- All is new, and goes where it belongs at once.
    EXECUTE format('INSERT INTO company.scores (entity, score, score_now, score_next, parts, model_version, scored_at)
      SELECT entity, score, score_now, score_next, parts, $1, $2 FROM (%s) AS d', differing) USING my_version, moment;
    GET DIAGNOSTICS p.added = ROW_COUNT;
  END IF;
  IF p.added > 5000 THEN
    -- Not the parts: nobody asks for a row by them, and counting what arrays hold took half of it.
    ANALYZE company.scores (entity, score, score_now, score_next, model_version, scored_at);
  END IF;
  UPDATE company.score_passes SET looked_at = coalesce(cardinality(entities), (SELECT count(*) FROM company.scores)),
    added = p.added, changed = p.changed, removed = p.removed
  WHERE id = p.id RETURNING * INTO p;
  RETURN p;
END $$;
GRANT EXECUTE ON FUNCTION company.score_all(text, text) TO @login:score@;

-- What parts bring under a model: each part, what it weighs, the points that it brings to the score, and those that it
-- brings, and could bring, to the number of its question. The points add up; a part that nobody knows brings what the
-- model says of the unknown.
CREATE OR REPLACE FUNCTION company.explain_parts(my_version text, my_parts real[])
RETURNS TABLE (part text, question text, value real, weight real, points numeric, points_of_question numeric,
  most_of_question numeric, is_known boolean)
-- Without a search_path of its own, so that a query which asks of a thousand scores takes it into its own plan.
LANGUAGE sql STABLE AS $$
  SELECT t.name, t.question, t.part, t.weight,
    round((100 * coalesce(t.part, t.if_unknown)::float8 * t.weight / sum(t.weight) OVER ())::numeric, 2),
    coalesce(round((100 * coalesce(t.part, t.if_unknown)::float8 * t.weight
      / nullif(sum(t.weight) OVER (PARTITION BY t.question), 0))::numeric, 2), 0),
    coalesce(round((100 * t.weight::float8 / nullif(sum(t.weight) OVER (PARTITION BY t.question), 0))::numeric, 2), 0),
    t.part IS NOT NULL
  FROM company.score_models m,
    unnest(m.names, my_parts, m.weights, m.if_unknown, m.questions)
      WITH ORDINALITY AS t (name, part, weight, if_unknown, question, n)
  WHERE m.version = my_version
  ORDER BY t.n
$$;
GRANT EXECUTE ON FUNCTION company.explain_parts(text, real[]) TO @staff@, @readers@;

-- Why a score is what it is.
CREATE OR REPLACE FUNCTION company.explain_score(my_entity text)
RETURNS TABLE (part text, question text, value real, weight real, points numeric, points_of_question numeric,
  most_of_question numeric, is_known boolean)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT e.* FROM company.scores s CROSS JOIN LATERAL company.explain_parts(s.model_version, s.parts) AS e
  WHERE s.entity = my_entity
$$;
GRANT EXECUTE ON FUNCTION company.explain_score(text) TO @staff@;
