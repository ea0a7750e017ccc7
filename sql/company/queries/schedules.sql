-- name: note_schedule
-- A deployed schedule as EventBridge has it now; true when it differs from what was known.
SELECT company.note_schedule(
  %(schedule)s, %(role)s, %(expression)s, %(timezone)s, %(state)s, %(starts_at)s, %(modified_at)s, %(ends_at)s,
  %(failure_queue)s
) AS differs

-- name: note_window
-- The flexible time window of a deployed schedule, in minutes; 0 where it has none.
SELECT company.note_window(%(schedule)s, %(minutes)s)

-- name: known_stamps
-- When each deployed schedule was last modified (seconds since 1970), as far as the ledger knows: a line each, for one
-- long text reads three times as quickly as ten thousand rows. One whose failure queue is not known is read again: it
-- was noted before queues were.
SELECT string_agg(schedule || ' ' || CASE WHEN failure_queue IS NULL THEN 0 ELSE date_part('epoch', modified_at) END,
  E'\n') AS stamps
FROM company.schedules WHERE gone_at IS NULL

-- name: note_gone
-- These EventBridge no longer has.
SELECT company.note_gone(%(gone)s) AS schedule

-- name: note_unreadable
-- A deployed expression that cannot be read.
SELECT company.note_unreadable(%(schedule)s, %(reason)s)

-- name: schedule_troubles
-- Where the deployed schedule is not the published one, and no open finding says so.
SELECT kind, schedule, role, watcher, state, deployed, published, unreadable FROM company.schedule_troubles
ORDER BY kind, schedule

-- name: healed_schedules
-- Open findings of heartbeat's that I may close, with schedules that are as they should be again (well) and that are
-- not (ill, each with its line), and how long the first of them was silent. One that accuses heartbeat is closed by its
-- watcher. A fire by hand has no schedule: any later work of its role ends what was found about it. A schedule that is
-- gone owes nothing; that it is gone is found.
WITH affected AS (
  SELECT f.id, f.kind, f.fingerprint, f.found_at, f.last_seen_at, f.named_before, m.schedule, m.line
  FROM company.findings f
  CROSS JOIN LATERAL (
    SELECT f.subject AS schedule, NULL AS line WHERE f.fingerprint NOT LIKE 'many:%%'
    UNION ALL
    SELECT e.key, e.value FROM jsonb_each_text(f.evidence) AS e WHERE f.fingerprint LIKE 'many:%%'
  ) AS m
  WHERE f.closed_at IS NULL AND f.found_by = 'heartbeat' AND company.may_close(f)
    AND f.kind IN ('muted', 'differs', 'gone', 'unreadable', 'missed', 'failed', 'deaf', 'lost_retry',
      'held_up', 'unexpected')
), looked AS (
  SELECT t.*, worked.at AS worked_at,
    t.kind IN ('missed', 'failed', 'lost_retry') AND s.gone_at IS NOT NULL AS is_gone,
    CASE WHEN t.kind IN ('missed', 'failed', 'lost_retry') AND s.gone_at IS NOT NULL THEN true
      WHEN r.role IS NULL OR r.left_at IS NOT NULL OR r.is_paused THEN t.kind <> 'deaf' AND r.role IS NOT NULL
      WHEN t.kind = 'muted' THEN coalesce(s.gone_at IS NOT NULL OR s.state = 'ENABLED', true)
      WHEN t.kind = 'differs' THEN coalesce((s.expression, s.timezone) IS NOT DISTINCT FROM (r.schedule_expression,
        r.schedule_timezone), true)
      WHEN t.kind = 'gone' THEN s.schedule IS NOT NULL AND s.gone_at IS NULL
      WHEN t.kind = 'unreadable' THEN s.unreadable IS NULL
      -- Each beat sees the unexpected fires of the last hour again.
      WHEN t.kind = 'unexpected' THEN t.last_seen_at < company.now() - interval '10 minutes'
      ELSE worked.at IS NOT NULL END AS is_healed
  FROM affected t
  LEFT JOIN company.schedules s ON s.schedule = t.schedule
  LEFT JOIN company.roster r ON r.role = coalesce(s.role,
    (SELECT o.role FROM company.slots o WHERE o.schedule = t.schedule ORDER BY o.due_at DESC LIMIT 1), t.schedule)
  LEFT JOIN LATERAL (
    SELECT min(x.started_at) AS at FROM company.sessions x
    WHERE x.role = r.role
      AND (x.schedule = t.schedule OR t.kind IN ('deaf', 'held_up') OR (s.schedule IS NULL AND r.role <> t.schedule))
      AND x.outcome IN ('done', 'skipped') AND x.started_at > t.last_seen_at
      -- One that was skipped because another was at work proves only that its schedule fires.
      AND (x.held_up_by IS NULL OR t.kind = 'missed')
      -- A retry proves that the function works, not that the schedule fires: only a fire in its time ends a miss.
      AND (t.kind <> 'missed' OR EXISTS (
        SELECT FROM company.slots s WHERE s.schedule = x.schedule AND s.due_at = x.due_at
          AND s.status IN ('succeeded', 'skipped')
      ))
  ) AS worked ON true
)
SELECT l.id, l.kind, l.fingerprint, min(l.schedule) AS schedule,
  (SELECT count(DISTINCT name) FROM unnest(array_agg(l.schedule) || l.named_before) AS name) AS schedules,
  array_agg(l.schedule ORDER BY l.schedule) FILTER (WHERE l.is_healed) AS well,
  coalesce(jsonb_object_agg(l.schedule, l.line) FILTER (WHERE l.is_healed IS NOT TRUE), '{}') AS ill,
  max(l.worked_at) - coalesce((
    SELECT max(x.finished_at) FROM company.sessions x
    WHERE x.schedule = min(l.schedule) AND x.outcome IN ('done', 'skipped') AND x.finished_at < l.found_at
  ), l.found_at) AS silent_for, bool_and(l.is_gone) AS is_gone
FROM looked l
GROUP BY l.id, l.kind, l.fingerprint, l.found_at, l.named_before
HAVING bool_or(l.is_healed)
ORDER BY l.id

-- name: names_of_schedules
-- Every schedule that was published or seen, also those that are gone: their slots stay.
SELECT coalesce(array_agg(schedule ORDER BY schedule), '{}') AS schedules
FROM (SELECT schedule FROM company.schedules
  UNION SELECT role FROM company.roster WHERE schedule_expression IS NOT NULL) AS known

-- name: count_scheduled_roles
-- How many published schedules should be firing.
SELECT count(*) AS n FROM company.roster WHERE left_at IS NULL AND schedule_expression IS NOT NULL AND NOT is_paused

-- name: standing_schedules
-- The schedules that are watched, by name, with who watches them.
SELECT s.schedule, s.state, r.watched_by, r.is_paused,
  -- Heartbeat says so where it is not by a decision: as a finding of its own, or within one about many.
  EXISTS (SELECT FROM company.findings f WHERE f.kind = 'muted'
    AND (f.subject = s.schedule OR f.evidence ? s.schedule)
    AND (f.closed_at IS NULL OR f.found_at >= s.changed_at)) OR s.changed_at > company.now() - interval '10 minutes'
    AS is_reported
FROM company.schedules_as_read() s JOIN company.roster r ON r.role = s.role
WHERE s.schedule = s.role AND r.left_at IS NULL
ORDER BY s.schedule

-- name: differing_schedules
-- Deployed schedules that are not what was published, with the open finding that says so.
SELECT d.schedule, d.role, d.expression, d.timezone, d.state, d.modified_at,
  r.schedule_expression AS published_expression,
  r.schedule_timezone AS published_timezone, r.is_paused,
  (SELECT min(f.id) FROM company.findings f
    WHERE f.subject = d.schedule AND f.kind IN ('muted', 'differs') AND f.closed_at IS NULL) AS finding_id
FROM company.schedules d JOIN company.roster r ON r.role = d.role
WHERE d.gone_at IS NULL AND d.schedule = d.role AND r.left_at IS NULL AND r.schedule_expression IS NOT NULL
  -- What was off for a pause, and was not looked at since the role was resumed, is no difference: the ledger of such a
  -- role ends with that moment.
  AND ((d.state = 'DISABLED' AND NOT r.is_paused
      AND (d.filled_until BETWEEN greatest(d.seen_at, company.now() - interval '15 minutes') AND company.now())
        IS NOT true)
    OR (d.expression, d.timezone) IS DISTINCT FROM (r.schedule_expression, r.schedule_timezone))
ORDER BY d.schedule

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

-- name: deployment_health
-- Three facts of each scheduled role: published, deployed as published and switched on, and really fired since the last
-- deploy.
SELECT count(*) AS published,
  count(*) FILTER (WHERE d.state = 'ENABLED'
    AND (d.expression, d.timezone) = (r.schedule_expression, r.schedule_timezone)) AS deployed,
  count(*) FILTER (WHERE EXISTS (
    SELECT FROM company.sessions s
    WHERE s.role = r.role AND s.outcome IN ('done', 'skipped') AND s.started_at >= r.published_at)) AS running,
  coalesce(array_agg(r.role ORDER BY r.role) FILTER (
    WHERE d.state IS DISTINCT FROM 'ENABLED'
      OR (d.expression, d.timezone) IS DISTINCT FROM (r.schedule_expression, r.schedule_timezone)), '{}') AS differing
FROM company.roster r
LEFT JOIN company.schedules d ON d.schedule = r.role AND d.gone_at IS NULL
WHERE r.left_at IS NULL AND r.schedule_expression IS NOT NULL AND NOT r.is_paused
