-- name: note_schedule
-- A deployed schedule as EventBridge has it now; true when it differs from what was known.
SELECT company.note_schedule(
  %(schedule)s, %(role)s, %(expression)s, %(timezone)s, %(state)s, %(starts_at)s, %(modified_at)s, %(ends_at)s, %(failure_queue)s
) AS differs

-- name: note_window
-- The flexible time window of a deployed schedule, in minutes; 0 where it has none.
SELECT company.note_window(%(schedule)s, %(minutes)s)

-- name: known_stamps
-- When each deployed schedule was last modified (seconds since 1970), as far as the ledger knows: a line each, for one long text reads
-- three times as quickly as ten thousand rows. One whose failure queue is not known is read again: it was noted before queues were.
SELECT string_agg(schedule || ' ' || CASE WHEN failure_queue IS NULL THEN 0 ELSE date_part('epoch', modified_at) END, E'\n') AS stamps
FROM company.schedules WHERE gone_at IS NULL

-- name: note_gone
-- These EventBridge no longer has.
SELECT company.note_gone(%(gone)s) AS schedule

-- name: short_schedules
-- Whose ledger ends soonest, of those that owe fires: a muted schedule does, one whose role rests or left does not.
SELECT s.schedule, s.expression, s.timezone, s.starts_at, s.ends_at, s.first_seen_at, s.filled_until
FROM company.schedules s JOIN company.roster r ON r.role = s.role
WHERE s.gone_at IS NULL AND r.schedule_expression IS NOT NULL AND NOT r.is_paused AND s.unreadable IS NULL
  AND (s.filled_until IS NULL OR s.filled_until < %(below)s)
ORDER BY s.filled_until NULLS FIRST, s.schedule
LIMIT %(at_most)s

-- name: note_unreadable
-- A deployed expression that cannot be read.
SELECT company.note_unreadable(%(schedule)s, %(reason)s)

-- name: expect_many
-- Writes expectations ahead for many schedules at once.
SELECT company.expect_many(%(names)s::text[], %(moments)s::timestamptz[], %(filled)s::text[], %(until)s) AS written

-- name: expect_slots
-- Writes expectations ahead.
SELECT company.expect_slots(%(schedule)s, %(due)s, %(until)s, %(is_wake)s) AS written

-- name: end_dead_sessions
-- Sessions that ran past their deadline.
SELECT session_id, role, schedule, due_at FROM company.end_dead_sessions()

-- name: end_overdue_slots
-- Slots that ended without anybody closing them: missed, failed, timed out.
SELECT e.schedule, e.due_at, e.role, e.watcher, e.status, e.grace, e.reason, e.attempts, e.is_wake, s.state
FROM company.end_overdue_slots(%(most_attempts)s, make_interval(secs => %(event_age_seconds)s)) AS e
LEFT JOIN company.schedules s ON s.schedule = e.schedule

-- name: failed_since_last_beat
-- Slots that a session closed as failed since the last beat began: they ended by themselves, and somebody must still hear of it. Since it
-- began, because what fails between this question and the beat's own row would else be asked for by nobody.
SELECT s.schedule, s.due_at, s.role, s.watcher, s.status, s.grace, x.reason, s.attempts, s.is_wake, d.state
FROM company.sessions x
JOIN company.slots s ON s.schedule = x.schedule AND s.due_at = x.due_at AND s.status = 'failed'
LEFT JOIN company.schedules d ON d.schedule = s.schedule
WHERE x.outcome = 'failed' AND x.finished_at > coalesce((
    SELECT last.started_at FROM company.beats b JOIN company.sessions last ON last.id = b.session_id ORDER BY b.at DESC LIMIT 1
  ), company.now() - interval '1 hour')
  AND s.was_expected
ORDER BY x.finished_at

-- name: record_beat
-- The beat, after all else was written.
SELECT company.record_beat(%(session_id)s, %(slots_looked_at)s, %(schedules_seen)s)

-- name: ledger_figures
-- What a beat looked at: slots that came due since the last one or are not over, and how far the shortest ledger reaches.
SELECT (
    SELECT count(*) FROM company.slots
    WHERE due_at > coalesce((SELECT max(at) FROM company.beats), company.now() - interval '1 day') AND due_at <= company.now()
  ) + (SELECT count(*) FROM company.slots WHERE status = 'running') AS looked_at,
  coalesce(floor(extract(epoch FROM (
    SELECT coalesce(s.filled_until, company.now())
    FROM company.schedules s JOIN company.roster r ON r.role = s.role
    WHERE s.gone_at IS NULL AND r.schedule_expression IS NOT NULL AND NOT r.is_paused AND s.expression NOT LIKE 'at(%%'
    ORDER BY s.filled_until NULLS FIRST
    LIMIT 1
  ) - company.now()) / 3600)::integer, 0) AS hours_ahead

-- name: retire_old_slots
-- Turns slots older than this into sums a day.
SELECT company.retire_old_slots(make_interval(days => %(keep_days)s), %(at_most)s) AS retired

-- name: list_slots
-- The ledger as the owner reads it: latest first.
SELECT schedule, due_at, role, watcher, status, evidence, late, reason, attempts, started_at, finished_at, ended_at, was_expected, is_wake
FROM company.slots
WHERE due_at >= %(since)s AND due_at <= %(until)s
  AND (%(schedule)s::text IS NULL OR schedule = %(schedule)s)
  AND (%(role)s::text IS NULL OR role = %(role)s)
ORDER BY due_at, schedule
