-- name: send_message
-- A note, an escalation or an alarm up the line.
SELECT company.send_message(
  %(to_role)s, %(kind)s, %(level)s, %(subject)s, %(body)s, %(evidence)s, %(finding_id)s, %(decision_id)s, %(session_id)s
) AS message_id

-- name: read_inbox
-- One's unread mail, marked read.
SELECT id, from_role, kind, level, subject, body, evidence, finding_id, decision_id, sent_at, answered_at, raised
FROM company.read_inbox()

-- name: answer_message
-- Answers an escalation or an alarm.
SELECT company.answer_message(%(message_id)s, %(answer)s)

-- name: unanswered_messages
-- Escalations and alarms to me that wait for an answer.
SELECT id, from_role, kind, level, subject, body, evidence, finding_id, decision_id, sent_at, answered_at, raised
FROM company.inbox
WHERE to_role = company.me() AND kind <> 'note' AND answered_at IS NULL
ORDER BY id

-- name: is_change_escalated
-- Whether I have escalated a refused change already.
SELECT EXISTS (
  SELECT FROM company.inbox WHERE from_role = company.me() AND kind = 'escalation'
    AND evidence @> jsonb_build_object('change_id', %(change_id)s::bigint)
) AS is_escalated

-- name: fires_without_note
-- Managers' fires of a span that did their work, each with whether it was closed with a note.
SELECT s.role, s.id AS session_id, s.schedule, s.due_at,
  EXISTS (SELECT FROM company.inbox i WHERE i.session_id = s.id AND i.from_role = s.role
    AND i.kind = 'note') AS has_note
FROM company.sessions s JOIN company.roster r ON r.role = s.role
WHERE r.kind = 'manager' AND r.left_at IS NULL AND s.outcome = 'done' AND s.finished_at >= %(since)s
  -- No fire lasts so long; there is an index of when they began.
  AND s.started_at >= %(since)s::timestamptz - interval '1 day'
ORDER BY s.role, s.id

-- name: brief_domains
-- Each manager with its last note of the span and the state of its queue.
SELECT r.role, r.modes, r.is_paused, n.body AS note, n.sent_at,
  (SELECT count(*) FROM company.task_queue t WHERE t.mode = ANY (r.modes) AND t.closed_at IS NULL) AS open_tasks
FROM company.roster r
LEFT JOIN LATERAL (
  SELECT i.body, i.sent_at FROM company.inbox i
  WHERE i.from_role = r.role AND i.to_role = 'ceo' AND i.kind = 'note' AND i.sent_at >= %(since)s
    AND i.sent_at < %(until)s
  ORDER BY i.id DESC LIMIT 1
) n ON true
WHERE r.kind = 'manager' AND r.left_at IS NULL
ORDER BY r.role
