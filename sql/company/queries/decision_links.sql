-- name: issue_decision_link
-- A link to an open question; gives until when it is good.
SELECT company.issue_decision_link(%(decision_id)s, %(token_sha256)s) AS expires_at

-- name: find_decision_link
-- What a link leads to, and whether it can still answer.
SELECT decision_id, state FROM company.find_decision_link(%(token_sha256)s)

-- name: answer_by_link
-- The owner's answer by a mailed link; returns the asker, who must be notified.
SELECT company.answer_by_link(%(token_sha256)s, %(option)s, %(words)s) AS asked_by
