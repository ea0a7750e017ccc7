-- name: known_good
-- The validators and the stamp of the last body of a source that was staged from a URL: what a conditional request may
-- rely on.
SELECT d.headers, d.edition_at
FROM company.raw_documents d
JOIN company.batches b ON b.raw_id = d.id
WHERE d.source = %(source)s AND d.url = %(url)s AND b.status <> 'undone' AND NOT company.is_to_be_read_anew(b)
ORDER BY d.id DESC
LIMIT 1

-- name: newest_edition
-- The newest stamp of a source that was staged and not refused.
SELECT max(edition_at) AS edition_at FROM company.batches WHERE source = %(source)s AND status <> 'refused'

-- name: newest_edition_of
-- The newest edition of a source that was staged and not refused, and the stamp of the newest whose own is believed.
SELECT b.edition_at, d.sha256, (
    SELECT r.stated_at FROM company.batches s JOIN company.raw_documents r ON r.id = s.raw_id
    WHERE s.source = %(source)s AND s.status <> 'refused' AND r.stated_at IS NOT NULL
    ORDER BY s.edition_at DESC, s.id DESC LIMIT 1
  ) AS stated_at
FROM company.batches b
JOIN company.raw_documents d ON d.id = b.raw_id
WHERE b.source = %(source)s AND b.status <> 'refused'
ORDER BY b.edition_at DESC, b.id DESC
LIMIT 1

-- name: is_answered
-- Whether one of these addresses of a source has given its edition.
SELECT EXISTS (
  SELECT FROM company.fetches
  WHERE source = %(source)s AND url = ANY (%(urls)s) AND result IN ('new', 'unchanged', 'not_modified')
) AS is_answered

-- name: older_answers
-- How many requests of a source were answered by an older edition since one brought or confirmed the newest, and since
-- when.
SELECT count(*) AS answers, min(at) AS since
FROM company.fetches
WHERE source = %(source)s AND result = 'older' AND id > coalesce((
    SELECT max(id) FROM company.fetches
    WHERE source = %(source)s AND result IN ('new', 'unchanged', 'not_modified')
  ), 0)

-- name: raw_by_digest
-- The last document of these bytes, and whether it was staged. Another's verdict that there is nothing to stage does
-- not count, nor does a batch that is held and was read by code that has been changed since.
SELECT d.id, d.verdict, d.edition_at, d.reason,
  EXISTS (SELECT FROM company.batches b WHERE b.raw_id = d.id AND NOT company.is_to_be_read_anew(b)) AS is_staged
FROM company.raw_documents d
WHERE d.source = %(source)s AND d.sha256 = %(sha256)s
  AND (d.fetched_by = company.me() OR d.verdict = 'new')
ORDER BY is_staged DESC, d.id DESC
LIMIT 1

-- name: record_raw
-- Keeps the record of a body; its bytes are in the bucket.
SELECT company.record_raw(%(source)s, %(url)s, %(route)s, %(sha256)s, %(size)s, %(status_code)s, %(headers)s,
  %(edition_at)s, %(verdict)s, %(reason)s, %(session_id)s, %(stated_at)s) AS id

-- name: raw_document
-- One document as it came.
SELECT id, source, url, route, sha256, size, status_code, headers, edition_at, fetched_at, verdict, reason
FROM company.raw_documents
WHERE id = %(raw_id)s

-- name: failed_document
-- One document, and whether it failed: it could not be read, or its rows were held or refused.
SELECT r.id, r.source, r.sha256, r.size, r.reason, r.verdict = 'malformed' OR EXISTS (
    SELECT FROM company.batches b WHERE b.raw_id = r.id AND b.status IN ('held', 'refused')) AS has_failed
FROM company.raw_documents r
WHERE r.id = %(raw_id)s

-- name: failure_evidence
-- A document that failed, beside the newest of its source that came into force and that no change which was taken back
-- has read.
SELECT r.sha256, r.size::bigint AS bytes, coalesce(r.reason, b.reason) AS error, good.raw_id AS last_good_document,
  good.edition_at AS last_good_edition, good.rows_read AS last_good_rows,
  coalesce(b.rows_read - b.promoted - b.unchanged, good.rows_read) AS rows_affected
FROM company.raw_documents r
LEFT JOIN LATERAL (SELECT * FROM company.batches WHERE raw_id = r.id ORDER BY id DESC LIMIT 1) AS b ON true
LEFT JOIN LATERAL (
  SELECT g.* FROM company.batches g WHERE g.source = r.source AND g.status = 'promoted'
  ORDER BY company.was_read_by_what_was_taken_back(g), g.edition_at DESC, g.id DESC LIMIT 1
) AS good ON true
WHERE r.id = %(raw_id)s

-- name: good_documents
-- The last documents of a source that came into force, the newest first: what its reader still understood. At the end
-- are those that were read by a change which was taken back.
SELECT r.id, r.source, r.sha256, r.size, r.edition_at, b.rows_staged
FROM company.batches b
JOIN company.raw_documents r ON r.id = b.raw_id
WHERE b.source = %(source)s AND b.status = 'promoted'
ORDER BY company.was_read_by_what_was_taken_back(b), b.edition_at DESC, b.id DESC
LIMIT %(most)s

-- name: missed_editions
-- Days whose edition never came, between two editions of that source that did; not before a day.
SELECT h.source, d::date AS day
FROM (
  SELECT source, min(edition_at AT TIME ZONE 'UTC')::date AS first, max(edition_at AT TIME ZONE 'UTC')::date AS last
  FROM company.raw_documents
  WHERE source = ANY (%(sources)s) AND edition_at IS NOT NULL
  GROUP BY source
) h, generate_series(greatest(h.first, %(since)s::date), h.last, interval '1 day') AS d
WHERE NOT EXISTS (
  SELECT FROM company.raw_documents r WHERE r.source = h.source AND (r.edition_at AT TIME ZONE 'UTC')::date = d::date
)
ORDER BY h.source, d

-- name: open_batch
-- Begins a batch for a new document.
SELECT company.open_batch(%(source)s, %(raw_id)s, %(edition_at)s, %(version)s, %(session_id)s, %(is_whole)s) AS id

-- name: reject_rows
-- Puts aside the rows of a batch that could not be read.
SELECT company.reject_rows(%(batch)s, %(numbers)s::integer[], %(entities)s::text[], %(reasons)s::text[],
  %(raws)s::text[])

-- name: note_new_words
-- Keeps the words that no vocabulary of the source had.
SELECT company.note_new_words(%(batch)s, %(fields)s::text[], %(words)s::text[], %(times)s::integer[])

-- name: new_words_to_report
-- New words of which I have not opened a finding yet.
SELECT w.source, w.field, w.word, w.batch_id, coalesce(w.times, 0) AS times, w.fingerprint FROM (
  SELECT n.*, format('new_word:%%s:%%s:%%s', n.source, n.field, n.word) AS fingerprint FROM company.new_words n
) AS w
WHERE NOT EXISTS (SELECT FROM company.findings f
  WHERE f.kind = 'new_word' AND f.found_by = company.me() AND f.fingerprint = w.fingerprint)
ORDER BY w.first_seen_at, w.fingerprint
LIMIT 20

-- name: reported_new_words
-- My open findings of new words that were opened before a moment.
SELECT f.id, f.fingerprint FROM company.findings f
WHERE f.kind = 'new_word' AND f.found_by = company.me() AND f.found_at < %(before)s AND company.may_close(f)

-- name: new_word
-- One word that no vocabulary had, and the document that brought it first.
SELECT w.source, w.field, w.word, w.batch_id, coalesce(w.times, 0) AS times, b.raw_id
FROM company.new_words w JOIN company.batches b ON b.id = w.batch_id
WHERE w.source = %(source)s AND w.field = %(field)s AND w.word = %(word)s

-- name: new_words_spelled
-- The new words of a field that are this one in small letters.
SELECT w.source, w.field, w.word, w.batch_id, coalesce(w.times, 0) AS times, b.raw_id
FROM company.new_words w JOIN company.batches b ON b.id = w.batch_id
WHERE w.source = %(source)s AND w.field = %(field)s AND lower(w.word) = %(word)s
ORDER BY w.batch_id

-- name: seal_batch
-- Ends staging; the number of rows, the details that they lack, and the number that the edition states, are facts from
-- here on.
SELECT company.seal_batch(%(batch)s, %(staged)s, %(unread)s, %(stated)s)

-- name: drop_old_staging
-- Clears the workbench of batches that ended long ago.
SELECT company.drop_old_staging(%(keep)s) AS dropped

-- name: list_batches
-- Batches, newest first.
SELECT id, source, edition_at, version, status, rows_read, promoted, unchanged, quarantined, held, removed,
  staged_at, checked_at, promoted_at, decided_by, reason, raw_id
FROM company.batches
ORDER BY id DESC
LIMIT %(limit)s

-- name: batch_story
-- Everything about one batch, for its timeline.
SELECT b.id, b.source, b.edition_at, b.version, b.status, b.rows_read, b.promoted, b.unchanged, b.quarantined, b.held,
  b.removed, b.staged_at, b.checked_at, b.promoted_at, b.decided_by, b.reason, b.raw_id, b.rows_staged, b.staged_by,
  b.session_id, b.checked_by, b.decided_at, b.undone_by, b.undone_at, b.staging_dropped_at, b.unread, b.rows_stated,
  b.is_whole, d.url, d.route, d.sha256, d.size, d.fetched_at
FROM company.batches b
JOIN company.raw_documents d ON d.id = b.raw_id
WHERE b.id = %(batch)s

-- name: pipeline_counts
-- Per source and span of time: what was read and what became of each row. Waiting rows count as held.
SELECT s.source AS name, count(b.id) AS batches, coalesce(sum(b.rows_read), 0)::bigint AS read,
  coalesce(sum(b.promoted), 0)::bigint AS promoted,
  coalesce(sum(b.unchanged), 0)::bigint AS unchanged, coalesce(sum(b.quarantined), 0)::bigint AS quarantined,
  coalesce(sum(b.held), 0)::bigint AS held, coalesce(sum(b.removed), 0)::bigint AS removed
FROM company.streams s
LEFT JOIN company.batches b ON b.source = s.source AND b.staged_at >= %(since)s AND b.staged_at < %(until)s
-- What is off is no pipeline, unless it gave something in the span.
WHERE s.off_because IS NULL OR b.id IS NOT NULL
GROUP BY s.source
ORDER BY s.source

-- name: raw_documents_without_batch
-- New editions whose rows are in no batch: a session crashed in between, or they were brought in by hand. Batches that
-- were taken back do not count.
SELECT d.id, d.source, d.sha256, d.edition_at, d.url, d.fetched_at,
  EXISTS (SELECT FROM company.inbox i
    WHERE i.from_role = company.me() AND i.evidence ->> 'raw_id' = d.id::text) AS is_reported
FROM company.raw_documents d
WHERE d.verdict = 'new' AND NOT EXISTS (SELECT FROM company.batches b WHERE b.raw_id = d.id)
ORDER BY d.edition_at, d.id

-- name: batches_to_reconcile
-- Batches whose rows nobody has yet compared with their bytes, oldest first; staging is cleared after some days. Who
-- staged one does not compare it.
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
SELECT batch_id, rows_in_raw, rows_in_staging, rows_read, is_equal FROM company.reconciliations
WHERE batch_id = %(batch)s

-- name: editions_since
-- Whether a newer edition of a source came into force after a moment.
SELECT count(*) AS editions FROM company.batches
WHERE source = %(source)s AND status = 'promoted' AND promoted_at > %(since)s

-- name: why_batch
-- The story of a batch: fetched, staged, checked, decided, promoted, undone.
SELECT at, who, event, facts FROM (
  SELECT r.fetched_at AS at, 0 AS step, r.fetched_by AS who, 'fetched' AS event,
    jsonb_build_object('size', r.size, 'source', r.source, 'edition', to_char(r.edition_at, 'YYYY-MM-DD HH24:MI'),
      'route', r.route) AS facts
  FROM company.batches b JOIN company.raw_documents r ON r.id = b.raw_id WHERE b.id = %(id)s
  UNION ALL
  SELECT staged_at, 1, staged_by, 'staged', jsonb_build_object('rows', rows_read, 'staged', rows_staged)
  FROM company.batches
  WHERE id = %(id)s
  UNION ALL
  SELECT max(checked_at), 2, checked_by, 'checked',
    jsonb_build_object('checks', count(*), 'failed', count(*) FILTER (WHERE NOT is_ok),
    'which', string_agg(check_name || ' ' || detail, '; ') FILTER (WHERE NOT is_ok))
  FROM company.check_verdicts WHERE batch_id = %(id)s GROUP BY checked_by
  UNION ALL
  SELECT decided_at, 3, decided_by, 'decided', jsonb_build_object('reason', coalesce(reason, status))
  FROM company.batches
  WHERE id = %(id)s AND decided_at IS NOT NULL
  UNION ALL
  SELECT promoted_at, 4, 'promote', 'promoted',
    jsonb_build_object('read', rows_read, 'promoted', promoted, 'unchanged', unchanged,
    'quarantined', quarantined, 'held', held)
  FROM company.batches WHERE id = %(id)s AND promoted_at IS NOT NULL
  UNION ALL
  SELECT undone_at, 5, undone_by, 'undone', jsonb_build_object('reason', reason) FROM company.batches
  WHERE id = %(id)s AND undone_at IS NOT NULL
  UNION ALL
  SELECT d.written_at, 6, 'deliver', 'correction_written',
    jsonb_build_object('id', d.id, 'name', c.name, 'subject', d.subject, 'status', d.status)
  FROM company.deliveries d JOIN company.customers c ON c.id = d.customer_id WHERE d.corrects_batch = %(id)s
) AS story
ORDER BY at, step

-- name: subject_of_batch
-- One batch as its story's headline needs it.
SELECT id, source, edition_at, status, reason FROM company.batches WHERE id = %(id)s

-- name: console_batch
-- A staged edition and where its bytes are. is_last_promotion: it is the one of its source that may be undone.
SELECT b.id, b.source, b.edition_at, b.version, b.status, b.reason, b.rows_read, b.promoted, b.unchanged, b.quarantined,
  b.held, b.staged_at, b.promoted_at, r.id AS raw_id, r.url, r.sha256, r.size, r.route, r.fetched_at,
  coalesce(b.id = (SELECT l.id FROM company.batches l WHERE l.source = b.source AND l.status = 'promoted'
    ORDER BY l.promoted_at DESC, l.edition_at DESC, l.id DESC LIMIT 1), false) AS is_last_promotion
FROM company.batches b JOIN company.raw_documents r ON r.id = b.raw_id WHERE b.id = %(id)s

-- name: rules_of_edition
-- Whether a batch's edition alone says what is in force: it is whole, nothing before it was as new, and no row of it is
-- one that may stand for any. max_unread: the rows in force that it may not have brought, because they were not read.
SELECT s.is_full_edition AND NOT EXISTS (SELECT FROM company.batches o
    WHERE o.source = b.source AND o.id <> b.id AND o.promoted_at < b.promoted_at AND o.edition_at >= b.edition_at)
  AND NOT (s.every_row_matters AND EXISTS (SELECT FROM company.quarantine q
    WHERE q.batch_id = b.id AND q.entity IS NULL)) AS is_whole,
  (SELECT count(DISTINCT q.entity) FROM company.quarantine q WHERE q.batch_id = b.id)::integer AS max_unread
FROM company.batches b JOIN company.streams s ON s.source = b.source
WHERE b.id = %(batch)s

-- name: console_editions
-- The editions of a source, the last first, each with the fate of its rows.
SELECT id, edition_at, version, status, reason, rows_read, promoted, unchanged, quarantined, held, staged_at,
  promoted_at, undone_at
FROM company.batches
WHERE source = %(source)s AND id < coalesce(%(before)s::bigint, 9223372036854775807)
ORDER BY id DESC LIMIT %(limit)s
