-- name: waiting_for_me
-- What an employee's preflight asks: tasks of its modes, findings without its answer, mail unread, answers of the owner not acted upon.
SELECT
  (SELECT count(*) FROM company.task_queue t
    WHERE t.status = 'pending' AND t.mode = ANY (r.modes) AND t.not_before <= company.now()) AS tasks,
  (SELECT count(*) FROM company.findings f WHERE f.closed_at IS NULL AND f.answered_at IS NULL
    AND (f.watcher = r.role OR (f.climbed > 0 AND r.kind = 'ceo'))) AS findings,
  (SELECT count(*) FROM company.inbox i WHERE i.to_role = r.role AND i.read_at IS NULL) AS mail,
  (SELECT count(*) FROM company.decisions d WHERE d.asked_by = r.role AND d.answered_at IS NOT NULL AND d.acted_at IS NULL) AS answers
FROM company.roster r
WHERE r.role = company.me()

-- name: schedule_facts
-- One schedule as published and as heartbeat last saw it deployed, beside our last deploy.
SELECT name.schedule, r.role, r.description, r.watched_by AS watcher, r.reports_to AS manager,
  r.schedule_expression AS published_expression, r.schedule_timezone AS published_timezone,
  s.state AS state_seen, s.expression AS expression_seen, s.modified_at, s.seen_at,
  (SELECT max(published_at) FROM company.roster) AS last_deploy_at
FROM (SELECT %(schedule)s::text AS schedule) AS name
LEFT JOIN company.schedules s ON s.schedule = name.schedule
LEFT JOIN company.roster r ON r.role = coalesce(s.role, name.schedule)
WHERE s.schedule IS NOT NULL OR r.role IS NOT NULL

-- name: last_slots
-- What became of a schedule's last promises, newest first.
SELECT due_at, status, late, evidence, reason, ended_at
FROM company.slots
WHERE schedule = %(schedule)s AND due_at <= company.now() AND status <> 'expected'
ORDER BY due_at DESC
LIMIT %(limit)s

-- name: last_sessions
-- What the last attempts of a schedule came to, newest first.
SELECT id, due_at, started_at, finished_at, outcome, reason
FROM company.sessions
WHERE schedule = %(schedule)s AND outcome IS DISTINCT FROM 'duplicate'
ORDER BY id DESC
LIMIT %(limit)s

-- name: muted_under_me
-- Open findings about muted schedules that I watch, or that my people watch who cannot ask the owner themselves.
SELECT f.id, f.subject, f.watcher, f.found_at, f.answered_at, f.answer, r.description,
  CASE WHEN f.fingerprint LIKE 'many:%%' THEN (SELECT jsonb_agg(k ORDER BY k) FROM jsonb_object_keys(f.evidence) AS k)
    ELSE jsonb_build_array(f.subject) END AS schedules
FROM company.findings f
JOIN company.roster w ON w.role = f.watcher
LEFT JOIN company.roster r ON r.role = f.subject
WHERE f.closed_at IS NULL AND f.kind = 'muted'
  AND (f.watcher = company.me() OR (w.reports_to = company.me() AND w.kind NOT IN ('manager', 'ceo')))
ORDER BY f.id

-- name: last_decision
-- The newest question of one fingerprint, whoever asked it.
SELECT id, question, background, unknown, options, recommendation, default_option, asked_by, asked_at, answer_by, minutes,
  finding_id, subject, answer, answer_text, answered_by, answered_at, acted_at, outcome
FROM company.decisions
WHERE fingerprint = %(fingerprint)s
ORDER BY id DESC
LIMIT 1

-- name: may_switch_on
-- My question about a schedule, its answer, and whether the schedule's role is mine to watch or to manage.
SELECT d.answer, d.acted_at, r.role IS NOT NULL AS is_mine
FROM company.decisions d
LEFT JOIN company.roster r ON r.role = %(schedule)s AND (company.me() IN (r.watched_by, r.reports_to) OR company.my_kind() = 'ceo')
WHERE d.id = %(decision_id)s AND d.asked_by = company.me()
  AND (d.subject ->> 'schedule' = %(schedule)s OR d.subject -> 'schedules' ? %(schedule)s)
