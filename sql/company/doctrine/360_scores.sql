-- Why: a score is a promise with a reason. Its weights never change under one name, each part is kept, and only changes
-- are written.

GRANT SELECT ON company.score_models, company.scores, company.score_passes, company.score_history TO @staff@;

CREATE OR REPLACE FUNCTION company.record_score_model(
  my_version text, my_names text[], my_weights real[], my_if_unknown real[]
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  INSERT INTO company.score_models (version, names, weights, if_unknown)
  VALUES (my_version, my_names, my_weights, my_if_unknown)
  ON CONFLICT DO NOTHING;
  IF NOT EXISTS (SELECT FROM company.score_models
    WHERE version = my_version AND names = my_names AND weights = my_weights AND if_unknown = my_if_unknown) THEN
    PERFORM company.refuse('a_score_model_never_changes',
      format('version %s has other parts or weights; give the new ones a new version', my_version));
  END IF;
END $$;
GRANT EXECUTE ON FUNCTION company.record_score_model(text, text[], real[], real[]) TO @login:score@;

-- One pass over everything. features is a view (entity, parts real[]); the arithmetic is in double precision and
-- rounded once, half away from zero, to one decimal: engines differ in the last digits, and a score must not change
-- because the server did. To compile so wide an expression takes longer than it saves.
CREATE OR REPLACE FUNCTION company.score_all(my_version text, features text) RETURNS company.score_passes
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET work_mem = '64MB' SET jit = off AS $$
DECLARE
  m company.score_models := (SELECT t FROM company.score_models t WHERE t.version = my_version);
  p company.score_passes;
  moment timestamptz := company.now();
  formula text;
BEGIN
  IF m.version IS NULL THEN
    PERFORM company.refuse('a_score_has_its_model', my_version || ' is not recorded');
  END IF;
  SELECT string_agg(format('%s::float8 * coalesce(parts[%s], %s)', w, n, u), ' + ' ORDER BY n) INTO formula
  FROM unnest(m.weights, m.if_unknown) WITH ORDINALITY AS t (w, u, n);
  INSERT INTO company.score_passes (model_version, looked_at, added, changed, removed, up_to_batch)
  VALUES (my_version, 0, 0, 0, 0, (SELECT max(id) FROM company.batches WHERE promoted_at IS NOT NULL)) RETURNING *
  INTO p;
  DROP TABLE IF EXISTS pg_temp.score_difference;
  EXECUTE format('CREATE TEMP TABLE score_difference ON COMMIT DROP AS
    SELECT coalesce(f.entity, s.entity) AS entity, f.score, f.parts, s.score AS old_score, s.parts AS old_parts,
      s.model_version AS old_version, s.scored_at AS valid_from
    FROM (SELECT entity, parts, round((100 * (%s) / %s)::numeric, 1)::numeric(4, 1) AS score FROM %s) AS f
    FULL JOIN company.scores s ON s.entity = f.entity
    WHERE s.entity IS NULL OR f.entity IS NULL OR s.parts IS DISTINCT FROM f.parts OR s.model_version <> $1',
    formula, (SELECT sum(w::text::numeric) FROM unnest(m.weights) AS w), features::regclass) USING my_version;
  INSERT INTO company.score_history (entity, old_score, new_score, old_parts, new_parts, old_version, new_version,
    valid_from, valid_to, pass_id)
  SELECT entity, old_score, score, old_parts, parts, old_version, my_version, valid_from, moment, p.id
  FROM pg_temp.score_difference WHERE old_score IS NOT NULL;
  DELETE FROM company.scores s USING pg_temp.score_difference d WHERE s.entity = d.entity AND d.score IS NULL;
  GET DIAGNOSTICS p.removed = ROW_COUNT;
  UPDATE company.scores s SET score = d.score, parts = d.parts, model_version = my_version, scored_at = moment
  FROM pg_temp.score_difference d WHERE s.entity = d.entity AND d.old_score IS NOT NULL AND d.score IS NOT NULL;
  GET DIAGNOSTICS p.changed = ROW_COUNT;
  INSERT INTO company.scores (entity, score, parts, model_version, scored_at)
  SELECT entity, score, parts, my_version, moment FROM pg_temp.score_difference WHERE old_score IS NULL;
  GET DIAGNOSTICS p.added = ROW_COUNT;
  DROP TABLE pg_temp.score_difference;
  IF p.added > 5000 THEN
    ANALYZE company.scores;
  END IF;
  UPDATE company.score_passes SET looked_at = (SELECT count(*) FROM company.scores), added = p.added,
    changed = p.changed, removed = p.removed
  WHERE id = p.id RETURNING * INTO p;
  RETURN p;
END $$;
GRANT EXECUTE ON FUNCTION company.score_all(text, text) TO @login:score@;

-- Why a score is what it is: each part, what it weighs, and the points it brings. The points add up to the score; a
-- part that nobody knows brings what the model says of the unknown.
CREATE OR REPLACE FUNCTION company.explain_score(my_entity text)
RETURNS TABLE (part text, value real, weight real, points numeric, is_known boolean)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT t.name, t.part, t.weight,
    round((100 * coalesce(t.part, t.if_unknown)::float8 * t.weight / sum(t.weight) OVER ())::numeric, 2),
    t.part IS NOT NULL
  FROM company.scores s JOIN company.score_models m ON m.version = s.model_version,
    unnest(m.names, s.parts, m.weights, m.if_unknown) WITH ORDINALITY AS t (name, part, weight, if_unknown, n)
  WHERE s.entity = my_entity
  ORDER BY t.n
$$;
GRANT EXECUTE ON FUNCTION company.explain_score(text) TO @staff@;
