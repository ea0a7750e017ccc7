-- name: why_finding
-- The story of a finding: found, called, answered, asked, muted, closed.
SELECT at, who, what FROM (
  SELECT found_at AS at, 1 AS step, found_by AS who,
    'found: ' || title || CASE WHEN planted THEN ' (planted)' ELSE '' END || '; handed to ' || watcher AS what
  FROM company.findings WHERE id = %(id)s
  UNION ALL
  SELECT woken_at, 2, 'heartbeat', 'called ' || watcher || ' at once' FROM company.findings WHERE id = %(id)s AND woken_at IS NOT NULL
  UNION ALL
  SELECT f.answered_at, 3, f.answered_by, f.answer FROM company.findings f
  WHERE f.id = %(id)s AND f.answered_at IS NOT NULL AND NOT EXISTS (
    SELECT FROM company.session_log l WHERE l.kind = 'answered' AND l.facts @> jsonb_build_object('finding_id', f.id))
  UNION ALL
  SELECT last_seen_at, 4, found_by, format('seen %%s times by now', times_seen) FROM company.findings WHERE id = %(id)s AND times_seen > 1
  UNION ALL
  SELECT l.at, 3, l.role, regexp_replace(l.body, '^F-[0-9]+: ', '') FROM company.session_log l
  WHERE l.facts @> jsonb_build_object('finding_id', %(id)s::bigint) AND l.kind NOT IN ('found')
  UNION ALL
  SELECT i.sent_at, 3, i.from_role, format('%%s to %%s: %%s', i.kind, i.to_role, i.body) FROM company.inbox i
  WHERE i.finding_id = %(id)s AND i.decision_id IS NULL
  UNION ALL
  SELECT i.answered_at, 5, i.to_role, 'answered: ' || i.answer FROM company.inbox i WHERE i.finding_id = %(id)s AND i.answered_at IS NOT NULL
  UNION ALL
  SELECT d.asked_at, 4, d.asked_by, format('asked the owner D-%%s: %%s', d.id, d.question) FROM company.decisions d WHERE d.finding_id = %(id)s
  UNION ALL
  SELECT d.answered_at, 5, d.answered_by, format('D-%%s: %%s', d.id, concat_ws(' ', d.answer, '"' || d.answer_text || '"'))
  FROM company.decisions d WHERE d.finding_id = %(id)s AND d.answered_at IS NOT NULL
  UNION ALL
  SELECT d.acted_at, 6, d.asked_by, 'did: ' || coalesce(d.outcome, 'nothing') FROM company.decisions d
  WHERE d.finding_id = %(id)s AND d.acted_at IS NOT NULL
  UNION ALL
  SELECT closed_at, 9, closed_by, 'closed: ' || resolution FROM company.findings WHERE id = %(id)s AND closed_at IS NOT NULL
) AS story
ORDER BY at, step

-- name: why_decision
-- The story of a question to the owner.
SELECT at, who, what FROM (
  SELECT f.found_at AS at, 1 AS step, f.found_by AS who, format('found F-%%s: %%s', f.id, f.title) AS what
  FROM company.decisions d JOIN company.findings f ON f.id = d.finding_id WHERE d.id = %(id)s
  UNION ALL
  SELECT f.answered_at, 2, f.answered_by, f.answer
  FROM company.decisions d JOIN company.findings f ON f.id = d.finding_id
  WHERE d.id = %(id)s AND f.answered_at IS NOT NULL AND position(f.answer IN d.background) = 0
  UNION ALL
  SELECT asked_at, 3, asked_by, format('asked: %%s (recommends "%%s"; silence is "%%s"). %%s', question, recommendation, default_option, background)
  FROM company.decisions WHERE id = %(id)s
  UNION ALL
  SELECT b.written_at, 4, b.written_by, format('in the brief of %%s', b.brief_date) FROM company.briefs b, company.decisions d
  WHERE d.id = %(id)s AND b.written_at >= d.asked_at AND (d.answered_at IS NULL OR b.written_at <= d.answered_at)
  UNION ALL
  SELECT answered_at, 5, answered_by, 'answered: ' || concat_ws(' ', answer, '"' || answer_text || '"')
  FROM company.decisions WHERE id = %(id)s AND answered_at IS NOT NULL
  UNION ALL
  SELECT acted_at, 6, asked_by, 'did: ' || coalesce(outcome, 'nothing') FROM company.decisions WHERE id = %(id)s AND acted_at IS NOT NULL
) AS story
ORDER BY at, step

-- name: why_task
-- The story of a task: each change of its state, and what was noted while it was worked.
SELECT at, who, what FROM (
  SELECT e.at, e.id AS step, e.by_role AS who,
    CASE WHEN e.from_status IS NULL THEN 'filed: ' || t.title ELSE e.from_status || ' -> ' || e.to_status END || coalesce(': ' || e.reason, '') AS what
  FROM company.task_events e JOIN company.task_queue t ON t.id = e.task_id WHERE e.task_id = %(id)s
  UNION ALL
  SELECT l.at, l.id, l.role, l.body FROM company.session_log l WHERE l.task_id = %(id)s
  UNION ALL
  SELECT v.verified_at, v.id, v.verified_by, format('%%s: looked at %%s: %%s', CASE WHEN v.holds THEN 'holds' ELSE 'does not hold' END, v.looked_at, v.showed)
  FROM company.verifications v WHERE v.task_id = %(id)s
) AS story
ORDER BY at, step

-- name: why_change
-- The story of a change: the task it answers, what was proposed and why, each trial, and the verdict.
SELECT at, who, what FROM (
  SELECT t.created_at AS at, 0::bigint AS step, t.created_by AS who, format('filed T-%%s: %%s', t.id, t.title) AS what
  FROM company.changes c JOIN company.task_queue t ON t.id = c.task_id WHERE c.id = %(id)s
  UNION ALL
  SELECT proposed_at, 1, author, format('proposed for %%s: %%s', array_to_string(files, ', '), reason) FROM company.changes WHERE id = %(id)s
  UNION ALL
  SELECT c.proposed_at, 2, c.author, 'the change: ' || string_agg(l.line, '  ' ORDER BY l.n)
  FROM company.changes c, string_to_table(c.diff, E'\n') WITH ORDINALITY AS l (line, n)
  WHERE c.id = %(id)s AND l.line ~ '^[+-]([^+-]|$)' GROUP BY c.proposed_at, c.author
  UNION ALL
  SELECT l.at, l.id, l.role, format('tried on a copy: test without it %%s, with it %%s; %%s rows, %%s before; %%s others, %%s differing',
    CASE WHEN (l.facts ->> 'failed_without')::integer = 1 THEN 'fails' ELSE 'passes' END,
    CASE WHEN (l.facts ->> 'passed_with')::integer = 1 THEN 'passes' ELSE 'fails' END,
    l.facts ->> 'rows', l.facts ->> 'rows_before', l.facts ->> 'others', l.facts ->> 'others_differing')
  FROM company.session_log l WHERE l.kind = 'tried' AND l.facts @> jsonb_build_object('change_id', %(id)s::bigint)
  UNION ALL
  SELECT judged_at, 9223372036854775807, judged_by, status || ': ' || verdict FROM company.changes WHERE id = %(id)s AND judged_at IS NOT NULL
) AS story
ORDER BY at, step

-- name: why_slot
-- The story of a slot: expected, attempted, ended, and what was found about it.
SELECT at, who, what FROM (
  SELECT due_at AS at, 0 AS step, schedule AS who,
    format('due%%s; grace %%s min, watched by %%s', CASE WHEN was_expected THEN '' ELSE ', unforeseen' END,
      round(extract(epoch FROM grace) / 60), coalesce(watcher, 'nobody')) AS what
  FROM company.slots WHERE schedule = %(schedule)s AND due_at = %(due_at)s
  UNION ALL
  SELECT s.started_at, 1, s.role, format('session %%s, attempt %%s began', s.id, s.attempt) FROM company.sessions s
  WHERE s.schedule = %(schedule)s AND s.due_at = %(due_at)s
  UNION ALL
  SELECT l.at, 2, l.role, l.body FROM company.session_log l JOIN company.sessions s ON s.id = l.session_id
  WHERE s.schedule = %(schedule)s AND s.due_at = %(due_at)s
  UNION ALL
  SELECT s.finished_at, 3, s.role, format('session %%s: %%s%%s%%s', s.id, s.outcome, coalesce(', ' || s.reason, ''),
    (SELECT '; ' || string_agg(key || ' ' || value, ', ') FROM jsonb_each_text(s.evidence))) FROM company.sessions s
  WHERE s.schedule = %(schedule)s AND s.due_at = %(due_at)s AND s.finished_at IS NOT NULL
  UNION ALL
  SELECT ended_at, 4, 'ledger', status || coalesce(': ' || reason, '') FROM company.slots
  WHERE schedule = %(schedule)s AND due_at = %(due_at)s AND ended_at IS NOT NULL
  UNION ALL
  SELECT coalesce(s.ended_at, s.due_at), 5, f.found_by, format('F-%%s: %%s (seen %%s times) -> %%s', f.id, f.title, f.times_seen, f.watcher)
  FROM company.slots s JOIN company.findings f ON f.subject = s.schedule AND f.found_at <= coalesce(s.ended_at, s.due_at)
    AND coalesce(f.closed_at, 'infinity') >= coalesce(s.ended_at, s.due_at)
  WHERE s.schedule = %(schedule)s AND s.due_at = %(due_at)s AND s.status IN ('missed', 'failed', 'timed_out')
) AS story
ORDER BY at, step

-- name: why_session
-- The story of one session: what it noted, and how it ended.
SELECT at, who, what FROM (
  SELECT started_at AS at, 0::bigint AS step, role AS who, format('began on slot %%s@%%s, attempt %%s', schedule, to_char(due_at, 'YYYY-MM-DD"T"HH24:MI'), attempt) AS what
  FROM company.sessions WHERE id = %(id)s
  UNION ALL
  SELECT at, id, role, body FROM company.session_log WHERE session_id = %(id)s
  UNION ALL
  SELECT finished_at, 9223372036854775807, role, outcome || coalesce(', ' || reason, '')
    || coalesce((SELECT '; ' || string_agg(key || ' ' || value, ', ') FROM jsonb_each_text(evidence)), '')
  FROM company.sessions WHERE id = %(id)s AND finished_at IS NOT NULL
) AS story
ORDER BY at, step

-- name: why_batch
-- The story of a batch: fetched, staged, checked, decided, promoted, undone.
SELECT at, who, what FROM (
  SELECT r.fetched_at AS at, 0 AS step, r.fetched_by AS who, format('%%s bytes of %%s, edition %%s, by %%s', r.size, r.source,
    to_char(r.edition_at, 'YYYY-MM-DD HH24:MI'), r.route) AS what
  FROM company.batches b JOIN company.raw_documents r ON r.id = b.raw_id WHERE b.id = %(id)s
  UNION ALL
  SELECT staged_at, 1, staged_by, format('%%s rows read, %%s staged', rows_read, rows_staged) FROM company.batches WHERE id = %(id)s
  UNION ALL
  SELECT max(checked_at), 2, checked_by, format('%%s checks, %%s not ok%%s', count(*), count(*) FILTER (WHERE NOT is_ok),
    coalesce(': ' || string_agg(check_name || ' ' || detail, '; ') FILTER (WHERE NOT is_ok), ''))
  FROM company.batch_checks WHERE batch_id = %(id)s GROUP BY checked_by
  UNION ALL
  SELECT decided_at, 3, decided_by, 'decided: ' || coalesce(reason, status) FROM company.batches WHERE id = %(id)s AND decided_at IS NOT NULL
  UNION ALL
  SELECT promoted_at, 4, 'promote', format('read %%s = promoted %%s + unchanged %%s + quarantined %%s + held %%s', rows_read, promoted, unchanged, quarantined, held)
  FROM company.batches WHERE id = %(id)s AND promoted_at IS NOT NULL
  UNION ALL
  SELECT undone_at, 5, undone_by, 'undone: ' || coalesce(reason, '') FROM company.batches WHERE id = %(id)s AND undone_at IS NOT NULL
) AS story
ORDER BY at, step

-- name: why_delivery
-- The story of a delivery: written, recorded, accepted or refused.
SELECT at, who, what FROM (
  SELECT d.written_at AS at, 0 AS step, o.by_role AS who, format('wrote to %%s: %%s (%%s, covers %%s to %%s)', c.name, d.subject, d.occasion,
    to_char(d.covers_from, 'Dy HH24:MI'), to_char(d.covers_to, 'Dy HH24:MI')) AS what
  FROM company.deliveries d JOIN company.customers c ON c.id = d.customer_id JOIN company.outbox o ON o.id = d.outbox_id WHERE d.id = %(id)s
  UNION ALL
  SELECT o.recorded_at, 1, o.by_role, 'recorded before sending' FROM company.deliveries d JOIN company.outbox o ON o.id = d.outbox_id WHERE d.id = %(id)s
  UNION ALL
  SELECT o.confirmed_at, 2, o.by_role, o.status || coalesce(': ' || o.receipt, '') FROM company.deliveries d JOIN company.outbox o ON o.id = d.outbox_id
  WHERE d.id = %(id)s AND o.confirmed_at IS NOT NULL
  UNION ALL
  SELECT t.at, t.step, t.who, t.what FROM company.deliveries d JOIN company.outbox o ON o.id = d.outbox_id JOIN company.decisions q ON q.id = o.decision_id,
    LATERAL (VALUES (q.asked_at, 1, q.asked_by, format('asked the owner: D-%%s', q.id)),
      (q.answered_at, 1, q.answered_by, format('D-%%s: %%s', q.id, concat_ws(' ', q.answer, q.answer_text)))) AS t (at, step, who, what)
  WHERE d.id = %(id)s AND t.at IS NOT NULL
  UNION ALL
  SELECT e.at, 3, 'mail server', e.status || coalesce(': ' || nullif(e.said, ''), '')
  FROM company.deliveries d JOIN company.mail_events e ON e.outbox_id = d.outbox_id WHERE d.id = %(id)s
  UNION ALL
  SELECT d.ended_at, 4, 'deliver', d.status || ': ' || d.reason FROM company.deliveries d WHERE d.id = %(id)s AND d.status IN ('declined', 'unknown')
) AS story
ORDER BY at, step

-- name: subject_of_finding
-- One finding as its story's headline needs it.
SELECT id, title, watcher, closed_at, muted_until, answered_by, answer, effect,
  (SELECT min(d.id) FROM company.decisions d WHERE d.finding_id = findings.id AND d.answered_at IS NULL) AS decision_id
FROM company.findings WHERE id = %(id)s

-- name: subject_of_decision
-- One decision as its story's headline needs it.
SELECT id, question, background, unknown, options, recommendation, default_option, asked_by, asked_at, answer_by, minutes, finding_id, subject,
  answer, answer_text, answered_by, answered_at, acted_at, outcome
FROM company.decisions WHERE id = %(id)s

-- name: subject_of_task
-- One task as its story's headline needs it.
SELECT id, mode, title, status, claimed_by, lease_until, blocked_on, blocked_action, superseded_by, closed_at
FROM company.task_queue WHERE id = %(id)s

-- name: why_proposal
-- The story of a proposal: what was seen, with its numbers, and what was made of it.
SELECT at, who, what FROM (
  SELECT proposed_at AS at, 1 AS step, proposed_by AS who, format('proposed, of %%s looked at: %%s; before: %%s%%s', looked_at,
    (SELECT string_agg(key || ' ' || value, ', ' ORDER BY key) FROM jsonb_each_text(numbers)),
    coalesce((SELECT string_agg(key || ' ' || value, ', ' ORDER BY key) FROM jsonb_each_text(past)), 'not looked at'), '. ' || nullif(remark, '')) AS what
  FROM company.proposals WHERE id = %(id)s
  UNION ALL
  SELECT judged_at, 2, judged_by, status || ': ' || verdict FROM company.proposals WHERE id = %(id)s AND judged_at IS NOT NULL
  UNION ALL
  SELECT t.closed_at, 3, 'task ' || t.id, t.status || coalesce(': ' || (t.result ->> 'showed'), '')
  FROM company.proposals p JOIN company.task_queue t ON t.id = p.task_id WHERE p.id = %(id)s AND t.closed_at IS NOT NULL
  UNION ALL
  SELECT d.answered_at, 3, d.answered_by, format('D-%%s: %%s', d.id, concat_ws(' ', d.answer, d.answer_text))
  FROM company.proposals p JOIN company.decisions d ON d.id = p.decision_id WHERE p.id = %(id)s AND d.answered_at IS NOT NULL
) AS story
ORDER BY at, step

-- name: subject_of_proposal
-- One proposal as its story's headline needs it.
SELECT p.id, p.title, p.status, t.id AS task_id, t.not_before, d.id AS decision_id
FROM company.proposals p
LEFT JOIN company.task_queue t ON t.id = p.task_id AND t.closed_at IS NULL
LEFT JOIN company.decisions d ON d.id = p.decision_id AND d.answered_at IS NULL
WHERE p.id = %(id)s

-- name: subject_of_change
-- One change as its story's headline needs it.
SELECT id, title, status FROM company.changes WHERE id = %(id)s

-- name: subject_of_session
-- One session as its story's headline needs it.
SELECT id, role, schedule, due_at, outcome, finished_at, deadline_at FROM company.sessions WHERE id = %(id)s

-- name: subject_of_batch
-- One batch as its story's headline needs it.
SELECT id, source, edition_at, status, reason FROM company.batches WHERE id = %(id)s

-- name: subject_of_delivery
-- One delivery as its story's headline needs it.
SELECT d.id, d.subject, d.status, c.name AS customer FROM company.deliveries d JOIN company.customers c ON c.id = d.customer_id WHERE d.id = %(id)s
