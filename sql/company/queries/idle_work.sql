-- name: end_work_nobody_does
-- What nobody will do becomes stale, with the reason.
SELECT task_id, reason, problem FROM company.end_work_nobody_does()

-- name: forward_mail
-- Escalations to somebody who is not here go to who is.
SELECT message_id, was_for, goes_to FROM company.forward_mail()

-- name: overdue_work
-- For whom blocked tasks have waited too long, and who answers for it: the one they wait for, or the next above who is
-- here. The oldest comes with what must be done.
SELECT o.waits_for, coalesce(nullif(company.who_is_there(o.waits_for), 'owner'), 'ceo') AS watcher,
  array_agg(o.id ORDER BY o.since, o.id) AS tasks, min(o.since) AS since,
  (array_agg(o.blocked_action ORDER BY o.since, o.id))[1] AS action
FROM (
  SELECT t.id, t.blocked_on AS waits_for, t.blocked_action,
    (SELECT max(e.at) FROM company.task_events e WHERE e.task_id = t.id AND e.to_status = 'blocked') AS since
  FROM company.task_queue t WHERE t.status = 'blocked'
) AS o
WHERE o.since < company.now() - make_interval(hours => %(hours)s)
GROUP BY o.waits_for
ORDER BY o.waits_for
