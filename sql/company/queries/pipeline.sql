-- name: known_good
-- The validators and the stamp of the last body of a source that was staged from a URL: what a conditional request may rely on.
SELECT d.headers, d.edition_at
FROM company.raw_documents d
JOIN company.batches b ON b.raw_id = d.id
WHERE d.source = %(source)s AND d.url = %(url)s AND b.status <> 'undone'
ORDER BY d.id DESC
LIMIT 1

-- name: newest_edition
-- The newest stamp of a source that was staged and not refused.
SELECT max(edition_at) AS edition_at FROM company.batches WHERE source = %(source)s AND status <> 'refused'

-- name: raw_by_digest
-- The document of these bytes, and whether it was staged.
SELECT d.id, d.verdict, d.edition_at, d.reason, EXISTS (SELECT FROM company.batches b WHERE b.raw_id = d.id) AS is_staged
FROM company.raw_documents d
WHERE d.source = %(source)s AND d.sha256 = %(sha256)s

-- name: record_raw
-- Keeps the record of a body; its bytes are in the bucket.
SELECT company.record_raw(%(source)s, %(url)s, %(route)s, %(sha256)s, %(size)s, %(status_code)s, %(headers)s, %(edition_at)s,
  %(verdict)s, %(reason)s, %(session_id)s) AS id

-- name: record_fetch
-- Keeps the record of a request, and what it says of its route.
SELECT company.record_fetch(%(source)s, %(url)s, %(route)s, %(choice)s, %(result)s, %(status_code)s, %(ms)s, %(raw_id)s, %(reason)s, %(session_id)s)

-- name: open_batch
-- Begins a batch for a new document.
SELECT company.open_batch(%(source)s, %(raw_id)s, %(edition_at)s, %(version)s, %(session_id)s) AS id

-- name: reject_rows
-- Puts aside the rows of a batch that could not be read.
SELECT company.reject_rows(%(batch)s, %(numbers)s::integer[], %(entities)s::text[], %(reasons)s::text[], %(raws)s::text[])

-- name: seal_batch
-- Ends staging; the number of rows is a fact from here on.
SELECT company.seal_batch(%(batch)s, %(staged)s)

-- name: stream_columns
-- Where the rows of a source are staged, and in which columns.
SELECT schema_name, source || '_staging' AS staging, ARRAY[key_column] || value_columns AS columns
FROM company.streams
WHERE source = %(source)s

-- name: source_freshness
-- Each source: what is in force, how old it is, its limit, and what the last request gave.
SELECT source, batch_id, edition_at, promoted_at, version, rows_read, age, fresh_within, is_stale, has_edition, newest_seen_at,
  last_asked_at, last_result, last_route, last_reason
FROM company.source_freshness
ORDER BY source

-- name: freshness_of
-- The same for one source.
SELECT source, edition_at, age, fresh_within, is_stale, has_edition, newest_seen_at, last_result, last_reason
FROM company.source_freshness
WHERE source = %(source)s

-- name: batches_to_check
-- Staged batches, oldest edition first.
SELECT id, source, edition_at, version, status, rows_read, promoted, unchanged, quarantined, held, removed,
  staged_at, checked_at, promoted_at, decided_by, reason, raw_id
FROM company.batches WHERE status = 'staged' ORDER BY edition_at, id

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

-- name: batches_to_promote
-- Checked batches, oldest edition first.
SELECT id, source, edition_at, version, status, rows_read, promoted, unchanged, quarantined, held, removed,
  staged_at, checked_at, promoted_at, decided_by, reason, raw_id
FROM company.batches WHERE status = 'checked' ORDER BY edition_at, id

-- name: promote_batch
-- Moves a checked batch into canonical.
SELECT id, source, edition_at, version, status, rows_read, promoted, unchanged, quarantined, held, removed,
  staged_at, checked_at, promoted_at, decided_by, reason, raw_id
FROM company.promote(%(batch)s)

-- name: decide_batch
-- data_auditor's or the owner's word on a held batch: release or refuse.
SELECT company.decide_batch(%(batch)s, %(verdict)s, %(reason)s) AS status

-- name: undo_batch
-- Takes the last promotion of a source back.
SELECT company.undo_batch(%(batch)s, %(reason)s) AS taken_back

-- name: drop_old_staging
-- Clears the workbench of batches that ended long ago.
SELECT company.drop_old_staging(%(keep)s) AS dropped

-- name: pipeline_counts
-- Per source and span of time: what was read and what became of each row. Waiting rows count as held.
SELECT s.source AS name, count(b.id) AS batches, coalesce(sum(b.rows_read), 0)::bigint AS read, coalesce(sum(b.promoted), 0)::bigint AS promoted,
  coalesce(sum(b.unchanged), 0)::bigint AS unchanged, coalesce(sum(b.quarantined), 0)::bigint AS quarantined,
  coalesce(sum(b.held), 0)::bigint AS held, coalesce(sum(b.removed), 0)::bigint AS removed
FROM company.streams s
LEFT JOIN company.batches b ON b.source = s.source AND b.staged_at >= %(since)s AND b.staged_at < %(until)s
GROUP BY s.source
ORDER BY s.source

-- name: fetch_counts
-- Per source and span of time: how many requests, by what came of them.
SELECT source, route, result, count(*) AS requests, max(at) AS last_at
FROM company.fetches
WHERE at >= %(since)s AND at < %(until)s
GROUP BY source, route, result
ORDER BY source, route, result

-- name: held_batches
-- Batches that wait for a judgement.
SELECT b.id, b.source, b.edition_at, b.rows_read, b.held, b.reason, b.staged_by, b.checked_by, b.staged_at, d.sha256, d.url
FROM company.batches b
JOIN company.raw_documents d ON d.id = b.raw_id
WHERE b.status = 'held'
ORDER BY b.id

-- name: batch_checks
-- What was checked of a batch, and by whom.
SELECT check_name, severity, is_ok, looked_at, failed, detail, checked_by, checked_at
FROM company.batch_checks
WHERE batch_id = %(batch)s
ORDER BY checked_at, check_name

-- name: list_batches
-- Batches, newest first.
SELECT id, source, edition_at, version, status, rows_read, promoted, unchanged, quarantined, held, removed,
  staged_at, checked_at, promoted_at, decided_by, reason, raw_id
FROM company.batches
ORDER BY id DESC
LIMIT %(limit)s

-- name: batch_story
-- Everything about one batch, for its timeline.
SELECT b.*, d.url, d.route, d.sha256, d.size, d.fetched_at
FROM company.batches b
JOIN company.raw_documents d ON d.id = b.raw_id
WHERE b.id = %(batch)s

-- name: quarantine_counts
-- Open and closed quarantined rows per source.
SELECT source, count(*) FILTER (WHERE status = 'open') AS open, count(*) FILTER (WHERE status <> 'open') AS closed,
  count(*) FILTER (WHERE at >= %(since)s AND at < %(until)s) AS added
FROM company.quarantine
GROUP BY source
ORDER BY source

-- name: resolve_quarantine
-- A data worker's word on quarantined rows: resolved or discarded, and why.
SELECT company.resolve_quarantine(%(ids)s::bigint[], %(status)s, %(resolution)s) AS closed

-- name: entity_history
-- Every value that a source's row of this key has had.
SELECT valid_from, valid_to, batch_id, ended_by, ended_how, was FROM company.entity_history(%(source)s, %(key)s)
