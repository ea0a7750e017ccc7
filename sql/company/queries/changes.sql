-- name: propose_change
-- A builder's change with its test, for the task that it holds.
SELECT change_id, is_new
FROM company.propose_change(%(task_id)s, %(session_id)s, %(subject)s, %(title)s, %(reason)s, %(diff)s, %(files)s,
  %(test)s, %(documents)s)

-- name: my_change_for
-- The last change that I proposed for a task and that nobody refused.
SELECT id FROM company.changes
WHERE task_id = %(task_id)s AND author = company.me() AND status <> 'refused'
ORDER BY id DESC
LIMIT 1

-- name: changes_by_status
-- Changes of a status, oldest first, with the task that they answer.
SELECT c.id, c.task_id, c.subject, c.title, c.reason, c.files, c.status, c.author, c.proposed_at, c.judged_by,
  c.judged_at, c.verdict, c.evidence,
  coalesce(t.payload, '{}') AS task
FROM company.changes_as_read() c
LEFT JOIN company.task_queue t ON t.id = c.task_id
WHERE c.status = %(status)s
ORDER BY c.id

-- name: documents_of_change
-- The documents that a change's test reads. One has failed that could not be read, or whose rows were held or refused.
SELECT r.id, r.source, r.sha256, r.edition_at, r.size, r.verdict = 'malformed' OR EXISTS (
    SELECT FROM company.batches b WHERE b.raw_id = r.id AND b.status IN ('held', 'refused')) AS has_failed,
  EXISTS (SELECT FROM company.batches b WHERE b.raw_id = r.id AND company.was_read_by_what_was_taken_back(b))
    AS was_taken_back
FROM company.raw_documents r
WHERE r.id = ANY (%(documents)s)
ORDER BY r.id

-- name: documents_to_replay
-- The last documents of a source whose rows came into force, the newest first.
SELECT r.id, r.source, r.sha256, r.edition_at, r.size, false AS has_failed,
  company.was_read_by_what_was_taken_back(b) AS was_taken_back
FROM company.batches b JOIN company.raw_documents r ON r.id = b.raw_id
WHERE b.source = %(source)s AND b.status = 'promoted'
ORDER BY b.id DESC LIMIT %(most)s

-- name: last_good_documents
-- The last documents of a source that came into force, the newest first. At the end are those that a change read which
-- was taken back.
SELECT r.id, r.source, r.sha256, r.edition_at, r.size, false AS has_failed,
  company.was_read_by_what_was_taken_back(b) AS was_taken_back
FROM company.batches b JOIN company.raw_documents r ON r.id = b.raw_id
WHERE b.source = %(source)s AND b.status = 'promoted'
ORDER BY was_taken_back, b.edition_at DESC, b.id DESC LIMIT %(most)s

-- name: last_good_before
-- The newest document of a source that came before a moment, and whose rows came into force.
SELECT r.id, r.source, r.sha256, r.edition_at, r.size, false AS has_failed,
  company.was_read_by_what_was_taken_back(b) AS was_taken_back
FROM company.batches b JOIN company.raw_documents r ON r.id = b.raw_id
WHERE b.source = %(source)s AND b.status = 'promoted' AND r.fetched_at < %(before)s
ORDER BY was_taken_back, b.id DESC LIMIT 1

-- name: judge_change
-- An auditor's verdict on a change, once.
SELECT company.judge_change(%(change_id)s, %(session_id)s, %(status)s, %(verdict)s, %(evidence)s)

-- name: change_figures
-- Changes in numbers: what waits and since when, and what a span of time decided.
SELECT count(*) FILTER (WHERE status = 'proposed') AS waiting,
  coalesce(round(extract(epoch FROM company.now() - min(proposed_at) FILTER (WHERE status = 'proposed')) / 3600, 1),
    0)::float8 AS waiting_hours,
  count(*) FILTER (WHERE proposed_at >= %(since)s) AS proposed,
  count(*) FILTER (WHERE status = 'proved' AND judged_at >= %(since)s) AS proved,
  count(*) FILTER (WHERE status = 'refused' AND judged_at >= %(since)s) AS refused,
  count(*) FILTER (WHERE status = 'proved' AND NOT EXISTS (
    SELECT FROM company.deployments d WHERE d.change_id = c.id)) AS undeployed,
  (SELECT count(*) FROM company.deployments WHERE live_at >= %(since)s) AS put_live,
  (SELECT count(*) FROM company.deployments WHERE ended_at >= %(since)s AND status = 'rolled_back') AS rolled_back
FROM company.changes c

-- name: last_trial
-- The figures of my own last trial of a change in this session.
SELECT facts - ARRAY['change_id', 'about_task'] AS facts, (facts ->> 'about_task')::bigint AS task_id
FROM company.session_log
WHERE session_id = %(session_id)s AND kind = 'tried' AND (facts ->> 'change_id')::bigint = %(change_id)s
ORDER BY id DESC
LIMIT 1

-- name: why_change
-- The story of a change: the task it answers, what was proposed and why, each trial, and the verdict.
SELECT at, who, event, facts FROM (
  SELECT t.created_at AS at, 0::bigint AS step, t.created_by AS who, 'filed_task' AS event,
    jsonb_build_object('id', t.id, 'title', t.title) AS facts
  FROM company.changes c JOIN company.task_queue t ON t.id = c.task_id WHERE c.id = %(id)s
  UNION ALL
  SELECT proposed_at, 1, author, 'change_proposed',
    jsonb_build_object('files', array_to_string(files, ', '), 'reason', reason)
  FROM company.changes WHERE id = %(id)s
  UNION ALL
  SELECT c.proposed_at, 2, c.author, 'change_lines', jsonb_build_object('lines', string_agg(l.line, '  ' ORDER BY l.n))
  FROM company.changes c, string_to_table(c.diff, E'\n') WITH ORDINALITY AS l (line, n)
  WHERE c.id = %(id)s AND l.line ~ '^[+-]([^+-]|$)' GROUP BY c.proposed_at, c.author
  UNION ALL
  SELECT l.at, l.id, l.role, 'change_tried', l.facts || jsonb_build_object(
    'without', CASE WHEN (l.facts ->> 'failed_without')::integer = 1 THEN 'fails' ELSE 'passes' END,
    'with', CASE WHEN (l.facts ->> 'passed_with')::integer = 1 THEN 'passes' ELSE 'fails' END)
  FROM company.session_log l WHERE l.kind = 'tried' AND l.facts @> jsonb_build_object('change_id', %(id)s::bigint)
  UNION ALL
  SELECT judged_at, 900000000000000000, judged_by, 'judged', jsonb_build_object('status', status, 'verdict', verdict)
  FROM company.changes WHERE id = %(id)s AND judged_at IS NOT NULL
  UNION ALL
  SELECT s.at, 1000000000000000000 + s.id, s.by_role, 'deployment_step', jsonb_build_object(
    'step', replace(s.step, '_', ' '), 'reason', s.facts ->> 'reason', 'bytes', s.facts -> 'bytes',
    'functions', nullif((SELECT string_agg(format('%%s %%s', f.key,
      concat_ws(' -> ', f.value ->> 'was', f.value ->> 'is')), ', ' ORDER BY f.key)
      FROM jsonb_each(CASE s.step WHEN 'function_published' THEN s.facts -> 'functions' END) AS f), ''))
  FROM company.deployments d JOIN company.deployment_steps s ON s.deployment_id = d.id
  WHERE d.change_id = %(id)s
  UNION ALL
  -- The fires that were watched: of each function the first since it was live, and every one that failed.
  SELECT w.started_at, 2000000000000000000 + w.id, w.role, 'watched_fire', jsonb_build_object(
    'outcome', replace(w.outcome, '_', ' '), 'reason', w.reason, 'evidence', (
      SELECT string_agg(format('%%s %%s', replace(e.key, '_', ' '), e.value #>> '{}'), ', ' ORDER BY e.key)
      FROM jsonb_each(w.evidence) AS e WHERE jsonb_typeof(e.value) = 'number' AND e.value <> '0'))
  FROM (
    SELECT s.*, row_number() OVER (PARTITION BY d.id, s.role ORDER BY s.outcome = 'skipped', s.id) AS nth
    FROM company.deployments d, jsonb_each(d.functions) AS f, company.sessions s
    WHERE d.change_id = %(id)s AND s.role = f.value ->> 'role' AND s.started_at >= d.live_at
      AND s.started_at < coalesce(d.ended_at, company.now()) AND s.outcome IS NOT NULL
  ) AS w WHERE w.nth = 1 OR w.outcome IN ('failed', 'crashed', 'timed_out')
  UNION ALL
  SELECT o.given_at, 1000000000000000000, 'owner', 'change_ordered', jsonb_build_object(
    'order', replace(o.what, '_', ' '), 'reason', nullif(o.reason, ''), 'outcome', o.outcome)
  FROM company.change_orders o WHERE o.change_id = %(id)s
) AS story
ORDER BY at, step

-- name: subject_of_change
-- One change as its story's headline needs it.
SELECT c.id, c.title, coalesce(
    (SELECT d.status FROM company.deployments d WHERE d.change_id = c.id ORDER BY d.id DESC LIMIT 1),
    c.status) AS status
FROM company.changes c WHERE c.id = %(id)s

-- name: console_change
-- A change of code, in full.
SELECT id, task_id, subject, title, reason, diff, files, test, status, author, session_id, proposed_at, judged_by,
  judged_at, verdict, evidence
FROM company.changes WHERE id = %(id)s

-- name: console_changes
-- Changes of code, the last first.
SELECT id, task_id, subject, title, status, author, proposed_at, judged_by, judged_at, verdict FROM company.changes
WHERE id < coalesce(%(before)s::bigint, 9223372036854775807)
ORDER BY id DESC LIMIT %(limit)s
