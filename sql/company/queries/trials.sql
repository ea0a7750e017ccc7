-- name: open_trial
-- The login of trials is let in, for one trial.
SELECT company.open_trial(%(session_id)s, %(verifier)s)

-- name: close_trial
-- Nobody is let in as the login of trials any more.
SELECT company.close_trial(%(session_id)s)

-- name: task_of_change
-- What the task of a change says: what was to be fixed.
SELECT t.payload FROM company.task_queue t WHERE t.id = %(task_id)s

-- name: batches_to_try
-- The batches on which a changed check is tried: the last of its source, and those of the document that its task names.
-- Without staged rows nothing is shown.
SELECT b.id, b.raw_id, b.edition_at, b.rows_read, b.is_named
FROM (
  SELECT s.id, s.raw_id, s.edition_at, s.rows_read, s.raw_id IS NOT DISTINCT FROM %(raw_id)s::bigint AS is_named,
    row_number() OVER (ORDER BY s.id DESC) AS nth
  FROM company.batches s
  WHERE s.source = %(source)s AND s.staging_dropped_at IS NULL AND s.status NOT IN ('staging', 'staged')
) b
WHERE b.is_named OR b.nth <= %(most)s
ORDER BY b.id

-- name: staging_of
-- The table of a source's staged rows, and the column of their key.
SELECT format('%%I.%%I', s.schema_name, s.source || '_staging') AS staging, quote_ident(s.key_column) AS key
FROM company.streams s WHERE s.source = %(source)s

-- name: staged_rows
-- Rows of a document as they are staged, of these keys or the first ones.
SELECT r.staged FROM company.staged_rows(%(raw_id)s, %(keys)s::text[], %(most)s) AS r (staged)

-- name: trial_of_weights
-- The last time that exactly these weights were tried on what came true; whether a version has a model already.
SELECT b.run_by, b.model_version, b.numbers,
  EXISTS (SELECT FROM company.score_models m WHERE m.version = %(version)s) AS is_version_known
FROM company.backtests b WHERE b.weights = %(weights)s
ORDER BY b.id DESC LIMIT 1

-- name: weighed_anew
-- Everything scored by two sets of weights: how many scores move, how many of the first hundred stay, and the greatest
-- moves of place among the first thousand.
WITH weighed AS (
  SELECT s.entity, sum(coalesce(p.part, p.unknown) * p.was) AS was,
    sum(coalesce(p.part, p.unknown) * p.becomes) AS becomes
  FROM company.scores s, unnest(s.parts, %(if_unknown)s::real[], %(was)s::float8[], %(becomes)s::float8[])
    AS p (part, unknown, was, becomes)
  GROUP BY s.entity
), placed AS MATERIALIZED (
  SELECT entity, round(was::numeric, 1) <> round(becomes::numeric, 1) AS is_moved,
    row_number() OVER (ORDER BY was DESC, entity) AS place_was,
    row_number() OVER (ORDER BY becomes DESC, entity) AS place
  FROM weighed
)
SELECT count(*) AS entities, count(*) FILTER (WHERE is_moved) AS moved, least(100, count(*)) AS first,
  count(*) FILTER (WHERE place <= 100 AND place_was <= 100) AS stay,
  coalesce(max(abs(place - place_was)) FILTER (WHERE least(place, place_was) <= 1000), 0) AS greatest,
  (SELECT coalesce(array_agg(format('%%s from %%s to %%s', t.entity, t.place_was, t.place)), '{}') FROM (
    SELECT entity, place_was, place FROM placed WHERE least(place, place_was) <= 1000 AND place <> place_was
    ORDER BY abs(place - place_was) DESC, entity LIMIT 5) t) AS samples,
  coalesce(array_agg(entity ORDER BY place_was) FILTER (WHERE place_was <= 100), '{}') AS first_was,
  coalesce(array_agg(entity ORDER BY place) FILTER (WHERE place <= 100), '{}') AS first_becomes
FROM placed
