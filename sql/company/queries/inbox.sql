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
