-- name: routes_of
-- How the routes of a source did lately, and whether their breakers let a request through.
SELECT route, state, failures, open_until, last_asked_at, last_success_at, last_result, last_status, last_ms
FROM company.route_state
WHERE source = %(source)s
ORDER BY route

-- name: route_figures
-- Every route that was ever asked: its breaker, its last answer, and the probes of a span of time.
SELECT r.source, r.route, r.state, r.failures, r.open_until, r.last_success_at, r.last_result, r.last_status, r.last_ms,
  count(p.id) AS probes, count(p.id) FILTER (WHERE p.is_ok) AS probes_ok,
  percentile_disc(0.5) WITHIN GROUP (ORDER BY p.ms) FILTER (WHERE p.is_ok) AS probed_ms
FROM company.route_state r
LEFT JOIN company.route_probes p ON p.source = r.source AND p.route = r.route AND p.at >= %(since)s
GROUP BY r.source, r.route, r.state, r.failures, r.open_until, r.last_success_at, r.last_result, r.last_status,
  r.last_ms
ORDER BY r.source, r.route

-- name: record_fetch
-- Keeps the record of a request, and what it says of its route.
SELECT company.record_fetch(%(source)s, %(url)s, %(route)s, %(choice)s, %(result)s, %(status_code)s, %(ms)s, %(raw_id)s,
  %(reason)s, %(session_id)s, %(moved_to)s)

-- name: answers_of_source
-- What a source's addresses answered, the newest first.
SELECT f.url, f.result, f.status_code, f.moved_to, f.raw_id, f.at
FROM company.fetches f
WHERE f.source = %(source)s
ORDER BY f.id DESC
LIMIT %(most)s

-- name: record_probe
-- Keeps what a probe of a route showed.
SELECT company.record_probe(%(source)s, %(route)s, %(url)s, %(status_code)s, %(size)s, %(ms)s, %(worked)s, %(reason)s,
  %(session_id)s)

-- name: last_asked
-- When a source was last asked anything at all.
SELECT max(at) AS at FROM company.fetches WHERE source = %(source)s

-- name: fetch_counts
-- Per source and span of time: how many requests, by what came of them.
SELECT source, route, result, count(*) AS requests, max(at) AS last_at
FROM company.fetches
WHERE at >= %(since)s AND at < %(until)s
GROUP BY source, route, result
ORDER BY source, route, result

-- name: requests_of_session
-- How many requests and probes one session of mine made of a source.
SELECT (
  SELECT count(*) FROM company.fetches
  WHERE source = %(source)s AND at >= %(since)s AND session_id = %(session_id)s AND by_role = company.me()
) + (
  SELECT count(*) FROM company.route_probes
  WHERE source = %(source)s AND at >= %(since)s AND session_id = %(session_id)s AND by_role = company.me()
) AS requests

-- name: requests_since_new
-- What a source was asked since it last gave a new edition: by result and status code.
SELECT f.result, f.status_code, count(*) AS requests, min(f.at) AS first_at, max(f.at) AS last_at,
  max(f.reason) AS reason
FROM company.fetches f
WHERE f.source = %(source)s
  AND f.id > (SELECT coalesce(max(n.id), 0) FROM company.fetches n WHERE n.source = %(source)s AND n.result = 'new')
GROUP BY f.result, f.status_code
ORDER BY requests DESC, f.result

-- name: console_fetches
-- The last requests to a source.
SELECT id, at, url, route, result, status_code, reason, by_role, ms FROM company.fetches
WHERE source = %(source)s ORDER BY at DESC LIMIT %(limit)s
