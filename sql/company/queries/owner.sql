-- name: pause_role
-- The owner lets a role rest, or work again; how many expected slots were withdrawn.
SELECT company.pause_role(%(role)s, %(rests)s, %(why)s) AS withdrawn

-- name: set_switch
-- The owner's switches: whether the company works at all.
SELECT company.set_switch(%(switch)s, %(value)s)

-- name: who_works_here
-- Everybody who can be paused, and who is.
SELECT role, is_paused FROM company.roster WHERE left_at IS NULL AND schedule_expression IS NOT NULL ORDER BY role

-- name: pause_customer
-- The owner lets a customer's deliveries rest, or go on.
SELECT company.pause_customer(%(name)s, %(rests)s)

-- name: list_customers
-- Customers, with the last that each received, and what became of the mail of the last 30 days.
SELECT c.id, c.name, c.email, c.kind, c.filters, c.is_paused, last.subject AS last_subject, last.status AS last_status,
  last.mail_status AS last_mail_status, last.covers_to, last.covers_to AS daily_to, m.mails, m.accepted, m.bounced, m.complained
FROM company.customers c
LEFT JOIN LATERAL (
  SELECT d.*, o.mail_status FROM company.deliveries d JOIN company.outbox o ON o.id = d.outbox_id WHERE d.customer_id = c.id ORDER BY d.id DESC LIMIT 1
) last ON true
LEFT JOIN LATERAL (
  SELECT count(*) AS mails, count(*) FILTER (WHERE o.mail_status IN ('accepted', 'complained')) AS accepted,
    count(*) FILTER (WHERE o.mail_status IN ('bounced', 'rejected')) AS bounced, count(*) FILTER (WHERE o.mail_status = 'complained') AS complained
  FROM company.deliveries d JOIN company.outbox o ON o.id = d.outbox_id
  WHERE d.customer_id = c.id AND d.status = 'sent' AND o.to_whom LIKE '%%@%%' AND d.written_at > company.now() - interval '30 days'
) m ON true
ORDER BY c.id

-- name: deliveries_of_customer
-- The last deliveries of a customer: how each ended here, and what the mail server on the other side said.
SELECT d.id, d.written_at, d.occasion, d.subject, d.status, d.reason, o.to_whom, o.mail_status, o.mail_status_at, o.decision_id,
  (SELECT e.said FROM company.mail_events e WHERE e.outbox_id = o.id AND e.status = o.mail_status ORDER BY e.id DESC LIMIT 1) AS mail_said
FROM company.deliveries d JOIN company.outbox o ON o.id = d.outbox_id
WHERE d.customer_id = %(customer_id)s
ORDER BY d.id DESC
LIMIT %(limit)s

-- name: cost_by_role
-- What thinking came to in a span of time, by employee, and how many of the fires went by the book. Machines never think.
SELECT s.role, count(*) AS fires, count(*) FILTER (WHERE s.worked_by = 'book') AS by_the_book, sum(s.turns)::bigint AS turns,
  sum(s.cost_usd)::float8 AS usd
FROM company.sessions s JOIN company.roster r ON r.role = s.role
WHERE s.started_at >= %(since)s AND s.outcome IS DISTINCT FROM 'duplicate' AND r.kind <> 'machine'
GROUP BY s.role
ORDER BY sum(s.cost_usd) DESC, s.role

-- name: tokens_by_kind
-- Tokens of a span of time, by kind and by role, as the answers counted them.
SELECT s.role, t.kind, sum(t.tokens)::bigint AS tokens
FROM company.spend s,
  LATERAL (VALUES ('input', s.input), ('output', s.output), ('cache_write', s.cache_write), ('cache_read', s.cache_read)) AS t (kind, tokens)
WHERE s.at >= %(since)s AND s.state = 'settled'
GROUP BY s.role, t.kind
ORDER BY s.role, t.kind

-- name: company_is
-- Whether the company is running or stopped.
SELECT value FROM company.switches WHERE switch = 'company'

-- name: slept_through
-- For each schedule, the newest slot that came due while nobody fired it, and what its record says to do about that.
SELECT s.schedule, s.role, max(s.due_at) AS due_at, count(*) AS slots, r.missed_fire
FROM company.slots s JOIN company.roster r ON r.role = s.role
WHERE s.status = 'expected' AND s.due_at < %(before)s AND NOT s.is_wake AND NOT r.is_paused AND r.left_at IS NULL
GROUP BY s.schedule, s.role, r.missed_fire
ORDER BY max(s.due_at), s.schedule

-- name: note_sleep
-- What a schedule owed while the desk slept is withdrawn, with the reason.
SELECT company.note_sleep(%(schedule)s, %(until)s, %(why)s) AS withdrawn
