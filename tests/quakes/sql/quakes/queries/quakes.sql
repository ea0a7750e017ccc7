-- name: check_magnitude
-- Rows whose magnitude no quake has.
SELECT row_no, format('magnitude %%s', magnitude) AS reason FROM quakes.quakes_staging
WHERE batch_id = %(batch)s AND magnitude NOT BETWEEN -2 AND 10

-- name: new_quakes
-- What was first seen in a span, at the strength that a customer asks for.
SELECT q.id, q.magnitude, q.place FROM quakes.quakes q JOIN company.customers c ON c.id = %(customer_id)s
WHERE q.first_seen_at > %(since)s AND q.first_seen_at <= %(until)s AND q.magnitude >= (c.filters ->> 'at_least')::real
ORDER BY q.magnitude DESC, q.id
