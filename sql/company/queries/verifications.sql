-- name: draw_complete_task
-- One task of my modes that was completed in a span and that nobody has verified: drawn, not chosen.
SELECT t.id, t.mode, t.title, t.status, t.priority, t.created_at, t.created_by, t.claimed_by, e.session_id,
  t.lease_until, t.attempts, t.max_attempts, t.dedupe_key, t.blocked_on, t.blocked_action, t.payload, t.result,
  t.superseded_by, t.closed_at, e.by_role AS worked_by
FROM company.task_queue t
JOIN company.task_events e ON e.task_id = t.id AND e.to_status = 'complete'
WHERE t.mode = ANY (%(modes)s::text[]) AND t.status = 'complete' AND t.closed_at >= %(since)s
  AND NOT EXISTS (SELECT FROM company.verifications v WHERE v.task_id = t.id)
ORDER BY md5(t.id || %(salt)s)
LIMIT 1

-- name: verify_task
-- A manager verifies another's completed task.
SELECT company.verify_task(%(session_id)s, %(task_id)s, %(holds)s, %(looked_at)s, %(showed)s)
