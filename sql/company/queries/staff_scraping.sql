-- name: requests_since_new
-- What a source was asked since it last gave a new edition: by result and status code.
SELECT f.result, f.status_code, count(*) AS requests, min(f.at) AS first_at, max(f.at) AS last_at, max(f.reason) AS reason
FROM company.fetches f
WHERE f.source = %(source)s
  AND f.id > (SELECT coalesce(max(n.id), 0) FROM company.fetches n WHERE n.source = %(source)s AND n.result = 'new')
GROUP BY f.result, f.status_code
ORDER BY requests DESC, f.result

-- name: last_task_about
-- The newest task filed under a key, whatever became of it.
SELECT id, status, created_at, closed_at, result FROM company.task_queue WHERE dedupe_key = %(dedupe_key)s ORDER BY id DESC LIMIT 1

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

-- name: raw_document
-- One document as it came.
SELECT id, source, url, route, sha256, size, status_code, headers, edition_at, fetched_at, verdict, reason
FROM company.raw_documents
WHERE id = %(raw_id)s

-- name: last_beat
-- When heartbeat last told that it is alive.
SELECT max(at) AS at FROM company.beats
