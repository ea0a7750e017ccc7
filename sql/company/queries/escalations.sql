-- name: wakes_due
-- Who must be woken now, and for what.
SELECT role, findings, messages, woken_before FROM company.wakes_due(%(most_a_day)s)

-- name: note_woken
-- The watchers of these were woken.
SELECT company.note_woken(%(findings)s::bigint[], %(messages)s::bigint[])

-- name: escalate_findings
-- Findings that nobody answered in time, and to whom each escalated.
SELECT finding_id, unanswered_by, escalated_to, problem FROM company.escalate_findings()

-- name: alert_unanswered_escalations
-- Escalations that even raising twice did not bring an answer.
SELECT message_id, alert_id, problem FROM company.alert_unanswered_escalations(make_interval(hours => %(hours)s))

-- name: late_answers
-- Findings whose watcher was woken and did not answer within the limit, and that were not escalated yet.
SELECT f.id, f.kind, f.subject, f.title, f.watcher, f.found_at, f.woken_at
FROM company.findings f
WHERE f.closed_at IS NULL AND f.answered_at IS NULL AND f.level IN ('ring', 'today') AND f.watcher <> company.me()
  AND (f.muted_until IS NULL OR f.muted_until < company.now())
  AND greatest(f.found_at, f.urgent_since, f.muted_until) < company.now() - make_interval(hours => %(hours)s)
  AND NOT EXISTS (SELECT FROM company.inbox i
    WHERE i.from_role = company.me() AND i.finding_id = f.id AND i.kind = 'escalation'
      AND i.sent_at >= coalesce(f.urgent_since, f.found_at))
ORDER BY f.id

-- name: waiting_escalations
-- Escalations without an answer that were sent longer ago than a span.
SELECT id, from_role, to_role, subject, sent_at, raised FROM company.inbox
WHERE kind = 'escalation' AND answered_at IS NULL AND raised < 2
  AND sent_at <= company.now() - make_interval(hours => %(hours)s) * (raised + 1)
ORDER BY id

-- name: raise_again
-- Puts an unanswered escalation back on top of the mail it waits in.
SELECT company.raise_again(%(message_id)s, make_interval(hours => %(hours)s)) AS raised

-- name: brief_escalations
-- Escalations that were raised again and are still not answered: they top the brief.
SELECT id, from_role, to_role, subject, body, sent_at, raised
FROM company.inbox
WHERE kind = 'escalation' AND answered_at IS NULL AND raised > 0
ORDER BY raised DESC, id
