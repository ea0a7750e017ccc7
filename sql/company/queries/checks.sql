-- name: batches_to_check
-- Staged batches, oldest edition first.
SELECT id, source, edition_at, version, status, rows_read, promoted, unchanged, quarantined, held, removed,
  staged_at, checked_at, promoted_at, decided_by, reason, raw_id
FROM company.batches
WHERE status = 'staged'
ORDER BY edition_at, id

-- name: check_frame
-- The company's own checks of a batch.
SELECT company.check_frame(%(batch)s)

-- name: record_check
-- What a check of the product found.
SELECT company.record_check(%(batch)s, %(name)s, %(severity)s, %(looked_at)s, %(failed)s, %(detail)s)

-- name: quarantine_rows
-- Puts aside rows that a check found wrong.
SELECT company.quarantine_rows(%(batch)s, %(name)s, %(numbers)s::integer[], %(reasons)s::text[]) AS added

-- name: finish_checks
-- Draws the line under a batch's checks: checked, or held.
SELECT id, source, edition_at, version, status, rows_read, promoted, unchanged, quarantined, held, removed,
  staged_at, checked_at, promoted_at, decided_by, reason, raw_id
FROM company.finish_checks(%(batch)s)

-- name: batch_checks
-- What counts of each check of a batch, and who said it.
SELECT check_name, severity, is_ok, looked_at, failed, detail, checked_by, checked_at
FROM company.check_verdicts
WHERE batch_id = %(batch)s
ORDER BY checked_at, check_name

-- name: held_batches
-- Batches that wait for a judgement.
SELECT b.id, b.source, b.edition_at, b.rows_read, b.held, b.reason, b.staged_by, b.checked_by, b.staged_at, d.sha256,
  d.url
FROM company.batches b
JOIN company.raw_documents d ON d.id = b.raw_id
WHERE b.status = 'held'
ORDER BY b.id

-- name: decide_batch
-- data_auditor or the owner decides a held batch: release or refuse.
SELECT company.decide_batch(%(batch)s, %(verdict)s, %(reason)s) AS status

-- name: failed_before
-- Earlier editions of a batch's source, refused since its last promotion for a check that this one fails too.
SELECT count(DISTINCT earlier.edition_at) AS editions
FROM company.batches b
JOIN company.batches earlier ON earlier.source = b.source AND earlier.edition_at < b.edition_at
  AND earlier.status = 'refused'
JOIN company.check_verdicts c ON c.batch_id = earlier.id AND NOT c.is_ok AND c.check_name = ANY (%(checks)s)
WHERE b.id = %(batch)s AND abs(earlier.rows_read - b.rows_read) <= 0.05 * b.rows_read
  AND NOT EXISTS (
    SELECT FROM company.batches good
    WHERE good.source = b.source AND good.status = 'promoted' AND good.edition_at >= earlier.edition_at
  )

-- name: checks_failing_again
-- Checks that held or refused the last two editions of a source, one after the other: the check or the source has
-- changed. That most values of a column cannot be read is another form, at the first edition.
SELECT l.source, c.check_name, count(*) AS editions, max(c.detail) AS detail, max(l.raw_id) AS raw_id
FROM company.streams s
CROSS JOIN LATERAL (
  SELECT b.id, b.source, b.raw_id, row_number() OVER (ORDER BY b.edition_at DESC, b.id DESC) AS newest
  FROM company.batches b WHERE b.source = s.source AND b.status NOT IN ('staging', 'staged', 'undone')
  ORDER BY b.edition_at DESC, b.id DESC LIMIT 2
) l
CROSS JOIN LATERAL (
  SELECT v.check_name, v.detail FROM company.check_verdicts v
  WHERE v.batch_id = l.id AND v.severity = 'hold' AND NOT v.is_ok
) c
GROUP BY l.source, c.check_name
HAVING count(*) = 2 OR (c.check_name = 'details_can_be_read' AND min(l.newest) = 1)
ORDER BY l.source, c.check_name

-- name: undone_editions
-- Editions that passed every check and had to be taken back, whose staged rows are still there; each until its task is
-- filed.
SELECT b.source, b.id AS batch_id, b.raw_id, b.reason, b.undone_by, b.promoted AS rows
FROM company.batches b
WHERE b.status = 'undone' AND b.staging_dropped_at IS NULL AND NOT EXISTS (
  SELECT FROM company.task_queue t WHERE t.dedupe_key = format('missed:%%s:%%s', b.source, b.id))
ORDER BY b.id

-- name: quarantine_counts
-- Open and closed quarantined rows per source.
SELECT source, count(*) FILTER (WHERE status = 'open') AS open, count(*) FILTER (WHERE status <> 'open') AS closed,
  count(*) FILTER (WHERE at >= %(since)s AND at < %(until)s) AS added
FROM company.quarantine
GROUP BY source
ORDER BY source

-- name: quarantine_by_check
-- Open quarantined rows, per source and the check that put them aside.
SELECT source, check_name, count(*) AS rows, count(DISTINCT entity) AS entities, min(at) AS first_at,
  max(at) AS last_at, max(batch_id) AS last_batch
FROM company.quarantine
WHERE status = 'open'
GROUP BY source, check_name
ORDER BY source, check_name

-- name: quarantined_rows
-- The open quarantined rows of one source and check, what is in force of the source since, and whether the row came
-- again.
SELECT q.id, q.batch_id, q.row_no, q.entity, q.check_name, q.reason, left(q.raw, 500) AS raw, q.at, b.edition_at,
  f.batch_id AS batch_in_force, f.edition_at AS edition_in_force,
  (SELECT max(again.batch_id) FROM company.quarantine again
    WHERE again.source = q.source AND again.check_name = q.check_name AND again.status = 'open'
      AND again.batch_id > q.batch_id
      AND again.entity IS NOT DISTINCT FROM q.entity AND (q.entity IS NOT NULL OR again.raw = q.raw)) AS came_again
FROM company.quarantine q
JOIN company.batches b ON b.id = q.batch_id
LEFT JOIN company.source_freshness f ON f.source = q.source
WHERE q.status = 'open' AND q.source = %(source)s AND q.check_name = %(check)s AND q.id > %(after)s
ORDER BY q.id
LIMIT %(limit)s

-- name: rows_put_aside
-- Of the sources whose every row matters, what cannot be read now: entity is the row's id where that much was read, raw
-- its text, is_in_force whether an earlier edition's row of it is served meanwhile.
SELECT source, entity, reason, raw, since, batch_id, is_in_force
FROM company.rows_put_aside
ORDER BY source, since, entity, raw

-- name: why_put_aside
-- The story of a row that could not be read: each reason once, with how many editions had it, and how it ended.
SELECT at, who, event, facts FROM (
  SELECT min(q.at) AS at, CASE q.check_name WHEN 'rows_can_be_read' THEN min(b.staged_by) ELSE 'check' END AS who,
    'put_aside' AS event, jsonb_build_object('source', q.source, 'reason', q.reason,
      'earlier', nullif(count(DISTINCT q.batch_id) - 1, 0), 'batch', max(q.batch_id)) AS facts
  FROM company.quarantine q JOIN company.batches b ON b.id = q.batch_id
  WHERE q.entity = %(entity)s
  GROUP BY q.source, q.reason, q.check_name
  UNION ALL
  SELECT q.resolved_at, q.resolved_by, 'row_closed', jsonb_build_object('source', q.source, 'status', q.status,
    'resolution', q.resolution)
  FROM company.quarantine q
  WHERE q.entity = %(entity)s AND q.status <> 'open'
) AS story
ORDER BY at

-- name: rows_put_aside_of_batch
-- Which rows of a batch went to quarantine, and what each is about.
SELECT row_no, entity FROM company.quarantine WHERE batch_id = %(batch)s

-- name: resolve_quarantine
-- A data worker closes quarantined rows: resolved or discarded, and why.
SELECT company.resolve_quarantine(%(ids)s::bigint[], %(status)s, %(resolution)s) AS closed

-- name: closed_rows
-- Quarantined rows of one source and check that were closed last, each with what is in force under its id now.
SELECT q.id, q.entity, q.status, q.resolution, q.resolved_by, q.resolved_at, left(q.raw, 300) AS raw,
  (SELECT h.was FROM company.entity_history(q.source, q.entity) h WHERE h.valid_to IS NULL LIMIT 1) AS in_force
FROM company.quarantine q
WHERE q.status <> 'open' AND q.source = %(source)s AND q.check_name = %(check)s
ORDER BY q.resolved_at DESC, q.id DESC
LIMIT %(limit)s

-- name: console_batch_rejects
-- The quarantined rows of an edition, each with its reason and its raw text.
SELECT id, row_no, entity, check_name, reason, left(raw, 2000) AS raw, status, resolution FROM company.quarantine
WHERE batch_id = %(batch_id)s ORDER BY row_no LIMIT %(limit)s

-- name: console_quarantine
-- The rows of a source that wait in quarantine, the last first, each with its reason and its raw text.
SELECT id, batch_id, row_no, entity, check_name, reason, left(raw, 2000) AS raw, at FROM company.quarantine
WHERE source = %(source)s AND status = 'open' AND id < coalesce(%(before)s::bigint, 9223372036854775807)
ORDER BY id DESC LIMIT %(limit)s

-- name: console_quarantine_counts
-- How many rows of each source wait in quarantine.
SELECT source, count(*) AS rows FROM company.quarantine WHERE status = 'open' GROUP BY source
