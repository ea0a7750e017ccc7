-- name: has_scores
-- Whether there are any scores yet.
SELECT EXISTS (SELECT FROM company.scores) AS has_scores

-- name: record_score_model
-- The parts and weights that a version of the score stands for, what counts where a part is unknown, and the question
-- that each part answers.
SELECT company.record_score_model(%(version)s, %(names)s::text[], %(weights)s::real[], %(if_unknown)s::real[],
  %(questions)s::text[])

-- name: score_all
-- One pass over all entities, or over those that may have moved; only what changed is written.
SELECT id, model_version, at, looked_at, added, changed, removed, up_to_batch
FROM company.score_all(%(version)s, %(features)s)

-- name: score_news
-- When the last pass was and under which model, and whether anything was promoted that it did not see, or undone since.
SELECT p.at AS last_at, p.model_version AS last_version,
  CASE WHEN p.id IS NULL THEN EXISTS (SELECT FROM company.batches WHERE promoted_at IS NOT NULL)
    ELSE cardinality(company.unscored_batches(p)) > 0 OR company.is_undone_since(p) END AS is_news
FROM (VALUES (1)) AS one (row) LEFT JOIN (SELECT * FROM company.score_passes ORDER BY id DESC LIMIT 1) AS p ON true

-- name: score_of
-- One entity's score.
SELECT entity, score, parts, model_version, scored_at FROM company.scores WHERE entity = %(entity)s

-- name: explain_score
-- The parts of one entity's score, the points each brings, and which of them nobody knows.
SELECT part, question, value, weight, points, points_of_question, most_of_question, is_known
FROM company.explain_score(%(entity)s)

-- name: score_changes_of
-- How one entity's score moved.
SELECT old_score, new_score, old_parts, new_parts, old_version, new_version, valid_from, valid_to
FROM company.score_history
WHERE entity = %(entity)s
ORDER BY id

-- name: sampled_scores
-- Scores to compute again, by name.
SELECT entity, score, parts, model_version FROM company.scores WHERE entity = ANY (%(entities)s)

-- name: brief_scores
-- What the scoring passes of the span did; the last over everything says how much there is, with what came since.
WITH span AS (
  SELECT *, max(id) FILTER (WHERE is_whole) OVER () AS last_whole FROM company.score_passes
  WHERE at >= %(since)s AND at < %(until)s
)
SELECT count(*) AS passes, coalesce(sum(added + changed), 0)::bigint AS changed, max(at) AS last_at,
  coalesce(sum(CASE WHEN id = last_whole THEN looked_at WHEN id > last_whole THEN added - removed END)::bigint,
    (SELECT count(*) FROM company.scores)) AS looked_at
FROM span
