-- name: failures_of_span
-- What went wrong in a span of time, one row a session and message: how sessions ended, and what the book could not do.
SELECT s.role, s.id AS session_id, s.started_at AS at, s.outcome AS kind, coalesce(s.reason, s.outcome) AS message
FROM company.sessions s
WHERE s.outcome IN ('failed', 'crashed', 'timed_out') AND s.finished_at >= %(since)s AND s.finished_at < %(until)s
UNION ALL
SELECT l.role, l.session_id, l.at, l.kind, l.body
FROM company.session_log l
WHERE l.kind IN ('could_not', 'cannot_wake', 'item_failed', 'not_sent', 'unknown_schedule')
  AND l.at >= %(since)s AND l.at < %(until)s
ORDER BY session_id

-- name: log_figures
-- How many sessions and log lines a span of time left.
SELECT (SELECT count(*) FROM company.sessions WHERE started_at >= %(since)s AND started_at < %(until)s) AS sessions,
  (SELECT count(*) FROM company.session_log WHERE at >= %(since)s AND at < %(until)s) AS lines

-- name: write_lesson
-- Keeps a lesson, or adds the new sessions to the one that is known.
SELECT company.write_lesson(%(session_id)s, %(role)s, %(signature)s, %(lesson)s, %(sessions)s::bigint[],
  %(task_id)s) AS lesson_id

-- name: retire_lesson
-- A lesson that is no longer needed leaves the page.
SELECT company.retire_lesson(%(session_id)s, %(lesson_id)s, %(reason)s)

-- name: live_lessons
-- Lessons that are not retired, those of one role together, the latest first.
SELECT l.id, l.role, l.signature, l.lesson, l.sessions, coalesce(v.times, cardinality(l.sessions)) AS times,
  coalesce(v.times_after, 0) AS times_after, coalesce(v.days, 1) AS days, l.first_at, l.last_at,
  l.written_at, v.task_id,
  (SELECT t.payload ->> 'role' FROM company.task_queue t WHERE t.id = v.task_id) AS cause_role,
  v.cause_closed_at, v.done_at, r.left_at IS NOT NULL AS has_left, company.lesson_is_over(l.id, company.now()) AS over,
  -- memory_worker had a whole night to see it.
  company.lesson_is_over(l.id, company.now() - interval '26 hours') AS long_over
FROM company.lessons_as_read() l JOIN company.roster r ON r.role = l.role
LEFT JOIN company.lesson_recurrence v ON v.lesson_id = l.id
ORDER BY l.role, l.last_at DESC, l.id

-- name: cited_sessions
-- The sessions that a lesson cites, as they are in the brain, with what they logged as wrong.
SELECT s.id, s.role, s.started_at, s.outcome, s.reason,
  ARRAY(SELECT l.body FROM company.session_log l
    WHERE l.session_id = s.id
      AND l.kind IN ('could_not', 'cannot_wake', 'item_failed', 'not_sent', 'unknown_schedule')) AS log_lines
FROM company.sessions s WHERE s.id = ANY (%(ids)s::bigint[])

-- name: memory_pages
-- The memory pages, with their length.
SELECT file_key, content, length(content) AS size, updated_at, updated_by FROM company.brain
WHERE file_key LIKE 'MEMORY\_%%' ORDER BY file_key

-- name: recurrence
-- How often a lesson's mistake was made, and since its root cause was closed; whether that task is still alive.
SELECT times, times_after, days, task_id, task_id IS NOT NULL AND cause_closed_at IS NULL AS is_cause_alive,
  cause_closed_at IS NOT NULL AS had_cause
FROM company.lesson_recurrence WHERE lesson_id = %(lesson_id)s

-- name: quiet_root_causes
-- Open root-cause tasks whose mistake has not come back: a whole day, and three fires of its role that did work.
SELECT DISTINCT ON (t.id) t.id, t.status, v.role, v.signature, v.times, v.last_at, v.fires_without
FROM company.task_queue t JOIN company.lesson_recurrence v ON v.task_id = t.id
WHERE t.closed_at IS NULL AND t.payload ->> 'kind' = 'root_cause'
  AND v.fires_without >= 3 AND company.now() - v.last_at >= interval '1 day'
-- A task that was not done while its lesson came and went has two of them.
ORDER BY t.id, v.lesson_id DESC

-- name: brief_root_causes
-- Root causes done in the last seven days, and older ones whose mistake came back in the span.
SELECT DISTINCT ON (v.task_id) v.task_id, v.role, v.lesson, v.done_at, v.times_before, v.times_after, v.last_at
FROM company.lesson_recurrence v
WHERE v.done_at < %(until)s
  AND (v.done_at >= %(until)s::timestamptz - interval '7 days' OR v.last_at >= greatest(%(since)s, v.done_at))
ORDER BY v.task_id, v.lesson_id DESC
