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
-- Customers, with the last that each received.
SELECT c.id, c.name, c.email, c.kind, c.filters, c.is_paused, last.subject AS last_subject, last.status AS last_status, last.covers_to,
  last.covers_to AS daily_to
FROM company.customers c
LEFT JOIN LATERAL (SELECT d.* FROM company.deliveries d WHERE d.customer_id = c.id ORDER BY d.id DESC LIMIT 1) last ON true
ORDER BY c.id

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
