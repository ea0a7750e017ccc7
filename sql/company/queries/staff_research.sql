-- name: run_study
-- A study of the product as of now, each row with what the same rule was worth before; all of it is kept.
SELECT id AS backtest_id, subject, told, numbers, past, looked_at FROM company.run_study(%(session_id)s, %(study)s) ORDER BY id

-- name: backtest_weights
-- Other weights of the score beside those in force, on what came true after four earlier moments; kept.
SELECT id AS backtest_id, study, subject, told, numbers, past, looked_at, weights FROM company.backtest_weights(%(session_id)s, %(weights)s)

-- name: propose
-- A backtest becomes a proposal; while the same pattern is open, or was judged lately, it is the same proposal.
SELECT p.proposal_id, p.is_new, b.told AS title
FROM company.propose(%(session_id)s, %(backtest_id)s, %(remark)s, make_interval(days => %(not_again_days)s)) AS p, company.backtests b
WHERE b.id = %(backtest_id)s

-- name: open_proposals
-- Proposals that nobody has judged, oldest first.
SELECT id, study, subject, title, remark, numbers, past, weights, looked_at, proposed_by, proposed_at FROM company.proposals WHERE status = 'proposed' ORDER BY id

-- name: judge_proposal
-- The manager's word on a proposal, with where it leads.
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
