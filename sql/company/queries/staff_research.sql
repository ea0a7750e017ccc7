-- name: propose
-- A pattern with its numbers; while the same one is open, or was judged lately, it is the same proposal.
SELECT proposal_id, is_new
FROM company.propose(%(session_id)s, %(study)s, %(subject)s, %(title)s, %(numbers)s, %(looked_at)s, make_interval(days => %(not_again_days)s))

-- name: open_proposals
-- Proposals that nobody has judged, oldest first.
SELECT id, study, subject, title, numbers, looked_at, proposed_by, proposed_at FROM company.proposals WHERE status = 'proposed' ORDER BY id

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
