-- name: stream_columns
-- Where the rows of a source are staged, in which columns, and of which types these are.
SELECT s.schema_name, s.source || '_staging' AS staging, array_agg(c.name ORDER BY c.place) AS columns,
  array_agg(format_type(a.atttypid, NULL) ORDER BY c.place) AS types
FROM company.streams s
CROSS JOIN unnest(s.key_column || s.value_columns) WITH ORDINALITY AS c (name, place)
JOIN pg_attribute a ON a.attrelid = format('%%I.%%I', s.schema_name, s.source || '_staging')::regclass
  AND a.attname = c.name
WHERE s.source = %(source)s
GROUP BY s.source

-- name: stream_of
-- A source's tables, and which of several rows of one key is in force.
SELECT source, schema_name, key_column, value_columns, prefer_smallest, newer_by
FROM company.streams
WHERE source = %(source)s

-- name: source_freshness
-- Each source: what is in force, how old it is, its limit, and what the last request gave.
SELECT source, batch_id, edition_at, promoted_at, version, rows_read, age, fresh_within, is_stale, has_edition,
  newest_seen_at, last_asked_at, last_result, last_route, last_reason
FROM company.source_freshness
ORDER BY source

-- name: freshness_of
-- The same for one source.
SELECT source, batch_id, edition_at, promoted_at, version, rows_read, age, fresh_within, is_stale, has_edition,
  newest_seen_at, last_asked_at, last_result, last_route, last_reason
FROM company.source_freshness
WHERE source = %(source)s

-- name: optional_sources
-- The sources that are off until their owner gives an address or a key: which, why, and since when it is so.
SELECT source, off_because, switched_at FROM company.streams WHERE is_optional ORDER BY source

-- name: switch_source
-- Says whether an optional source is asked; a reason says why it is not.
SELECT company.switch_source(%(source)s, %(reason)s)

-- name: batches_in_force
-- The batch that each source's canonical rows rest on now.
SELECT f.source, f.batch_id, b.edition_at, b.rows_read
FROM company.source_freshness f
JOIN company.batches b ON b.id = f.batch_id
ORDER BY f.source

-- name: documents_in_force
-- The document that each source's canonical rows rest on, beside how far the next may be from it.
SELECT r.id, r.source, r.sha256, r.edition_at, r.size, s.max_drop, s.max_growth,
  company.was_read_by_what_was_taken_back(b) AS was_taken_back
FROM company.source_freshness f
JOIN company.batches b ON b.id = f.batch_id
JOIN company.raw_documents r ON r.id = b.raw_id
JOIN company.streams s ON s.source = f.source
ORDER BY r.source

-- name: brief_sources
-- Each source: the rows read in the span by their fate, the last good edition, and its age beside its limit.
SELECT f.source, f.edition_at, f.age, f.fresh_within, f.is_stale, f.has_edition, f.last_asked_at, f.last_result,
  f.last_route, f.last_reason,
  coalesce(b.read, 0)::bigint AS read, coalesce(b.promoted, 0)::bigint AS promoted,
  coalesce(b.unchanged, 0)::bigint AS unchanged,
  coalesce(b.quarantined, 0)::bigint AS quarantined, coalesce(b.held, 0)::bigint AS held,
  coalesce(b.undecided, 0)::bigint AS undecided,
  coalesce(b.batches, 0) AS batches,
  coalesce(a.asked, 0) AS asked
FROM company.source_freshness f
LEFT JOIN (
  SELECT source, count(*) AS batches, sum(rows_read) AS read, sum(promoted) AS promoted, sum(unchanged) AS unchanged,
    sum(quarantined) AS quarantined, sum(held) AS held,
    sum(held) FILTER (WHERE status IN ('staged', 'checked', 'held')) AS undecided
  FROM company.batches
  WHERE staged_at >= %(since)s AND staged_at < %(until)s
  GROUP BY source
) b ON b.source = f.source
LEFT JOIN (
  SELECT source, count(*) AS asked FROM company.fetches WHERE at >= %(since)s AND at < %(until)s GROUP BY source
) a ON a.source = f.source
ORDER BY f.source

-- name: source_troubles
-- What stands in the way of a source: fires or requests that fail, an edition that waits; only sources with a trouble.
SELECT source, edition_in_force, failing_since, failing_times, failing_what, failing_reason, waiting_since,
  waiting_edition, waiting_batch, waiting_state, waiting_reason, waiting_editions, since, is_stuck, may_last, machines
FROM company.source_troubles
ORDER BY source

-- name: who_answers_for_source
-- The manager of a source's machine, and the manager of who checks and promotes its editions.
SELECT (SELECT min(reports_to) FROM company.source_machines WHERE source = %(source)s) AS asks,
  (SELECT reports_to FROM company.roster WHERE role = 'promote') AS promotes

-- name: source_readers
-- Which edition of these sources customers read now, and who they are.
SELECT f.source, f.edition_at,
  ARRAY(SELECT c.name FROM company.customers c WHERE NOT c.is_paused ORDER BY c.id) AS customers
FROM company.source_freshness f
WHERE f.source = ANY (%(sources)s::text[])
ORDER BY f.source

-- name: sources_of_items
-- The sources that items of a fire are about, by the names that machines give them: a source, its edition, a batch.
SELECT s.source FROM company.streams s
WHERE s.source = ANY (%(items)s::text[]) OR %(what)s::text = 'editions of ' || s.source
  OR EXISTS (SELECT FROM company.batches b WHERE b.source = s.source AND 'batch ' || b.id = ANY (%(items)s::text[]))
ORDER BY s.source

-- name: customers_of_items
-- The customers whom items of a fire are named after.
SELECT name FROM company.customers WHERE NOT is_paused AND name = ANY (%(items)s::text[]) ORDER BY id

-- name: brief_unread
-- The fields of each source in which values could not be read in the span: of whole editions the worst, of changes all.
SELECT u.source, u.field,
  CASE WHEN bool_or(s.is_full_edition) THEN max(u.count) ELSE sum(u.count) END::bigint AS count,
  (array_agg(u.first ORDER BY u.batch_id DESC))[1] AS first
FROM company.unread_details u
JOIN company.streams s ON s.source = u.source
WHERE u.staged_at >= %(since)s AND u.staged_at < %(until)s
GROUP BY u.source, u.field
ORDER BY count DESC, u.source, u.field

-- name: console_sources
-- Every source: its edition in force with its age and its limit, and what its last request showed.
SELECT f.source, f.batch_id, f.edition_at, f.age, f.fresh_within, f.is_stale, f.has_edition, f.last_asked_at,
  f.last_result, f.last_reason, s.off_because, b.rows_read, b.promoted, b.unchanged, b.quarantined, b.held
FROM company.source_freshness f JOIN company.streams s ON s.source = f.source
LEFT JOIN company.batches b ON b.id = f.batch_id
ORDER BY f.is_stale DESC, f.source

-- name: names_of_sources
-- Every source that was ever published, also those that are off.
SELECT coalesce(array_agg(source ORDER BY source), '{}') AS sources FROM company.streams

-- name: subject_of_source
-- One source as its story's headline needs it: its age and limit, or why it is off, and what is open about it.
SELECT s.source, f.edition_at, f.age, s.fresh_within, coalesce(f.is_stale, false) AS is_stale, s.off_because,
  ARRAY(SELECT id FROM company.findings WHERE subject = s.source AND closed_at IS NULL ORDER BY id) AS findings
FROM company.streams s
LEFT JOIN company.source_freshness f ON f.source = s.source
WHERE s.source = %(source)s

-- name: why_source
-- The story of a source: its last ten editions, the last five requests that brought none, and what was found about it.
SELECT at, who, event, facts FROM (
  (SELECT coalesce(promoted_at, staged_at) AS at, 1 AS step, coalesce(decided_by, checked_by, staged_by) AS who,
    'edition' AS event, jsonb_build_object('id', id, 'edition', to_char(edition_at, 'YYYY-MM-DD HH24:MI'),
      'status', status, 'read', rows_read, 'promoted', promoted, 'unchanged', unchanged, 'quarantined', quarantined,
      'held', held, 'reason', reason) AS facts
  FROM company.batches WHERE source = %(source)s ORDER BY id DESC LIMIT 10)
  UNION ALL
  (SELECT at, 0, by_role, 'request', jsonb_build_object('result', replace(result, '_', ' '), 'code', status_code,
    'route', route, 'reason', reason)
  FROM company.fetches WHERE source = %(source)s AND result <> 'new' ORDER BY company.fetches.at DESC LIMIT 5)
  UNION ALL
  (SELECT found_at, 2, found_by, 'slot_finding', jsonb_build_object('id', id, 'title', title, 'times', times_seen,
    'watcher', watcher)
  FROM company.findings WHERE subject = %(source)s ORDER BY id DESC LIMIT 10)
) AS story
ORDER BY at, step

-- name: freshness_limits
-- How old the edition in force of each source may be, in hours.
SELECT source, (extract(epoch FROM fresh_within) / 3600)::float8 AS hours FROM company.streams ORDER BY source
