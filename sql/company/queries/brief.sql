-- name: brief_frame
-- What the brief is of: the clock it is read by, when the last one ended, and how the company stands.
SELECT c.is_simulated, company.now() AS now,
  (SELECT max(covers_to) FROM company.briefs WHERE brief_date < %(brief_date)s) AS last_brief_to,
  (SELECT min(due_at) FROM company.slots) AS first_slot_at,
  (SELECT value FROM company.switches WHERE switch = 'company') AS company_is,
  (SELECT coalesce(jsonb_object_agg(act, stands_at), '{}') FROM company.outward_acts WHERE stands_at <> 'open') AS not_open
FROM company.clock c

-- name: brief_decisions
-- Questions that wait for the owner, the nearest hour first.
SELECT d.id, d.question, d.background, d.unknown, d.options, d.recommendation, d.default_option, d.asked_by, d.asked_at, d.answer_by,
  d.minutes, d.finding_id, coalesce(f.planted, false) AS planted
FROM company.decisions d LEFT JOIN company.findings f ON f.id = d.finding_id
WHERE d.answered_at IS NULL
ORDER BY d.answer_by, d.id

-- name: brief_promises
-- Decisions answered or acted upon since the last brief, by the owner or by silence, when each answer reached its asker, and what came
-- of it; what nothing came of is told for a week.
SELECT d.id, d.question, d.answer, d.answer_text, d.answered_by, d.answered_at, d.asked_by, d.acted_at, d.outcome,
  -- An answer reaches its asker with the note about it, or with a fire that looked at its answers.
  least((SELECT min(i.read_at) FROM company.inbox i WHERE i.decision_id = d.id AND i.to_role = d.asked_by AND i.kind = 'note'), d.acted_at) AS reached_at
FROM company.decisions d
WHERE d.answered_at < %(until)s
  AND (d.answered_at >= %(since)s OR d.acted_at >= %(since)s
    OR (d.acted_at IS NULL AND d.answered_at >= %(until)s::timestamptz - interval '7 days'))
ORDER BY d.id

-- name: brief_findings
-- What is wrong now, and what healed since the last brief; the gravest first.
SELECT f.id, f.kind, f.subject, f.level, f.title, f.effect, f.evidence, f.accused, f.watcher, f.found_by, f.found_at, f.last_seen_at,
  f.times_seen, f.planted, f.woken_at, f.answered_at, f.answered_by, f.answer, f.closed_at, f.closed_by, f.resolution,
  f.muted_until > company.now() AS is_muted, w.reports_to AS watchers_manager,
  (SELECT min(d.id) FROM company.decisions d WHERE d.finding_id = f.id AND d.answered_at IS NULL) AS decision_id
FROM company.findings f LEFT JOIN company.roster w ON w.role = f.watcher
WHERE f.level <> 'log' AND (f.closed_at IS NULL OR (f.closed_at >= %(since)s AND f.closed_at < %(until)s))
ORDER BY f.closed_at IS NOT NULL, array_position(ARRAY['ring', 'today', 'brief'], f.level), f.id

-- name: brief_last_finding
-- The last finding that was closed before this span: what a quiet day remembers.
SELECT id, title, closed_at FROM company.findings WHERE closed_at < %(since)s ORDER BY closed_at DESC LIMIT 1

-- name: brief_escalations
-- Escalations that were raised again and are still not answered: they top the brief.
SELECT id, from_role, to_role, subject, body, sent_at, raised
FROM company.inbox
WHERE kind = 'escalation' AND answered_at IS NULL AND raised > 0
ORDER BY raised DESC, id

-- name: brief_customers
-- Each customer with what left for them in the span: sent is what did not come back, mails is how many of it went by mail.
SELECT c.id, c.name, c.kind, c.is_paused, d.deliveries, d.sent, d.refused, d.waiting, d.held_back, d.items, d.last_at, d.subject,
  d.mails, d.accepted, d.bounced, d.complained
FROM company.customers c
LEFT JOIN LATERAL (
  SELECT count(*) AS deliveries,
    count(*) FILTER (WHERE status = 'sent' AND NOT came_back) AS sent,
    count(*) FILTER (WHERE status = 'refused') AS refused,
    count(*) FILTER (WHERE status IN ('waiting', 'recorded')) AS waiting,
    count(*) FILTER (WHERE status = 'declined') AS held_back,
    coalesce(sum(jsonb_array_length(items)) FILTER (WHERE status = 'sent' AND NOT came_back AND jsonb_typeof(items) = 'array'), 0)::integer AS items,
    max(ended_at) FILTER (WHERE status = 'sent' AND NOT came_back) AS last_at,
    (array_agg(subject ORDER BY written_at DESC, id DESC))[1] AS subject,
    count(*) FILTER (WHERE is_mail) AS mails,
    count(*) FILTER (WHERE is_mail AND mail_status IN ('accepted', 'complained')) AS accepted,
    count(*) FILTER (WHERE is_mail AND came_back) AS bounced,
    count(*) FILTER (WHERE is_mail AND mail_status = 'complained') AS complained
  FROM (
    SELECT e.*, o.mail_status, coalesce(o.mail_status IN ('bounced', 'rejected'), false) AS came_back,
      e.status = 'sent' AND o.to_whom LIKE '%%@%%' AS is_mail
    FROM company.deliveries e JOIN company.outbox o ON o.id = e.outbox_id
  ) AS e
  WHERE customer_id = c.id AND written_at >= %(since)s AND written_at < %(until)s
) d ON true
ORDER BY c.id

-- name: brief_sources
-- Each source: the rows read in the span by their fate, the last good edition, and its age beside its limit.
SELECT f.source, f.edition_at, f.age, f.fresh_within, f.is_stale, f.has_edition, f.last_asked_at, f.last_result, f.last_route, f.last_reason,
  coalesce(b.read, 0)::bigint AS read, coalesce(b.promoted, 0)::bigint AS promoted, coalesce(b.unchanged, 0)::bigint AS unchanged,
  coalesce(b.quarantined, 0)::bigint AS quarantined, coalesce(b.held, 0)::bigint AS held, coalesce(b.batches, 0) AS batches,
  coalesce(a.asked, 0) AS asked
FROM company.source_freshness f
LEFT JOIN (
  SELECT source, count(*) AS batches, sum(rows_read) AS read, sum(promoted) AS promoted, sum(unchanged) AS unchanged,
    sum(quarantined) AS quarantined, sum(held) AS held
  FROM company.batches
  WHERE staged_at >= %(since)s AND staged_at < %(until)s
  GROUP BY source
) b ON b.source = f.source
LEFT JOIN (
  SELECT source, count(*) AS asked FROM company.fetches WHERE at >= %(since)s AND at < %(until)s GROUP BY source
) a ON a.source = f.source
ORDER BY f.source

-- name: brief_scores
-- What the scoring passes of the span did; the last one says how much there is.
SELECT count(*) AS passes, coalesce(sum(added + changed), 0)::bigint AS changed, max(at) AS last_at,
  coalesce((array_agg(looked_at ORDER BY id DESC))[1], 0) AS looked_at
FROM company.score_passes
WHERE at >= %(since)s AND at < %(until)s

-- name: brief_domains
-- Each manager with its last note of the span and the state of its queue.
SELECT r.role, r.modes, r.is_paused, n.body AS note, n.sent_at,
  (SELECT count(*) FROM company.task_queue t WHERE t.mode = ANY (r.modes) AND t.closed_at IS NULL) AS open_tasks
FROM company.roster r
LEFT JOIN LATERAL (
  SELECT i.body, i.sent_at FROM company.inbox i
  WHERE i.from_role = r.role AND i.to_role = 'ceo' AND i.kind = 'note' AND i.sent_at >= %(since)s AND i.sent_at < %(until)s
  ORDER BY i.id DESC LIMIT 1
) n ON true
WHERE r.kind = 'manager' AND r.left_at IS NULL
ORDER BY r.role

-- name: brief_slots
-- Every slot of the span by how it ended.
SELECT status, count(*) AS slots, count(*) FILTER (WHERE late) AS late
FROM company.slots
WHERE due_at >= %(since)s AND due_at < %(until)s
GROUP BY status
ORDER BY status

-- name: brief_roles
-- Who works here: the names that a page may say.
SELECT role FROM company.roster WHERE left_at IS NULL ORDER BY role

-- name: brief_fires
-- What the sessions of the span cost, how many of them thought, and how much the auditors looked at.
SELECT count(*) FILTER (WHERE s.outcome IS DISTINCT FROM 'duplicate') AS fires,
  count(*) FILTER (WHERE s.worked_by = 'book' AND r.kind <> 'machine' AND s.outcome IN ('done', 'failed')) AS by_the_book,
  count(*) FILTER (WHERE s.worked_by <> 'book') AS with_the_model,
  count(DISTINCT s.role) FILTER (WHERE s.worked_by = 'book' AND r.kind <> 'machine' AND s.outcome IN ('done', 'failed')) AS people_by_the_book,
  coalesce(sum(s.cost_usd), 0) AS usd,
  count(*) FILTER (WHERE r.kind = 'auditor' AND s.outcome = 'done') AS audits,
  -- What a model says that it looked at is not believed: its recorded audits are counted.
  coalesce(sum(CASE WHEN s.worked_by = 'model' THEN (SELECT sum(a.looked_at) FROM company.audits a WHERE a.session_id = s.id)
    ELSE (s.evidence ->> 'sampled')::numeric END) FILTER (WHERE r.kind = 'auditor' AND s.outcome = 'done'
    AND (s.worked_by = 'model' OR jsonb_typeof(s.evidence -> 'sampled') = 'number')), 0)::bigint AS audited,
  coalesce(sum((s.evidence ->> 'differing')::numeric) FILTER (WHERE r.kind = 'auditor' AND s.outcome = 'done'
    AND jsonb_typeof(s.evidence -> 'differing') = 'number'), 0)::bigint AS differing,
  (SELECT count(*) FROM company.plants p WHERE p.whose_test IS NOT NULL AND p.planted_at >= %(until)s::timestamptz - interval '7 days') AS planted,
  (SELECT count(*) FROM company.plants p WHERE p.found_by IS NOT NULL AND p.planted_at >= %(until)s::timestamptz - interval '7 days') AS caught
FROM company.sessions s LEFT JOIN company.roster r ON r.role = s.role
WHERE s.started_at >= %(since)s AND s.started_at < %(until)s

-- name: brief_month
-- What thinking has cost since the first of the month.
SELECT coalesce(sum(cost_usd), 0) AS usd FROM company.sessions WHERE started_at >= %(month)s

-- name: brief_spending
-- The company's day limit, what of it is gone today, and how many employees a limit sent to the book in the span.
SELECT
  (SELECT most FROM company.spending_limits WHERE whose = 'company' AND unit = 'usd')::float8 AS limit_usd,
  (SELECT coalesce(sum(counts_usd), 0) FROM company.spend WHERE at >= company.spending_day())::float8 AS today_usd,
  (SELECT count(DISTINCT role) FROM company.spending_refusals WHERE at >= %(since)s AND at < %(until)s) AS stopped

-- name: last_brief_before
-- The facts of the brief before this one: what it said would happen.
SELECT brief_date, covers_to, facts FROM company.briefs WHERE brief_date < %(brief_date)s ORDER BY brief_date DESC LIMIT 1

-- name: findings_by_id
-- What became of some findings.
SELECT id, title, closed_at, resolution FROM company.findings WHERE id = ANY (%(ids)s) ORDER BY id

-- name: write_brief
-- Keeps the page; a second writing of the same day replaces the first.
SELECT company.write_brief(
  %(brief_date)s, %(covers_from)s, %(covers_to)s, %(subject)s, %(body)s, %(html)s, %(facts)s, %(checklist)s
) AS brief_id

-- name: note_brief_sent
-- The brief left the house.
SELECT company.note_brief_sent(%(brief_id)s)

-- name: read_brief
-- The brief of a day, or the newest.
SELECT id, brief_date, covers_from, covers_to, subject, body, html, facts, checklist, written_by, written_at, sent_at
FROM company.briefs
WHERE %(brief_date)s::date IS NULL OR brief_date = %(brief_date)s
ORDER BY brief_date DESC
LIMIT 1
