-- name: note_console_act
-- An act of the owner's on the console is written down before it is done; a form that was sent before is refused.
SELECT company.note_console_act(%(form_key)s, %(session_key)s, %(act)s) AS id

-- name: say_console_act
-- What came of it, as the next page says it.
SELECT company.say_console_act(%(act)s, %(said)s)

-- name: console_act
-- What the last form of this session did.
SELECT act, said, at FROM company.console_acts WHERE id = %(act)s AND session_key = %(session_key)s

-- name: console_today
-- The company in numbers, now. A customer is served when something left for it and did not come back.
SELECT
  (SELECT value FROM company.switches WHERE switch = 'company') AS company_is,
  (SELECT count(*) FROM company.findings WHERE closed_at IS NULL AND level <> 'log'
    AND coalesce(muted_until, '-infinity') <= company.now()) AS open_findings,
  (SELECT count(*) FROM company.findings WHERE closed_at IS NULL AND muted_until > company.now()) AS muted_findings,
  (SELECT count(*) FROM company.decisions WHERE answered_at IS NULL) AS decisions,
  (SELECT count(*) FROM company.customers WHERE NOT is_paused) AS customers,
  d.served, d.bounced, d.waiting,
  b.at AS last_beat_at, coalesce(cardinality(b.left_out), 0) AS left_out,
  (SELECT count(*) FROM company.task_queue WHERE closed_at IS NULL) AS open_tasks,
  (SELECT count(*) FROM company.task_queue WHERE status = 'blocked') AS blocked_tasks,
  (SELECT coalesce(sum(counts_usd), 0) FROM company.spend WHERE at >= company.spending_day())::float8 AS today_usd,
  (SELECT most FROM company.spending_limits WHERE whose = 'company' AND unit = 'usd')::float8 AS limit_usd,
  (SELECT coalesce(sum(counts_usd), 0) FROM company.spend
    WHERE at >= date_trunc('month', company.now()))::float8 AS month_usd
FROM (
  SELECT count(DISTINCT e.customer_id) FILTER (WHERE e.status = 'sent'
      AND coalesce(o.mail_status, '') NOT IN ('bounced', 'rejected')) AS served,
    count(*) FILTER (WHERE o.mail_status IN ('bounced', 'rejected')) AS bounced,
    count(*) FILTER (WHERE e.status IN ('waiting', 'recorded')) AS waiting
  FROM company.customers c
  JOIN company.deliveries e ON e.customer_id = c.id AND e.covers_to >= %(since)s
  JOIN company.outbox o ON o.id = e.outbox_id
) AS d
LEFT JOIN (SELECT at, left_out FROM company.beats WHERE at = company.last_beat_at()) AS b ON true

-- name: console_acts
-- What the owner did on the console, the last first.
SELECT id, act, said, at FROM company.console_acts
WHERE id < coalesce(%(before)s::bigint, 9223372036854775807)
ORDER BY id DESC LIMIT %(limit)s
