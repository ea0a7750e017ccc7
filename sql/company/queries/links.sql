-- name: settled_spellings
-- Every spelling of a kind that is known so far.
SELECT spelling, name, method, candidates FROM company.spellings WHERE kind = %(kind)s

-- name: note_spellings
-- Keeps what a rule made of the spellings.
SELECT company.note_spellings(%(kind)s, %(spelt)s::text[], %(names)s::text[], %(methods)s::text[],
  %(candidates)s) AS noted

-- name: resolve_spelling
-- A data worker decides one spelling: one of its candidates, or a name of its own.
SELECT company.resolve_spelling(%(kind)s, %(spelling)s, %(name)s, %(reason)s)

-- name: asked_spelling
-- The names among which a spelling is to be decided; no row where nobody asks about it any more.
SELECT candidates FROM company.spellings WHERE kind = %(kind)s AND spelling = %(spelling)s AND method = 'asked'

-- name: asked_spellings
-- Spellings that wait for a data worker.
SELECT kind, spelling, candidates, noted_at FROM company.spellings WHERE method = 'asked' ORDER BY kind, spelling

-- name: link_news
-- The newest thing that links follow from, and when links were last made. A promotion is dated when it begins, as is an
-- undoing, which takes no longer than a statement may.
WITH newest AS (
  SELECT max(promoted_at) AS promoted_at, max(undone_at) + interval '2 minutes' AS undone_by FROM company.batches
)
SELECT greatest(newest.promoted_at, newest.undone_by, (SELECT max(decided_at) FROM company.spellings),
  (SELECT s.finished_at FROM company.sessions s WHERE s.role = 'promote' AND s.started_at <= newest.promoted_at
    AND s.finished_at >= newest.promoted_at ORDER BY s.id DESC LIMIT 1)) AS news_at,
  (SELECT max(started_at) FROM company.sessions WHERE role = %(role)s AND outcome = 'done') AS done_at
FROM newest
