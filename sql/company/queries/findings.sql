-- name: open_finding
-- Opens a finding, or raises the count of the open one of the same fingerprint.
SELECT finding_id, is_new
FROM company.open_finding(
  %(fingerprint)s, %(kind)s, %(subject)s, %(level)s, %(title)s, %(effect)s, %(evidence)s, %(accused)s, %(watcher)s
)

-- name: answer_finding
-- The watcher says what it found and does.
SELECT company.answer_finding(%(finding_id)s, %(answer)s)

-- name: close_finding
-- The finding is over; says how.
SELECT company.close_finding(%(finding_id)s, %(resolution)s) AS closed

-- name: leave_finding
-- Some of the schedules of a finding about many are well again; it names the others.
SELECT company.leave_finding(%(finding_id)s, %(schedules)s::text[], %(title)s)

-- name: mute_finding
-- The owner mutes an open finding until then.
SELECT company.mute_finding(%(finding_id)s, %(until)s)

-- name: my_open_finding
-- The open finding that I have under one fingerprint.
SELECT id, times_seen, found_at, answered_at, evidence FROM company.findings
WHERE fingerprint = %(fingerprint)s AND found_by = company.me() AND NOT by_database AND closed_at IS NULL

-- name: is_reported
-- Whether one of those who open findings of this kind has an open one of this fingerprint.
SELECT EXISTS (
  SELECT FROM company.findings WHERE fingerprint = %(fingerprint)s AND kind = %(kind)s AND closed_at IS NULL
    AND (by_database OR found_by = ANY (company.openers_of(%(kind)s)))
) AS is_reported

-- name: closable_finding_of
-- The open finding that I have under one fingerprint, where I may close it.
SELECT f.id FROM company.findings f
WHERE f.fingerprint = %(fingerprint)s AND f.found_by = company.me() AND NOT f.by_database AND company.may_close(f)

-- name: my_findings
-- Open findings that wait for me as their watcher, for the ceo also those that were escalated; never one about me.
SELECT id, fingerprint, kind, subject, level, title, effect, evidence, accused, watcher, found_by, found_at,
  last_seen_at, times_seen, woken_at, answered_at, answered_by, answer, muted_until, closed_at, closed_by,
  resolution
FROM company.findings
WHERE closed_at IS NULL
  AND NOT company.is_about(findings, company.me())
  AND (watcher = company.me() OR (escalated > 0 AND answered_at IS NULL AND company.my_kind() = 'ceo'))
ORDER BY id

-- name: my_open_findings_like
-- Open findings that I opened and may close, by the beginning of their fingerprint.
SELECT f.id, f.fingerprint FROM company.findings f
WHERE f.found_by = company.me() AND f.closed_at IS NULL AND company.may_close(f)
  AND starts_with(f.fingerprint, %(prefix)s)

-- name: closable_findings
-- Open findings of one kind and fingerprint that I may close, and whether I am the one who answers them.
SELECT f.id, f.fingerprint, f.watcher = company.me() AS is_mine_to_answer FROM company.findings f
WHERE f.kind = %(kind)s AND f.fingerprint = %(fingerprint)s AND company.may_close(f)
ORDER BY f.id

-- name: my_failed_items
-- Open findings of mine about an item that failed in one of my fires; item is null for many of a kind.
SELECT id, fingerprint, coalesce(evidence ->> 'what', '') AS what, evidence ->> 'item' AS item
FROM company.findings
WHERE found_by = company.me() AND kind = 'item_failed' AND closed_at IS NULL
ORDER BY id

-- name: list_findings
-- Findings, open ones first, of these the gravest, then the newest: what a limit cuts off is old and light.
SELECT id, fingerprint, kind, subject, level, title, effect, evidence, accused, watcher, found_by, found_at,
  last_seen_at, times_seen, woken_at, answered_at, answered_by, answer, muted_until, closed_at, closed_by, resolution
FROM company.findings
WHERE (%(only_open)s IS FALSE OR closed_at IS NULL)
ORDER BY closed_at DESC NULLS FIRST, array_position(ARRAY['ring', 'today', 'brief', 'log'], level), id DESC
LIMIT %(limit)s

-- name: owners_findings
-- The same as the owner reads them: each says whether it is about something planted.
SELECT id, fingerprint, kind, subject, level, title, effect, evidence, accused, watcher, found_by, found_at,
  last_seen_at, times_seen, woken_at, answered_at, answered_by, answer, muted_until, closed_at, closed_by, resolution,
  EXISTS (SELECT FROM company.planted_findings p WHERE p.finding_id = findings.id) AS planted
FROM company.findings
WHERE (%(only_open)s IS FALSE OR closed_at IS NULL)
ORDER BY closed_at DESC NULLS FIRST, array_position(ARRAY['ring', 'today', 'brief', 'log'], level), id DESC
LIMIT %(limit)s

-- name: open_findings_of_kind
-- What is open of one kind, from any finder.
SELECT id, title FROM company.findings WHERE kind = %(kind)s AND closed_at IS NULL ORDER BY id

-- name: findings_by_id
-- What became of some findings.
SELECT id, title, closed_at, resolution FROM company.findings WHERE id = ANY (%(ids)s) ORDER BY id

-- name: findings_of_slot
-- Who found that a slot went wrong, when, and whose it is: findings that were open when it ended, or opened for it.
SELECT f.id, f.kind, f.found_by, f.found_at, f.watcher, f.times_seen, f.answered_by, f.answered_at, f.closed_at
FROM company.slots s JOIN company.findings f ON f.subject = s.schedule
  OR (f.fingerprint LIKE 'many:%%' AND (f.evidence ? s.schedule OR s.schedule = ANY (f.named_before)))
WHERE s.schedule = %(schedule)s AND s.due_at = %(due_at)s AND s.status IN ('missed', 'failed', 'timed_out')
  AND f.found_at <= s.ended_at + interval '15 minutes' AND coalesce(f.closed_at, 'infinity') >= s.ended_at
ORDER BY f.id

-- name: unanswered_single_findings
-- Unanswered findings of one kind about one schedule each: a common cause makes one finding of them.
SELECT f.id, f.subject AS schedule, f.title FROM company.findings f
WHERE f.kind = %(kind)s AND f.fingerprint LIKE %(kind)s || ':%%' AND f.found_by = company.me()
  AND company.may_close(f) AND f.answered_at IS NULL
ORDER BY f.id

-- name: muted_under_me
-- Open findings about muted schedules that I watch, or that my people watch who cannot ask the owner themselves.
SELECT f.id, f.subject, f.watcher, f.found_at, f.answered_at, f.answer, r.description,
  CASE WHEN f.fingerprint LIKE 'many:%%' THEN (SELECT jsonb_agg(k ORDER BY k) FROM jsonb_object_keys(f.evidence) AS k)
    ELSE jsonb_build_array(f.subject) END AS schedules, company.asked_about(f.id) AS asked
FROM company.findings f
JOIN company.roster w ON w.role = f.watcher
LEFT JOIN company.roster r ON r.role = f.subject
WHERE f.closed_at IS NULL AND f.kind = 'muted'
  AND (f.watcher = company.me() OR (w.reports_to = company.me() AND w.kind NOT IN ('manager', 'ceo')))
ORDER BY f.id

-- name: orphan_findings
-- Open findings that this page opened.
SELECT f.id, f.fingerprint FROM company.findings f
WHERE f.kind = 'orphan' AND f.found_by = company.me() AND company.may_close(f)

-- name: open_trouble
-- What is open beside the orphans, which have their own list: the gravest first.
SELECT f.id, f.kind, f.subject, f.title, f.watcher, f.found_at, f.answered_by,
  EXISTS (SELECT FROM company.planted_findings p WHERE p.finding_id = f.id) AS planted,
  (SELECT min(d.id) FROM company.decisions d WHERE d.finding_id = f.id AND d.answered_at IS NULL) AS decision_id
FROM company.findings f
WHERE f.closed_at IS NULL AND f.level <> 'log' AND f.kind <> 'orphan'
ORDER BY array_position(ARRAY['ring', 'today', 'brief'], f.level), f.id

-- name: brief_findings
-- What is wrong now, and what healed since the last brief; the gravest first.
SELECT f.id, f.kind, f.subject, f.level, f.title, f.effect, f.evidence, f.accused, f.watcher, f.found_by, f.found_at,
  f.last_seen_at,
  f.times_seen, EXISTS (SELECT FROM company.planted_findings p WHERE p.finding_id = f.id) AS planted, f.woken_at,
  f.answered_at,
  f.answered_by, f.answer, f.closed_at, f.closed_by, f.resolution,
  f.muted_until > company.now() AS is_muted, w.reports_to AS watchers_manager,
  (SELECT min(d.id) FROM company.decisions d WHERE d.finding_id = f.id AND d.answered_at IS NULL) AS decision_id,
  n.id AS declined_id, n.answered_by AS declined_by, n.answered_at AS declined_at
FROM company.findings f LEFT JOIN company.roster w ON w.role = f.watcher
LEFT JOIN LATERAL (
  SELECT d.id, d.answered_by, d.answered_at, d.answer FROM company.decisions d
  WHERE d.finding_id = f.id AND d.answered_at IS NOT NULL ORDER BY d.answered_at DESC, d.id DESC LIMIT 1
) AS n ON n.answered_by = 'silence' OR n.answer = 'no'
WHERE f.level <> 'log' AND (f.closed_at IS NULL OR (f.closed_at >= %(since)s AND f.closed_at < %(until)s))
ORDER BY f.closed_at IS NOT NULL, array_position(ARRAY['ring', 'today', 'brief'], f.level), f.id

-- name: brief_last_finding
-- The last finding that was closed before this span: what a quiet day remembers.
SELECT id, title, closed_at FROM company.findings WHERE closed_at < %(since)s ORDER BY closed_at DESC LIMIT 1

-- name: why_finding
-- The story of a finding: found, woken for, answered, asked, muted, closed.
SELECT at, who, event, facts FROM (
  SELECT found_at AS at, 1 AS step, found_by AS who, 'found' AS event,
    jsonb_build_object('title', title, 'watcher', watcher,
      'planted', (SELECT 'planted' FROM company.planted_findings WHERE finding_id = findings.id)) AS facts
  FROM company.findings WHERE id = %(id)s
  UNION ALL
  SELECT woken_at, 2, 'heartbeat', 'woke', jsonb_build_object('watcher', watcher) FROM company.findings
  WHERE id = %(id)s AND woken_at IS NOT NULL
  UNION ALL
  SELECT f.answered_at, 3, f.answered_by, 'text', jsonb_build_object('text', f.answer) FROM company.findings f
  WHERE f.id = %(id)s AND f.answered_at IS NOT NULL AND NOT EXISTS (
    SELECT FROM company.session_log l WHERE l.kind = 'answered' AND l.facts @> jsonb_build_object('finding_id', f.id))
  UNION ALL
  SELECT last_seen_at, 4, found_by, 'seen_again', jsonb_build_object('times', times_seen) FROM company.findings
  WHERE id = %(id)s AND times_seen > 1
  UNION ALL
  SELECT l.at, 3, l.role, 'text', jsonb_build_object('text', regexp_replace(l.body, '^F-[0-9]+: ', ''))
  FROM company.session_log l
  WHERE l.facts @> jsonb_build_object('finding_id', %(id)s::bigint) AND l.kind NOT IN ('found')
  UNION ALL
  SELECT i.sent_at, 3, i.from_role, 'message', jsonb_build_object('kind', i.kind, 'to', i.to_role, 'body', i.body)
  FROM company.inbox i WHERE i.finding_id = %(id)s AND i.decision_id IS NULL
  UNION ALL
  SELECT i.answered_at, 5, i.to_role, 'answered', jsonb_build_object('answer', i.answer) FROM company.inbox i
  WHERE i.finding_id = %(id)s AND i.answered_at IS NOT NULL
  UNION ALL
  SELECT d.asked_at, 4, d.asked_by, 'asked_owner', jsonb_build_object('id', d.id, 'question', d.question)
  FROM company.decisions d
  WHERE d.finding_id = %(id)s
  UNION ALL
  SELECT d.answered_at, 5, d.answered_by, CASE d.answered_by WHEN 'silence' THEN 'expired' ELSE 'decision_answered' END,
    jsonb_build_object('id', d.id, 'answer', d.answer, 'text', d.answer_text)
  FROM company.decisions d WHERE d.finding_id = %(id)s AND d.answered_at IS NOT NULL
  UNION ALL
  SELECT d.acted_at, 6, d.asked_by, 'did', jsonb_build_object('outcome', d.outcome) FROM company.decisions d
  WHERE d.finding_id = %(id)s AND d.acted_at IS NOT NULL
  UNION ALL
  SELECT closed_at, 9, closed_by, 'closed', jsonb_build_object('resolution', resolution) FROM company.findings
  WHERE id = %(id)s AND closed_at IS NOT NULL
) AS story
ORDER BY at, step

-- name: subject_of_finding
-- One finding as its story's headline needs it.
SELECT id, title, watcher, closed_at, muted_until, answered_by, answer, effect,
  (SELECT min(d.id) FROM company.decisions d WHERE d.finding_id = findings.id AND d.answered_at IS NULL) AS decision_id
FROM company.findings WHERE id = %(id)s

-- name: console_open_findings
-- Open findings as the owner reads them, by pages: the last first.
SELECT id, fingerprint, kind, subject, level, title, effect, evidence, accused, watcher, found_by, found_at,
  last_seen_at, times_seen, woken_at, answered_at, answered_by, answer, muted_until, closed_at, closed_by, resolution,
  EXISTS (SELECT FROM company.planted_findings p WHERE p.finding_id = findings.id) AS planted
FROM company.findings
WHERE closed_at IS NULL AND id < coalesce(%(before)s::bigint, 9223372036854775807)
ORDER BY id DESC LIMIT %(limit)s

-- name: console_closed_findings
-- Closed findings, the last first. Only those of the page are looked up among the planted ones.
SELECT id, fingerprint, kind, subject, level, title, effect, evidence, accused, watcher, found_by, found_at,
  last_seen_at, times_seen, woken_at, answered_at, answered_by, answer, muted_until, closed_at, closed_by, resolution,
  EXISTS (SELECT FROM company.planted_findings p WHERE p.finding_id = findings.id) AS planted
FROM (
  SELECT * FROM company.findings
  WHERE closed_at IS NOT NULL AND id < coalesce(%(before)s::bigint, 9223372036854775807)
  ORDER BY id DESC LIMIT %(limit)s
) AS findings
ORDER BY id DESC
