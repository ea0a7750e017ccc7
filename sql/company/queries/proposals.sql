-- name: propose
-- A backtest becomes a proposal; while the same pattern is open, or was judged lately, it is the same proposal.
SELECT p.proposal_id, p.is_new, b.title AS title
FROM company.propose(%(session_id)s, %(backtest_id)s, %(remark)s, make_interval(days => %(not_again_days)s)) AS p,
  company.backtests b
WHERE b.id = %(backtest_id)s

-- name: open_proposals
-- Proposals that nobody has judged, oldest first.
SELECT id, study, subject, title, remark, numbers, past, weights, looked_at, proposed_by, proposed_at
FROM company.proposals WHERE status = 'proposed' ORDER BY id

-- name: judge_proposal
-- The manager's verdict on a proposal, with the task or decision that follows.
SELECT company.judge_proposal(%(proposal_id)s, %(status)s, %(verdict)s, %(task_id)s, %(decision_id)s)

-- name: proposal_figures
-- Proposals in numbers, and what research looked at in a span of time.
SELECT count(*) FILTER (WHERE proposed_at >= %(since)s) AS proposed,
  count(*) FILTER (WHERE status = 'accepted' AND judged_at >= %(since)s) AS accepted,
  count(*) FILTER (WHERE status = 'declined' AND judged_at >= %(since)s) AS declined,
  count(*) FILTER (WHERE status = 'proposed') AS waiting,
  (SELECT coalesce(sum((s.evidence ->> 'looked_at')::numeric), 0)::bigint FROM company.sessions s
    JOIN company.roster r ON r.role = s.role
    WHERE r.reports_to = company.me() AND s.outcome = 'done' AND s.started_at >= %(since)s) AS looked_at
FROM company.proposals

-- name: why_proposal
-- The story of a proposal: what was seen, with its numbers, and what was made of it.
SELECT at, who, event, facts FROM (
  SELECT proposed_at AS at, 1 AS step, proposed_by AS who, 'proposed' AS event,
    jsonb_build_object('looked_at', looked_at, 'numbers',
      (SELECT string_agg(key || ' ' || value, ', ' ORDER BY key) FROM jsonb_each_text(numbers)),
      'past', (SELECT string_agg(key || ' ' || value, ', ' ORDER BY key) FROM jsonb_each_text(past)),
      'remark', nullif(remark, '')) AS facts
  FROM company.proposals WHERE id = %(id)s
  UNION ALL
  SELECT judged_at, 2, judged_by, 'judged', jsonb_build_object('status', status, 'verdict', verdict)
  FROM company.proposals
  WHERE id = %(id)s AND judged_at IS NOT NULL
  UNION ALL
  SELECT t.closed_at, 3, 'task ' || t.id, 'task_closed',
    jsonb_build_object('status', t.status, 'reason', t.result ->> 'showed')
  FROM company.proposals p JOIN company.task_queue t ON t.id = p.task_id WHERE p.id = %(id)s AND t.closed_at IS NOT NULL
  UNION ALL
  SELECT d.answered_at, 3, d.answered_by, CASE d.answered_by WHEN 'silence' THEN 'expired' ELSE 'approval_answered' END,
    jsonb_build_object('id', d.id, 'answer', d.answer, 'plain_text', d.answer_text)
  FROM company.proposals p JOIN company.decisions d ON d.id = p.decision_id
  WHERE p.id = %(id)s AND d.answered_at IS NOT NULL
) AS story
ORDER BY at, step

-- name: subject_of_proposal
-- One proposal as its story's headline needs it.
SELECT p.id, p.title, p.status, t.id AS task_id, t.not_before, d.id AS decision_id
FROM company.proposals p
LEFT JOIN company.task_queue t ON t.id = p.task_id AND t.closed_at IS NULL
LEFT JOIN company.decisions d ON d.id = p.decision_id AND d.answered_at IS NULL
WHERE p.id = %(id)s
