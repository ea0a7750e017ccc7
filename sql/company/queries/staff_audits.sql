-- name: record_audit
-- An auditor's record of what it looked at and what differed.
SELECT company.record_audit(%(session_id)s, %(what)s, %(subject)s, %(whose)s, %(sample)s::jsonb, %(differences)s::jsonb) AS audit_id

-- name: compare_with_canonical
-- Of rows derived again from the bytes, those that differ from what is in force.
SELECT item, expected, found FROM company.compare_with_canonical(%(source)s, %(derived)s::jsonb)

-- name: batches_in_force
-- The batch that each source's canonical rows rest on now.
SELECT f.source, f.batch_id, b.edition_at, b.rows_read
FROM company.source_freshness f
JOIN company.batches b ON b.id = f.batch_id
ORDER BY f.source

-- name: rows_put_aside
-- Which rows of a batch went to quarantine.
SELECT row_no FROM company.quarantine WHERE batch_id = %(batch)s

-- name: said_before
-- Earlier editions of a batch's source, refused since its last promotion for a check that this one fails too.
SELECT count(DISTINCT earlier.edition_at) AS editions
FROM company.batches b
JOIN company.batches earlier ON earlier.source = b.source AND earlier.edition_at < b.edition_at AND earlier.status = 'refused'
JOIN company.batch_checks c ON c.batch_id = earlier.id AND NOT c.is_ok AND c.check_name = ANY (%(checks)s)
WHERE b.id = %(batch)s AND abs(earlier.rows_read - b.rows_read) <= 0.05 * b.rows_read
  AND NOT EXISTS (
    SELECT FROM company.batches good
    WHERE good.source = b.source AND good.status = 'promoted' AND good.edition_at >= earlier.edition_at
  )

-- name: audit_figures
-- The audits of my own people in a span of time, in numbers.
SELECT count(*) AS audits, coalesce(sum(looked_at), 0)::bigint AS looked_at, coalesce(sum(differing), 0)::bigint AS differing
FROM company.audits
WHERE audited_at >= %(since)s AND auditor IN (SELECT role FROM company.roster WHERE reports_to = company.me())
