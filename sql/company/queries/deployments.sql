-- name: diffs_in_force
-- What was deployed of the product's code beyond the owner's own release, the oldest first.
SELECT c.id AS change_id, c.diff, c.files FROM company.deployments d
JOIN company.changes c ON c.id = d.change_id
WHERE d.status IN ('live', 'kept') AND company.page_of_change(c.files) IS NULL
ORDER BY d.id

-- name: put_page
-- An employee's page is as the change says, and its deployment is live; both or neither.
SELECT company.put_page(%(deployment_id)s, %(session_id)s, %(text)s)

-- name: take_back_page
-- Ends the deployment of a page; whether the text of before came back.
SELECT company.take_back_page(%(deployment_id)s, %(session_id)s, %(step)s, %(reason)s)

-- name: page_is_as_deployed
-- Whether a page is still the text that its deployment put there.
SELECT company.page_is_as_deployed(%(deployment_id)s)

-- name: pages_deployed
-- The employees whose pages are of a deployed change.
SELECT array_agg(DISTINCT company.page_of_change(c.files)) FILTER (WHERE company.page_of_change(c.files) IS NOT NULL)
FROM company.deployments d JOIN company.changes c ON c.id = d.change_id WHERE d.status IN ('live', 'kept')

-- name: changes_to_deploy
-- Proved changes that are in no deployment, the oldest first, with what may happen to each.
SELECT c.id, c.title, company.leave_to_deploy(c.id) AS leave FROM company.changes c
WHERE c.status = 'proved'
  AND NOT EXISTS (
    SELECT FROM company.deployments d
    WHERE d.change_id = c.id AND d.status <> 'withdrawn'
      AND (d.ended_at IS NULL OR d.status IN ('kept', 'released') OR NOT EXISTS (
        SELECT FROM company.change_orders o
        WHERE o.change_id = c.id AND o.what = 'approve' AND o.given_at > d.ended_at))
  )
ORDER BY c.id

-- name: ask_to_deploy
-- One question about a change, with its lines.
SELECT company.ask_to_deploy(%(change_id)s, %(session_id)s, %(answer_by)s)

-- name: start_deployment
-- A deployment begins; refused while another is not settled.
SELECT company.start_deployment(%(change_id)s, %(session_id)s)

-- name: note_deployment
-- A step of a deployment that was done.
SELECT company.note_deployment(%(deployment_id)s, %(session_id)s, %(step)s, %(facts)s)

-- name: deployments_in_force
-- Deployments that are under way, watched or kept, the oldest first.
SELECT d.id, d.change_id, c.subject, c.title, d.status, d.started_at, d.live_at, d.layer_arn, d.layer_sha256,
  d.functions, company.page_of_change(c.files) AS page_of, company.going_back(d.id) AS going_back,
  (SELECT min(s.at) FROM company.deployment_steps s WHERE s.deployment_id = d.id AND s.step = 'held_up') AS held_up_at,
  (SELECT max(s.session_id) FROM company.deployment_steps s WHERE s.deployment_id = d.id AND s.step = 'held_up')
    AS held_up_in
FROM company.deployments d
JOIN company.changes c ON c.id = d.change_id
WHERE d.status IN ('started', 'live', 'kept')
ORDER BY d.id

-- name: failures_since
-- What went wrong since a deployment went live.
SELECT failure FROM company.failures_since(%(deployment_id)s) AS failure

-- name: evidence_since
-- The evidence that a deployment works.
SELECT e.worked, e.rows_read, e.rows_in_force, e.needs_rows, company.has_worked(d.id) AS is_enough,
  company.pages_sent(d.change_id, d.live_at) AS pages
FROM company.deployments d, company.evidence_since(d.id) AS e WHERE d.id = %(deployment_id)s

-- name: is_deploying_due
-- Whether something about deployments waits for the auditor.
SELECT EXISTS (
    SELECT FROM company.deployments d WHERE d.status IN ('started', 'live', 'kept') AND company.is_unsettled(d)
  )
  OR EXISTS (SELECT FROM company.deployments_to_report())
  OR EXISTS (SELECT FROM company.takings_back_that_are_over())
  OR EXISTS (SELECT FROM company.change_orders WHERE done_at IS NULL)
  OR EXISTS (
    SELECT FROM company.changes c WHERE c.status = 'proved' AND company.leave_to_deploy(c.id) IN ('deploy', 'ask')
      AND NOT EXISTS (SELECT FROM company.deployments d WHERE d.change_id = c.id AND d.status <> 'withdrawn')
  )

-- name: deployments_to_report
-- What was taken back, and is not reported.
SELECT d.id, d.change_id, c.subject, c.title, d.status, d.reason,
  (SELECT count(*)::integer FROM jsonb_object_keys(d.functions)) AS functions
FROM company.deployments_to_report() d JOIN company.changes c ON c.id = d.change_id
ORDER BY d.id

-- name: takings_back_that_are_over
-- My open findings about changes that were taken back, of which nothing is left to do, and how that came.
SELECT id, how FROM company.takings_back_that_are_over()

-- name: orders_to_carry_out
-- What the owner ordered about changes and nobody has done yet, the oldest first.
SELECT o.id, o.change_id, o.what, o.reason FROM company.change_orders o WHERE o.done_at IS NULL ORDER BY o.id

-- name: order_change
-- The owner's word about a change.
SELECT company.order_change(%(change_id)s, %(order)s, %(reason)s)

-- name: note_order_done
-- An order was carried out, or could not be.
SELECT company.note_order_done(%(order_id)s, %(session_id)s, %(outcome)s)

-- name: build_wakes_due
-- Who of building must be woken now, and the name of the wake.
SELECT role, name FROM company.build_wakes_due(%(most_a_day)s)

-- name: list_changes
-- Every change, the newest first, with what became of it.
SELECT c.id, c.subject, c.title, c.author, c.proposed_at,
  coalesce(CASE d.status WHEN 'started' THEN 'deploying' WHEN 'live' THEN 'watched' ELSE d.status END,
    CASE WHEN c.status = 'proved' AND company.leave_to_deploy(c.id) = 'refused' THEN 'refused by the owner' END,
    c.status) AS status,
  coalesce(d.reason, c.verdict) AS verdict
FROM company.changes c
LEFT JOIN LATERAL (
  SELECT status, reason FROM company.deployments WHERE change_id = c.id ORDER BY id DESC LIMIT 1
) AS d ON true
ORDER BY c.id DESC

-- name: change_in_full
-- One change whole, with its last deployment and the last order about it that was carried out.
SELECT c.id, c.task_id, c.subject, c.title, c.reason, c.diff, c.files, c.test, c.documents, c.status, c.author,
  c.proposed_at, c.judged_by, c.judged_at, c.verdict, c.evidence, d.status AS deployment, d.live_at,
  d.reason AS outcome, d.functions, o.what AS last_order, o.outcome AS order_outcome
FROM company.changes_as_read() c
LEFT JOIN LATERAL (SELECT * FROM company.deployments WHERE change_id = c.id ORDER BY id DESC LIMIT 1) AS d ON true
LEFT JOIN LATERAL (
  SELECT what, outcome FROM company.change_orders WHERE change_id = c.id AND done_at IS NOT NULL
  ORDER BY id DESC LIMIT 1
) AS o ON true
WHERE c.id = %(change_id)s

-- name: deployments_not_pulled
-- Changes in force that the owner's checkout does not have, as far as she has said, the oldest first.
SELECT c.id AS change_id, c.title, d.live_at, d.id AS deployment_id
FROM company.deployments d JOIN company.changes c ON c.id = d.change_id
WHERE d.status IN ('live', 'kept') AND NOT EXISTS (
  SELECT FROM company.change_orders o WHERE o.change_id = c.id AND o.what = 'pulled')
ORDER BY d.id

-- name: brief_deployments
-- What was done about deployments in a span, one row each, with the moments of its steps.
SELECT c.id AS change_id, c.title, d.status, d.started_at, d.live_at, d.ended_at, d.reason,
  (SELECT count(*)::integer FROM jsonb_object_keys(d.functions)) AS functions
FROM company.deployments d JOIN company.changes c ON c.id = d.change_id
WHERE EXISTS (SELECT FROM company.deployment_steps s
  WHERE s.deployment_id = d.id AND s.at >= %(since)s AND s.at < %(until)s)
ORDER BY d.id

-- name: brief_promised_changes
-- Changes that were live and not taken back, for two weeks: the failure that each is for, and every failure of its
-- source, check, role or customer since. Which of them are the same failure is for its reader to say, by their
-- signature. days_tried: of the days since, those on which it could have been seen: its source answered, its role
-- worked, a page of its customer was sent.
WITH promised AS (
  SELECT c.id, c.title, d.live_at, least(%(until)s::timestamptz, d.live_at + interval '14 days') AS until,
    t.payload ->> 'kind' AS kind, t.payload ->> 'source' AS source, t.payload ->> 'check' AS check_name,
    t.payload ->> 'role' AS role, t.payload ->> 'signature' AS signature,
    substring(t.payload ->> 'raw_id' FROM '^\d{1,18}$')::bigint AS raw_id,
    substring(t.payload ->> 'session_id' FROM '^\d{1,18}$')::bigint AS session_id,
    substring(t.payload ->> 'customer_id' FROM '^\d{1,18}$')::bigint AS customer_id,
    substring(t.payload ->> 'delivery_id' FROM '^\d{1,18}$')::bigint AS delivery_id
  FROM company.deployments d
  JOIN company.changes c ON c.id = d.change_id
  JOIN company.task_queue t ON t.id = c.task_id
  WHERE d.status IN ('live', 'kept', 'released')
    AND d.live_at < %(until)s AND d.live_at + interval '14 days' >= %(since)s
), failures AS (
  SELECT p.id, r.fetched_at AS at, 'malformed' AS kind, coalesce(r.reason, '') AS message, r.id = p.raw_id AS is_first
  FROM promised p JOIN company.raw_documents r ON r.source = p.source AND r.verdict = 'malformed'
    AND (r.id = p.raw_id OR r.fetched_at > p.live_at AND r.fetched_at < p.until)
  WHERE p.check_name IS NULL
  UNION ALL
  SELECT p.id, v.checked_at, 'check', v.check_name, v.checked_at <= p.live_at
  FROM promised p JOIN company.batches b ON b.source = p.source AND b.raw_id >= p.raw_id AND b.staged_at < p.until
  JOIN company.check_verdicts v ON v.batch_id = b.id AND v.check_name = p.check_name AND NOT v.is_ok
  UNION ALL
  SELECT p.id, s.started_at, s.outcome, coalesce(s.reason, s.outcome), s.id IS NOT DISTINCT FROM p.session_id
  FROM promised p JOIN company.sessions s ON s.role = p.role AND s.outcome IN ('failed', 'crashed', 'timed_out')
    AND (s.id = p.session_id OR s.started_at > p.live_at AND s.started_at < p.until)
  UNION ALL
  SELECT p.id, l.at, l.kind, l.body, false
  FROM promised p JOIN company.session_log l ON l.role = p.role AND l.at > p.live_at AND l.at < p.until
    AND l.kind IN ('could_not', 'cannot_wake', 'item_failed', 'not_sent', 'unknown_schedule')
  UNION ALL
  SELECT p.id, d.ended_at, 'delivery', coalesce(d.reason, ''), d.id = p.delivery_id
  FROM promised p JOIN company.deliveries d ON d.customer_id = p.customer_id AND d.status = 'refused'
    AND (d.id = p.delivery_id OR d.ended_at > p.live_at AND d.ended_at < p.until)
), tries AS (
  SELECT p.id, f.at - p.live_at AS after FROM promised p JOIN company.fetches f ON f.source = p.source
    AND f.at > p.live_at AND f.at < p.until AND f.result IN ('new', 'unchanged', 'not_modified', 'malformed')
  UNION ALL
  SELECT p.id, s.started_at - p.live_at FROM promised p JOIN company.sessions s ON s.role = p.role
    AND s.started_at > p.live_at AND s.started_at < p.until
    AND s.outcome IN ('done', 'failed', 'crashed', 'timed_out')
  UNION ALL
  SELECT p.id, d.ended_at - p.live_at FROM promised p JOIN company.deliveries d ON d.customer_id = p.customer_id
    AND d.ended_at > p.live_at AND d.ended_at < p.until
)
SELECT p.id AS change_id, p.title, p.live_at, p.signature,
  (SELECT count(DISTINCT floor(extract(epoch FROM t.after) / 86400))::integer FROM tries t WHERE t.id = p.id)
    AS days_tried,
  coalesce(jsonb_agg(jsonb_build_object('kind', f.kind, 'message', f.message)) FILTER (WHERE f.is_first),
    '[]') AS first,
  coalesce(jsonb_agg(jsonb_build_object('at', f.at, 'kind', f.kind, 'message', f.message) ORDER BY f.at)
    FILTER (WHERE NOT f.is_first), '[]') AS later
FROM promised p LEFT JOIN failures f ON f.id = p.id
GROUP BY p.id, p.title, p.live_at, p.signature
ORDER BY p.id
