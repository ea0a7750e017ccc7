-- name: short_schedules
-- Whose ledger ends soonest, of those that owe fires: a muted schedule does, one whose role is paused or left does not.
SELECT s.schedule, s.expression, s.timezone, s.starts_at, s.ends_at, s.first_seen_at, s.filled_until
FROM company.schedules s JOIN company.roster r ON r.role = s.role
WHERE s.gone_at IS NULL AND r.schedule_expression IS NOT NULL AND NOT r.is_paused AND s.unreadable IS NULL
  AND (s.filled_until IS NULL OR s.filled_until < %(below)s)
ORDER BY s.filled_until NULLS FIRST, s.schedule
LIMIT %(at_most)s

-- name: short_ledgers
-- Enabled standing schedules of working roles whose slots are not written far enough ahead. The ledger of a role that
-- was resumed just now ends with that moment, until the next beat.
SELECT s.schedule, s.role, s.filled_until
FROM company.schedules s JOIN company.roster r ON r.role = s.role
WHERE s.gone_at IS NULL AND s.schedule = s.role AND s.state = 'ENABLED' AND r.left_at IS NULL AND NOT r.is_paused
  AND r.schedule_expression IS NOT NULL
  AND s.seen_at < company.now() - interval '10 minutes'
  AND (s.filled_until IS NULL OR s.filled_until < company.now() + make_interval(hours => %(hours)s))
  AND (s.filled_until BETWEEN company.now() - interval '15 minutes' AND company.now()) IS NOT TRUE
ORDER BY s.schedule

-- name: expect_many
-- Writes expectations ahead for many schedules at once.
SELECT company.expect_many(%(names)s::text[], %(moments)s::timestamptz[], %(filled)s::text[], %(until)s) AS written

-- name: expect_slots
-- Writes expectations ahead.
SELECT company.expect_slots(%(schedule)s, %(due)s, %(until)s, %(is_wake)s) AS written

-- name: end_overdue_slots
-- Ends slots that nobody closed: missed, failed, timed out; problem says why one could not be ended.
SELECT schedule, due_at, role, status, reason, problem
FROM company.end_overdue_slots(%(most_attempts)s, make_interval(secs => %(event_age_seconds)s))

-- name: slots_to_report
-- Slots that ended badly and are not reported: also those that a killed beat ended and did not report. A
-- session that closed itself as failed in a fire that nobody expected is not reported.
SELECT s.schedule, s.due_at, s.role, s.watcher, s.status, s.grace, s.reason, s.attempts, s.is_wake, d.state
FROM company.slots s LEFT JOIN company.schedules d ON d.schedule = s.schedule
WHERE s.reported_at IS NULL AND s.status IN ('missed', 'failed', 'timed_out')
  AND (s.was_expected OR NOT EXISTS (
    SELECT FROM company.sessions x WHERE x.schedule = s.schedule AND x.due_at = s.due_at AND x.outcome = 'failed'
  ))
ORDER BY s.ended_at, s.schedule, s.due_at

-- name: note_reported
-- These slots are reported to their watchers.
SELECT company.note_reported(%(names)s::text[], %(moments)s::timestamptz[])

-- name: unexpected_fires
-- Fires of the last hour that the ledger did not expect: of deployed schedules, although it was written for their time,
-- and of schedules that nobody knows.
SELECT s.schedule, s.role, max(s.due_at) AS due_at, count(*) + sum(s.more_fires) AS fires, r.watched_by AS watcher
FROM company.slots s
LEFT JOIN company.schedules d ON d.schedule = s.schedule
JOIN company.roster r ON r.role = s.role
WHERE s.due_at > company.now() - interval '1 hour' AND s.due_at <= company.now() AND NOT s.was_expected
  AND NOT s.is_wake
  AND s.started_at IS NOT NULL
  AND (s.schedule = 'unknown-' || s.role OR (s.due_at > d.changed_at AND s.due_at <= d.filled_until))
GROUP BY s.schedule, s.role, r.watched_by
ORDER BY s.schedule

-- name: ledger_figures
-- What a beat looked at: slots that came due since the last one or are not over, and how far the shortest ledger
-- reaches.
SELECT (
    SELECT count(*) FROM company.slots
    WHERE due_at > coalesce((SELECT max(at) FROM company.beats), company.now() - interval '1 day')
      AND due_at <= company.now()
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

-- name: retire_old_sessions
-- Removes sessions older than this that nothing refers to, with their lines; how many.
SELECT company.retire_old_sessions(make_interval(days => %(keep_days)s), %(at_most)s) AS retired

-- name: slots_during_sleep
-- For each schedule, the newest slot that came due while nobody fired it, and what its record says to do about that.
SELECT s.schedule, s.role, max(s.due_at) AS due_at, count(*) AS slots, r.missed_fire
FROM company.slots s JOIN company.roster r ON r.role = s.role
WHERE s.status = 'expected' AND s.due_at < %(before)s AND NOT s.is_wake AND NOT r.is_paused AND r.left_at IS NULL
GROUP BY s.schedule, s.role, r.missed_fire
ORDER BY max(s.due_at), s.schedule

-- name: note_sleep
-- What a schedule owed while the desk slept is withdrawn, with the reason.
SELECT company.note_sleep(%(schedule)s, %(until)s, %(why)s) AS withdrawn

-- name: list_slots
-- The ledger as the owner reads it: latest first.
SELECT schedule, due_at, role, watcher, status, evidence, late, reason, attempts, started_at, finished_at, ended_at,
  was_expected, is_wake, coalesce(u.entries, 0) AS undelivered
FROM company.slots LEFT JOIN company.undelivered u USING (schedule, due_at)
WHERE due_at >= %(since)s AND due_at <= %(until)s
  AND (%(schedule)s::text IS NULL OR schedule = %(schedule)s)
  AND (%(role)s::text IS NULL OR role = %(role)s)
ORDER BY due_at, schedule

-- name: ends_of_slots
-- The same of all schedules or of one role's, without what each said of its work.
SELECT schedule, due_at, status, late, started_at, was_expected, is_wake, coalesce(u.entries, 0) AS undelivered
FROM company.slots LEFT JOIN company.undelivered u USING (schedule, due_at)
WHERE due_at >= %(since)s AND due_at <= %(until)s AND (%(role)s::text IS NULL OR role = %(role)s)
ORDER BY due_at, schedule

-- name: slots_by_end
-- How the slots due in a span ended.
SELECT status, count(*) AS slots FROM company.slots WHERE due_at >= %(since)s AND due_at < %(until)s GROUP BY status
ORDER BY status

-- name: slots_of_schedules
-- Each schedule that owed or fired anything in the span: when it last fired, when next, and what it last said.
SELECT p.schedule, p.role, p.watcher, p.grace, d.state AS deployed_state, d.expression, d.timezone, d.modified_at,
  d.first_seen_at, d.changed_at,
  r.schedule_expression AS published_expression, r.schedule_timezone AS published_timezone, r.is_paused,
  (SELECT x.started_at FROM company.sessions x
    WHERE x.schedule = p.schedule AND x.outcome IS DISTINCT FROM 'duplicate'
    ORDER BY x.id DESC LIMIT 1) AS last_fired_at,
  next.due_at AS next_due_at,
  said.evidence AS last_evidence, said.outcome AS last_outcome, said.reason AS last_reason,
  (SELECT coalesce(jsonb_agg(f.id ORDER BY f.id), '[]') FROM company.findings f
    WHERE f.closed_at IS NULL AND f.level <> 'log'
      AND (f.subject = p.schedule OR p.role IN (f.accused, 'scrape_' || f.subject))) AS findings,
  (SELECT coalesce(jsonb_agg(q.id ORDER BY q.id), '[]') FROM company.decisions q
    JOIN company.findings f ON f.id = q.finding_id
    WHERE q.answered_at IS NULL AND f.subject = p.schedule) AS decisions
FROM (
  SELECT DISTINCT ON (schedule) schedule, role, watcher, grace FROM company.slots
  WHERE due_at >= %(since)s AND due_at <= %(until)s
  ORDER BY schedule, due_at DESC
) p
LEFT JOIN company.schedules d ON d.schedule = p.schedule
LEFT JOIN company.roster r ON r.role = p.role
LEFT JOIN company.next_slots next ON next.schedule = p.schedule
LEFT JOIN LATERAL (
  SELECT x.evidence, x.outcome, x.reason FROM company.sessions x
  WHERE x.schedule = p.schedule AND x.outcome IN ('done', 'failed')
  ORDER BY x.id DESC LIMIT 1
) said ON true
ORDER BY p.schedule

-- name: last_slots
-- What became of a schedule's last promises, newest first.
SELECT due_at, status, late, evidence, reason, ended_at
FROM company.slots
WHERE schedule = %(schedule)s AND due_at <= company.now() AND status <> 'expected'
ORDER BY due_at DESC
LIMIT %(limit)s

-- name: nearest_slot
-- The last slot of a schedule that was due at a time of day or a moment.
SELECT schedule, due_at, role, watcher, grace, status, evidence, reason, late, attempts, started_at, finished_at,
  ended_at, was_expected, is_wake, coalesce(u.entries, 0) AS undelivered
FROM company.slots LEFT JOIN company.undelivered u USING (schedule, due_at)
WHERE schedule = %(schedule)s AND due_at >= %(since)s AND due_at < %(until)s
ORDER BY due_at DESC LIMIT 1

-- name: slot_at_time_of_day
-- The last slot of a schedule that was due at a time of day, UTC.
SELECT schedule, due_at, role, watcher, grace, status, evidence, reason, late, attempts, started_at, finished_at,
  ended_at, was_expected, is_wake, coalesce(u.entries, 0) AS undelivered
FROM company.slots LEFT JOIN company.undelivered u USING (schedule, due_at)
WHERE schedule = %(schedule)s AND due_at <= company.now() AND to_char(due_at AT TIME ZONE 'UTC', 'HH24:MI') = %(clock)s
ORDER BY due_at DESC LIMIT 1

-- name: brief_slots
-- Every slot of the span by how it ended.
SELECT status, sum(slots) AS slots, coalesce(sum(slots) FILTER (WHERE late), 0) AS late
FROM company.slots_by_moment
WHERE due_at >= %(since)s AND due_at < %(until)s
GROUP BY status
ORDER BY status

-- name: why_slot
-- The story of a slot: expected, attempted, ended, and what was found about it.
SELECT at, who, event, facts FROM (
  SELECT due_at AS at, 0 AS step, schedule AS who, 'slot_due' AS event,
    jsonb_build_object('unforeseen', CASE WHEN NOT was_expected THEN 'unforeseen' END,
      'grace', round(extract(epoch FROM grace) / 60)::integer, 'watcher', coalesce(watcher, 'nobody')) AS facts
  FROM company.slots WHERE schedule = %(schedule)s AND due_at = %(due_at)s
  UNION ALL
  SELECT s.started_at, 1, s.role, 'session_began', jsonb_build_object('id', s.id, 'attempt', s.attempt)
  FROM company.sessions s
  WHERE s.schedule = %(schedule)s AND s.due_at = %(due_at)s
  UNION ALL
  SELECT l.at, 2, l.role, 'text', jsonb_build_object('text', l.body)
  FROM company.session_log l JOIN company.sessions s ON s.id = l.session_id
  WHERE s.schedule = %(schedule)s AND s.due_at = %(due_at)s
  UNION ALL
  SELECT s.finished_at, 3, s.role, 'session_ended',
    jsonb_build_object('id', s.id, 'outcome', s.outcome, 'reason', s.reason,
    'evidence', (SELECT string_agg(key || ' ' || value, ', ') FROM jsonb_each_text(s.evidence)))
  FROM company.sessions s
  WHERE s.schedule = %(schedule)s AND s.due_at = %(due_at)s AND s.finished_at IS NOT NULL
  UNION ALL
  SELECT ended_at, 4, 'ledger', 'slot_ended', jsonb_build_object('status', status, 'reason', reason) FROM company.slots
  WHERE schedule = %(schedule)s AND due_at = %(due_at)s AND ended_at IS NOT NULL
  UNION ALL
  SELECT coalesce(s.ended_at, s.due_at), 5, f.found_by, 'slot_finding',
    jsonb_build_object('id', f.id, 'title', f.title, 'times', f.times_seen, 'watcher', f.watcher)
  FROM company.slots s
  JOIN company.findings f ON f.subject = s.schedule AND f.found_at <= coalesce(s.ended_at, s.due_at)
    AND coalesce(f.closed_at, 'infinity') >= coalesce(s.ended_at, s.due_at)
  WHERE s.schedule = %(schedule)s AND s.due_at = %(due_at)s AND s.status IN ('missed', 'failed', 'timed_out')
) AS story
ORDER BY at, step

-- name: console_hours
-- How the slots of a span ended, by the hour since it began.
SELECT min(due_at) AS at, CASE WHEN late AND status IN ('succeeded', 'skipped') THEN 'late' ELSE status END AS status,
  sum(slots) AS slots
FROM company.slots_by_moment
WHERE due_at >= %(since)s AND due_at <= %(until)s
GROUP BY date_bin(interval '1 hour', due_at, %(since)s), 2

-- name: console_hours_of_role
-- The same of one role.
SELECT min(due_at) AS at, CASE WHEN late AND status IN ('succeeded', 'skipped') THEN 'late' ELSE status END AS status,
  count(*) AS slots
FROM company.slots
WHERE due_at >= %(since)s AND due_at <= %(until)s AND role = %(role)s
GROUP BY date_bin(interval '1 hour', due_at, %(since)s), 2

-- name: console_days
-- How the slots of one schedule ended, by the day; of days that were summed up, their sums.
SELECT min(due_at) AS at, CASE WHEN late AND status IN ('succeeded', 'skipped') THEN 'late' ELSE status END AS status,
  count(*) AS slots
FROM company.slots
WHERE schedule = %(schedule)s AND due_at >= %(since)s AND due_at <= %(until)s
GROUP BY date_bin(interval '1 day', due_at, %(since)s), 2
UNION ALL
SELECT day::timestamptz + interval '12 hours', status, slots FROM company.slot_days
WHERE schedule = %(schedule)s AND day >= %(since)s::date AND day <= %(until)s::date

-- name: console_slots
-- The slots of one schedule that are due, the last first.
SELECT schedule, due_at, status, late, evidence, reason, attempts, started_at, ended_at FROM company.slots
WHERE schedule = %(schedule)s AND due_at < %(before)s
ORDER BY due_at DESC LIMIT %(limit)s
