-- name: add_customer
-- The owner takes a customer, or changes what one gets.
SELECT company.add_customer(%(name)s, %(email)s, %(kind)s, %(filters)s) AS id

-- name: require_filters
-- Refuses a filter that the product does not offer, with what it offers.
SELECT company.require_filters(%(filters)s)

-- name: pause_customer
-- The owner pauses a customer's deliveries, or resumes them.
SELECT company.pause_customer(%(name)s, %(rests)s)

-- name: list_customers
-- Customers, with the last that each received, and what became of the mail of the last 30 days.
SELECT c.id, c.name, c.email, c.kind, c.filters, c.is_paused, last.subject AS last_subject, last.status AS last_status,
  last.mail_status AS last_mail_status, last.covers_to, last.covers_to AS daily_to, s.covers_from, m.mails, m.accepted,
  m.bounced,
  m.complained
FROM company.customers c
LEFT JOIN LATERAL (
  SELECT d.*, o.mail_status FROM company.deliveries d JOIN company.outbox o ON o.id = d.outbox_id
  WHERE d.customer_id = c.id ORDER BY d.id DESC LIMIT 1
) last ON true
LEFT JOIN company.spans_written s ON s.customer_id = c.id
LEFT JOIN LATERAL (
  SELECT count(*) AS mails, count(*) FILTER (WHERE o.mail_status IN ('accepted', 'complained')) AS accepted,
    count(*) FILTER (WHERE o.mail_status IN ('bounced', 'rejected')) AS bounced,
    count(*) FILTER (WHERE o.mail_status = 'complained') AS complained
  FROM company.deliveries d JOIN company.outbox o ON o.id = d.outbox_id
  WHERE d.customer_id = c.id AND d.status = 'sent' AND o.to_whom LIKE '%%@%%'
    AND d.written_at > company.now() - interval '30 days'
) m ON true
ORDER BY c.id

-- name: customers_to_serve
-- Customers who get deliveries, each with the span that is written for them.
SELECT c.id, c.name, c.email, c.kind, c.filters, s.written_to, s.daily_to, s.covers_from
FROM company.customers c
LEFT JOIN company.spans_written s ON s.customer_id = c.id
WHERE NOT c.is_paused
ORDER BY c.id

-- name: reported_items
-- The items of a customer's pages that reach beyond a moment, and whether each page arrived.
SELECT i.item, d.has_arrived
FROM company.arrivals d, jsonb_array_elements(d.items) AS i (item)
WHERE d.customer_id = %(customer_id)s AND d.covers_to > %(since)s AND i.item ? 'at'

-- name: write_delivery
-- Keeps a delivery beside its outbox row, before it leaves.
SELECT company.write_delivery(%(customer_id)s, %(occasion)s, %(covers_from)s, %(covers_to)s, %(kind)s, %(subject)s,
  %(body)s, %(items)s,
  %(status)s, %(outbox_id)s, %(s3_key)s, %(html)s, %(further)s) AS id

-- name: end_delivery
-- The delivery left, or was refused.
SELECT company.end_delivery(%(delivery)s, %(status)s, %(reason)s)

-- name: failing_deliveries
-- Customers whose last pages were all refused, and none of them left since: what is written or sent is wrong.
SELECT c.id AS customer_id, c.name AS customer, count(*) AS times, max(d.id) AS delivery_id,
  (array_agg(d.reason ORDER BY d.id DESC))[1] AS reason, sum(jsonb_array_length(d.items))::bigint AS items,
  max(good.at) AS last_good_at
FROM company.customers c
LEFT JOIN LATERAL (
  SELECT max(g.id) AS id, max(g.ended_at) AS at FROM company.deliveries g
  WHERE g.customer_id = c.id AND g.status = 'sent'
) AS good ON true
JOIN company.deliveries d ON d.customer_id = c.id AND d.status = 'refused' AND d.id > coalesce(good.id, 0)
WHERE NOT c.is_paused AND d.written_at > company.now() - interval '7 days'
GROUP BY c.id, c.name
HAVING count(*) >= %(least)s
ORDER BY c.id

-- name: unwritten_pages
-- Causes for which customers' pages could not be written, the oldest first; numbers of customers, and no names.
SELECT file, function, error, customers, customer_ids, since, last_good_at FROM company.unwritten_pages(%(least)s)
ORDER BY since, file, function

-- name: pages_to_replay
-- The last pages that were sent, as many of each kind and occasion.
SELECT id, customer_id, occasion, covers_from, covers_to FROM (
  SELECT d.*, row_number() OVER (PARTITION BY d.kind, d.occasion ORDER BY d.id DESC) AS place
  FROM company.deliveries d
  WHERE d.status = 'sent' AND d.occasion <> 'correction' AND d.written_at > company.now() - interval '30 days'
) AS sent
ORDER BY place, id DESC
LIMIT %(most)s

-- name: deliveries_to_send
-- Deliveries that are written and have not ended, whose entry may be sent now.
SELECT d.id, d.customer_id, c.name, c.email, d.kind, d.subject, d.body, d.html, d.items,
  coalesce(d.further, '{}') AS further, d.s3_key,
  d.covers_to, d.outbox_id, o.status AS act_status, o.dedupe_key,
  o.decision_id, b.page AS dashboard
FROM company.deliveries d
JOIN company.customers c ON c.id = d.customer_id
JOIN company.outbox o ON o.id = d.outbox_id
LEFT JOIN company.dashboards b ON b.delivery_id = d.id
WHERE d.status IN ('waiting', 'recorded') AND o.status <> 'waiting'
ORDER BY d.id

-- name: feed_files
-- The files that were put for a customer, the newest first. Before there was one for each delivery, the last one of a
-- day replaced the others: that file is listed once.
SELECT DISTINCT ON (d.covers_to, d.s3_key) d.s3_key, d.occasion, d.covers_from, d.covers_to, d.subject,
  jsonb_array_length(d.items) AS changes, d.items, d.further IS NOT NULL AS has_table
FROM company.deliveries d
WHERE d.customer_id = %(customer_id)s AND d.s3_key IS NOT NULL AND d.status = 'sent' AND NOT EXISTS (
  SELECT FROM company.deliveries later WHERE later.customer_id = d.customer_id AND later.s3_key = d.s3_key
    AND later.status = 'sent' AND later.id > d.id
)
ORDER BY d.covers_to DESC, d.s3_key
LIMIT %(limit)s

-- name: deliveries_of_customer
-- The last deliveries of a customer: how each ended here, and what the mail server on the other side said.
SELECT d.id, d.written_at, d.occasion, d.subject, d.status, d.reason, o.to_whom, o.mail_status, o.mail_status_at,
  o.decision_id,
  (SELECT e.said FROM company.mail_events e WHERE e.outbox_id = o.id AND e.status = o.mail_status ORDER BY e.id DESC
    LIMIT 1) AS mail_said
FROM company.deliveries d JOIN company.outbox o ON o.id = d.outbox_id
WHERE d.customer_id = %(customer_id)s
ORDER BY d.id DESC
LIMIT %(limit)s

-- name: no_rows
-- Finds nothing: for a product that has no important changes, or no standing list, for its customers.
SELECT NULL AS item WHERE %(customer_id)s::bigint IS NULL AND %(since)s::timestamptz > %(until)s::timestamptz

-- name: brief_customers
-- Each customer with what left for them in the span: sent is what did not come back, mails is how many of it went by
-- mail.
SELECT c.id, c.name, c.kind, c.is_paused, d.deliveries, d.sent, d.refused, d.in_doubt, d.waiting, d.held_back, d.items,
  d.last_at, d.subject,
  d.mails, d.accepted, d.bounced, d.complained, d.corrections
FROM company.customers c
LEFT JOIN LATERAL (
  SELECT count(*) AS deliveries,
    count(*) FILTER (WHERE occasion = 'correction' AND status = 'sent' AND NOT came_back) AS corrections,
    count(*) FILTER (WHERE status = 'sent' AND NOT came_back) AS sent,
    count(*) FILTER (WHERE status = 'refused') AS refused,
    count(*) FILTER (WHERE status = 'unknown') AS in_doubt,
    count(*) FILTER (WHERE status IN ('waiting', 'recorded')) AS waiting,
    count(*) FILTER (WHERE status = 'declined') AS held_back,
    coalesce(sum(jsonb_array_length(items)) FILTER (WHERE status = 'sent' AND NOT came_back
      AND jsonb_typeof(items) = 'array'), 0)::integer AS items,
    max(ended_at) FILTER (WHERE status = 'sent' AND NOT came_back) AS last_at,
    (array_agg(subject ORDER BY written_at DESC, id DESC))[1] AS subject,
    count(*) FILTER (WHERE is_mail) AS mails,
    count(*) FILTER (WHERE is_mail AND mail_status IN ('accepted', 'complained')) AS accepted,
    count(*) FILTER (WHERE is_mail AND came_back) AS bounced,
    count(*) FILTER (WHERE is_mail AND mail_status = 'complained') AS complained
  FROM (
    SELECT e.*, o.mail_status, coalesce(o.mail_status IN ('bounced', 'rejected'), false) AS came_back,
      e.status = 'sent' AND o.to_whom LIKE '%%@%%' AS is_mail
    FROM company.deliveries e JOIN company.outbox o ON o.id = e.outbox_id
  ) AS e
  WHERE customer_id = c.id AND written_at >= %(since)s AND written_at < %(until)s
) d ON true
ORDER BY c.id

-- name: why_delivery
-- The story of a delivery: written, recorded, accepted or refused.
SELECT at, who, event, facts FROM (
  SELECT d.written_at AS at, 0 AS step, o.by_role AS who, 'delivery_written' AS event,
    jsonb_build_object('name', c.name, 'subject', d.subject, 'occasion', d.occasion,
      'from', to_char(d.covers_from AT TIME ZONE company.owner_zone(), 'YYYY-MM-DD HH24:MI'),
      'to', to_char(d.covers_to AT TIME ZONE company.owner_zone(), 'YYYY-MM-DD HH24:MI')) AS facts
  FROM company.deliveries d JOIN company.customers c ON c.id = d.customer_id JOIN company.outbox o ON o.id = d.outbox_id
  WHERE d.id = %(id)s
  UNION ALL
  SELECT o.recorded_at, 1, o.by_role, 'entry_recorded', '{}' FROM company.deliveries d
  JOIN company.outbox o ON o.id = d.outbox_id WHERE d.id = %(id)s
  UNION ALL
  SELECT o.confirmed_at, 2, o.by_role, 'entry_confirmed', jsonb_build_object('status', o.status, 'reason', o.receipt)
  FROM company.deliveries d JOIN company.outbox o ON o.id = d.outbox_id
  WHERE d.id = %(id)s AND o.confirmed_at IS NOT NULL
  UNION ALL
  SELECT t.at, t.step, t.who, t.event, jsonb_build_object('id', q.id, 'answer', q.answer, 'plain_text', q.answer_text)
  FROM company.deliveries d JOIN company.outbox o ON o.id = d.outbox_id
  JOIN company.decisions q ON q.id = o.decision_id,
    LATERAL (VALUES (q.asked_at, 1, q.asked_by, 'asked_approval'),
      (q.answered_at, 1, q.answered_by, CASE q.answered_by WHEN 'silence' THEN 'expired' ELSE 'approval_answered' END))
      AS t (at, step, who, event)
  WHERE d.id = %(id)s AND t.at IS NOT NULL
  UNION ALL
  SELECT e.at, 3, 'mail server', 'mail_status', jsonb_build_object('status', e.status, 'reason', nullif(e.said, ''))
  FROM company.deliveries d JOIN company.mail_events e ON e.outbox_id = d.outbox_id WHERE d.id = %(id)s
  UNION ALL
  SELECT d.ended_at, 4, 'deliver', 'delivery_ended', jsonb_build_object('status', d.status, 'reason', d.reason)
  FROM company.deliveries d WHERE d.id = %(id)s AND d.status IN ('declined', 'unknown')
) AS story
ORDER BY at, step

-- name: subject_of_delivery
-- One delivery as its story's headline needs it.
SELECT d.id, d.subject, d.status, c.name AS customer FROM company.deliveries d
JOIN company.customers c ON c.id = d.customer_id WHERE d.id = %(id)s

-- name: console_delivery
-- A delivery as it was written.
SELECT d.id, d.customer_id, c.name AS customer, d.occasion, d.kind, d.covers_from, d.covers_to, d.subject, d.body,
  d.status, d.reason, d.written_at, d.ended_at, d.s3_key, o.to_whom, o.mail_status, o.mail_status_at
FROM company.deliveries d JOIN company.customers c ON c.id = d.customer_id JOIN company.outbox o ON o.id = d.outbox_id
WHERE d.id = %(id)s

-- name: console_customer
-- One customer.
SELECT id, name, email, kind, filters, is_paused, created_at FROM company.customers WHERE id = %(id)s

-- name: console_deliveries
-- What was written for a customer, the last first, and what became of it.
SELECT d.id, d.written_at, d.occasion, d.subject, d.status, d.reason, o.to_whom, o.mail_status, o.decision_id
FROM company.deliveries d JOIN company.outbox o ON o.id = d.outbox_id
WHERE d.customer_id = %(customer_id)s AND d.id < coalesce(%(before)s::bigint, 9223372036854775807)
ORDER BY d.id DESC LIMIT %(limit)s

-- name: console_handled
-- What a customer has handled, the last first.
SELECT id, entity, at, by_whom, note, is_undone FROM company.handled WHERE customer_id = %(customer_id)s
ORDER BY id DESC LIMIT %(limit)s
