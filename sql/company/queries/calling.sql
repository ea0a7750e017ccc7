-- name: schedule_troubles
-- Where the deployed schedule is not the published one, with the finding that tells of it already. A deploy changes EventBridge a moment
-- before it publishes the records, so only what lasts longer than a deploy counts; a mute is never a deploy's and counts at once.
WITH deploys_take AS MATERIALIZED (
  -- Asked once: a function called for each of ten thousand schedules costs more than all the rest.
  SELECT company.now() - interval '15 minutes' AS until
), standing AS (
  SELECT r.role, r.watched_by, r.schedule_expression, r.schedule_timezone, s.schedule, s.expression, s.timezone, s.state, s.unreadable,
    greatest(s.changed_at, r.published_at) < deploys_take.until AS is_settled,
    s.schedule IS NOT NULL AND s.gone_at IS NULL AS is_there,
    greatest(s.gone_at, r.published_at) < deploys_take.until AS is_long_gone
  FROM deploys_take CROSS JOIN company.roster r LEFT JOIN company.schedules s ON s.schedule = r.role
  WHERE r.left_at IS NULL AND r.schedule_expression IS NOT NULL AND NOT r.is_paused
    AND NOT r.is_deployed_as_published
), troubles AS (
  SELECT role, 'muted' AS kind, format('%%s''s schedule is DISABLED in EventBridge, not by its record', role) AS title FROM standing
  WHERE is_there AND state = 'DISABLED'
  UNION ALL
  SELECT role, 'differs', format('%%s fires by %%s, its record says %%s', role, expression, schedule_expression) FROM standing
  WHERE is_there AND is_settled AND (expression, timezone) IS DISTINCT FROM (schedule_expression, schedule_timezone)
  UNION ALL
  SELECT role, 'gone', format('%%s has no schedule in EventBridge, its record says %%s', role, schedule_expression) FROM standing
  WHERE NOT is_there AND is_long_gone
  UNION ALL
  SELECT role, 'unreadable', format('%%s is deployed with a schedule that cannot be read: %%s', role, unreadable) FROM standing
  WHERE is_there AND unreadable IS NOT NULL
)
SELECT t.kind, t.role AS schedule, t.role, t.title, p.watched_by AS watcher, p.state, p.expression AS deployed,
  p.schedule_expression AS published
FROM troubles t JOIN standing p ON p.role = t.role
WHERE NOT EXISTS (
  SELECT FROM company.findings f
  WHERE f.closed_at IS NULL AND (f.fingerprint = t.kind || ':' || t.role OR (f.fingerprint = 'many:' || t.kind AND f.evidence ? t.role))
)
ORDER BY t.kind, t.role

-- name: healed_schedules
-- Open findings of heartbeat's whose schedules are all as they should be again, and how long the first of them was silent.
WITH told AS (
  SELECT f.id, f.kind, f.fingerprint, f.found_at, f.last_seen_at, m.schedule
  FROM company.findings f
  CROSS JOIN LATERAL (
    SELECT f.subject AS schedule WHERE f.fingerprint NOT LIKE 'many:%%'
    UNION ALL
    SELECT k FROM jsonb_object_keys(f.evidence) AS k WHERE f.fingerprint LIKE 'many:%%'
  ) AS m
  WHERE f.closed_at IS NULL AND f.found_by = company.me()
    AND f.kind IN ('muted', 'differs', 'gone', 'unreadable', 'missed', 'failed', 'deaf', 'lost_retry')
), looked AS (
  SELECT t.*, worked.at AS worked_at,
    CASE WHEN r.role IS NULL OR r.left_at IS NOT NULL OR r.is_paused THEN t.kind <> 'deaf' AND r.role IS NOT NULL
      WHEN t.kind = 'muted' THEN coalesce(s.gone_at IS NOT NULL OR s.state = 'ENABLED', true)
      WHEN t.kind = 'differs' THEN coalesce((s.expression, s.timezone) IS NOT DISTINCT FROM (r.schedule_expression, r.schedule_timezone), true)
      WHEN t.kind = 'gone' THEN s.schedule IS NOT NULL AND s.gone_at IS NULL
      WHEN t.kind = 'unreadable' THEN s.unreadable IS NULL
      ELSE worked.at IS NOT NULL END AS is_healed
  FROM told t
  LEFT JOIN company.schedules s ON s.schedule = t.schedule
  LEFT JOIN company.roster r ON r.role = coalesce(s.role, t.schedule)
  LEFT JOIN LATERAL (
    SELECT min(x.started_at) AS at FROM company.sessions x
    WHERE x.role = r.role AND (x.schedule = t.schedule OR t.kind = 'deaf') AND x.outcome IN ('done', 'skipped') AND x.started_at > t.last_seen_at
      -- A retry proves that the function works, not that the schedule fires: only a fire in its time ends a silence.
      AND (t.kind <> 'missed' OR EXISTS (
        SELECT FROM company.slots s WHERE s.schedule = x.schedule AND s.due_at = x.due_at AND s.status IN ('succeeded', 'skipped')
      ))
  ) AS worked ON true
)
SELECT l.id, l.kind, l.fingerprint, min(l.schedule) AS schedule, count(*) AS schedules,
  max(l.worked_at) - coalesce((
    SELECT max(x.finished_at) FROM company.sessions x
    WHERE x.schedule = min(l.schedule) AND x.outcome IN ('done', 'skipped') AND x.finished_at < l.found_at
  ), l.found_at) AS silent_for
FROM looked l
GROUP BY l.id, l.kind, l.fingerprint, l.found_at
HAVING bool_and(l.is_healed)
ORDER BY l.id

-- name: alone_and_unanswered
-- Findings of one kind that tell of one schedule each, which nobody has answered: what a common cause makes one of.
SELECT id, subject AS schedule, title FROM company.findings
WHERE kind = %(kind)s AND fingerprint LIKE %(kind)s || ':%%' AND found_by = company.me() AND closed_at IS NULL AND answered_at IS NULL
ORDER BY id

-- name: standing_count
-- How many published schedules there are to fall silent.
SELECT count(*) AS n FROM company.roster WHERE left_at IS NULL AND schedule_expression IS NOT NULL AND NOT is_paused

-- name: unexpected_fires
-- Fires of the last hour, of deployed schedules, that the ledger did not expect although it was written for their time.
SELECT s.schedule, s.role, max(s.due_at) AS due_at, count(*) AS fires, r.watched_by AS watcher
FROM company.slots s
JOIN company.schedules d ON d.schedule = s.schedule
JOIN company.roster r ON r.role = s.role
WHERE s.due_at > company.now() - interval '1 hour' AND s.due_at <= company.now() AND NOT s.was_expected AND NOT s.is_wake
  AND s.started_at IS NOT NULL AND s.due_at > d.changed_at AND s.due_at <= d.filled_until
GROUP BY s.schedule, s.role, r.watched_by
ORDER BY s.schedule

-- name: retries_waiting
-- Slots that their watchers asked to have fired again.
SELECT q.schedule, q.due_at, s.role FROM company.slot_retries q
JOIN company.slots s ON s.schedule = q.schedule AND s.due_at = q.due_at
WHERE q.fired_at IS NULL
ORDER BY q.asked_at
LIMIT %(at_most)s

-- name: note_retry_fired
-- The slot's one-off is made.
SELECT company.note_retry_fired(%(schedule)s, %(due_at)s)

-- name: lost_retries
-- Retries of the last day that were fired and never came.
SELECT q.schedule, q.due_at, s.role, r.reports_to AS watcher, q.fired_at FROM company.slot_retries q
JOIN company.slots s ON s.schedule = q.schedule AND s.due_at = q.due_at
JOIN company.roster r ON r.role = s.role
WHERE q.fired_at < company.now() - interval '20 minutes' AND q.fired_at > company.now() - interval '1 day'
  AND NOT EXISTS (
    SELECT FROM company.sessions x WHERE x.schedule = q.schedule AND x.due_at = q.due_at AND x.started_at >= q.fired_at - interval '1 minute'
  )

-- name: calls_waiting
-- Who must be called now, and for what.
SELECT role, findings, messages FROM company.calls_waiting(%(most_a_day)s)

-- name: note_called
-- Whoever is named in these was called.
SELECT company.note_called(%(findings)s::bigint[], %(messages)s::bigint[])

-- name: climb_findings
-- What nobody answered in time, and who was told of it.
SELECT finding_id, silent, told FROM company.climb_findings()

-- name: climb_escalations
-- Escalations that even raising twice did not bring an answer.
SELECT alert_id FROM company.climb_escalations(make_interval(hours => %(hours)s)) AS alert_id

-- name: ask_retry
-- Asks to have a slot fired again; says 'asked', or why that would not be safe.
SELECT company.ask_retry(%(schedule)s, %(due_at)s, %(finding_id)s) AS verdict
