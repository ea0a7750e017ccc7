-- name: rungs
-- Every outward act, where it stands, and what waits there.
SELECT a.act, a.stands_at, a.changed_at, a.changed_by,
  count(o.id) FILTER (WHERE o.status = 'waiting') AS waiting,
  count(o.id) FILTER (WHERE o.status = 'allowed' AND a.act <> 'act_by_model') AS allowed,
  min(o.decision_id) FILTER (WHERE o.status = 'waiting') AS decision_id
FROM company.outward_acts a LEFT JOIN company.outbox o ON o.act = a.act AND o.status IN ('waiting', 'allowed')
GROUP BY a.act
ORDER BY a.act

-- name: outward_act_stands_at
-- How far the owner trusts an outward act: closed, ask, open.
SELECT stands_at FROM company.outward_acts WHERE act = %(act)s

-- name: set_outward_act
-- The owner says how far an outward act is trusted.
SELECT company.set_outward_act(%(act)s, %(stands_at)s)

-- name: ask_leave
-- One question about everything of mine that waits and was not asked about; nothing while one is open.
SELECT company.ask_leave(%(act)s, %(session_id)s, %(answer_by)s) AS decision_id

-- name: take_allowed_act
-- Takes what the owner allowed, just before it goes: 'recorded' means go.
SELECT company.take_allowed_act(%(act_id)s, %(session_id)s, %(content_sha256)s)

-- name: leave_to_tend
-- Whether something of mine waits unasked, or was answered and nobody noted what came of it.
SELECT EXISTS (
  SELECT FROM company.outbox WHERE act = %(act)s AND by_role = company.me() AND status = 'waiting'
    AND decision_id IS NULL
) OR EXISTS (
  SELECT FROM company.outbox o JOIN company.decisions d ON d.id = o.decision_id
  WHERE o.act = %(act)s AND o.by_role = company.me() AND d.answered_at IS NOT NULL AND d.acted_at IS NULL
)

-- name: leave_that_was_given
-- The questions about an act of mine that were answered and not yet acted upon, and how their acts ended.
SELECT d.id, count(*) AS asked, count(*) FILTER (WHERE o.status = 'sent') AS sent,
  count(*) FILTER (WHERE o.status = 'allowed') AS allowed
FROM company.outbox o JOIN company.decisions d ON d.id = o.decision_id
WHERE o.act = %(act)s AND o.by_role = company.me() AND d.answered_at IS NOT NULL AND d.acted_at IS NULL
GROUP BY d.id
ORDER BY d.id

-- name: acts_waiting
-- What waits for the owner's leave, word for word where it is kept; of one question, or all.
SELECT o.id, o.act, o.status, o.to_whom, o.subject, o.recorded_at, o.decision_id, o.by_role,
  coalesce(l.body, p.body, b.body) AS body
FROM company.outbox o
LEFT JOIN company.deliveries l ON l.outbox_id = o.id
LEFT JOIN company.drafts p ON o.act = 'publish' AND p.id::text = o.payload ->> 'draft'
LEFT JOIN company.briefs b ON o.act = 'brief' AND b.id::text = o.payload ->> 'brief_id'
WHERE o.status IN ('waiting', 'allowed') AND o.act <> 'act_by_model'
  AND (%(decision_id)s::bigint IS NULL OR o.decision_id = %(decision_id)s)
ORDER BY o.id

-- name: model_stands_at
-- How far the model may act now: closed, ask or open.
SELECT company.model_stands_at()

-- name: ask_for_a_thinking_day
-- Asks the owner for a day of acting by the model, when there is something to go by.
SELECT company.ask_for_a_thinking_day(%(session_id)s, %(answer_by)s) AS decision_id
