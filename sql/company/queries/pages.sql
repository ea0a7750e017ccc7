-- name: slots_of_schedules
-- Each schedule that owed or fired anything in the span: when it last fired, when next, and what it last said.
SELECT p.schedule, p.role, p.watcher, p.grace, d.state AS deployed_state, d.expression, d.timezone, d.modified_at, d.first_seen_at, d.changed_at,
  r.schedule_expression AS published_expression, r.schedule_timezone AS published_timezone, r.is_paused,
  (SELECT max(x.started_at) FROM company.sessions x WHERE x.schedule = p.schedule AND x.outcome IS DISTINCT FROM 'duplicate') AS last_fired_at,
  (SELECT min(s.due_at) FROM company.slots s WHERE s.schedule = p.schedule AND s.status = 'expected' AND s.due_at > company.now()) AS next_due_at,
  said.evidence AS last_evidence, said.outcome AS last_outcome, said.reason AS last_reason,
  (SELECT coalesce(jsonb_agg(f.id ORDER BY f.id), '[]') FROM company.findings f
    WHERE f.closed_at IS NULL AND f.level <> 'log' AND (f.subject = p.schedule OR p.role IN (f.accused, 'scrape_' || f.subject))) AS findings,
  (SELECT coalesce(jsonb_agg(q.id ORDER BY q.id), '[]') FROM company.decisions q JOIN company.findings f ON f.id = q.finding_id
    WHERE q.answered_at IS NULL AND f.subject = p.schedule) AS decisions
FROM (
  SELECT DISTINCT ON (schedule) schedule, role, watcher, grace FROM company.slots
  WHERE due_at >= %(since)s AND due_at <= %(until)s
  ORDER BY schedule, due_at DESC
) p
LEFT JOIN company.schedules d ON d.schedule = p.schedule
LEFT JOIN company.roster r ON r.role = p.role
LEFT JOIN LATERAL (
  SELECT x.evidence, x.outcome, x.reason FROM company.sessions x
  WHERE x.schedule = p.schedule AND x.outcome IN ('done', 'failed')
  ORDER BY x.id DESC LIMIT 1
) said ON true
ORDER BY p.schedule

-- name: attempts_of_slot
-- The attempts at one slot, in order.
SELECT id, attempt, request_id, started_at, finished_at, outcome, reason, evidence, worked_by
FROM company.sessions WHERE schedule = %(schedule)s AND due_at = %(due_at)s ORDER BY id

-- name: findings_of_slot
-- Who found that a slot went wrong, when, and whose it is: findings that were open when it ended, or opened for it.
SELECT f.id, f.kind, f.found_by, f.found_at, f.watcher, f.times_seen, f.answered_by, f.answered_at, f.closed_at
FROM company.slots s JOIN company.findings f ON f.subject = s.schedule OR (f.fingerprint LIKE 'many:%%' AND f.evidence ? s.schedule)
WHERE s.schedule = %(schedule)s AND s.due_at = %(due_at)s AND s.status IN ('missed', 'failed', 'timed_out')
  AND f.found_at <= s.ended_at + interval '15 minutes' AND coalesce(f.closed_at, 'infinity') >= s.ended_at
ORDER BY f.id

-- name: retries_of_slot
-- Who asked to have a slot fired again, and whether it was.
SELECT asked_by, asked_at, fired_at, finding_id FROM company.slot_retries WHERE schedule = %(schedule)s AND due_at = %(due_at)s

-- name: nearest_slot
-- The last slot of a schedule that was due at a time of day or a moment.
SELECT schedule, due_at, role, watcher, grace, status, evidence, reason, late, attempts, started_at, finished_at, ended_at, was_expected, is_wake
FROM company.slots
WHERE schedule = %(schedule)s AND due_at >= %(since)s AND due_at < %(until)s
ORDER BY due_at DESC LIMIT 1

-- name: slot_at_time_of_day
-- The last slot of a schedule that was due at a time of day, UTC.
SELECT schedule, due_at, role, watcher, grace, status, evidence, reason, late, attempts, started_at, finished_at, ended_at, was_expected, is_wake
FROM company.slots
WHERE schedule = %(schedule)s AND due_at <= company.now() AND to_char(due_at AT TIME ZONE 'UTC', 'HH24:MI') = %(clock)s
ORDER BY due_at DESC LIMIT 1
