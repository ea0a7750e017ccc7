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

-- name: raw_document
-- One document as it came.
SELECT id, source, url, route, sha256, size, status_code, headers, edition_at, fetched_at, verdict, reason
FROM company.raw_documents
WHERE id = %(raw_id)s

-- name: last_beat
-- When heartbeat last told that it is alive.
SELECT max(at) AS at FROM company.beats
