-- name: requests_since
-- What a source was asked since a moment: by result and status code.
SELECT result, status_code, count(*) AS requests, max(at) AS last_at, max(reason) AS reason
FROM company.fetches
WHERE source = %(source)s AND at > %(since)s
GROUP BY result, status_code
ORDER BY requests DESC, result

-- name: last_task_about
-- The newest task filed under a key, whatever became of it.
SELECT id, status, created_at, closed_at, result FROM company.task_queue WHERE dedupe_key = %(dedupe_key)s ORDER BY id DESC LIMIT 1

-- name: raw_document
-- One document as it came.
SELECT id, source, url, route, sha256, size, status_code, headers, edition_at, fetched_at, verdict, reason
FROM company.raw_documents
WHERE id = %(raw_id)s

-- name: last_beat
-- When heartbeat last told that it is alive.
SELECT max(at) AS at FROM company.beats
