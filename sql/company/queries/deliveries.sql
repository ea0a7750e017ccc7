-- name: add_customer
-- The owner takes a customer, or changes what one gets.
SELECT company.add_customer(%(name)s, %(email)s, %(kind)s, %(filters)s) AS id

-- name: customers_to_serve
-- Customers who get deliveries, each with the end of the last span that was written for them, and from where the next daily page goes on:
-- what the owner held back since the last daily page is in it.
SELECT c.id, c.name, c.email, c.kind, c.filters, d.written_to, d.written_daily_to AS daily_to,
  CASE WHEN d.declined_to > coalesce(d.told_daily_to, '-infinity') THEN coalesce(d.told_daily_to, d.declined_from) ELSE d.told_to END AS covers_to
FROM company.customers c
LEFT JOIN LATERAL (
  SELECT max(covers_to) AS written_to,
    max(covers_to) FILTER (WHERE occasion = 'daily') AS written_daily_to,
    max(covers_to) FILTER (WHERE status <> 'declined') AS told_to,
    max(covers_to) FILTER (WHERE status <> 'declined' AND occasion = 'daily') AS told_daily_to,
    max(covers_to) FILTER (WHERE status = 'declined') AS declined_to,
    min(covers_from) FILTER (WHERE status = 'declined') AS declined_from
  FROM company.deliveries WHERE customer_id = c.id
) d ON true
WHERE NOT c.is_paused
ORDER BY c.id

-- name: has_scores
-- Whether there is anything to tell anybody.
SELECT EXISTS (SELECT FROM company.scores) AS has_scores

-- name: write_delivery
-- Keeps a delivery beside its outbox row, before it leaves.
SELECT company.write_delivery(%(customer_id)s, %(occasion)s, %(covers_from)s, %(covers_to)s, %(kind)s, %(subject)s, %(body)s, %(items)s,
  %(status)s, %(outbox_id)s, %(s3_key)s) AS id

-- name: end_delivery
-- The delivery left, or was refused.
SELECT company.end_delivery(%(delivery)s, %(status)s, %(reason)s)

-- name: deliveries_to_send
-- Deliveries that are written and have not ended, whose act may go now.
SELECT d.id, d.customer_id, c.name, c.email, d.kind, d.subject, d.body, d.items, d.s3_key, d.covers_to, d.outbox_id, o.status AS act_status, o.dedupe_key,
  o.decision_id
FROM company.deliveries d
JOIN company.customers c ON c.id = d.customer_id
JOIN company.outbox o ON o.id = d.outbox_id
WHERE d.status IN ('waiting', 'recorded') AND o.status <> 'waiting'
ORDER BY d.id

-- name: no_rows
-- Finds nothing: for a product that has nothing important, or no standing list, to tell its customers.
SELECT NULL AS item WHERE %(customer_id)s::bigint IS NULL AND %(since)s::timestamptz > %(until)s::timestamptz
