-- name: file_task
-- Files a task, or finds the live one of the same dedupe_key.
SELECT task_id, is_new
FROM company.file_task(%(mode)s, %(title)s, %(payload)s, %(priority)s::smallint, %(dedupe_key)s, %(not_before)s)

-- name: claim_task
-- Takes the first workable task of a mode, if there is one.
SELECT id, mode, title, status, priority, created_at, created_by, claimed_by, session_id, lease_until, attempts,
  max_attempts, dedupe_key, blocked_on, blocked_action, payload, result, superseded_by, closed_at
FROM company.claim_task(%(mode)s, %(session_id)s, make_interval(secs => %(lease_seconds)s))

-- name: claim_tasks
-- Takes several workable tasks of a mode at once, the most urgent first.
SELECT id, mode, title, status, priority, created_at, created_by, claimed_by, session_id, lease_until, attempts,
  max_attempts, dedupe_key, blocked_on, blocked_action, payload, result, superseded_by, closed_at
FROM company.claim_tasks(%(mode)s, %(session_id)s, make_interval(secs => %(lease_seconds)s), %(at_most)s)

-- name: close_task
-- Ends or releases one's own task.
SELECT company.close_task(%(task_id)s, %(session_id)s, %(status)s, %(result)s, %(is_permanent)s, %(blocked_on)s,
  %(blocked_action)s, make_interval(secs => %(wait_seconds)s)) AS status

-- name: close_tasks
-- Ends or releases several of one's own tasks, all or none of them.
SELECT task_id, status FROM company.close_tasks(%(session_id)s, %(closings)s::jsonb)

-- name: close_and_claim
-- Ends one's own task and takes the first workable one of a mode, if there is one: both, or neither.
SELECT id, mode, title, status, priority, created_at, created_by, claimed_by, session_id, lease_until, attempts,
  max_attempts, dedupe_key, blocked_on, blocked_action, payload, result, superseded_by, closed_at
FROM company.close_and_claim(%(task_id)s, %(session_id)s, %(status)s, %(result)s, %(is_permanent)s, %(blocked_on)s,
  %(blocked_action)s, make_interval(secs => %(wait_seconds)s), %(mode)s, make_interval(secs => %(lease_seconds)s))

-- name: close_and_claim_tasks
-- Ends several of one's own tasks, all or none of them, and takes the next workable ones of a mode: both, or neither.
SELECT id, mode, title, status, priority, created_at, created_by, claimed_by, session_id, lease_until, attempts,
  max_attempts, dedupe_key, blocked_on, blocked_action, payload, result, superseded_by, closed_at
FROM company.close_and_claim_tasks(%(session_id)s, %(closings)s::jsonb, %(mode)s,
  make_interval(secs => %(lease_seconds)s), %(at_most)s)

-- name: begin_task
-- Says that one's own task is being worked now; from here on it is an attempt.
SELECT company.begin_task(%(task_id)s, %(session_id)s)

-- name: release_tasks
-- Gives back one's own tasks that were never begun, all or none of them; no attempt is counted.
SELECT company.release_tasks(%(session_id)s, %(tasks)s::bigint[]) AS released

-- name: renew_lease
-- Keeps one's own task longer.
SELECT company.renew_lease(%(task_id)s, %(session_id)s, make_interval(secs => %(lease_seconds)s)) AS lease_until

-- name: sort_task
-- A manager ends, reopens or reorders a task that nobody holds.
SELECT company.sort_task(%(task_id)s, %(status)s, %(reason)s, %(successor)s, %(priority)s::smallint)

-- name: return_expired_leases
-- Heartbeat returns tasks whose lease expired.
SELECT task_id, held_by, becomes, problem FROM company.return_expired_leases()

-- name: count_workable
-- How many tasks of these modes wait to be worked.
SELECT count(*) AS waiting
FROM company.task_queue
WHERE status = 'pending' AND mode = ANY (%(modes)s) AND not_before <= (SELECT company.now())

-- name: list_tasks
-- The queue as a manager or the owner reads it: open work first, then what ended last.
SELECT id, mode, title, status, priority, created_at, created_by, claimed_by, session_id, lease_until, attempts,
  max_attempts, dedupe_key, blocked_on, blocked_action, payload, result, superseded_by, closed_at
FROM company.task_queue
WHERE (%(mode)s::text IS NULL OR mode = %(mode)s)
  AND (%(status)s::text IS NULL OR status = %(status)s)
ORDER BY closed_at DESC NULLS FIRST, priority, id
LIMIT %(limit)s

-- name: modes_of_tasks
-- Every mode that somebody works, or that a task has.
SELECT coalesce(array_agg(mode ORDER BY mode), '{}') AS modes
FROM (SELECT unnest(modes) AS mode FROM company.roster UNION SELECT mode FROM company.task_queue) AS known

-- name: task_figures
-- The backlog of some modes in numbers, and what a span of time did to it. Where a fire of mine was at work when the
-- span began, it begins with the end of that fire: what it filed was open then, as its own note said.
WITH span AS (
  SELECT greatest(%(since)s::timestamptz, max(finished_at) + interval '1 microsecond') AS begins
  FROM company.sessions
  WHERE role = company.me() AND started_at >= %(since)s::timestamptz - interval '15 minutes'
    AND started_at <= %(since)s::timestamptz + interval '10 minutes'
)
SELECT
  count(*) FILTER (WHERE closed_at IS NULL) AS open,
  count(*) FILTER (WHERE status = 'blocked') AS blocked,
  count(*) FILTER (WHERE created_at >= begins) AS filed,
  count(*) FILTER (WHERE status = 'complete' AND closed_at >= begins) AS completed,
  count(*) FILTER (WHERE status = 'failed' AND closed_at >= begins) AS failed,
  count(*) FILTER (WHERE created_at < begins AND (closed_at IS NULL OR closed_at >= begins)) AS open_before
FROM span, (
  -- What was closed before is in none of these numbers.
  SELECT status, created_at, closed_at FROM company.task_queue WHERE closed_at IS NULL AND mode = ANY (%(modes)s)
  UNION ALL
  SELECT status, created_at, closed_at FROM company.task_queue WHERE closed_at >= %(since)s AND mode = ANY (%(modes)s)
) AS counted

-- name: last_task_about
-- The newest task that I, or a named role, filed under a key, whatever became of it.
SELECT id, status, created_at, closed_at, result FROM company.task_queue
WHERE dedupe_key = %(dedupe_key)s AND created_by = coalesce(%(filed_by)s, company.me())
ORDER BY id DESC LIMIT 1

-- name: blocked_since
-- When a task was last blocked.
SELECT max(at) AS at FROM company.task_events WHERE task_id = %(task_id)s AND to_status = 'blocked'

-- name: give_back_tasks
-- What the model claimed and did not end is workable again, for the book as for others.
SELECT company.close_task(t.id, %(session_id)s, 'pending', '{}', false, NULL, NULL, interval '0')
FROM company.task_queue t
WHERE t.session_id = %(session_id)s AND t.status = 'in_progress'

-- name: tasks_still_held
-- What this session claimed and has not ended.
SELECT id FROM company.task_queue WHERE session_id = %(session_id)s AND status = 'in_progress' ORDER BY id

-- name: notes_of_a_task
-- What other sessions noted about a task that came back, while they held it and since it was last blocked; oldest
-- first, the last fifty.
SELECT at, kind, body, facts, task_id, session_id
FROM (
  SELECT l.id, l.at, l.kind, l.body, l.facts, l.task_id, l.session_id
  FROM company.session_log l
  WHERE l.task_id = %(task_id)s AND l.session_id <> %(session_id)s
    AND EXISTS (SELECT FROM company.task_events e
      WHERE e.task_id = %(task_id)s AND e.session_id = l.session_id AND e.to_status = 'in_progress')
    AND l.at > coalesce((SELECT max(e.at) FROM company.task_events e
      WHERE e.task_id = %(task_id)s AND e.to_status = 'blocked'), '-infinity')
  ORDER BY l.id DESC
  LIMIT 50
) AS last
ORDER BY id

-- name: obsolete_build_tasks
-- Open build tasks whose trouble is over: the source sent a readable edition since, its check let one through, a page
-- was written and sent and its cause was not seen again, the role works again.
SELECT t.id, t.payload ->> 'kind' AS kind, coalesce(t.payload ->> 'source', t.payload ->> 'role', t.title) AS subject,
  max(over.at) AS over_at
FROM company.task_queue t
JOIN LATERAL (
  SELECT f.at FROM company.fetches f WHERE t.payload ->> 'kind' = 'format_changed' AND f.source = t.payload ->> 'source'
    AND f.result = 'new'
  UNION ALL
  SELECT b.promoted_at FROM company.batches b
  WHERE t.payload ->> 'kind' = 'check_fails' AND b.source = t.payload ->> 'source' AND b.promoted_at IS NOT NULL
  UNION ALL
  SELECT d.ended_at FROM company.deliveries d
  WHERE t.payload ->> 'kind' = 'delivery_fails' AND d.customer_id = (t.payload ->> 'customer_id')::bigint
    AND d.status = 'sent'
  UNION ALL
  SELECT d.written_at FROM company.deliveries d
  WHERE t.payload ->> 'kind' = 'page_unwritten' AND d.status = 'sent' AND d.occasion <> 'correction'
    AND t.payload -> 'customer_ids' @> to_jsonb(d.customer_id) AND NOT EXISTS (
      SELECT FROM company.session_log l
      WHERE l.role = 'deliver' AND l.kind = 'page_unwritten' AND l.at >= d.written_at
        AND l.facts @> jsonb_build_object('file', t.payload -> 'file', 'function', t.payload -> 'function',
          'error', t.payload -> 'error'))
  UNION ALL
  SELECT s.finished_at FROM company.sessions s
  WHERE t.payload ->> 'kind' = 'crashes' AND s.role = t.payload ->> 'role' AND s.outcome IN ('done', 'skipped')
) over ON over.at > t.created_at
WHERE t.mode = 'build' AND t.status IN ('pending', 'blocked')
GROUP BY t.id
ORDER BY t.id

-- name: build_tasks_of_one_cause
-- Open build tasks about a document that an earlier open one is about already; nobody holds them.
SELECT t.id, min(first.id) AS successor, t.payload ->> 'source' AS source, (t.payload ->> 'raw_id')::bigint AS raw_id
FROM company.task_queue t
JOIN company.task_queue first ON first.mode = 'build' AND first.closed_at IS NULL AND first.id < t.id
  AND first.payload ->> 'raw_id' = t.payload ->> 'raw_id'
WHERE t.mode = 'build' AND t.status IN ('pending', 'blocked')
GROUP BY t.id
ORDER BY t.id

-- name: why_task
-- The story of a task: each change of its state, and what was noted while it was worked.
SELECT at, who, event, facts FROM (
  SELECT e.at, e.id AS step, e.by_role AS who, CASE WHEN e.from_status IS NULL THEN 'filed' ELSE 'status' END AS event,
    jsonb_build_object('title', t.title, 'was', e.from_status, 'is', e.to_status, 'reason', e.reason) AS facts
  FROM company.task_events e JOIN company.task_queue t ON t.id = e.task_id WHERE e.task_id = %(id)s
  UNION ALL
  SELECT l.at, l.id, l.role, 'text', jsonb_build_object('text', l.body) FROM company.session_log l
  WHERE l.task_id = %(id)s OR l.facts @> jsonb_build_object('about_task', %(id)s::bigint)
  UNION ALL
  SELECT v.verified_at, v.id, v.verified_by, CASE WHEN v.holds THEN 'holds' ELSE 'does_not_hold' END,
    jsonb_build_object('looked_at', v.looked_at, 'showed', v.showed)
  FROM company.verifications v WHERE v.task_id = %(id)s
) AS story
ORDER BY at, step

-- name: subject_of_task
-- One task as its story's headline needs it.
SELECT id, mode, title, status, claimed_by, lease_until, blocked_on, blocked_action, superseded_by, closed_at
FROM company.task_queue WHERE id = %(id)s

-- name: console_task
-- A task with what it is about and what came of it.
SELECT id, mode, title, status, priority, created_at, created_by, claimed_by, lease_until, attempts, max_attempts,
  blocked_on, blocked_action, payload, result, superseded_by, closed_at
FROM company.task_queue WHERE id = %(id)s

-- name: console_open_tasks
-- What is to be done, of one mode or of all; what is blocked or most urgent first.
SELECT id, mode, title, status, priority, created_at, created_by, claimed_by, lease_until, attempts, max_attempts,
  blocked_on, blocked_action, closed_at
FROM company.task_queue
WHERE closed_at IS NULL AND (%(mode)s::text IS NULL OR mode = %(mode)s)
  AND id > coalesce(%(before)s::bigint, 0)
ORDER BY id LIMIT %(limit)s

-- name: console_ended_tasks
-- What was done, the last first.
SELECT id, mode, title, status, priority, created_at, created_by, claimed_by, lease_until, attempts, max_attempts,
  blocked_on, blocked_action, closed_at
FROM company.task_queue
WHERE closed_at IS NOT NULL AND (%(mode)s::text IS NULL OR mode = %(mode)s)
  AND id < coalesce(%(before)s::bigint, 9223372036854775807)
ORDER BY id DESC LIMIT %(limit)s

-- name: console_task_counts
-- The queue in numbers, by mode; and what ended since a moment.
SELECT mode, count(*) FILTER (WHERE status = 'pending') AS pending,
  count(*) FILTER (WHERE status = 'in_progress') AS in_progress,
  count(*) FILTER (WHERE status = 'blocked') AS blocked,
  count(*) FILTER (WHERE status = 'complete') AS complete,
  count(*) FILTER (WHERE status IN ('failed', 'stale', 'superseded')) AS not_done
FROM (
  SELECT mode, status FROM company.task_queue WHERE closed_at IS NULL
  UNION ALL
  SELECT mode, status FROM company.task_queue WHERE closed_at >= %(since)s
) AS counted
GROUP BY mode ORDER BY mode

-- name: events_without_task
-- How many lines of the trail are of a task that is not there, and the first of these tasks.
SELECT count(*) AS events, min(e.task_id) AS first_task
FROM company.task_events e WHERE NOT EXISTS (SELECT FROM company.task_queue t WHERE t.id = e.task_id)
