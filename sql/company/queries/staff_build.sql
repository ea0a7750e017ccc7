-- name: last_good_document
-- The newest document of a source whose rows are in force: what its reader still understood.
SELECT r.id, r.source, r.sha256, r.edition_at, b.rows_read
FROM company.batches b
JOIN company.raw_documents r ON r.id = b.raw_id
WHERE b.source = %(source)s AND b.status = 'promoted'
ORDER BY b.edition_at DESC, b.id DESC
LIMIT 1

-- name: propose_change
-- A builder's change with its test, for the task that it holds.
SELECT change_id, is_new
FROM company.propose_change(%(task_id)s, %(session_id)s, %(subject)s, %(title)s, %(reason)s, %(diff)s, %(files)s, %(test)s, %(documents)s)

-- name: changes_by_status
-- Changes of a status, oldest first, with the task that they answer.
SELECT c.id, c.task_id, c.subject, c.title, c.reason, c.files, c.status, c.author, c.proposed_at, c.judged_by, c.judged_at, c.verdict, c.evidence,
  t.payload AS task
FROM company.changes c
JOIN company.task_queue t ON t.id = c.task_id
WHERE c.status = %(status)s
ORDER BY c.id

-- name: change_to_prove
-- One change whole.
SELECT id, task_id, subject, title, reason, diff, files, test, documents, status, author FROM company.changes WHERE id = %(change_id)s

-- name: documents_of_change
-- The documents that a change's test reads.
SELECT r.id, r.source, r.sha256, r.edition_at, r.verdict, r.size
FROM company.raw_documents r
WHERE r.id = ANY (%(documents)s)
ORDER BY r.id

-- name: documents_in_force
-- The document that each source's canonical rows rest on, beside how far the next may be from it.
SELECT r.id, r.source, r.sha256, r.edition_at, r.size, s.max_drop, s.max_growth
FROM company.source_freshness f
JOIN company.batches b ON b.id = f.batch_id
JOIN company.raw_documents r ON r.id = b.raw_id
JOIN company.streams s ON s.source = f.source
ORDER BY r.source

-- name: judge_change
-- An auditor's verdict on a change, once.
SELECT company.judge_change(%(change_id)s, %(session_id)s, %(status)s, %(verdict)s, %(evidence)s)

-- name: change_figures
-- Changes in numbers: what waits and since when, and what a span of time decided.
SELECT count(*) FILTER (WHERE status = 'proposed') AS waiting,
  coalesce(round(extract(epoch FROM company.now() - min(proposed_at) FILTER (WHERE status = 'proposed')) / 3600, 1), 0)::float8 AS waiting_hours,
  count(*) FILTER (WHERE proposed_at >= %(since)s) AS proposed,
  count(*) FILTER (WHERE status = 'proved' AND judged_at >= %(since)s) AS proved,
  count(*) FILTER (WHERE status = 'refused' AND judged_at >= %(since)s) AS refused,
  count(*) FILTER (WHERE status = 'proved') AS undeployed
FROM company.changes

-- name: checks_failing_again
-- Checks that held or refused the last two editions of a source, one after the other: the check or the source has changed.
SELECT l.source, c.check_name, count(*) AS editions, max(c.detail) AS detail, max(l.raw_id) AS raw_id
FROM (
  SELECT b.id, b.source, b.raw_id, row_number() OVER (PARTITION BY b.source ORDER BY b.edition_at DESC, b.id DESC) AS newest
  FROM company.batches b WHERE b.status NOT IN ('staging', 'staged', 'undone')
) l
JOIN company.batch_checks c ON c.batch_id = l.id AND c.severity = 'hold' AND NOT c.is_ok
WHERE l.newest <= 2
GROUP BY l.source, c.check_name
HAVING count(*) = 2
ORDER BY l.source, c.check_name

-- name: crashing_roles
-- Roles whose attempts died again and again within a span and that have not worked since, with the last words of the last one.
SELECT s.role, count(*) AS crashes, (array_agg(s.reason ORDER BY s.id DESC))[1] AS reason, max(s.id) AS session_id
FROM company.sessions s
WHERE s.outcome IN ('crashed', 'timed_out') AND s.started_at >= %(since)s
GROUP BY s.role
HAVING count(*) >= %(least)s
  AND NOT EXISTS (SELECT FROM company.sessions well WHERE well.role = s.role AND well.id > max(s.id) AND well.outcome IN ('done', 'skipped'))
ORDER BY s.role

-- name: moot_build_tasks
-- Open build tasks whose trouble is over: the source sent a readable edition since, its check let one through, the role works again.
SELECT t.id, t.payload ->> 'kind' AS kind, coalesce(t.payload ->> 'source', t.payload ->> 'role') AS subject, max(over.at) AS over_at
FROM company.task_queue t
JOIN LATERAL (
  SELECT f.at FROM company.fetches f WHERE t.payload ->> 'kind' = 'format_changed' AND f.source = t.payload ->> 'source' AND f.result = 'new'
  UNION ALL
  SELECT b.promoted_at FROM company.batches b
  WHERE t.payload ->> 'kind' = 'check_fails' AND b.source = t.payload ->> 'source' AND b.promoted_at IS NOT NULL
  UNION ALL
  SELECT s.finished_at FROM company.sessions s
  WHERE t.payload ->> 'kind' = 'crashes' AND s.role = t.payload ->> 'role' AND s.outcome IN ('done', 'skipped')
) over ON over.at > t.created_at
WHERE t.mode = 'build' AND t.status IN ('pending', 'blocked')
GROUP BY t.id
ORDER BY t.id

-- name: build_tasks_of_one_cause
-- Open build tasks about a document that an earlier open one is about already; nobody holds them.
SELECT t.id, min(first.id) AS successor, t.payload ->> 'source' AS source, (t.payload ->> 'raw_id')::bigint AS raw_id
FROM company.task_queue t
JOIN company.task_queue first ON first.mode = 'build' AND first.closed_at IS NULL AND first.id < t.id
  AND first.payload ->> 'raw_id' = t.payload ->> 'raw_id'
WHERE t.mode = 'build' AND t.status IN ('pending', 'blocked')
GROUP BY t.id
ORDER BY t.id

-- name: deployment_health
-- Three facts of each scheduled role: published, deployed as published and switched on, and really fired since the last deploy.
SELECT count(*) AS published,
  count(*) FILTER (WHERE d.state = 'ENABLED' AND (d.expression, d.timezone) = (r.schedule_expression, r.schedule_timezone)) AS deployed,
  count(*) FILTER (WHERE EXISTS (
    SELECT FROM company.sessions s WHERE s.role = r.role AND s.outcome IN ('done', 'skipped') AND s.started_at >= r.published_at)) AS running,
  coalesce(array_agg(r.role ORDER BY r.role) FILTER (
    WHERE d.state IS DISTINCT FROM 'ENABLED' OR (d.expression, d.timezone) IS DISTINCT FROM (r.schedule_expression, r.schedule_timezone)), '{}') AS differing
FROM company.roster r
LEFT JOIN company.schedules d ON d.schedule = r.role AND d.gone_at IS NULL
WHERE r.left_at IS NULL AND r.schedule_expression IS NOT NULL AND NOT r.is_paused

-- name: told_about_change
-- Whether I have escalated a refused change already.
SELECT EXISTS (
  SELECT FROM company.inbox WHERE from_role = company.me() AND kind = 'escalation' AND evidence @> jsonb_build_object('change_id', %(change_id)s::bigint)
) AS is_told

-- name: last_trial
-- The figures of my own last trial of a change in this session.
SELECT facts - 'change_id' AS facts, task_id
FROM company.session_log
WHERE session_id = %(session_id)s AND kind = 'tried' AND (facts ->> 'change_id')::bigint = %(change_id)s
ORDER BY id DESC
LIMIT 1
