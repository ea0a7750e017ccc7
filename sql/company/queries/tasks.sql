-- name: file_task
-- Files a task, or finds the live one of the same dedupe_key.
SELECT task_id, is_new
FROM company.file_task(%(mode)s, %(title)s, %(payload)s, %(priority)s::smallint, %(dedupe_key)s, %(not_before)s)

-- name: claim_task
-- Takes the first workable task of a mode, if there is one.
SELECT id, mode, title, status, priority, created_at, created_by, claimed_by, session_id, lease_until, attempts, max_attempts,
  dedupe_key, blocked_on, blocked_action, payload, result, superseded_by, closed_at
FROM company.claim_task(%(mode)s, %(session_id)s, make_interval(secs => %(lease_seconds)s))

-- name: close_task
-- Ends or lays down one's own task.
SELECT company.close_task(
  %(task_id)s, %(session_id)s, %(status)s, %(result)s, %(is_permanent)s, %(blocked_on)s, %(blocked_action)s,
  make_interval(secs => %(wait_seconds)s)
) AS status

-- name: renew_lease
-- Keeps one's own task longer.
SELECT company.renew_lease(%(task_id)s, %(session_id)s, make_interval(secs => %(lease_seconds)s)) AS lease_until

-- name: sort_task
-- A manager ends, reopens or reorders a task that nobody holds.
SELECT company.sort_task(%(task_id)s, %(status)s, %(reason)s, %(successor)s, %(priority)s::smallint)

-- name: return_expired_leases
-- Heartbeat brings dead work back.
SELECT task_id, held_by, becomes FROM company.return_expired_leases()

-- name: count_workable
-- How many tasks of these modes wait to be worked.
SELECT count(*) AS waiting
FROM company.task_queue
WHERE status = 'pending' AND mode = ANY (%(modes)s) AND not_before <= (SELECT company.now())

-- name: list_tasks
-- The queue as a manager or the owner reads it: open work first, then what ended last.
SELECT id, mode, title, status, priority, created_at, created_by, claimed_by, session_id, lease_until, attempts, max_attempts,
  dedupe_key, blocked_on, blocked_action, payload, result, superseded_by, closed_at
FROM company.task_queue
WHERE (%(mode)s::text IS NULL OR mode = %(mode)s)
  AND (%(status)s::text IS NULL OR status = %(status)s)
ORDER BY closed_at DESC NULLS FIRST, priority, id
LIMIT %(limit)s

-- name: task_figures
-- The backlog of some modes in numbers, and what a span of time did to it.
SELECT
  count(*) FILTER (WHERE closed_at IS NULL) AS open,
  count(*) FILTER (WHERE status = 'blocked') AS blocked,
  count(*) FILTER (WHERE created_at >= %(since)s) AS filed,
  count(*) FILTER (WHERE status = 'complete' AND closed_at >= %(since)s) AS completed,
  count(*) FILTER (WHERE status = 'failed' AND closed_at >= %(since)s) AS failed,
  count(*) FILTER (WHERE created_at < %(since)s AND (closed_at IS NULL OR closed_at >= %(since)s)) AS open_before
FROM company.task_queue
WHERE mode = ANY (%(modes)s)
