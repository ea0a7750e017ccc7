-- name: list_approvals
-- Every action, the level of its approval, and what waits there.
SELECT a.action, a.level, a.changed_at, a.changed_by,
  count(o.id) FILTER (WHERE o.status = 'waiting') AS waiting,
  count(o.id) FILTER (WHERE o.status = 'allowed' AND a.action <> 'act_by_model') AS allowed,
  min(o.decision_id) FILTER (WHERE o.status = 'waiting') AS decision_id
FROM company.approvals a LEFT JOIN company.outbox o ON o.action = a.action AND o.status IN ('waiting', 'allowed')
GROUP BY a.action
ORDER BY a.action

-- name: approval_level
-- The approval level of an action: closed, ask, open.
SELECT level FROM company.approvals WHERE action = %(action)s

-- name: set_approval
-- The owner sets the approval level of an action.
SELECT company.set_approval(%(action)s, %(level)s)

-- name: ask_approval
-- One question about everything of mine that waits and was not asked about; nothing while one is open.
SELECT company.ask_approval(%(action)s, %(session_id)s, %(answer_by)s) AS decision_id

-- name: take_approved_entry
-- Takes an approved entry, just before it is sent: 'recorded' means send it.
SELECT company.take_approved_entry(%(outbox_id)s, %(session_id)s, %(content_sha256)s)

-- name: approvals_to_process
-- Whether something of mine waits unasked, or was answered and nobody noted what came of it.
SELECT EXISTS (
  SELECT FROM company.outbox WHERE action = %(action)s AND by_role = company.me() AND status = 'waiting'
    AND decision_id IS NULL
) OR EXISTS (
  SELECT FROM company.outbox o JOIN company.decisions d ON d.id = o.decision_id
  WHERE o.action = %(action)s AND o.by_role = company.me() AND d.answered_at IS NOT NULL AND d.acted_at IS NULL
)

-- name: approvals_answered
-- Questions about an action of mine that were answered and not yet acted upon, and how their entries ended.
SELECT d.id, count(*) AS asked, count(*) FILTER (WHERE o.status = 'sent') AS sent,
  count(*) FILTER (WHERE o.status = 'allowed') AS allowed
FROM company.outbox o JOIN company.decisions d ON d.id = o.decision_id
WHERE o.action = %(action)s AND o.by_role = company.me() AND d.answered_at IS NOT NULL AND d.acted_at IS NULL
GROUP BY d.id
ORDER BY d.id

-- name: entries_waiting
-- What waits for the owner's approval, in full where it is kept; of one question, or all.
SELECT o.id, o.action, o.status, o.to_whom, o.subject, o.recorded_at, o.decision_id, o.by_role,
  coalesce(l.body, p.body, b.body, o.payload ->> 'notice') AS body
FROM company.outbox o
LEFT JOIN company.deliveries l ON l.outbox_id = o.id
LEFT JOIN company.drafts p ON o.action = 'publish' AND p.id::text = o.payload ->> 'draft'
LEFT JOIN company.briefs b ON o.action = 'brief' AND b.id::text = o.payload ->> 'brief_id'
WHERE o.status IN ('waiting', 'allowed') AND o.action <> 'act_by_model'
  AND (%(decision_id)s::bigint IS NULL OR o.decision_id = %(decision_id)s)
ORDER BY o.id

-- name: model_approval_level
-- The level at which the model may act now: closed, ask or open.
SELECT company.model_approval_level()

-- name: ask_for_a_model_day
-- Asks the owner for a day of acting by the model, when there is something to go by.
SELECT company.ask_for_a_model_day(%(session_id)s, %(answer_by)s) AS decision_id
