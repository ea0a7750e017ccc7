-- name: notes_left_behind
-- What my dead sessions noted: at this very slot, and since the last fire of mine that closed; oldest first, the last hundred.
SELECT at, kind, body, facts, task_id, session_id
FROM (
  SELECT l.id, l.at, l.kind, l.body, l.facts, l.task_id, l.session_id
  FROM company.session_log l JOIN company.sessions s ON s.id = l.session_id
  WHERE s.role = company.me() AND s.id < %(session_id)s
    AND (s.outcome IS NULL OR s.outcome IN ('crashed', 'timed_out', 'fenced'))
    AND ((s.schedule = %(schedule)s AND s.due_at = %(due_at)s)
      OR s.id > coalesce((
        SELECT max(c.id) FROM company.sessions c
        WHERE c.role = company.me() AND c.id < %(session_id)s AND c.outcome IN ('done', 'failed')), 0))
  ORDER BY l.id DESC
  LIMIT 100
) AS last
ORDER BY id

-- name: notes_of_a_task
-- What other sessions noted about a task that came back, since it was last laid down on purpose; oldest first, the last fifty.
SELECT at, kind, body, facts, task_id, session_id
FROM (
  SELECT l.id, l.at, l.kind, l.body, l.facts, l.task_id, l.session_id
  FROM company.session_log l
  WHERE l.task_id = %(task_id)s AND l.session_id <> %(session_id)s
    AND l.at > coalesce((SELECT max(e.at) FROM company.task_events e WHERE e.task_id = %(task_id)s AND e.to_status = 'blocked'), '-infinity')
  ORDER BY l.id DESC
  LIMIT 50
) AS last
ORDER BY id
