-- name: raw_documents_without_batch
-- New editions whose rows are in no batch: a session died in between, or they were brought in by hand. Batches that were taken back do not count.
SELECT d.id, d.source, d.sha256, d.edition_at, d.url, d.fetched_at,
  EXISTS (SELECT FROM company.inbox i WHERE i.from_role = company.me() AND i.evidence ->> 'raw_id' = d.id::text) AS is_reported
FROM company.raw_documents d
WHERE d.verdict = 'new' AND NOT EXISTS (SELECT FROM company.batches b WHERE b.raw_id = d.id)
ORDER BY d.edition_at, d.id

-- name: batches_to_reconcile
-- Batches whose rows nobody has yet compared with their bytes, oldest first; staging is cleared after some days. Who staged one does not compare it.
SELECT b.id, b.source, b.rows_read, b.raw_id, b.edition_at, d.sha256
FROM company.batches b
JOIN company.raw_documents d ON d.id = b.raw_id
WHERE b.status <> 'staging' AND b.staging_dropped_at IS NULL AND b.staged_by <> %(role)s
  AND NOT EXISTS (SELECT FROM company.reconciliations r WHERE r.batch_id = b.id)
ORDER BY b.id
LIMIT %(limit)s

-- name: record_reconciliation
-- Keeps how many rows a batch's bytes give; what is in staging is counted there. True when all agree.
SELECT company.record_reconciliation(%(batch)s, %(rows_in_raw)s, %(session_id)s) AS is_equal

-- name: reconciliation_of
-- What a comparison of bytes and rows gave.
SELECT batch_id, rows_in_raw, rows_in_staging, rows_read, is_equal FROM company.reconciliations WHERE batch_id = %(batch)s
