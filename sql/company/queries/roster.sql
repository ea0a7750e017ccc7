-- name: roster_roles
-- Everybody with a login.
SELECT role FROM company.roster WHERE left_at IS NULL ORDER BY role

-- name: names_of_roles
-- Every role that works here, or did.
SELECT coalesce(array_agg(role ORDER BY role), '{}') AS roles FROM company.roster

-- name: who_works_here
-- Everybody who can be paused, and who is.
SELECT role, is_paused FROM company.roster WHERE left_at IS NULL AND schedule_expression IS NOT NULL ORDER BY role

-- name: brief_roles
-- Who works here: the names that a page may say.
SELECT role FROM company.roster WHERE left_at IS NULL ORDER BY role

-- name: published_roster
-- Every record as it was published, with its page and its deployed schedule, if there are such.
SELECT r.role, r.kind, r.description, r.reports_to, r.watched_by, r.schedule_expression, r.schedule_timezone, r.modes,
  r.tools, r.outward, r.findings, (extract(epoch FROM r.grace) / 60)::integer AS grace_minutes,
  (extract(epoch FROM r.answers_within) / 60)::integer AS answers_within_minutes, r.missed_fire, r.model, r.budget,
  company.page_as_read(b.file_key) AS page, s.expression AS deployed_expression, s.timezone AS deployed_timezone
FROM company.roster r
LEFT JOIN company.brain b ON b.file_key = 'SKILL_' || upper(r.role)
LEFT JOIN company.schedules s ON s.schedule = r.role AND s.gone_at IS NULL
WHERE r.left_at IS NULL AND r.kind <> 'owner'
ORDER BY r.role

-- name: acts_beside_records
-- What roles did in the last week and their published records do not list: outward acts, and tasks of other modes.
SELECT r.role, 'outward' AS what, array_agg(DISTINCT o.action ORDER BY o.action) AS done
FROM company.outbox o JOIN company.roster r ON r.role = o.by_role
WHERE o.recorded_at > company.now() - interval '7 days' AND NOT o.action = ANY (r.outward)
GROUP BY r.role
UNION ALL
SELECT r.role, 'modes', array_agg(DISTINCT t.mode ORDER BY t.mode)
FROM (
  -- Nobody began what was closed before.
  SELECT id, mode FROM company.task_queue WHERE closed_at IS NULL
  UNION ALL
  SELECT id, mode FROM company.task_queue WHERE closed_at > company.now() - interval '7 days'
) AS t
JOIN company.task_events e ON e.task_id = t.id JOIN company.roster r ON r.role = e.by_role
WHERE e.at > company.now() - interval '7 days' AND e.to_status = 'in_progress' AND NOT t.mode = ANY (r.modes)
GROUP BY r.role
ORDER BY role, what

-- name: company_is
-- Whether the company is running or stopped.
SELECT value FROM company.switches WHERE switch = 'company'

-- name: set_switch
-- The owner's switches: whether the company works at all.
SELECT company.set_switch(%(switch)s, %(value)s)

-- name: pause_role
-- The owner pauses or resumes a role; how many expected slots were withdrawn.
SELECT company.pause_role(%(role)s, %(rests)s, %(why)s) AS withdrawn

-- name: orphans
-- Every check of who answers for what, with whom it caught and who must see to it: one row a check, also when it caught
-- nobody.
WITH RECURSIVE here AS (
  SELECT role, kind, reports_to, watched_by, schedule_expression, is_paused, modes FROM company.roster
  WHERE left_at IS NULL AND kind <> 'owner'
), deployed AS (
  SELECT schedule, role, state, seen_at, filled_until, failure_queue, unreadable FROM company.schedules
  WHERE gone_at IS NULL AND expression NOT LIKE 'at(%%'
), open_task AS (
  SELECT id, mode, status, blocked_on FROM company.task_queue WHERE closed_at IS NULL
), manager_of AS (
  SELECT mode, min(role) AS role FROM here, unnest(modes) AS mode WHERE kind = 'manager' GROUP BY mode
), chain (role, at) AS (
  -- Who watches whom watches it, as far as it goes: UNION ends a ring where it closes. Asked only of who watches
  -- somebody: nobody else stands in a ring.
  SELECT role, watched_by FROM here
  WHERE schedule_expression IS NOT NULL AND watched_by IS NOT NULL AND role IN (SELECT watched_by FROM here)
  UNION
  SELECT c.role, r.watched_by FROM chain c CROSS JOIN LATERAL (
    SELECT watched_by FROM company.roster w
    WHERE w.role = c.at AND w.left_at IS NULL AND w.kind <> 'owner' AND w.watched_by IS NOT NULL OFFSET 0
  ) AS r
), caught (place, subject, facts, manager) AS (
  SELECT 1, r.role, '{}'::jsonb, NULL FROM here r
  WHERE NOT EXISTS (SELECT FROM company.roster m WHERE m.role = r.reports_to)
  UNION ALL
  SELECT 2, r.role, jsonb_build_object('who', m.role), NULL FROM here r
  JOIN company.roster m ON m.role = r.reports_to
  WHERE m.left_at IS NOT NULL
  UNION ALL
  SELECT 3, r.role, jsonb_build_object('who', m.role), NULL FROM here r
  JOIN here m ON m.role = r.reports_to WHERE m.is_paused
  UNION ALL
  SELECT 4, r.role, '{}', r.reports_to FROM here r
  WHERE r.schedule_expression IS NOT NULL AND r.watched_by IS NULL
  UNION ALL
  SELECT 5, r.role, jsonb_build_object('who', w.role, 'has_left', w.left_at IS NOT NULL), r.reports_to
  FROM here r JOIN company.roster w ON w.role = r.watched_by
  WHERE r.schedule_expression IS NOT NULL AND (w.left_at IS NOT NULL OR w.is_paused)
  UNION ALL
  SELECT 6, r.role, '{}', r.reports_to FROM here r WHERE r.watched_by = r.role
  UNION ALL
  SELECT 7, r.role, jsonb_build_object('expression', r.schedule_expression), r.reports_to
  FROM here r
  WHERE r.schedule_expression IS NOT NULL AND NOT EXISTS (SELECT FROM deployed d WHERE d.role = r.role)
  UNION ALL
  SELECT 8, d.schedule, jsonb_build_object('who', d.role), NULL FROM deployed d
  WHERE NOT EXISTS (SELECT FROM company.roster r WHERE r.role = d.role)
  UNION ALL
  SELECT 9, d.schedule, jsonb_build_object('who', d.role), r.reports_to FROM deployed d
  JOIN company.roster r ON r.role = d.role
  WHERE r.left_at IS NOT NULL
  UNION ALL
  SELECT 10, d.schedule, jsonb_build_object('who', d.role), r.reports_to FROM deployed d
  JOIN here r ON r.role = d.role
  WHERE r.schedule_expression IS NULL
  UNION ALL
  SELECT 11, d.schedule, '{}', r.reports_to FROM deployed d
  JOIN here r ON r.role = d.role
  WHERE d.state = 'ENABLED' AND NOT r.is_paused AND d.seen_at < (SELECT company.now())
    -- Asked of how far the ledger is written and not of its slots: what fires weekly has none on most days. Of a role
    -- that was resumed it ends with that moment, until the next beat.
    AND coalesce(d.filled_until < (SELECT company.now() - interval '15 minutes'), true)
  UNION ALL
  SELECT 12, t.mode, jsonb_build_object('tasks', count(*)), min(m.role)
  FROM open_task t LEFT JOIN manager_of m USING (mode)
  WHERE NOT EXISTS (SELECT FROM here w WHERE w.kind = 'worker' AND NOT w.is_paused AND t.mode = ANY (w.modes))
  GROUP BY t.mode
  UNION ALL
  SELECT 13, m.role || ' ' || mode, jsonb_build_object('who', m.role, 'mode', mode), m.reports_to
  FROM here m, unnest(m.modes) AS mode
  WHERE m.kind = 'manager' AND NOT EXISTS (SELECT FROM here w WHERE w.kind = 'worker' AND mode = ANY (w.modes))
  UNION ALL
  SELECT 14, w.role || ' ' || mode, jsonb_build_object('who', w.role, 'mode', mode), w.reports_to
  FROM here w, unnest(w.modes) AS mode
  WHERE w.kind = 'worker' AND NOT EXISTS (SELECT FROM here m WHERE m.kind = 'manager' AND mode = ANY (m.modes))
  UNION ALL
  SELECT 15, format('task %%s', t.id), jsonb_build_object('who', t.blocked_on), m.role
  FROM open_task t LEFT JOIN manager_of m USING (mode)
  WHERE t.status = 'blocked' AND t.blocked_on <> 'owner' AND NOT EXISTS (SELECT FROM here r WHERE r.role = t.blocked_on)
  UNION ALL
  SELECT 16, format('F-%%s', f.id), jsonb_build_object('who', f.watcher), NULL FROM company.findings f
  WHERE f.closed_at IS NULL AND f.watcher <> 'owner' AND NOT EXISTS (SELECT FROM here r WHERE r.role = f.watcher)
  UNION ALL
  -- Only who stands in the ring, and not all whom its members watch: one cause is reported once.
  SELECT 17, r.role, jsonb_build_object('who', string_agg(c.at, ', ' ORDER BY c.at)), NULL
  FROM here r JOIN chain c ON c.role = r.role
  WHERE r.watched_by <> r.role
  GROUP BY r.role
  HAVING bool_or(c.at = r.role) AND NOT bool_or(c.at IN ('heartbeat', 'ceo', 'owner'))
  UNION ALL
  SELECT 18, d.schedule, '{}', r.reports_to
  FROM deployed d JOIN here r ON r.role = d.role WHERE d.failure_queue IS NULL
  UNION ALL
  SELECT 19, d.schedule, jsonb_build_object('why', d.unreadable), r.reports_to
  FROM deployed d JOIN here r ON r.role = d.role WHERE d.unreadable IS NOT NULL
), checks (place, check_name) AS (
  VALUES (1, 'no manager'), (2, 'removed manager'), (3, 'paused manager'), (4, 'no watcher'), (5, 'absent watcher'),
    (6, 'watches itself'),
    (7, 'role without function'), (8, 'function without role'), (9, 'fires who left'), (10, 'deployed, not published'),
    (11, 'not in the ledger'), (12, 'task nobody works'), (13, 'mode without worker'), (14, 'mode without manager'),
    (15, 'task blocked on nobody'), (16, 'finding nobody answers'),
    (17, 'ring of watchers'), (18, 'no failure queue'), (19, 'unreadable schedule')
)
SELECT c.check_name,
  coalesce(jsonb_agg(jsonb_build_object('subject', o.subject, 'facts', o.facts, 'owner', o.owner) ORDER BY o.subject)
  FILTER (WHERE o.subject IS NOT NULL), '[]') AS caught
FROM checks c LEFT JOIN (
  SELECT o.place, o.subject, o.facts,
    CASE WHEN o.manager = 'owner'
      OR EXISTS (SELECT FROM here m WHERE m.role = o.manager AND NOT m.is_paused) THEN o.manager ELSE 'ceo' END AS owner
  FROM caught o
) o ON o.place = c.place
GROUP BY c.place, c.check_name
ORDER BY c.place

-- name: org_people
-- Everybody on the roster with what is deployed for them, when they last worked, which of their pipelines rest, and
-- what is open.
WITH resting AS MATERIALIZED (
  SELECT pipeline, stage FROM company.flow_check() WHERE NOT is_flowing
)
SELECT r.role, r.kind, r.description, r.reports_to, r.watched_by, r.schedule_expression, r.schedule_timezone,
  r.is_paused, r.modes,
  r.published_at, d.expression AS deployed_expression, d.state AS deployed_state, d.modified_at,
  last.id AS session_id, last.started_at AS last_fired_at, last.outcome AS last_outcome,
  (SELECT company.shown_worker(s) FROM company.sessions s WHERE s.id = last.id) AS worked_by,
  work.evidence AS last_evidence, work.finished_at AS last_worked_at, next.due_at AS next_due_at,
  (SELECT coalesce(jsonb_agg(jsonb_build_object('id', f.id, 'kind', f.kind) ORDER BY f.id), '[]')
    FROM company.findings f
    WHERE f.closed_at IS NULL AND f.level <> 'log'
      AND r.role IN (f.subject, f.accused, 'scrape_' || f.subject)) AS findings,
  -- Whose machine moves which stage; to have fired is no proof of it.
  (SELECT coalesce(jsonb_agg(p.pipeline || ': ' || p.stage ORDER BY p.pipeline, p.stage), '[]') FROM resting p
    WHERE r.kind = 'machine' AND CASE p.stage
      WHEN 'checked and promoted' THEN r.role IN ('check', 'promote')
      WHEN 'scored' THEN r.role = 'score'
      WHEN 'delivered' THEN r.role = 'deliver'
      WHEN 'published' THEN r.role = 'publish'
      ELSE r.role = 'scrape_' || p.pipeline
        OR EXISTS (SELECT FROM company.streams s
          WHERE s.source = p.pipeline AND r.role = ANY (s.writers)) END) AS not_flowing
FROM company.roster r
LEFT JOIN company.schedules d ON d.schedule = r.role AND d.gone_at IS NULL
LEFT JOIN company.next_slots next ON next.schedule = r.role
LEFT JOIN LATERAL (
  -- A role without a schedule has no fires, and the server would look for one among all.
  SELECT s.* FROM company.sessions s
  WHERE r.schedule_expression IS NOT NULL AND s.role = r.role AND s.outcome IS DISTINCT FROM 'duplicate'
  ORDER BY s.id DESC LIMIT 1
) last ON true
LEFT JOIN LATERAL (
  SELECT s.* FROM company.sessions s
  WHERE r.schedule_expression IS NOT NULL AND s.role = r.role AND s.outcome = 'done' ORDER BY s.id DESC LIMIT 1
) work ON true
WHERE r.left_at IS NULL
ORDER BY r.role

-- name: org_facts
-- The figures around the tree: the last beat, the last owner's answer, what is published and what is deployed.
SELECT company.now() AS now, (SELECT is_simulated FROM company.clock) AS is_simulated,
  company.last_beat_at() AS last_beat_at,
  (SELECT to_jsonb(left_out) FROM company.beats WHERE at = company.last_beat_at()) AS left_out,
  (SELECT count(*) FROM company.beats) AS beats,
  (SELECT max(answered_at) FROM company.decisions WHERE answered_by = 'owner') AS owner_answered_at,
  (SELECT max(published_at) FROM company.roster WHERE kind <> 'owner') AS published_at,
  (SELECT max(modified_at) FROM company.schedules WHERE gone_at IS NULL AND schedule = role) AS deployed_at,
  (SELECT count(*) FROM company.schedules WHERE gone_at IS NULL AND schedule = role) AS deployed,
  (SELECT count(*) FROM company.roster WHERE left_at IS NULL AND schedule_expression IS NOT NULL) AS published,
  (SELECT value FROM company.switches WHERE switch = 'company') AS company_is

-- name: subject_of_role
-- One role as its story's headline needs it, with what is open about it.
SELECT r.role, r.kind, r.reports_to, r.watched_by, r.schedule_expression, r.is_paused, r.left_at,
  ARRAY(SELECT id FROM company.findings WHERE r.role IN (subject, watcher) AND closed_at IS NULL ORDER BY id)
    AS findings,
  ARRAY(SELECT id FROM company.decisions WHERE asked_by = r.role AND answered_at IS NULL ORDER BY id) AS decisions
FROM company.roster r WHERE r.role = %(role)s

-- name: why_role
-- The story of a role: its last ten fires that did something, the last five without, and what was found about it.
SELECT at, who, event, facts FROM (
  (SELECT finished_at AS at, 1 AS step, role AS who, 'session_ended' AS event,
    jsonb_build_object('id', id, 'outcome', outcome, 'reason', reason,
      'evidence', (SELECT string_agg(key || ' ' || value, ', ') FROM jsonb_each_text(evidence))) AS facts
  FROM company.sessions WHERE role = %(role)s AND finished_at IS NOT NULL AND outcome <> 'skipped'
  ORDER BY id DESC LIMIT 10)
  UNION ALL
  (SELECT finished_at, 1, role, 'session_ended', jsonb_build_object('id', id, 'outcome', outcome, 'reason', reason)
  FROM company.sessions WHERE role = %(role)s AND outcome = 'skipped' ORDER BY id DESC LIMIT 5)
  UNION ALL
  (SELECT found_at, 2, found_by, 'slot_finding', jsonb_build_object('id', id, 'title', title, 'times', times_seen,
    'watcher', watcher)
  FROM company.findings WHERE subject = %(role)s ORDER BY id DESC LIMIT 10)
) AS story
ORDER BY at, step

-- name: highest_numbers
-- The last number of each kind of thing that is kept, by the letter before it.
SELECT jsonb_build_object(
  'F', (SELECT max(id) FROM company.findings), 'D', (SELECT max(id) FROM company.decisions),
  'T', (SELECT max(id) FROM company.task_queue), 'C', (SELECT max(id) FROM company.changes),
  'P', (SELECT max(id) FROM company.proposals), 'B', (SELECT max(id) FROM company.batches),
  'L', (SELECT max(id) FROM company.deliveries), 'S', (SELECT max(id) FROM company.sessions)) AS numbers
