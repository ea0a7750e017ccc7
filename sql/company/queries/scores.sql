-- name: settled_spellings
-- Every spelling of a kind that is known so far.
SELECT spelling, name, method, candidates FROM company.spellings WHERE kind = %(kind)s

-- name: note_spellings
-- Keeps what a rule made of the spellings.
SELECT company.note_spellings(%(kind)s, %(spelt)s::text[], %(names)s::text[], %(methods)s::text[], %(candidates)s) AS noted

-- name: resolve_spelling
-- A data worker's word on one spelling: one of its candidates, or a name of its own.
SELECT company.resolve_spelling(%(kind)s, %(spelling)s, %(name)s, %(reason)s)

-- name: asked_spellings
-- Spellings that wait for a data worker.
SELECT kind, spelling, candidates, noted_at FROM company.spellings WHERE method = 'asked' ORDER BY kind, spelling

-- name: last_promotion
-- The newest promotion or undoing of any source.
SELECT max(greatest(promoted_at, undone_at)) AS at, max(id) FILTER (WHERE promoted_at IS NOT NULL) AS batch_id,
  count(*) FILTER (WHERE status = 'undone') AS undone
FROM company.batches

-- name: link_news
-- The newest thing that links follow from, and when links were last made.
SELECT greatest((SELECT max(greatest(promoted_at, undone_at)) FROM company.batches), (SELECT max(decided_at) FROM company.spellings)) AS news_at,
  (SELECT max(started_at) FROM company.sessions WHERE role = %(role)s AND outcome = 'done') AS done_at

-- name: record_score_model
-- The parts and weights that a version of the score stands for.
SELECT company.record_score_model(%(version)s, %(names)s::text[], %(weights)s::real[])

-- name: score_all
-- One pass over all entities; only what changed is written.
SELECT id, looked_at, added, changed, removed FROM company.score_all(%(version)s, %(features)s)

-- name: last_score_pass
-- What the last pass looked at and changed, and when.
SELECT id, model_version, at, looked_at, added, changed, removed, up_to_batch FROM company.score_passes ORDER BY id DESC LIMIT 1

-- name: score_of
-- One entity's score.
SELECT entity, score, parts, model_version, scored_at FROM company.scores WHERE entity = %(entity)s

-- name: explain_score
-- The parts of one entity's score, and the points each brings.
SELECT part, value, weight, points FROM company.explain_score(%(entity)s)

-- name: score_changes_of
-- How one entity's score moved.
SELECT old_score, new_score, old_parts, new_parts, old_version, new_version, valid_from, valid_to
FROM company.score_history
WHERE entity = %(entity)s
ORDER BY id

-- name: sample_scores
-- A spread of scores to compute again: every n-th entity by a hash that the caller chooses.
SELECT entity, score, parts, model_version FROM company.scores
ORDER BY md5(entity || %(salt)s)
LIMIT %(limit)s
