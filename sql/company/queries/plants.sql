-- name: plant
-- Marks a fault as planted, so that findings about it say so.
SELECT company.plant(%(fault)s, %(subject)s, %(note)s) AS plant_id

-- name: plants_for_audit
-- The tests of a span that are over: who was to find each, and who did.
SELECT id, fault, subject, planted_at, removed_at, whose_test, found_by, found_at, note
FROM company.plants_for_audit(%(since)s)

-- name: auditors_to_test
-- The auditors who are here.
SELECT role FROM company.roster WHERE kind = 'auditor' AND left_at IS NULL ORDER BY role

-- name: plant_test
-- One defect for one auditor, if one is due.
SELECT company.plant_test(%(session_id)s, %(auditor)s, %(material)s, make_interval(hours => %(hours)s)) AS plant_id

-- name: remove_plants
-- Takes away what was found, and what has had its week.
SELECT company.remove_plants(%(session_id)s) AS removed

-- name: tests_are_planted
-- Whether defects are planted for auditors.
SELECT company.tests_are_planted() AS are_planted

-- name: catch_rates
-- How many of its tests each auditor found, week by week backwards, and the median of the hours that it took.
SELECT auditor, weeks_ago, planted, caught, missed, hours FROM company.catch_rates(%(until)s, %(weeks)s)

-- name: machine_of_source
-- The machine that scrapes a source.
SELECT min(r.role) AS role FROM company.streams s JOIN company.roster r ON r.role = ANY (s.writers)
WHERE s.source = %(source)s AND r.kind = 'machine'

-- name: published_expression
-- When a role fires, by its record.
SELECT max(schedule_expression) AS expression FROM company.roster WHERE role = %(role)s

-- name: people_of
-- Who reports to somebody.
SELECT role FROM company.roster WHERE reports_to = %(manager)s AND left_at IS NULL ORDER BY role

-- name: drill_findings
-- Every finding, with whom it reached: what the drill judges by. One about a batch or a change names its source.
SELECT f.id, f.kind,
  concat_ws(' ', f.subject, (SELECT b.source FROM company.batches b WHERE f.subject = 'batch ' || b.id),
    (SELECT c.subject FROM company.changes c WHERE f.subject = 'C-' || c.id)) AS subject,
  f.accused, f.level, f.title, f.found_by, f.found_at, f.watcher, f.answered_by,
  f.escalated, f.closed_at, f.closed_by, f.resolution,
  (SELECT min(a.raised_at) FROM company.alerts a WHERE a.finding_id = f.id AND a.level = 'ring') AS rang_at,
  (SELECT min(a.raised_at) FROM company.alerts a WHERE a.finding_id = f.id AND a.level = 'today') AS alerted_at
FROM company.findings f
ORDER BY f.found_at, f.id

-- name: drill_signs
-- What the company noticed without a finding: a fire that came twice, a lease that came back, a mistake made again, an
-- escalation raised again, a change refused. Each with who noticed it, and when and by whom it ended.
SELECT 'duplicate' AS kind, s.role AS subject, 'the slot''s lock' AS found_by, s.started_at AS found_at,
  'nobody: the second one did nothing' AS watcher, s.finished_at AS closed_at, 'the slot''s lock' AS closed_by,
  NULL::timestamptz AS alerted_at
FROM company.sessions s WHERE s.outcome = 'duplicate'
UNION ALL
SELECT 'cut_off', s.role, 'Lambda''s retry', s.finished_at, 'nobody: it was made again',
  (SELECT min(n.finished_at) FROM company.sessions n WHERE n.continues = s.id), s.role, NULL
FROM company.sessions s WHERE s.outcome IN ('fenced', 'crashed')
  AND EXISTS (SELECT FROM company.sessions n WHERE n.continues = s.id AND n.outcome IN ('done', 'skipped'))
UNION ALL
SELECT 'lease', 'task ' || e.task_id, e.by_role, e.at, 'the next worker',
  (SELECT min(n.at) FROM company.task_events n WHERE n.task_id = e.task_id AND n.id > e.id),
  (SELECT n.by_role FROM company.task_events n WHERE n.task_id = e.task_id AND n.id > e.id ORDER BY n.id LIMIT 1), NULL
FROM company.task_events e WHERE e.reason = 'lease ran out'
UNION ALL
SELECT 'root_cause', t.payload ->> 'role', t.created_by, t.created_at, 'the workers of ' || t.mode, t.closed_at,
  t.claimed_by, NULL
FROM company.task_queue t WHERE t.payload ->> 'kind' = 'root_cause'
UNION ALL
SELECT 'raised_again', i.to_role, 'schedule_auditor',
  (SELECT min(s.finished_at) FROM company.sessions s WHERE s.role = 'schedule_auditor' AND s.started_at > i.sent_at
    AND jsonb_path_exists(s.evidence, '$.raised_again ? (@ > 0)')),
  i.to_role, i.answered_at, CASE WHEN i.answered_at IS NOT NULL THEN i.to_role END, i.alerted_at
FROM company.inbox i WHERE i.raised > 0
UNION ALL
SELECT 'refused_change', c.author, c.judged_by, c.judged_at,
  (SELECT r.reports_to FROM company.roster r WHERE r.role = c.judged_by), c.judged_at, c.judged_by, NULL
FROM company.changes c WHERE c.status = 'refused'

-- name: cause_of_sign
-- Who caused what was noticed, and at which slot, from rows alone. The role: the accused, whom the evidence names,
-- the role in the subject, who held the task, who scrapes the source. The slot: the holder's; the first of the
-- sessions that a root cause names; the first fire to which a source gave nothing that could be taken; the first of
-- the role that went wrong since it last worked; of an audit that says more than it recorded, the first such fire; of
-- one that seems to stand still, the first that ended well and did nothing; else its newest.
WITH named AS (
  SELECT string_to_array(%(subject)s::text, ' ') AS words, %(accused)s::text AS accused, %(at)s::timestamptz AS at,
    f.evidence, f.kind
  FROM (SELECT) AS one LEFT JOIN company.findings f ON f.id = %(finding_id)s::bigint
), who AS (
  SELECT coalesce(
    (SELECT r.role FROM company.roster r WHERE r.role = n.accused),
    (SELECT r.role FROM company.roster r WHERE r.role = n.evidence ->> 'refused'),
    (SELECT CASE WHEN (n.evidence ->> 'batches_waiting')::integer > 0 AND EXISTS (SELECT FROM company.batches b
      WHERE b.source = n.words[1] AND b.checked_at < n.at AND coalesce(b.promoted_at, 'infinity') > n.at)
      THEN 'promote' END),
    (SELECT min(r.role) FROM company.roster r WHERE r.role = ANY (n.words)),
    (SELECT e.by_role FROM company.task_events e
      WHERE n.words[1] = 'task' AND e.task_id::text = n.words[2] AND e.to_status = 'in_progress' AND e.at <= n.at
      ORDER BY e.id DESC LIMIT 1),
    (SELECT min(r.role) FROM company.streams s JOIN company.roster r ON r.role = ANY (s.writers)
      WHERE s.source = ANY (n.words) AND r.kind = 'machine')
  ) AS role, n.words, n.at, n.kind
  FROM named n
), asked AS (
  SELECT f.id, f.at, f.session_id, f.result IN ('new', 'unchanged', 'not_modified') AS is_taken
  FROM who w JOIN company.fetches f ON f.source = ANY (w.words) AND f.by_role = w.role AND f.at <= w.at
  WHERE f.result <> 'not_yet'
), fired AS (
  SELECT s.id, s.due_at, s.outcome,
    s.outcome = 'done' AND NOT jsonb_path_exists(s.evidence, '$.* ? (@.type() == "number" && @ > 0)') AS did_nothing,
    jsonb_path_exists(s.evidence, '$.sampled ? (@ > $recorded)', jsonb_build_object('recorded',
      (SELECT coalesce(sum(a.looked_at), 0) FROM company.audits a WHERE a.session_id = s.id))) AS says_more
  FROM who w JOIN company.sessions s ON s.role = w.role AND s.started_at <= w.at
)
SELECT w.role, coalesce(
  (SELECT s.due_at FROM company.task_events e JOIN company.sessions s ON s.id = e.session_id
    WHERE w.words[1] = 'task' AND e.task_id::text = w.words[2] AND e.to_status = 'in_progress' AND e.at <= w.at
    ORDER BY e.id DESC LIMIT 1),
  (SELECT min(s.due_at) FROM company.task_queue t JOIN company.sessions s ON t.payload -> 'sessions' @> to_jsonb(s.id)
    WHERE t.payload ->> 'kind' = 'root_cause' AND t.payload ->> 'role' = w.role AND t.created_at = w.at),
  (SELECT s.due_at FROM asked a JOIN company.sessions s ON s.id = a.session_id
    -- An older edition that is served for hours is the publisher's word at last: then it is taken.
    WHERE NOT a.is_taken AND NOT EXISTS (SELECT FROM asked g WHERE g.is_taken AND g.id > a.id AND g.at < w.at
      OR g.is_taken AND g.id > a.id AND EXISTS (SELECT FROM asked b WHERE NOT b.is_taken AND b.id > g.id))
    ORDER BY a.id LIMIT 1),
  (SELECT min(s.due_at) FROM company.slots s
    WHERE s.role = w.role AND s.due_at <= w.at AND s.status IN ('missed', 'failed', 'timed_out')
      AND s.due_at > coalesce((SELECT max(g.due_at) FROM company.slots g WHERE g.role = w.role AND g.due_at <= w.at
        AND g.status IN ('succeeded', 'skipped')), '-infinity')),
  -- An audit of auditors looks at a week.
  (SELECT min(c.due_at) FROM fired c WHERE w.kind = 'weak_audit' AND c.says_more
    AND c.due_at > w.at - interval '7 days'),
  (SELECT min(c.due_at) FROM fired c WHERE w.kind IN ('stuck_source', 'not_flowing') AND c.did_nothing
    AND c.due_at > coalesce((SELECT max(g.due_at) FROM fired g
      WHERE g.outcome IN ('done', 'skipped') AND NOT g.did_nothing), '-infinity')),
  (SELECT c.due_at FROM fired c ORDER BY c.id DESC LIMIT 1)
) AS due_at
FROM who w

-- name: fixed_since
-- What became of a source since a moment: a change about it live and taken back, what could not be read, what came into
-- force.
SELECT
  (SELECT min(d.live_at) FROM company.deployments d JOIN company.changes c ON c.id = d.change_id
    WHERE c.subject = %(source)s AND d.live_at > %(since)s) AS put_live_at,
  (SELECT min(d.ended_at) FROM company.deployments d JOIN company.changes c ON c.id = d.change_id
    WHERE c.subject = %(source)s AND d.status = 'rolled_back' AND d.live_at > %(since)s) AS taken_back_at,
  (SELECT min(r.fetched_at) FROM company.raw_documents r WHERE r.source = %(source)s AND r.verdict = 'malformed'
    AND r.fetched_at > (SELECT min(d.live_at) FROM company.deployments d JOIN company.changes c ON c.id = d.change_id
      WHERE c.subject = %(source)s AND d.live_at > %(since)s)) AS failed_at,
  (SELECT max(b.promoted_at) FROM company.batches b JOIN company.raw_documents r ON r.id = b.raw_id
    WHERE b.source = %(source)s AND b.status = 'promoted' AND r.fetched_at > %(since)s) AS in_force_at,
  (SELECT max(t.created_at) FROM company.task_queue t
    WHERE t.mode = 'build' AND t.payload ->> 'source' = %(source)s AND t.created_at > %(since)s) AS last_task_at

-- name: judged_changes
-- What became of some changes, in the order in which they were proposed.
SELECT c.id, c.title, c.status, c.verdict,
  (SELECT count(*)::integer FROM company.deployments d WHERE d.change_id = c.id) AS deployments
FROM company.changes c WHERE c.id = ANY (%(changes)s) ORDER BY c.id

-- name: drill_lost
-- What a run left without an end: slots, sessions, tasks, acts towards the outside and rows of editions. may_doubt: a
-- kill between an act and its confirmation may leave nobody knowing whether it left.
SELECT format('slot %%s %%s is still %%s', schedule, to_char(due_at AT TIME ZONE 'UTC', 'Dy HH24:MI'), status) AS lost
FROM company.slots WHERE status IN ('expected', 'running') AND due_at < company.now() - interval '1 hour'
UNION ALL
SELECT format('session %%s of %%s has no end', id, role) FROM company.sessions
WHERE finished_at IS NULL AND deadline_at < company.now() - interval '1 hour'
UNION ALL
SELECT format('task %%s is held by nobody who lives', id) FROM company.task_queue
WHERE status = 'in_progress' AND lease_until < company.now() - interval '1 hour'
UNION ALL
SELECT format('%%s to %%s may or may not have left (%%s)', action, to_whom, status) FROM company.outbox
WHERE (status = 'recorded' OR status = 'unknown' AND NOT %(may_doubt)s::boolean)
  AND recorded_at < company.now() - interval '1 hour'
UNION ALL
SELECT format('batch %%s of %%s: %%s rows have no fate', id, source,
  rows_read - promoted - unchanged - quarantined - held)
FROM company.batches WHERE rows_read <> promoted + unchanged + quarantined + held AND status <> 'staged'
UNION ALL
SELECT format('batch %%s of %%s waits since %%s', id, source, to_char(staged_at AT TIME ZONE 'UTC', 'Dy HH24:MI'))
FROM company.batches WHERE status IN ('staged', 'checked') AND staged_at < company.now() - interval '3 hours'

-- name: pages_missing
-- The days on which the brain knows of no page for a customer, who gets it at an address or in a folder of its own.
SELECT c.id AS customer_id, c.name, c.email, c.kind, day
FROM company.customers c,
  generate_series(date_trunc('day', c.created_at) + interval '1 day', company.now() - interval '7 hours', '1 day')
    AS day
WHERE NOT EXISTS (
  SELECT FROM company.deliveries d
  WHERE d.customer_id = c.id AND d.status = 'sent' AND d.ended_at >= day AND d.ended_at < day + interval '1 day'
)

-- name: drill_pages
-- Every morning's page, the first one first.
SELECT written_at, body FROM company.briefs ORDER BY brief_date

-- name: done_twice
-- What a run did more than once: the work of a slot, the end of a task, the promotion of a body, a customer's page.
SELECT format('slot %%s %%s was worked %%s times', schedule, to_char(due_at AT TIME ZONE 'UTC', 'Dy HH24:MI'), count(*))
  AS what
FROM company.sessions WHERE outcome = 'done' GROUP BY schedule, due_at HAVING count(*) > 1
UNION ALL
SELECT format('task %%s was ended %%s times', task_id, count(*))
FROM company.task_events WHERE to_status IN ('complete', 'failed', 'superseded', 'stale')
GROUP BY task_id HAVING count(*) > 1
UNION ALL
SELECT format('body %%s of %%s is in force %%s times', raw_id, source, count(*))
FROM company.batches WHERE raw_id IS NOT NULL AND status = 'promoted' GROUP BY source, raw_id HAVING count(*) > 1
UNION ALL
SELECT format('customer %%s got %%s pages of %%s', customer_id, count(*),
  to_char(covers_to AT TIME ZONE 'UTC', 'Dy DD'))
FROM company.deliveries WHERE status = 'sent' AND occasion = 'daily'
GROUP BY customer_id, to_char(covers_to AT TIME ZONE 'UTC', 'Dy DD') HAVING count(*) > 1

-- name: canonical_tables
-- Where the rows of each source that is on stand, and which of their columns the source fills.
SELECT source, schema_name, key_column || value_columns AS columns FROM company.streams_on ORDER BY source

-- name: scores_and_links
-- How many scores and links there are, and a sum that changes with any of them.
SELECT 'scores' AS what,
  format('%%s rows, %%s', count(*), coalesce(sum(hashtextextended(entity || ' ' || score, 0)), 0)) AS holds
FROM company.scores
UNION ALL
SELECT 'links',
  format('%%s rows, %%s', count(*), coalesce(sum(hashtextextended(concat_ws(' ', l.kind, l.entity, l.target), 0)), 0))
FROM company.links l

-- name: console_catches
-- The planted tests of each auditor since a moment, and how many of them it found.
SELECT whose_test AS auditor, count(*) AS planted, count(found_by) AS found,
  percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM found_at - planted_at))::float8 AS usual_seconds
FROM company.plants WHERE whose_test IS NOT NULL AND planted_at >= %(since)s
GROUP BY whose_test ORDER BY whose_test
