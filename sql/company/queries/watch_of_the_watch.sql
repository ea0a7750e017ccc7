-- name: beat_figures
-- How heartbeat beat in a span of time: how often, the longest silence in minutes, and when last.
WITH span AS (
  SELECT at FROM company.beats WHERE at >= %(since)s
  UNION SELECT %(until)s::timestamptz
  UNION SELECT greatest(%(since)s::timestamptz, (SELECT min(at) FROM company.beats))
)
SELECT (SELECT count(*) FROM company.beats WHERE at >= %(since)s) AS beats, (SELECT max(at) FROM company.beats) AS last_at,
  coalesce((SELECT round(extract(epoch FROM max(gap)) / 60)::integer FROM (SELECT at - lag(at) OVER (ORDER BY at) AS gap FROM span) AS gaps), 0) AS longest_gap

-- name: short_ledgers
-- Enabled standing schedules of working roles whose slots are not written far enough ahead.
SELECT s.schedule, s.role, s.filled_until
FROM company.schedules s JOIN company.roster r ON r.role = s.role
WHERE s.gone_at IS NULL AND s.schedule = s.role AND s.state = 'ENABLED' AND r.left_at IS NULL AND NOT r.is_paused AND r.schedule_expression IS NOT NULL
  AND s.seen_at < company.now() - interval '10 minutes'
  AND (s.filled_until IS NULL OR s.filled_until < company.now() + make_interval(hours => %(hours)s))
ORDER BY s.schedule

-- name: standing_schedules
-- The schedules that are watched, by name, with who watches them.
SELECT s.schedule, s.state, r.watched_by FROM company.schedules s JOIN company.roster r ON r.role = s.role
WHERE s.gone_at IS NULL AND s.schedule = s.role AND r.left_at IS NULL
ORDER BY s.schedule

-- name: late_answers
-- Findings that called their watcher and got no word within the limit, and that nobody was told of yet.
SELECT f.id, f.kind, f.subject, f.title, f.watcher, f.found_at, f.woken_at
FROM company.findings f
WHERE f.closed_at IS NULL AND f.answered_at IS NULL AND f.level IN ('ring', 'today') AND f.watcher <> company.me()
  AND (f.muted_until IS NULL OR f.muted_until < company.now())
  AND f.found_at < company.now() - make_interval(hours => %(hours)s)
  AND NOT EXISTS (SELECT FROM company.inbox i WHERE i.from_role = company.me() AND i.finding_id = f.id AND i.kind = 'escalation')
ORDER BY f.id

-- name: fires_without_note
-- Managers' fires of a span that did their work, each with whether it was closed with a note.
SELECT s.role, s.id AS session_id, s.schedule, s.due_at,
  EXISTS (SELECT FROM company.inbox i WHERE i.session_id = s.id AND i.from_role = s.role AND i.kind = 'note') AS has_note
FROM company.sessions s JOIN company.roster r ON r.role = s.role
WHERE r.kind = 'manager' AND r.left_at IS NULL AND s.outcome = 'done' AND s.finished_at >= %(since)s
ORDER BY s.role, s.id

-- name: waiting_escalations
-- Escalations without an answer that were sent longer ago than a span.
SELECT id, from_role, to_role, subject, sent_at, raised FROM company.inbox
WHERE kind = 'escalation' AND answered_at IS NULL AND raised < 2 AND sent_at <= company.now() - make_interval(hours => %(hours)s) * (raised + 1)
ORDER BY id

-- name: raise_again
-- Puts an unanswered escalation back on top of the mail it waits in.
SELECT company.raise_again(%(message_id)s, make_interval(hours => %(hours)s)) AS raised

-- name: flow_check
-- Each stage of each pipeline: when it last moved, how long it may rest, and whether it flows.
SELECT pipeline, stage, last_at, rested, may_rest, is_flowing, detail FROM company.flow_check()

-- name: published_roster
-- Every record as it was published, with its page and its deployed schedule, if there are such.
SELECT r.role, r.kind, r.description, r.reports_to, r.watched_by, r.schedule_expression, r.schedule_timezone, r.modes, r.tools, r.outward,
  b.content AS page, s.expression AS deployed_expression, s.timezone AS deployed_timezone
FROM company.roster r
LEFT JOIN company.brain b ON b.file_key = 'SKILL_' || upper(r.role)
LEFT JOIN company.schedules s ON s.schedule = r.role AND s.gone_at IS NULL
WHERE r.left_at IS NULL AND r.kind <> 'owner'
ORDER BY r.role

-- name: brain_pages
-- Every page of the brain that is no record: its key, text and age in hours.
SELECT file_key, content, updated_by, extract(epoch FROM company.now() - updated_at) / 3600 AS age_hours
FROM company.brain WHERE file_key NOT LIKE 'SKILL\_%%' ORDER BY file_key

-- name: my_open_findings_like
-- Open findings that I opened, by the beginning of their fingerprint.
SELECT id, fingerprint, accused FROM company.findings WHERE found_by = company.me() AND closed_at IS NULL AND starts_with(fingerprint, %(prefix)s)
