-- name: boot
-- Everything an employee or machine must know before it works, and its role taken for it, in one round trip.
SELECT company.now() AS now,
  r.is_paused,
  (SELECT value FROM company.switches WHERE switch = 'company') AS company_is,
  -- Two fires of one role never overlap.
  taken.held_up_by, taken.unread,
  -- Ours, unless a pooler dropped what we asked for at the connection's start.
  current_setting('statement_timeout')::interval = %(statement_timeout)s::interval AS has_our_settings,
  -- While heartbeat is stopped, or does less than all, only a role that starts can notice it (scar: the detector
  -- stopped).
  (SELECT max(b.at) < company.now() - interval '15 minutes' OR count(*) FILTER (WHERE b.left_out <> '{}') = 3
    FROM (SELECT at, left_out FROM company.beats WHERE at <= company.now() ORDER BY at DESC LIMIT 3) b)
    AS beat_is_wrong,
  -- Nobody but this role's own fires opens them, so what is none now is none at the fire's end.
  EXISTS (SELECT FROM company.findings f WHERE f.found_by = r.role AND f.kind = 'item_failed' AND f.closed_at IS NULL)
    AS has_failed_items
FROM company.roster r, company.take_role_lease(%(session_id)s) AS taken
WHERE r.login = session_user

-- name: waiting_for_me
-- What an employee's preflight asks: tasks of its modes, findings without its answer, mail unread, answers of the owner
-- not acted upon.
SELECT
  (SELECT count(*) FROM company.task_queue t
    WHERE t.status = 'pending' AND t.mode = ANY (r.modes) AND t.not_before <= company.now()) AS tasks,
  (SELECT count(*) FROM company.findings f WHERE f.closed_at IS NULL AND f.answered_at IS NULL
    AND (f.watcher = r.role OR (f.escalated > 0 AND r.kind = 'ceo'))) AS findings,
  (SELECT count(*) FROM company.inbox i WHERE i.to_role = r.role AND i.read_at IS NULL) AS mail,
  (SELECT count(*) FROM company.decisions d
    WHERE d.asked_by = r.role AND d.answered_at IS NOT NULL AND d.acted_at IS NULL) AS answers
FROM company.roster r
WHERE r.role = company.me()

-- name: open_session
-- Takes the slot's attempt.
SELECT session_id, verdict, continues, is_late
FROM company.open_session(%(schedule)s, %(due_at)s, %(request_id)s, make_interval(secs => %(lasts_seconds)s))

-- name: close_session
-- Ends the attempt and, where no other can come, its slot; lets the next fire of this role begin.
SELECT company.close_session(%(session_id)s, %(outcome)s, %(evidence)s, %(reason)s)

-- name: log_learned
-- One discovery, kept at once.
SELECT company.log_learned(%(session_id)s, %(kind)s, %(body)s, %(facts)s, %(task_id)s)

-- name: end_overdue_sessions
-- Sessions that ran past their deadline.
SELECT session_id, role, schedule, due_at, problem FROM company.end_overdue_sessions()

-- name: held_up_roles
-- Roles whose last three fires or more were skipped because another was at work, or whose last one had to be ended with
-- its connection; and who is at work in them now.
SELECT c.role, r.watched_by AS watcher, count(c.held_up_by) AS skips, max(c.due_at) AS due_at,
  max(c.ended_pid) AS ended_pid, l.session_id, l.backend_pid
FROM company.sessions c
JOIN company.roster r ON r.role = c.role AND r.left_at IS NULL
LEFT JOIN company.role_leases l ON l.role = c.role AND l.role <> company.me()
WHERE (c.held_up_by IS NOT NULL OR c.ended_pid IS NOT NULL) AND c.started_at > company.now() - interval '2 days'
  AND NOT EXISTS (SELECT FROM company.sessions w WHERE w.role = c.role AND w.id > c.id
    AND w.outcome IN ('done', 'failed', 'skipped') AND w.held_up_by IS NULL)
GROUP BY c.role, r.watched_by, l.session_id, l.backend_pid
HAVING count(c.held_up_by) >= %(least)s OR count(c.ended_pid) > 0
ORDER BY c.role

-- name: end_open_transactions
-- Connections of staff that were ended, because their transaction stood open in the way of others.
SELECT role, watcher, pid, open_seconds FROM company.end_open_transactions(make_interval(secs => %(idle_seconds)s))

-- name: last_sessions
-- How the last attempts of a schedule ended, newest first.
SELECT id, due_at, started_at, finished_at, outcome, reason
FROM company.sessions
WHERE schedule = %(schedule)s AND outcome IS DISTINCT FROM 'duplicate'
ORDER BY id DESC
LIMIT %(limit)s

-- name: attempts_of_slot
-- The attempts at one slot, in order.
SELECT id, attempt, request_id, started_at, finished_at, outcome, reason, evidence, worked_by
FROM company.sessions WHERE schedule = %(schedule)s AND due_at = %(due_at)s ORDER BY id

-- name: start_of_my_last_work
-- When the last fire of mine that did its work began; null while there is none.
SELECT max(started_at) FROM company.sessions WHERE role = company.me() AND outcome = 'done'

-- name: crashing_roles
-- Roles whose attempts crashed again and again within a span and that have not worked since, with the last words of the
-- last one.
SELECT s.role, count(*) AS crashes, (array_agg(s.reason ORDER BY s.id DESC))[1] AS reason, max(s.id) AS session_id
FROM company.sessions s
WHERE s.outcome IN ('crashed', 'timed_out') AND s.started_at >= %(since)s
GROUP BY s.role
HAVING count(*) >= %(least)s
  AND NOT EXISTS (SELECT FROM company.sessions well
    WHERE well.role = s.role AND well.id > max(s.id) AND well.outcome IN ('done', 'skipped'))
ORDER BY s.role

-- name: notes_left_behind
-- Notes of my crashed sessions: at this very slot, and since the last fire of mine that did its work; oldest first, the
-- last hundred.
SELECT at, kind, body, facts, task_id, session_id
FROM (
  SELECT l.id, l.at, l.kind, l.body, l.facts, l.task_id, l.session_id
  FROM company.session_log l JOIN company.sessions s ON s.id = l.session_id
  WHERE s.role = company.me() AND s.id < %(session_id)s
    AND (s.outcome IS NULL OR s.outcome IN ('crashed', 'timed_out', 'fenced'))
    AND ((s.schedule = %(schedule)s AND s.due_at = %(due_at)s)
      OR s.id > coalesce((
        SELECT max(c.id) FROM company.sessions c
        WHERE c.role = company.me() AND c.id < %(session_id)s AND c.outcome = 'done'), 0))
  ORDER BY l.id DESC
  LIMIT 100
) AS last
ORDER BY id

-- name: brief_fires
-- What the sessions of the span cost, how many of them called a model, also where the book ended them, and what the
-- auditors recorded. By the book is as company.shown_worker says it of one; a skipped fire went by nothing.
SELECT count(*) FILTER (WHERE s.outcome IS DISTINCT FROM 'duplicate') AS fires,
  count(*) FILTER (WHERE s.worked_by = 'book' AND (s.model IS NOT NULL OR coalesce(c.calls, 0) = 0)
    AND r.kind <> 'machine' AND s.outcome IN ('done', 'failed')) AS by_the_book,
  count(*) FILTER (WHERE c.calls > 0) AS with_the_model,
  count(DISTINCT s.role) FILTER (WHERE s.worked_by = 'book' AND (s.model IS NOT NULL OR coalesce(c.calls, 0) = 0)
    AND r.kind <> 'machine' AND s.outcome IN ('done', 'failed')) AS people_by_the_book,
  coalesce(sum(c.usd), 0) AS usd,
  -- The recorded audits, as the console lists them: what a fire says of itself does not count.
  (SELECT count(*) FROM company.audits a
    WHERE a.audited_at >= %(since)s::timestamptz AND a.audited_at < %(until)s::timestamptz) AS audits,
  (SELECT coalesce(sum(a.looked_at), 0)::bigint FROM company.audits a
    WHERE a.audited_at >= %(since)s::timestamptz AND a.audited_at < %(until)s::timestamptz) AS audited,
  (SELECT coalesce(sum(a.differing), 0)::bigint FROM company.audits a
    WHERE a.audited_at >= %(since)s::timestamptz AND a.audited_at < %(until)s::timestamptz) AS differing,
  (SELECT count(*) FROM company.plants p
    WHERE p.whose_test IS NOT NULL AND p.planted_at >= %(until)s::timestamptz - interval '7 days'
      AND p.planted_at <= %(until)s::timestamptz) AS planted,
  (SELECT count(*) FROM company.plants p
    WHERE p.found_by IS NOT NULL AND p.planted_at >= %(until)s::timestamptz - interval '7 days') AS caught,
  (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY (extract(epoch FROM p.found_at - p.planted_at) / 3600)::float8)
    FROM company.plants p
    WHERE p.whose_test = p.found_by AND p.planted_at >= %(until)s::timestamptz - interval '7 days') AS find_hours,
  (SELECT coalesce(array_agg(DISTINCT r.auditor ORDER BY r.auditor), '{}')
    FROM company.catch_rates(%(until)s::timestamptz, 1) AS r WHERE r.missed > 0) AS missed_by
FROM company.sessions s LEFT JOIN company.roster r ON r.role = s.role
LEFT JOIN company.spend_fires c ON c.session_id = s.id
WHERE s.started_at >= %(since)s AND s.started_at < %(until)s

-- name: why_session
-- The story of one session: what it noted, and how it ended.
SELECT at, who, event, facts FROM (
  SELECT started_at AS at, 0::bigint AS step, role AS who, 'began_on_slot' AS event,
    jsonb_build_object('schedule', schedule, 'due', to_char(due_at, 'YYYY-MM-DD"T"HH24:MI'), 'attempt',
      attempt) AS facts
  FROM company.sessions WHERE id = %(id)s
  UNION ALL
  SELECT at, id, role, 'text', jsonb_build_object('text', body) FROM company.session_log WHERE session_id = %(id)s
  UNION ALL
  SELECT finished_at, 9223372036854775807, role, 'ended', jsonb_build_object('outcome', outcome, 'reason', reason,
    'evidence', (SELECT string_agg(key || ' ' || value, ', ') FROM jsonb_each_text(evidence)))
  FROM company.sessions WHERE id = %(id)s AND finished_at IS NOT NULL
) AS story
ORDER BY at, step

-- name: subject_of_session
-- One session as its story's headline needs it.
SELECT id, role, schedule, due_at, outcome, finished_at, deadline_at FROM company.sessions WHERE id = %(id)s

-- name: note_refusals
-- Counts calls of this session's tools that a rule refused.
SELECT company.note_refusals(%(session_id)s, %(times)s, %(rule)s)

-- name: console_sessions
-- Fires, of one role or of all, the last first.
SELECT id, role, schedule, due_at, attempt, started_at, finished_at, outcome, reason, evidence,
  company.shown_worker(s) AS worked_by, model, turns, tokens,
  coalesce((SELECT usd FROM company.spend_fires WHERE session_id = s.id), 0)::float8 AS cost_usd
FROM company.sessions s
WHERE (%(role)s::text IS NULL OR role = %(role)s) AND id < coalesce(%(before)s::bigint, 9223372036854775807)
ORDER BY id DESC LIMIT %(limit)s

-- name: console_session
-- One fire: what it was, what it used, and how it ended.
SELECT id, role, schedule, due_at, attempt, continues, request_id, started_at, deadline_at, finished_at, outcome,
  reason, evidence, company.shown_worker(s) AS worked_by, by_book_because, model, turns, tokens,
  coalesce((SELECT usd FROM company.spend_fires WHERE session_id = s.id), 0)::float8 AS cost_usd, held_up_by
FROM company.sessions s WHERE id = %(id)s

-- name: console_log
-- What a fire noted, in order: its turns, its tool calls with arguments and answers, what it learned.
SELECT id, at, kind, body, facts, task_id FROM company.session_log
WHERE session_id = %(id)s AND id > coalesce(%(before)s::bigint, 0)
ORDER BY id LIMIT %(limit)s

-- name: console_boot_pages
-- The pages that a role read at its boot, as they were then.
SELECT file_key, content, updated_at, updated_by FROM company.brain
WHERE file_key = ANY (%(keys)s::text[]) AND updated_at <= %(at)s
UNION ALL
SELECT file_key, content, updated_at, updated_by FROM company.brain_history
WHERE file_key = ANY (%(keys)s::text[]) AND updated_at <= %(at)s AND replaced_at > %(at)s
ORDER BY file_key

-- name: console_messages
-- What a fire wrote to others.
SELECT id, to_role, kind, level, subject, body, sent_at FROM company.inbox WHERE session_id = %(id)s
ORDER BY id LIMIT 100
