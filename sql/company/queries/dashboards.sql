-- name: write_dashboard
-- Keeps a dashboard beside its delivery, before either leaves.
SELECT company.write_dashboard(%(delivery_id)s, %(s3_key)s, %(page)s, %(entries)s, %(link_ends_at)s)

-- name: dashboard_to_put
-- The dashboard of a delivery that has not ended: where it goes, and its compressed page.
SELECT s3_key, page FROM company.dashboards WHERE delivery_id = %(delivery_id)s AND page IS NOT NULL

-- name: note_dashboard_put
-- The dashboard of a delivery is in the bucket.
SELECT company.note_dashboard_put(%(delivery_id)s)

-- name: dashboard_before
-- The newest dashboard that a customer can have opened: when it was made, and what it listed.
SELECT as_of, entries FROM company.dashboards
WHERE customer_id = %(customer_id)s AND put_at IS NOT NULL AND entries IS NOT NULL
ORDER BY as_of DESC
LIMIT 1
