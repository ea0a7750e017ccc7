-- name: quarantine_by_check
-- Open quarantined rows, per source and the check that put them aside.
SELECT source, check_name, count(*) AS rows, count(DISTINCT entity) AS entities, min(at) AS first_at, max(at) AS last_at, max(batch_id) AS last_batch
FROM company.quarantine
WHERE status = 'open'
GROUP BY source, check_name
ORDER BY source, check_name

-- name: quarantined_rows
-- The open quarantined rows of one source and check, what is in force of the source since, and whether the row came again.
SELECT q.id, q.batch_id, q.row_no, q.entity, q.check_name, q.reason, left(q.raw, 500) AS raw, q.at, b.edition_at,
  f.batch_id AS batch_in_force, f.edition_at AS edition_in_force,
  (SELECT max(again.batch_id) FROM company.quarantine again
    WHERE again.source = q.source AND again.check_name = q.check_name AND again.status = 'open' AND again.batch_id > q.batch_id
      AND again.entity IS NOT DISTINCT FROM q.entity AND (q.entity IS NOT NULL OR again.raw = q.raw)) AS came_again
FROM company.quarantine q
JOIN company.batches b ON b.id = q.batch_id
LEFT JOIN company.source_freshness f ON f.source = q.source
WHERE q.status = 'open' AND q.source = %(source)s AND q.check_name = %(check)s AND q.id > %(after)s
ORDER BY q.id
LIMIT %(limit)s

-- name: editions_since
-- Whether a newer edition of a source came into force after a moment.
SELECT count(*) AS editions FROM company.batches WHERE source = %(source)s AND status = 'promoted' AND promoted_at > %(since)s

-- name: blocked_since
-- When a task was last laid down as blocked.
SELECT max(at) AS at FROM company.task_events WHERE task_id = %(task_id)s AND to_status = 'blocked'
