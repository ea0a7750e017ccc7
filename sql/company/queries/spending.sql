-- name: reserve_spend
-- Reserves the money for one call before it is made.
SELECT company.reserve_spend(%(session_id)s, %(model)s, %(most_input)s, %(most_output)s) AS reservation

-- name: settle_spend
-- What the call really used; its cost in dollars.
SELECT company.settle_spend(%(reservation)s, %(input)s, %(output)s, %(cache_write)s, %(cache_read)s) AS usd

-- name: release_spend
-- Gives back the money of a call that was never made.
SELECT company.release_spend(%(reservation)s)

-- name: note_spending_refused
-- Writes down that a limit stopped this session.
SELECT company.note_spending_refused(%(session_id)s, %(model)s, %(most_input)s, %(most_output)s) AS is_noted

-- name: spend_of_session
-- A fire's running totals; a call without an answer counts at its reserved price.
SELECT count(*) AS turns, coalesce(sum(input), 0)::bigint AS input, coalesce(sum(output), 0)::bigint AS output,
  coalesce(sum(cache_write), 0)::bigint AS cache_write, coalesce(sum(cache_read), 0)::bigint AS cache_read,
  coalesce(sum(counts_usd), 0) AS usd
FROM company.spend
WHERE session_id = %(session_id)s AND state <> 'released'

-- name: set_spending_limit
-- The owner sets what may be spent in a day.
SELECT company.set_spending_limit(%(whose)s, %(unit)s, %(most)s::numeric)

-- name: spending_limits
-- What is gone of the day's limits: the company's, and of each employee who spent today or whose limit the owner set.
SELECT 'company' AS whose, l.unit, l.most::float8 AS most,
  coalesce(CASE l.unit WHEN 'usd' THEN t.usd WHEN 'tokens' THEN t.tokens ELSE t.fires END, 0)::float8 AS gone
FROM company.spending_limits l,
  (SELECT sum(counts_usd) AS usd, sum(counts_tokens) AS tokens, count(DISTINCT session_id) AS fires
   FROM company.spend WHERE at >= company.spending_day() AND state <> 'released') t
WHERE l.whose = 'company'
UNION ALL
SELECT r.role, l.unit, l.most::float8,
  coalesce(CASE l.unit WHEN 'usd' THEN t.usd WHEN 'tokens' THEN t.tokens ELSE t.fires END, 0)::float8
FROM company.roster r CROSS JOIN LATERAL company.limits_of(r.role) l
LEFT JOIN (SELECT role, sum(counts_usd) AS usd, sum(counts_tokens) AS tokens, count(DISTINCT session_id) AS fires
   FROM company.spend WHERE at >= company.spending_day() AND state <> 'released' GROUP BY role) t ON t.role = r.role
WHERE r.left_at IS NULL AND r.kind NOT IN ('machine', 'owner') AND (t.role IS NOT NULL OR l.is_set)
ORDER BY 1, 2 DESC

-- name: spending_refusals
-- Who went on by the book since a moment because a limit was reached.
SELECT role, rule AS scope, count(*) AS times, max(at) AS last_at, (array_agg(because ORDER BY id DESC))[1] AS because
FROM company.spending_refusals WHERE at >= %(since)s GROUP BY role, rule ORDER BY role, rule

-- name: unpriced_models
-- Models that no price list knows, counted at the most expensive known price.
SELECT model, count(*) AS calls FROM company.spend WHERE at >= %(since)s AND priced_as IS NULL GROUP BY model
ORDER BY model

-- name: spent_since
-- Dollars since a moment, over everybody.
SELECT coalesce(sum(counts_usd), 0)::float8 AS usd FROM company.spend WHERE at >= %(since)s

-- name: company_budget_spent
-- Whether the company's day is spent: somebody was refused by it today since the limit last changed, and most of a
-- limit is really gone.
SELECT r.because, r.role, r.at
FROM company.spending_refusals r
WHERE r.rule = 'company' AND r.at >= company.spending_day()
  AND r.at >= (SELECT max(changed_at) FROM company.spending_limits WHERE whose = 'company')
  AND EXISTS (SELECT FROM company.spending_room(r.session_id, r.role) m
    WHERE m.scope = 'company' AND m.gone >= m.most / 2)
ORDER BY r.id LIMIT 1

-- name: price_of_tokens
-- What so many tokens would cost today; for an estimate, not for an account.
SELECT (company.cost_of(company.priced_as(%(model)s), %(input)s, %(output)s, %(cache_write)s,
  %(cache_read)s) * company.surcharge_of(%(model)s))::float8 AS usd

-- name: cost_by_role
-- What the model cost in a span of time, by employee, how many fires had something to do, and how many of these went by
-- the book. Machines use no model.
SELECT s.role, count(*) FILTER (WHERE s.outcome IS DISTINCT FROM 'skipped') AS fires,
  -- As company.shown_worker says it of one, and as the brief counts them: one that is at work went by nothing yet.
  count(*) FILTER (WHERE s.worked_by = 'book' AND (s.model IS NOT NULL OR coalesce(c.calls, 0) = 0)
    AND s.outcome IN ('done', 'failed')) AS by_the_book,
  sum(s.turns)::bigint AS turns,
  coalesce(sum(c.usd), 0)::float8 AS usd
FROM company.sessions s JOIN company.roster r ON r.role = s.role
LEFT JOIN company.spend_fires c ON c.session_id = s.id
WHERE s.started_at >= %(since)s AND s.outcome IS DISTINCT FROM 'duplicate' AND r.kind <> 'machine'
GROUP BY s.role
ORDER BY coalesce(sum(c.usd), 0) DESC, s.role

-- name: tokens_by_kind
-- Tokens of a span of time, by kind and by role, as the answers counted them.
SELECT s.role, t.kind, sum(t.tokens)::bigint AS tokens
FROM company.spend s,
  LATERAL (VALUES ('input', s.input), ('output', s.output), ('cache_write', s.cache_write),
    ('cache_read', s.cache_read)) AS t (kind, tokens)
WHERE s.at >= %(since)s AND s.state = 'settled'
GROUP BY s.role, t.kind
ORDER BY s.role, t.kind

-- name: brief_month
-- What the model has cost since the first of the month.
SELECT coalesce(sum(c.usd), 0) AS usd
FROM company.sessions s JOIN company.spend_fires c ON c.session_id = s.id
WHERE s.started_at >= %(month)s

-- name: brief_spending
-- The company's day limit, what of it is gone today, and how many employees a limit sent to the book in the span.
SELECT
  (SELECT most FROM company.spending_limits WHERE whose = 'company' AND unit = 'usd')::float8 AS limit_usd,
  (SELECT coalesce(sum(counts_usd), 0) FROM company.spend WHERE at >= company.spending_day())::float8 AS today_usd,
  (SELECT count(DISTINCT role) FROM company.spending_refusals WHERE at >= %(since)s AND at < %(until)s) AS stopped

-- name: console_calls
-- The calls of a model in one fire, with their tokens and their cost.
SELECT id, at, model, state, input, output, cache_write, cache_read, counts_usd::float8 AS usd FROM company.spend
WHERE session_id = %(id)s ORDER BY id LIMIT 200

-- name: console_spend
-- What the model cost by day and by role.
SELECT date_trunc('day', at)::date AS day, role, sum(counts_usd)::float8 AS usd, sum(counts_tokens)::bigint AS tokens,
  count(*) AS calls
FROM company.spend WHERE at >= %(since)s AND state <> 'released'
GROUP BY 1, 2 ORDER BY 1, 2
