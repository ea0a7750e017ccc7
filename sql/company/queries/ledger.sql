-- name: note_schedule
-- A deployed schedule as EventBridge has it now; true when it differs from what was known.
SELECT company.note_schedule(%(schedule)s, %(role)s, %(expression)s, %(timezone)s, %(state)s, %(starts_at)s, %(modified_at)s) AS differs

-- name: known_schedules
-- Every deployed schedule that the ledger knows, with what was published for its role.
SELECT s.schedule, s.role, s.expression, s.timezone, s.state, s.starts_at, s.modified_at, s.filled_until,
  r.watched_by, r.is_paused, r.schedule_expression AS published_expression, r.schedule_timezone AS published_timezone
FROM company.schedules s LEFT JOIN company.roster r ON r.role = s.role
WHERE s.gone_at IS NULL
ORDER BY s.schedule

-- name: note_gone_schedules
-- Schedules that EventBridge no longer has.
SELECT company.note_gone_schedules(%(still_there)s) AS schedule

-- name: expect_slots
-- Writes expectations ahead.
SELECT company.expect_slots(%(schedule)s, %(due)s, %(until)s, %(is_wake)s) AS written

-- name: withdraw_slots
-- Takes back what is not yet due.
SELECT company.withdraw_slots(%(schedule)s, %(reason)s) AS withdrawn

-- name: end_dead_sessions
-- Sessions that ran past their deadline.
SELECT session_id, role, schedule, due_at FROM company.end_dead_sessions()

-- name: end_overdue_slots
-- Slots that ended without anybody closing them: missed, failed, timed out.
SELECT schedule, due_at, role, watcher, status, grace, reason, attempts, is_wake
FROM company.end_overdue_slots(%(most_attempts)s, make_interval(secs => %(event_age_seconds)s))

-- name: record_beat
-- The beat, after all else was written.
SELECT company.record_beat(%(session_id)s, %(slots_looked_at)s, %(schedules_seen)s)

-- name: note_woken
-- Marks that a finding called its watcher; false when it had before.
SELECT company.note_woken(%(finding_id)s) AS is_first

-- name: ledger_figures
-- How much of the ledger heartbeat looks at, and how far ahead it is written.
SELECT count(*) FILTER (WHERE due_at > company.now() - interval '24 hours' AND due_at <= company.now()) AS past_day,
  count(*) FILTER (WHERE due_at > company.now()) AS ahead
FROM company.slots

-- name: recovered_schedules
-- Open findings about a schedule's silence whose schedule has succeeded or been skipped since, with how long it was silent.
SELECT f.id, f.fingerprint, f.subject, f.found_at, min(s.started_at) AS worked_at
FROM company.findings f
JOIN company.slots s ON s.schedule = f.subject AND s.status IN ('succeeded', 'skipped') AND s.due_at > f.last_seen_at - s.grace
WHERE f.closed_at IS NULL AND f.kind IN ('missed', 'failed')
GROUP BY f.id

-- name: list_slots
-- The ledger as the owner reads it: latest first.
SELECT schedule, due_at, role, watcher, status, evidence, late, reason, attempts, started_at, finished_at, ended_at, was_expected, is_wake
FROM company.slots
WHERE due_at >= %(since)s AND due_at <= %(until)s
  AND (%(schedule)s::text IS NULL OR schedule = %(schedule)s)
  AND (%(role)s::text IS NULL OR role = %(role)s)
ORDER BY due_at, schedule

-- name: findings_that_call
-- Unanswered findings that cannot wait for their watcher's next fire and have called nobody yet.
SELECT id, watcher FROM company.findings
WHERE closed_at IS NULL AND answered_at IS NULL AND woken_at IS NULL AND level IN ('ring', 'today')
  AND (muted_until IS NULL OR muted_until < company.now())
ORDER BY id
