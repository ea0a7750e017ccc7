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
