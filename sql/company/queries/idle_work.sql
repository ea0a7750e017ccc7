-- name: end_work_nobody_does
-- What nobody will do becomes stale, with the reason.
SELECT task_id, reason, problem FROM company.end_work_nobody_does()

-- name: forward_mail
-- Escalations to somebody who is not here go to who is.
SELECT message_id, was_for, goes_to FROM company.forward_mail()

-- name: overdue_work
-- For whom blocked tasks have waited too long, and who answers for it: the one they wait for, or the next above who is
-- here. The oldest comes with what must be done. is_said: my open finding names these tasks, and was seen this hour.
SELECT o.waits_for, coalesce(nullif(company.who_is_there(o.waits_for), 'owner'), 'ceo') AS watcher, o.tasks, o.since,
  o.action, EXISTS (
    SELECT FROM company.findings f
    WHERE f.fingerprint = %(prefix)s || o.waits_for AND f.found_by = company.me() AND f.closed_at IS NULL
      AND f.evidence -> 'tasks' = to_jsonb(o.tasks) AND f.last_seen_at > company.now() - interval '55 minutes'
  ) AS is_said
FROM (
  SELECT t.waits_for, array_agg(t.id ORDER BY t.since, t.id) AS tasks, min(t.since) AS since,
    (array_agg(t.action ORDER BY t.since, t.id))[1] AS action
  FROM company.blocked_tasks t
  WHERE t.since < company.now() - make_interval(hours => %(hours)s)
  GROUP BY t.waits_for
) AS o
ORDER BY o.waits_for
