-- name: diffs_in_force
-- What was deployed beyond the owner's own release, the oldest first.
SELECT c.id AS change_id, c.diff, c.files FROM company.deployments d
JOIN company.changes c ON c.id = d.change_id
WHERE d.status IN ('live', 'kept')
ORDER BY d.id

-- name: changes_to_deploy
-- Proved changes that are in no deployment, the oldest first, with what may happen to each.
SELECT c.id, c.title, company.leave_to_deploy(c.id) AS leave FROM company.changes c
WHERE c.status = 'proved'
  AND NOT EXISTS (
    SELECT FROM company.deployments d
    WHERE d.change_id = c.id AND (d.ended_at IS NULL OR d.status = 'kept' OR NOT EXISTS (
      SELECT FROM company.change_orders o WHERE o.change_id = c.id AND o.what = 'approve' AND o.given_at > d.ended_at))
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
  d.functions
FROM company.deployments d
JOIN company.changes c ON c.id = d.change_id
WHERE d.status IN ('started', 'live', 'kept')
ORDER BY d.id

-- name: failures_since
-- What went wrong since a deployment went live.
SELECT failure FROM company.failures_since(%(deployment_id)s) AS failure

-- name: evidence_since
-- The evidence that a deployment works.
SELECT worked, rows_read, rows_in_force, needs_rows, company.has_worked(%(deployment_id)s) AS is_enough
FROM company.evidence_since(%(deployment_id)s)

-- name: is_deploying_due
-- Whether something about deployments waits for the auditor.
SELECT EXISTS (
    SELECT FROM company.deployments d WHERE d.status = 'started'
      OR d.status = 'live' AND (company.has_worked(d.id) OR EXISTS (SELECT FROM company.failures_since(d.id)))
  )
  OR EXISTS (SELECT FROM company.change_orders WHERE done_at IS NULL)
  OR EXISTS (
    SELECT FROM company.changes c WHERE c.status = 'proved' AND company.leave_to_deploy(c.id) IN ('deploy', 'ask')
      AND NOT EXISTS (SELECT FROM company.deployments d WHERE d.change_id = c.id)
  )

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
-- One change whole, with its last deployment.
SELECT c.id, c.task_id, c.subject, c.title, c.reason, c.diff, c.files, c.test, c.documents, c.status, c.author,
  c.proposed_at, c.judged_by, c.judged_at, c.verdict, c.evidence, d.status AS deployment, d.live_at,
  d.reason AS outcome, d.functions
FROM company.changes c
LEFT JOIN LATERAL (SELECT * FROM company.deployments WHERE change_id = c.id ORDER BY id DESC LIMIT 1) AS d ON true
WHERE c.id = %(change_id)s
